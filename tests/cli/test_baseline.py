"""A team with old findings adopts relcheck: what is there passes, what comes fails, and the baseline only shrinks."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

import pytest
from project import PRIMITIVE, Project

from relcheck.model import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

RAW = "transactions/raw-row-lock"
STALE = "relcheck/stale-baseline"
ONE_LOCK = "    session.query({}).with_for_update()\n"


def locks(*names: str, function: str = "claim") -> str:
    """A function that takes these locks; equal names are equal findings."""
    return f"def {function}(session):\n" + "".join(ONE_LOCK.format(name) for name in names)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.write("app/transaction.py", PRIMITIVE)
    project.write("app/jobs.py", locks("Job"))
    project.write("app/users.py", locks("User", function="load"))
    project.write(".gitattributes", "relcheck.baseline merge=union\n")
    project.write(".gitignore", ".relcheck_cache/\n")
    project.commit()
    return project


def lines(project: Project) -> list[list[str]]:
    """The fields of the baseline's lines."""
    text = (project.root / "relcheck.baseline").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def said(project: Project) -> list[tuple[str, str]]:
    """Path and what the exception says, line by line."""
    return [(line[0], line[3] if len(line) > 3 else "") for line in lines(project)]


# --- adopting


def test_what_is_there_is_accepted_and_what_comes_fails(project: Project) -> None:
    assert project.scan().code == 1

    ran = project.relcheck("baseline", "write", "--reason", "adopted")

    assert (ran.code, ran.out, ran.err) == (0, "relcheck.baseline: 2 lines (2 added)\n", "")
    assert said(project) == [("app/jobs.py", "reason: adopted"), ("app/users.py", "reason: adopted")]
    assert project.scan().code == 0
    project.write("app/jobs.py", locks("Job", "Job"))
    assert project.scan().findings == [(RAW, "app/jobs.py", 3)]


def test_lines_without_a_reason_are_counted_and_a_later_one_is_filled_in(project: Project) -> None:
    without = project.relcheck("baseline", "write")
    project.write("app/more.py", locks("More"))
    filled = project.relcheck("baseline", "write", "--reason", "adopted")
    again = project.relcheck("baseline", "write", "--reason", "other")

    told = "note: without a reason: 2 lines. `relcheck baseline write --reason TEXT` fills it in\n"
    assert (without.code, without.err) == (0, told)
    assert (filled.out, filled.err) == ("relcheck.baseline: 3 lines (1 added, 2 given the reason)\n", "")
    assert again.out == "relcheck.baseline: 3 lines (nothing to change)\n"
    assert {reason for _, reason in said(project)} == {"reason: adopted"}


def test_a_baselined_finding_is_counted_and_listed_with_its_line(project: Project) -> None:
    project.relcheck("baseline", "write", "--reason", "adopted", "--owner", "db-team", "--until", "2027-01-31")

    report = json.loads(project.scan("--show-waived", "--today", "2027-01-31").out)

    assert report["summary"]["baselined"] == 2
    assert {one["status"] for one in report["findings"]} == {"baselined"}
    assert report["findings"][0]["waiver"] == {
        "reason": "adopted",
        "until": "2027-01-31",
        "owner": "db-team",
        "origin": "baseline",
        "path": "relcheck.baseline",
        "line": 3,
    }
    text = project.relcheck("scan", "--show-waived", "--today", "2027-01-31").out
    assert "baselined until 2027-01-31 by db-team at relcheck.baseline:3: adopted" in text


def test_moved_and_reformatted_code_stays_accepted(project: Project) -> None:
    project.relcheck("baseline", "write")
    project.write("app/jobs.py", "# moved\n\n\n" + locks("Job").replace("(Job)", "(\n        Job\n    )"))

    assert project.scan().code == 0


def test_a_partial_scan_accepts_too_and_judges_no_other_line(project: Project) -> None:
    project.relcheck("baseline", "write")
    project.write("app/jobs.py", "")

    for arguments in (("app/users.py",), ("app/jobs.py", "app/users.py"), ("--staged",)):
        assert project.scan(*arguments).code == 0
    assert project.scan("--select", "transactions/split-write").rules == []
    assert project.scan().rules == [STALE]


