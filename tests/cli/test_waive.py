"""`relcheck waive`: the comment is written where it counts, and only if it does."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pytest
from project import LOCK, PRIMITIVE, Project

if TYPE_CHECKING:
    from pathlib import Path

RAW = "transactions/raw-row-lock"
TODAY = ("--today", "2026-06-01")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.write("app/transaction.py", PRIMITIVE)
    project.write("app/jobs.py", LOCK)
    return project


def fingerprint(project: Project, path: str = "app/jobs.py") -> str:
    found = json.loads(project.scan(*TODAY).out)["findings"]
    return next(str(one["fingerprint"]) for one in found if one["path"] == path)


def statuses(project: Project, *arguments: str) -> list[tuple[str, str]]:
    found = json.loads(project.scan("--show-waived", *TODAY, *arguments).out)["findings"]
    return [(one["rule"], one["status"]) for one in found]


def test_a_finding_is_waived_by_its_fingerprint(project: Project) -> None:
    ran = project.relcheck(
        *("waive", fingerprint(project), "--reason", "INC-204", "--until", "2027-01-31", "--owner", "db-team", *TODAY)
    )

    comment = f"# relcheck: ignore[{RAW}] reason: INC-204; until=2027-01-31; owner=db-team"
    line = f"return session.query(job).with_for_update().first()  {comment}"
    assert (ran.code, ran.out, ran.err) == (0, f"app/jobs.py:2: {line}\n", "")
    assert (project.root / "app/jobs.py").read_text(encoding="utf-8") == LOCK.replace("first()", f"first()  {comment}")
    assert statuses(project) == [(RAW, "waived")]


def test_six_digits_of_a_fingerprint_will_do_and_fewer_will_not(project: Project) -> None:
    digits = fingerprint(project)

    few = project.relcheck("waive", digits[:5], "--reason", "a")
    enough = project.relcheck("waive", digits[:6], "--reason", "a")

    assert (few.code, enough.code) == (2, 0)
    assert "neither a fingerprint (six digits of it or more) nor PATH:LINE" in few.err


@pytest.mark.parametrize(
    ("place", "folder"), [("app/jobs.py:2", "."), ("jobs.py:2", "app"), ("app/jobs.py:2:31", "app")]
)
def test_a_finding_is_waived_by_its_place_as_reports_print_it(project: Project, place: str, folder: str) -> None:
    assert project.relcheck("waive", place, "--reason", "a", folder=folder).code == 0
    assert statuses(project) == [(RAW, "waived")]


def test_several_findings_are_listed_to_choose_from(project: Project) -> None:
    project.write("app/other.py", LOCK)
    digits = fingerprint(project)

    ran = project.relcheck("waive", digits, "--reason", "a")
    narrowed = project.relcheck("waive", digits, "--reason", "a", "--path", "app/other.py")

    assert ran.code == 2
    assert f"{digits} stands for 2 findings" in ran.err
    assert f"  {digits}  app/jobs.py:2:31  {RAW}\n  {digits}  app/other.py:2:31  {RAW}\n" in ran.err
    assert narrowed.code == 0
    assert project.scan().findings == [(RAW, "app/jobs.py", 2)]


def test_of_equal_findings_in_one_file_one_is_chosen_by_its_line(project: Project) -> None:
    line = "    session.query(job).with_for_update()\n"
    project.write("app/jobs.py", f"def claim(session, job):\n{line}{line}{line}")

    ran = project.relcheck("waive", fingerprint(project), "--reason", "a", "--path", "app/jobs.py:3")

    assert ran.code == 0
    assert [place for _, _, place in project.scan().findings] == [2, 4]


def test_what_else_the_statement_holds_is_told(project: Project) -> None:
    project.write("app/jobs.py", "def f(s):\n    return s.a.with_for_update(), s.b.with_for_update()\n")

    ran = project.relcheck("waive", "app/jobs.py:2", "--reason", "a")

    assert ran.code == 0
    assert ran.err == "note: it covers this one too: app/jobs.py:2:39\n"
    assert statuses(project) == [(RAW, "waived"), (RAW, "waived")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("abcdef012345", "--reason", "a"), "no finding of this repository is abcdef012345"),
        (("app/jobs.py:1", "--reason", "a"), "no finding of this repository is app/jobs.py:1"),
        (("app/jobs.py:2", "--reason", "a", "--path", "app/x.py"), "is app/jobs.py:2 in app/x.py"),
        (("app/jobs.py:2", "--reason", " ;"), "the reason is empty"),
        (("app/jobs.py:2", "--reason", "a\x1b[0m"), "the reason holds a character that cannot be seen"),
        (("app/jobs.py:2", "--reason", "a; until=2099-01-01"), "cannot hold `until=`"),
        (("app/jobs.py:2", "--reason", "a", "--until", "soon"), "--until soon: this is no date"),
        (("app/jobs.py:2", "--reason", "a", "--until", "2020-01-01"), "--until 2020-01-01: this day has passed"),
        (("app/jobs.py:2",), "Missing option '--reason'"),
    ],
)
def test_what_cannot_be_done_is_wrong_usage_and_changes_nothing(
    project: Project, arguments: tuple[str, ...], said: str
) -> None:
    ran = project.relcheck("waive", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert (project.root / "app/jobs.py").read_text(encoding="utf-8") == LOCK


def test_what_is_excepted_already_is_told_with_its_place(project: Project) -> None:
    digits = fingerprint(project)
    project.relcheck("waive", digits, "--reason", "a")
    again = project.relcheck("waive", digits, "--reason", "b")
    project.write("app/jobs.py", LOCK)
    project.relcheck("baseline", "write")
    accepted = project.relcheck("waive", digits, "--reason", "b")

    assert "(waived) at app/jobs.py:2" in again.err
    assert "(baselined) at relcheck.baseline:3" in accepted.err
    assert (again.code, accepted.code) == (2, 2)


def test_findings_about_the_gate_itself_cannot_be_waived(project: Project) -> None:
    project.write("app/jobs.py", f"x = 1  # relcheck: ignore[{RAW}] reason: a\n")

    ran = project.relcheck("waive", "app/jobs.py:1", "--reason", "a")

    assert ran.code == 2
    assert "relcheck/unused-waiver cannot be waived" in ran.err


def test_a_second_rule_joins_the_waiver_that_says_the_same(project: Project) -> None:
    project.write(
        "app/jobs.py",
        "from app.transaction import transactional\n\n\ndef claim(session, job):\n"
        "    session.query(job).with_for_update().first()  # relcheck: ignore[transactions/split-write] reason: a\n",
    )

    project.relcheck("waive", "app/jobs.py:5", "--reason", "a")

    text = (project.root / "app/jobs.py").read_text(encoding="utf-8")
    assert f"# relcheck: ignore[transactions/split-write, {RAW}] reason: a\n" in text


def test_bytes_elsewhere_stay_as_they_are(project: Project) -> None:
    before = "# coding: latin-1\r\n\x0c\r\ndef größe(s):\r\n\treturn s.a().with_for_update()\r\n\r\n# Ende".encode(
        "latin-1"
    )
    file = project.root / "app/jobs.py"
    file.write_bytes(before)
    file.chmod(0o755)

    assert project.relcheck("waive", "app/jobs.py:4", "--reason", "größer").code == 0

    comment = f"  # relcheck: ignore[{RAW}] reason: größer".encode("latin-1")
    assert file.read_bytes() == before.replace(b"update()", b"update()" + comment)
    assert file.stat().st_mode & 0o777 == 0o755


def test_a_migration_is_waived_in_its_own_comment_and_no_further(project: Project) -> None:
    project.commit("before")
    file = project.write("db/migration/V1__drop.sql", "ALTER TABLE a DROP COLUMN b;\nALTER TABLE a DROP COLUMN c;\n")
    project.git("add", "--all")
    listed = json.loads(project.scan("--select", "migrations/drop-column").out)["findings"]

    ran = project.relcheck("waive", listed[0]["fingerprint"], "--reason", "moved to V9")

    assert ran.code == 0
    assert file.read_text().splitlines() == [
        "ALTER TABLE a DROP COLUMN b; -- relcheck: ignore[migrations/drop-column] reason: moved to V9",
        "ALTER TABLE a DROP COLUMN c;",
    ]
    assert [status for rule, status in statuses(project) if rule == "migrations/drop-column"] == ["waived", "new"]


def test_for_a_file_whose_comments_are_not_read_the_configuration_is_proposed(project: Project) -> None:
    project.write("app/[x].py", "def with_for_update(:\n")

    ran = project.relcheck("waive", "app/[x].py:1", "--reason", 'a "b"', "--until", "2027-01-31", *TODAY)

    assert ran.code == 0
    assert tomllib.loads(ran.out)["waivers"][0]["reason"] == 'a "b"'
    assert "Put this into relcheck.toml" in ran.err
    project.write("relcheck.toml", ran.out)
    assert ("relcheck/unparseable-file", "waived") in statuses(project)


def test_a_comment_that_does_not_help_is_taken_back(project: Project) -> None:
    """A rule may look at comments: then the waiver changes what is found."""
    project.write(
        ".relcheck/rules/comment.py",
        '"""No comments."""\n\nfrom relcheck.sdk import PythonRule\n\n\nclass Comment(PythonRule):\n    """Page."""\n\n'
        "    def visit_Comment(self, node):\n        self.report(node, 'a comment')\n",
    )

    ran = project.relcheck("waive", "app/jobs.py:2", "--reason", "a", "--allow-local-code")

    assert (ran.code, ran.out) == (2, "")
    assert "app/jobs.py is as it was; write the waiver by hand" in ran.err
    assert (project.root / "app/jobs.py").read_text(encoding="utf-8") == LOCK
    assert sorted(file.name for file in (project.root / "app").iterdir()) == ["jobs.py", "transaction.py"]


def test_a_link_is_not_written_through(project: Project, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text(LOCK, encoding="utf-8")
    (project.root / "app/jobs.py").unlink()
    (project.root / "app/jobs.py").symlink_to(tmp_path / "elsewhere.py")

    assert project.relcheck("waive", "app/jobs.py:2", "--reason", "a").code == 2
    assert (tmp_path / "elsewhere.py").read_text(encoding="utf-8") == LOCK


def test_explain_shows_a_finding_by_its_place_and_how_to_waive_it(project: Project) -> None:
    digits = fingerprint(project)

    ran = project.relcheck("explain", "app/jobs.py:2")

    assert ran.code == 0
    assert "at app/jobs.py:2:31 in claim" in ran.out
    assert f"relcheck waive {digits} --reason TEXT" in ran.out
    assert f"# {RAW}\n" in ran.out


def test_explain_judges_by_the_given_day(project: Project) -> None:
    project.relcheck("waive", "app/jobs.py:2", "--reason", "a", "--until", "2027-01-31", *TODAY)

    assert "(waived)" in project.relcheck("explain", "app/jobs.py:2", "--today", "2027-01-31").out
    assert "(waived)" not in project.relcheck("explain", "app/jobs.py:2", RELCHECK_TODAY="2027-02-01").out