def test_writing_twice_changes_nothing_and_the_bytes_depend_on_the_findings_alone(project: Project) -> None:
    project.relcheck("baseline", "write")
    file = project.root / "relcheck.baseline"
    first, inode = file.read_bytes(), file.stat().st_ino

    ran = project.relcheck("baseline", "write")

    assert ran.out == "relcheck.baseline: 2 lines (nothing to change)\n"
    assert (file.read_bytes(), file.stat().st_ino) == (first, inode)
    file.unlink()
    project.relcheck("baseline", "write", "--no-cache")
    assert file.read_bytes() == first


def test_without_findings_no_baseline_is_written(project: Project) -> None:
    project.write("app/jobs.py", "")
    project.write("app/users.py", "")

    ran = project.relcheck("baseline", "write")

    assert (ran.code, ran.out) == (0, "no baseline was written: there is no finding to accept\n")
    assert not (project.root / "relcheck.baseline").exists()


def test_findings_about_the_gate_itself_are_not_accepted(project: Project) -> None:
    project.write("relcheck.toml", f'[rules."{RAW}"]\nallowed_in = ["app/gone.py"]\n')
    project.write("app/users.py", "total = 1  # relcheck: ignore[transactions/raw-row-lock] reason: a\n")
    project.write("app/broken.py", "def with_for_update(:\n")

    project.relcheck("baseline", "write")

    assert [line[1] for line in lines(project)] == ["relcheck/unparseable-file", RAW]
    assert project.scan().rules == ["relcheck/unused-waiver", "relcheck/vacuous-rule"]


def test_the_line_for_gitattributes_is_proposed_where_it_is_missing(project: Project) -> None:
    project.write(".gitattributes", "*.txt merge=union\nrelcheck.baseline text\n")

    ran = project.relcheck("baseline", "write", "--reason", "adopted")

    assert ran.err == (
        "note: put this line into .gitattributes, so that a merge keeps the lines of both sides: "
        "relcheck.baseline merge=union\n"
    )
    assert (project.root / ".gitattributes").read_text(encoding="utf-8").count("\n") == 2


def test_the_baseline_stands_beside_the_configuration_that_governs(project: Project) -> None:
    project.write("backend/relcheck.toml", "")
    project.write("backend/app/jobs.py", locks("Job"))

    project.relcheck("baseline", "write", folder="backend/app")

    text = (project.root / "backend/relcheck.baseline").read_text(encoding="utf-8")
    assert f"\napp/jobs.py\t{RAW}\t" in text
    assert not (project.root / "relcheck.baseline").exists()
    assert project.relcheck("scan", folder="backend").code == 0
    assert project.relcheck("scan", "backend").code == 0


def test_another_place_can_be_configured(project: Project) -> None:
    project.write("relcheck.toml", '[relcheck]\nbaseline = "ci/accepted.txt"\n')

    missing = project.relcheck("baseline", "write")
    (project.root / "ci").mkdir()
    ran = project.relcheck("baseline", "write")

    assert (missing.code, missing.err) == (2, "relcheck: ci/accepted.txt: there is no folder ci; make it first\n")
    assert ran.code == 0
    assert "ci/accepted.txt merge=union" in ran.err
    assert project.scan().code == 0


# --- keeping it


def test_a_mended_finding_fails_until_its_line_is_pruned(project: Project) -> None:
    project.relcheck("baseline", "write")
    project.write("app/jobs.py", "")

    failed = project.scan()
    pruned = project.relcheck("baseline", "prune")

    assert (failed.code, failed.findings) == (1, [(STALE, "relcheck.baseline", 3)])
    assert (pruned.code, pruned.out) == (0, "relcheck.baseline: 1 line (1 removed)\n")
    assert project.scan().code == 0


def test_pruning_adds_nothing(project: Project) -> None:
    project.relcheck("baseline", "write")
    before = (project.root / "relcheck.baseline").read_bytes()
    project.write("app/more.py", locks("More"))

    assert project.relcheck("baseline", "prune").out == "relcheck.baseline: 2 lines (nothing to change)\n"
    assert project.relcheck("scan", "--prune").code == 1
    assert (project.root / "relcheck.baseline").read_bytes() == before


def test_a_scan_can_prune_as_it_goes(project: Project) -> None:
    project.relcheck("baseline", "write")
    project.write("app/jobs.py", "")

    ran = project.scan("--prune")

    assert (ran.code, ran.rules, ran.err) == (0, [], "note: relcheck.baseline: 1 line (1 removed)\n")
    assert [line[0] for line in lines(project)] == ["app/users.py"]


@pytest.mark.parametrize("arguments", [("app/users.py",), ("--staged",)])
def test_a_partial_scan_does_not_prune(project: Project, arguments: tuple[str]) -> None:
    project.relcheck("baseline", "write")
    project.write("app/jobs.py", "")

    ran = project.scan("--prune", *arguments)

    assert ran.code == 2
    assert "--prune needs a complete scan" in ran.err
    assert len(lines(project)) == 2


def test_without_a_baseline_there_is_nothing_to_prune_or_to_show(project: Project) -> None:
    for verb in ("prune", "show"):
        ran = project.relcheck("baseline", verb)
        assert (ran.code, ran.out) == (0, "there is no relcheck.baseline; `relcheck baseline write` makes one\n")
    assert project.scan("--prune").code == 1
    assert not (project.root / "relcheck.baseline").exists()


def test_a_renamed_file_takes_its_line_along(project: Project) -> None:
    project.relcheck("baseline", "write", "--reason", "adopted")
    project.commit()
    project.git("mv", "app/jobs.py", "app/work.py")

    failed = project.scan()
    pruned = project.scan("--prune")

    assert sorted(failed.rules) == [STALE, RAW]
    assert "app/jobs.py is gone, and what this line stands for is in app/work.py" in failed.out
    assert (pruned.code, pruned.err) == (0, "note: relcheck.baseline: 2 lines (1 moved with their file)\n")
    assert said(project)[1] == ("app/work.py", "reason: adopted")


def test_a_copied_file_does_not(project: Project) -> None:
    project.relcheck("baseline", "write")
    project.write("app/work.py", locks("Job"))

    assert project.scan("--prune").findings == [(RAW, "app/work.py", 2)]


def test_an_expired_line_counts_no_more_and_is_told(project: Project) -> None:
    project.relcheck("baseline", "write", "--reason", "adopted", "--until", "2027-01-31", "--today", "2026-06-01")

    late = project.scan("--today", "2027-02-01")
    left = project.relcheck("baseline", "write", "--today", "2027-02-01")
    renewed = project.relcheck("baseline", "write", "--until", "2027-06-30", "--today", "2027-02-01")

    assert late.code == 1
    assert sorted(late.rules) == ["relcheck/expired-waiver"] * 2 + [RAW] * 2
    assert left.err == "note: expired and left as they are: 2 lines. --until gives them a new last day\n"
    assert renewed.out == "relcheck.baseline: 2 lines (2 renewed)\n"
    assert said(project)[0] == ("app/jobs.py", "reason: adopted; until=2027-06-30")
    assert project.scan("--today", "2027-02-01").code == 0


def test_the_lines_of_rules_that_were_not_selected_stay(project: Project) -> None:
    project.relcheck("baseline", "write")
    project.write("app/jobs.py", "")

    project.relcheck("baseline", "write", "--select", "transactions/split-write")

    assert len(lines(project)) == 2


def test_show_lists_each_line_with_what_became_of_it(project: Project) -> None:
    project.relcheck("baseline", "write", "--reason", "adopted")
    project.write("app/jobs.py", "")
    (one, other) = lines(project)

    text = project.relcheck("baseline", "show")
    report = json.loads(project.relcheck("baseline", "show", "--format", "json").out)

    assert text.code == 0
    assert text.out == (
        f"stale       app/jobs.py {RAW} {one[2]}  reason: adopted\n"
        f"in use      app/users.py {RAW} {other[2]}  reason: adopted\n"
        "2 lines: 1 in use, 1 stale\n"
    )
    assert report["summary"] == {"in_use": 1, "stale": 1, "expired": 0, "not_judged": 0}
    assert report["lines"][0] == {
        "path": "app/jobs.py",
        "rule": RAW,
        "fingerprint": one[2],
        "occurrence": 1,
        "reason": "adopted",
        "until": None,
        "owner": None,
        "line": 3,
        "state": "stale",
        "moved_to": None,
    }
    assert len(lines(project)) == 2


def test_how_grave_a_stale_line_is_can_be_configured(project: Project) -> None:
    project.write("relcheck.toml", f'[rules."{STALE}"]\nseverity = "warning"\n')
    project.relcheck("baseline", "write")
    project.write("app/jobs.py", "")

    ran = project.scan()

    assert (ran.code, ran.rules) == (0, [STALE])


def test_rules_that_are_not_loaded_are_listed_as_skipped(project: Project) -> None:
    project.relcheck("baseline", "write")
    with (project.root / "relcheck.baseline").open("a", encoding="utf-8") as file:
        file.write("app/jobs.py\tlocal/mine\tabcdef012345\n")

    ran = project.scan()

    assert ran.code == 0
    assert json.loads(ran.out)["summary"]["rules_skipped"] == ["local/mine"]
    assert project.relcheck("baseline", "show").out.endswith("3 lines: 2 in use, 1 not judged\n")


def test_a_later_version_of_fingerprints_takes_the_baseline_over(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.relcheck("baseline", "write", "--reason", "adopted")
    before = lines(project)
    project.write("app/jobs.py", "")
    later = {**fingerprint.VERSIONS, 2: lambda parts: hashlib.sha256(repr(parts).encode()).hexdigest()}
    monkeypatch.setattr(fingerprint, "VERSIONS", later)
    monkeypatch.setattr(fingerprint, "VERSION", 2)

    scanned, written = project.scan(), project.relcheck("baseline", "write", "--reason", "again")

    assert scanned.rules == [STALE]
    assert written.out == "relcheck.baseline: 1 line (1 removed)\n"
    (line,) = lines(project)
    assert line[0::3] == ["app/users.py", "reason: adopted"]
    assert (len(line[2]), len(before[1][2])) == (64, 20)
    text = (project.root / "relcheck.baseline").read_text(encoding="utf-8")
    assert text.startswith("# relcheck baseline, format 1, fingerprints 2\n")
    assert project.scan().code == 0


# --- what may stand in the file


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        ("import os\n", 1, "this is no baseline"),
        ("# relcheck baseline, format 1, fingerprints 99\n", 1, "a newer relcheck wrote this"),
        ("# relcheck baseline, format 1, fingerprints 1\n<<<<<<< HEAD\n", 2, "a merge has left both sides here"),
        ("# relcheck baseline, format 1, fingerprints 1\napp/jobs.py\n", 2, "is no line of a baseline"),
    ],
)
@pytest.mark.parametrize("command", ["scan", "baseline write", "baseline prune", "baseline show"])
def test_a_damaged_baseline_is_wrong_usage_told_with_its_line(
    project: Project, command: str, content: str, place: int, message: str
) -> None:
    project.write("relcheck.baseline", content)

    ran = project.relcheck(*command.split())

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"relcheck: relcheck.baseline:{place}: ")
    assert message in ran.err
    assert (project.root / "relcheck.baseline").read_text(encoding="utf-8") == content


def test_a_source_file_is_never_overwritten(project: Project) -> None:
    project.write("relcheck.toml", '[relcheck]\nbaseline = "app/jobs.py"\n')

    ran = project.relcheck("baseline", "write")

    assert ran.code == 2
    assert (project.root / "app/jobs.py").read_text(encoding="utf-8") == locks("Job")


@pytest.mark.parametrize("where", ["relcheck.baseline", "ci"])
def test_a_link_is_not_followed(project: Project, tmp_path: Path, where: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    project.relcheck("baseline", "write")
    (project.root / "relcheck.baseline").rename(elsewhere / "relcheck.baseline")
    if where == "ci":
        project.write("relcheck.toml", '[relcheck]\nbaseline = "ci/relcheck.baseline"\n')
        (project.root / "ci").symlink_to(elsewhere)
    else:
        (project.root / where).symlink_to(elsewhere / where)

    ran = project.relcheck("scan")

    assert ran.code == 2
    assert "relcheck.baseline: " in ran.err


def test_a_file_with_an_odd_name_can_be_accepted(project: Project) -> None:
    names = (b"app/a\tb.py", b"app/a\nb.py", b"app/\xff.py", b"app/a\\nb.py", "app/\u202eyp.py".encode())
    for name in names:
        (project.root / os.fsdecode(name)).write_text(locks("Job"), encoding="utf-8")

    ran = project.process("baseline", "write")

    assert ran.code == 0
    assert len(lines(project)) == len(names) + 2
    assert project.process("scan").code == 0


def test_paths_that_are_shown_are_safe_for_a_terminal(project: Project) -> None:
    project.write("app/\x1b[31mred.py", locks("Job"))
    project.relcheck("baseline", "write")

    for ran in (project.relcheck("baseline", "show"), project.relcheck("baseline", "show", "--format", "json")):
        assert "\x1b" not in ran.out


# --- merging


def branches(project: Project, ours: dict[str, str], theirs: dict[str, str]) -> None:
    """Two branches that each change files and then prune and write the baseline; merged."""
    for name, files in (("ours", ours), ("theirs", theirs)):
        project.git("checkout", "--quiet", "-b", name, "main")
        for path, content in files.items():
            project.write(path, content)
        project.relcheck("baseline", "write", "--reason", f"by {name}")
        project.commit(name)
    project.git("checkout", "--quiet", "ours")
    project.git("merge", "--quiet", "--no-edit", "theirs")


@pytest.fixture
def adopted(project: Project) -> Project:
    for number in range(6):
        project.write(f"app/m{number}.py", locks("Job"))
    project.relcheck("baseline", "write", "--reason", "adopted")
    project.commit()
    return project


def test_branches_that_each_add_lines_merge_to_both(adopted: Project) -> None:
    branches(adopted, {"app/m2a.py": locks("A")}, {"app/m2b.py": locks("B")})

    assert adopted.scan().code == 0
    assert [one for one in said(adopted) if "by" in one[1]] == [
        ("app/m2a.py", "reason: by ours"),
        ("app/m2b.py", "reason: by theirs"),
    ]


def test_branches_that_each_remove_lines_merge_to_a_baseline_that_pruning_mends(adopted: Project) -> None:
    branches(adopted, {"app/m2.py": "", "app/m5.py": ""}, {"app/m3.py": ""})

    merged = adopted.scan()
    adopted.relcheck("baseline", "prune")

    assert set(merged.rules) <= {STALE}
    assert adopted.scan().code == 0
    assert [path for path, _ in said(adopted)] == [
        *("app/jobs.py", "app/m0.py", "app/m1.py", "app/m4.py", "app/users.py"),
    ]


def test_a_branch_that_adds_beside_one_that_removes_loses_nothing(adopted: Project) -> None:
    branches(adopted, {"app/m3.py": locks("Job", "Job")}, {"app/m2.py": "", "app/m4.py": ""})

    merged = adopted.scan()
    adopted.relcheck("baseline", "prune")

    assert set(merged.rules) <= {STALE}
    assert adopted.scan().code == 0
    assert [path for path, _ in said(adopted)].count("app/m3.py") == 2


def test_branches_that_accept_the_same_finding_for_the_same_reason_merge_to_one_line(adopted: Project) -> None:
    more = {"app/more.py": locks("More")}
    for name in ("ours", "theirs"):
        adopted.git("checkout", "--quiet", "-b", name, "main")
        adopted.write(f"{name}.txt", name)
        adopted.write("app/more.py", more["app/more.py"])
        adopted.relcheck("baseline", "write", "--reason", "both")
        adopted.commit(name)
    adopted.git("merge", "--quiet", "--no-edit", "ours")

    assert adopted.scan().code == 0
    assert said(adopted).count(("app/more.py", "reason: both")) == 1


def test_branches_that_accept_the_same_finding_for_other_reasons_are_told_to_choose(adopted: Project) -> None:
    more = {"app/more.py": locks("More")}
    branches(adopted, more, more)

    ran = adopted.scan()

    assert ran.code == 2
    assert "again, with other words, as after a merge: keep one of the two" in ran.err


# --- speed


def test_a_scan_without_a_baseline_loads_nothing_for_it(project: Project) -> None:
    code = (
        "import sys; from relcheck.cli.main import run; run(['scan', 'app/transaction.py']); "
        "print([name for name in sys.modules if 'baseline' in name])"
    )
    import sys

    assert project.run(sys.executable, "-I", "-c", code).out.splitlines()[-1] == "[]"
