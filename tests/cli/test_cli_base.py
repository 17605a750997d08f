"""`relcheck scan --base`: what the merge base did not have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from project import LOCK, PRIMITIVE, Project, Ran

if TYPE_CHECKING:
    from pathlib import Path

LOCKS = "transactions/raw-row-lock"
WAIVER = f"  # relcheck: ignore[{LOCKS}] reason: moves in INC-204"
REST = "".join(f"\n\ndef size_{number}(queue):\n    return len(queue.jobs) + {number}\n" for number in range(9))


def _lock(name: str, asked: str = "job") -> str:
    return f"def {name}(session, job):\n    return session.query({asked}).with_for_update().first()\n"


def _lines(*asked: str) -> str:
    """One function with a lock for each line."""
    body = "".join(f"    {one}\n" for one in asked)
    return f"def claim(session, job):\n{body}"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.write("app/transaction.py", PRIMITIVE)
    return project


def _branch(project: Project) -> None:
    project.commit("main")
    project.git("checkout", "--quiet", "-b", "change")


def _statuses(project: Project, *arguments: str) -> list[tuple[str, int, str]]:
    """(path, line, status) of every finding, compared with main."""
    return _told(project.scan("--base", "main", "--show-waived", *arguments))


def _in(folder: Path) -> Project:
    """A folder that is a repository already, or none."""
    project = Project.__new__(Project)
    project.root = folder
    return project


def _told(ran: Ran) -> list[tuple[str, int, str]]:
    assert ran.code in (0, 1), ran.err
    return [(one["path"], one["line"], one["status"]) for one in json.loads(ran.out)["findings"]]


def test_each_status_of_a_history(project: Project) -> None:
    project.write("app/old.py", LOCK)
    project.write("app/granted.py", LOCK.replace("first()\n", f"first(){WAIVER}\n"))
    project.write("app/mended.py", LOCK)
    _branch(project)
    project.write("app/mended.py", "mended = True\n")
    project.write("app/added.py", LOCK)
    project.commit()

    ran = project.scan("--base", "main", "--show-waived")

    assert ran.code == 1
    assert _told(ran) == [("app/added.py", 2, "new"), ("app/granted.py", 2, "waived"), ("app/old.py", 2, "existing")]
    summary = json.loads(ran.out)["summary"]
    assert [summary[name] for name in ("findings", "existing", "waived")] == [1, 1, 1]


def test_what_the_base_has_does_not_fail_the_gate(project: Project) -> None:
    project.write("app/old.py", LOCK)
    _branch(project)
    project.write("app/old.py", LOCK + REST)

    assert project.scan().code == 1
    assert project.scan("--base", "main").code == 0


def test_the_merge_base_counts_and_not_what_came_after_it(project: Project) -> None:
    project.write("app/old.py", LOCK)
    _branch(project)
    project.git("checkout", "--quiet", "main")
    project.write("app/old.py", "mended = True\n")
    project.write("app/later.py", LOCK)
    project.commit()
    project.git("checkout", "--quiet", "change")

    assert _statuses(project) == [("app/old.py", 2, "existing")]


def test_moved_lines_make_nothing_new(project: Project) -> None:
    project.write("app/jobs.py", _lock("one") + REST + "\n\n" + _lock("two"))
    _branch(project)
    project.write("app/jobs.py", "import os\n\n\n" + _lock("two") + REST + "\n\n" + _lock("one"))

    assert {status for _, _, status in _statuses(project)} == {"existing"}


def test_reformatted_code_makes_nothing_new(project: Project) -> None:
    project.write(
        "app/jobs.py", _lines("a = session.query(job, 'x').with_for_update()", "b = a.with_for_update(); c = 1")
    )
    _branch(project)
    project.write(
        "app/jobs.py",
        "def claim(\n    session,\n    job,\n):\n"
        "    a = (\n        session\n        .query(\n            job,\n"
        '            "x",\n        )\n        # locked\n        .with_for_update()\n    )\n'
        "    b = (\n        a.with_for_update()\n    )\n    c = 1\n",
    )

    assert [status for _, _, status in _statuses(project)] == ["existing", "existing"]


def test_indented_code_makes_nothing_new(project: Project) -> None:
    project.write(
        "app/jobs.py", _lines("job.one(session.get(1).with_for_update())", "job.two(session.with_for_update())")
    )
    _branch(project)
    project.write(
        "app/jobs.py",
        _lines("if job:", "    job.one(session.get(1).with_for_update())", "    job.two(session.with_for_update())"),
    )

    assert [status for _, _, status in _statuses(project)] == ["existing", "existing"]


def test_an_edited_line_with_an_old_finding_makes_nothing_new(project: Project) -> None:
    project.write("app/jobs.py", LOCK)
    _branch(project)
    project.write("app/jobs.py", LOCK.replace("query(job)", "query(job).filter_by(done=False)"))

    assert _statuses(project) == [("app/jobs.py", 2, "existing")]


@pytest.mark.parametrize("staged", [True, False])
def test_a_renamed_file_makes_nothing_new(project: Project, *, staged: bool) -> None:
    project.write("app/jobs.py", LOCK + REST)
    project.write("app/same.py", LOCK + REST.replace("jobs", "tasks"))
    _branch(project)
    project.write("app/tasks/claim.py", "import os\n\n\n" + LOCK + REST)
    project.write("app/tasks/same.py", LOCK + REST.replace("jobs", "tasks"))
    for name in ("jobs", "same"):
        (project.root / f"app/{name}.py").unlink()
    if staged:
        project.git("add", "--all")

    assert _statuses(project) == [("app/tasks/claim.py", 5, "existing"), ("app/tasks/same.py", 2, "existing")]


def test_a_copy_is_new(project: Project) -> None:
    project.write("app/jobs.py", LOCK + REST)
    _branch(project)
    project.write("app/copied.py", LOCK + REST)

    assert _statuses(project) == [("app/copied.py", 2, "new"), ("app/jobs.py", 2, "existing")]
    project.git("add", "--all")
    assert _statuses(project) == [("app/copied.py", 2, "new"), ("app/jobs.py", 2, "existing")]


def test_of_two_copies_of_a_file_that_is_gone_one_is_new(project: Project) -> None:
    project.write("app/jobs.py", LOCK + REST)
    _branch(project)
    (project.root / "app/jobs.py").rename(project.root / "app/one.py")
    project.write("app/two.py", LOCK + REST)

    for _ in ("not staged", "staged"):
        assert sorted(status for _, _, status in _statuses(project)) == ["existing", "new"]
        project.git("add", "--all")


def test_a_file_that_comes_from_where_no_rule_looked_is_new(project: Project) -> None:
    project.write("relcheck.toml", '[relcheck]\nexclude = ["vendor/**"]\n')
    project.write("vendor/jobs.py", LOCK + REST)
    project.write("vendor/more.py", "x = 1\n")
    project.write("tests/test_jobs.py", LOCK + REST.replace("jobs", "tasks"))
    _branch(project)
    project.git("mv", "vendor/jobs.py", "app/jobs.py")
    project.git("mv", "tests/test_jobs.py", "app/tasks.py")

    assert _statuses(project) == [("app/jobs.py", 2, "new"), ("app/tasks.py", 2, "new")]


def test_a_finding_that_is_mended_in_one_place_and_made_in_another_is_new(project: Project) -> None:
    project.write("app/jobs.py", _lock("one") + REST + "\n\n" + _lock("two").replace(".with_for_update()", ""))
    _branch(project)
    project.write("app/jobs.py", _lock("one").replace(".with_for_update()", "") + REST + "\n\n" + _lock("two"))

    assert [status for _, _, status in _statuses(project)] == ["new"]


def test_so_it_is_within_one_function(project: Project) -> None:
    between = [f"job.step({number})" for number in range(5)]
    project.write("app/jobs.py", _lines("a = session.get(1).with_for_update()", *between, "b = session.get(2)"))
    _branch(project)
    project.write("app/jobs.py", _lines("a = session.get(1)", *between, "b = session.get(2).with_for_update()"))

    assert _statuses(project) == [("app/jobs.py", 8, "new")]


def test_of_equal_findings_those_on_lines_that_the_change_touched_are_new(project: Project) -> None:
    old = ["a = session.get(1).with_for_update()", "job.step()", "b = session.get(2).with_for_update()"]
    project.write("app/jobs.py", _lines(*old))
    _branch(project)
    new = "c = session.get(3).with_for_update()"
    project.write("app/jobs.py", _lines(old[0], new, *old[1:], new.replace("c", "d")))

    assert [(line, status) for _, line, status in _statuses(project)] == [
        (2, "existing"),
        (3, "new"),
        (5, "existing"),
        (6, "new"),
    ]


def test_one_more_of_the_same_line_is_one_new_finding(project: Project) -> None:
    line = "session.get(job).with_for_update()"
    project.write("app/jobs.py", _lines(line, line))
    _branch(project)
    project.write("app/jobs.py", _lines(line, line, line))

    assert [status for _, _, status in _statuses(project)] == ["existing", "existing", "new"]


def test_a_finding_that_was_waived_and_is_not_now_is_new(project: Project) -> None:
    project.write("app/jobs.py", LOCK.replace("first()\n", f"first(){WAIVER}\n"))
    _branch(project)
    project.write("app/jobs.py", LOCK)

    assert _statuses(project) == [("app/jobs.py", 2, "new")]


def test_so_it_is_where_the_configuration_had_waived_it(project: Project) -> None:
    project.write("app/jobs.py", LOCK)
    project.write("relcheck.toml", f'[[waivers]]\nrule = "{LOCKS}"\npath = "app/**"\nreason = "INC-204"\n')
    _branch(project)
    project.write("relcheck.toml", "[relcheck]\n")

    ran = project.scan("--base", "main")

    assert ran.code == 1
    assert (LOCKS, "app/jobs.py", 2) in ran.findings


def test_a_waiver_of_an_old_finding_is_no_room_for_a_new_one(project: Project) -> None:
    old = "a = session.get(1).with_for_update()"
    project.write("app/jobs.py", _lines(old))
    _branch(project)
    project.write("app/jobs.py", _lines(old + WAIVER, "job.step()", "b = session.get(2).with_for_update()"))

    told = [
        (line, status) for path, line, status in _statuses(project, "--ignore", "relcheck") if path == "app/jobs.py"
    ]

    assert (2, "waived") in told
    assert (4, "new") in told


def test_the_base_is_judged_by_the_rules_of_the_head(project: Project) -> None:
    project.write("app/jobs.py", "def claim(query):\n    return query.my_lock()\n")
    _branch(project)
    project.write("relcheck.toml", f'[rules."{LOCKS}"]\nlocks = ["my_lock"]\n')

    assert _statuses(project)[0] == ("app/jobs.py", 2, "existing")


OPENING = (
    "from app.transaction import single_connection_transaction\n"
    "from app.steps import {0}\n"
    "\n"
    "\n"
    "def run():\n"
    "    with single_connection_transaction() as txn:\n"
    "        {0}(txn)\n"
)
STEP = "@transactional(TransactionIntent.{1})\ndef {0}(txn: SingleConnectionTxn):\n    pass\n"
STEPS = "from app.transaction import TransactionIntent, transactional\n\n\n"


def test_what_files_mean_together_is_compared_with_what_they_meant_together(project: Project) -> None:
    kept = STEP.format("kept", "LOCKED_MUTATION")
    old = STEP.format("old", "READ_ONLY")
    project.write("app/steps.py", STEPS + kept + old + STEP.format("step", "LOCKED_MUTATION"))
    for name in ("kept", "old", "step"):
        project.write(f"app/run_{name}.py", OPENING.format(name))
    _branch(project)
    project.write("app/steps.py", STEPS + kept + old + STEP.format("step", "READ_ONLY"))

    found = ("--select", "transactions/primitive-without-intent")

    assert _statuses(project, *found) == [("app/run_old.py", 6, "existing"), ("app/run_step.py", 6, "new")]
    assert _statuses(project, *found, "app/run_step.py") == [("app/run_step.py", 6, "new")]


def test_an_old_file_that_cannot_be_parsed_is_existing(project: Project) -> None:
    broken = "def claim(q:\n    return q.with_for_update()\n"
    project.write("app/broken.py", broken)
    project.write("app/moved.py", broken + "# moved\n")
    _branch(project)
    project.git("mv", "app/moved.py", "app/renamed.py")

    assert _statuses(project) == [("app/broken.py", 1, "existing"), ("app/renamed.py", 1, "existing")]


def test_what_a_change_puts_into_a_file_that_cannot_be_parsed_was_not_checked(project: Project) -> None:
    broken = "def claim(q:\n    return q.with_for_update()\n"
    project.write("app/broken.py", broken)
    _branch(project)
    project.write("app/broken.py", broken + "    q.with_for_update()\n")

    assert _statuses(project) == [("app/broken.py", 1, "new")]


def test_an_old_vacuous_scope_is_existing_and_one_that_the_change_writes_is_new(project: Project) -> None:
    rule = f'[rules."{LOCKS}"]\nallowed_in = ["app/nowhere.py"]\n'
    project.write("relcheck.toml", rule)
    _branch(project)
    project.write("relcheck.toml", rule + 'primitives = ["no_such_primitive"]\n')

    told = [one for one in _statuses(project) if one[0] == "relcheck.toml"]

    assert ("relcheck.toml", 2, "existing") in told
    assert ("relcheck.toml", 3, "new") in told


def test_a_scope_that_the_change_makes_vacuous_is_new(project: Project) -> None:
    project.write("relcheck.toml", f'[rules."{LOCKS}"]\nallowed_in = ["app/infra.py"]\n')
    project.write("app/infra.py", LOCK)
    _branch(project)
    (project.root / "app/infra.py").unlink()

    assert _statuses(project) == [("relcheck.toml", 2, "new")]


def test_an_old_waiver_of_no_use_is_existing_and_one_that_the_change_made_so_is_new(project: Project) -> None:
    project.write("app/old.py", f"total = 1{WAIVER}\n")
    project.write("app/mended.py", LOCK.replace("first()\n", f"first(){WAIVER}\n"))
    _branch(project)
    project.write("app/mended.py", f"def claim(session, job):\n    return session.first(){WAIVER}\n")

    told = {(path, status) for path, _, status in _statuses(project)}

    assert told == {("app/mended.py", "new"), ("app/old.py", "existing")}


def test_a_gate_that_checks_nothing_is_never_old(tmp_path: Path) -> None:
    project = Project(tmp_path / "notes")
    project.write("notes.md", "# Notes\n")
    project.commit()

    assert project.scan("--base", "HEAD").rules == ["relcheck/nothing-checked"]


def test_a_rule_that_crashes_is_never_old(project: Project) -> None:
    project.write(
        ".relcheck/rules/faulty.py",
        '"""Faulty."""\n'
        "from relcheck.sdk import File, Findings, PythonRule, Site, call, on\n\n\n"
        "class Faulty(PythonRule):\n"
        '    """Raises."""\n\n'
        '    @on(call("print"))\n'
        "    def found(self, at: Site, file: File) -> Findings:\n"
        "        raise ValueError\n",
    )
    project.write("app/jobs.py", "print()\n")
    project.commit()

    assert project.scan("--base", "HEAD", "--allow-local-code").code == 3


def test_only_what_changed_is_looked_at_again(project: Project) -> None:
    for number in range(5):
        project.write(f"app/old_{number}.py", LOCK + f"# {number}\n")
    _branch(project)
    project.write("app/old_0.py", LOCK + REST)
    for number in range(5):
        blob = project.git("rev-parse", f"main:app/old_{number}.py")
        if number:
            (project.root / f".git/objects/{blob[:2]}/{blob[2:]}").unlink()

    assert {status for _, _, status in _statuses(project)} == {"existing"}


def test_a_base_whose_content_is_missing_ends_the_run(project: Project) -> None:
    project.write("app/old.py", LOCK)
    _branch(project)
    project.write("app/old.py", LOCK + REST)
    blob = project.git("rev-parse", "main:app/old.py")
    (project.root / f".git/objects/{blob[:2]}/{blob[2:]}").unlink()

    ran = project.scan("--base", "main")

    assert ran.code == 2
    assert "git fetch" in ran.err


def test_a_partial_clone_is_told_how_to_become_whole(project: Project, tmp_path: Path) -> None:
    project.write("app/old.py", LOCK + REST)
    project.commit()
    project.git("config", "uploadpack.allowFilter", "true")
    project.git("checkout", "--quiet", "-b", "change")
    project.git("mv", "app/old.py", "app/moved.py")
    project.write("app/moved.py", LOCK + REST + "\n\n" + _lock("more"))
    project.commit()
    project.git("clone", "--quiet", "--filter=blob:none", project.root.as_uri(), str(tmp_path / "partial"))
    partial = _in(tmp_path / "partial")

    ran = partial.scan("--base", "origin/main")

    assert (ran.code, ran.out) == (2, "")
    assert "git fetch --refetch" in ran.err


@pytest.mark.parametrize("cache", [(), ("--no-cache",)])
def test_the_cache_changes_nothing(project: Project, cache: tuple[str, ...]) -> None:
    project.write("app/old.py", LOCK)
    _branch(project)
    project.write("app/old.py", LOCK + "\n\n" + _lock("more"))

    told = [_statuses(project, *cache) for _ in range(3)]

    assert told == [[("app/old.py", 2, "existing"), ("app/old.py", 6, "new")]] * 3


def test_what_is_staged_is_compared(project: Project) -> None:
    project.write("app/old.py", LOCK)
    _branch(project)
    project.write("app/old.py", LOCK + "\n\n" + _lock("staged"))
    project.git("add", "--all")
    project.write("app/old.py", LOCK + "\n\n" + _lock("staged") + "\n\n" + _lock("more"))

    assert _statuses(project, "--staged") == [("app/old.py", 2, "existing"), ("app/old.py", 6, "new")]


def test_files_that_are_named_are_compared(project: Project) -> None:
    project.write("app/old.py", LOCK)
    _branch(project)
    project.write("app/old.py", LOCK + "\n\n" + _lock("more"))

    assert _statuses(project, "app/old.py") == [("app/old.py", 2, "existing"), ("app/old.py", 6, "new")]


def test_text_from_standard_input_is_compared(project: Project) -> None:
    project.write("app/old.py", LOCK)
    _branch(project)
    text = LOCK + "\n\n" + _lock("more")

    ran = project.relcheck("scan", "--base", "main", "--output", "json", "--stdin-filename", "app/old.py", stdin=text)

    assert _told(ran) == [("app/old.py", 6, "new")]


def test_a_folder_of_the_repository_is_compared(project: Project) -> None:
    project.write("service/relcheck.toml", "[relcheck]\n")
    project.write("service/transaction.py", PRIMITIVE)
    project.write("service/old.py", LOCK)
    project.write("elsewhere.py", LOCK)
    _branch(project)
    project.write("service/old.py", LOCK + "\n\n" + _lock("more"))
    project.write("elsewhere.py", LOCK + "\n\n" + _lock("more"))

    ran = project.relcheck("scan", "--base", "main", "--output", "json", "--show-waived", folder="service")

    assert _told(ran) == [("service/old.py", 2, "existing"), ("service/old.py", 6, "new")]


def test_a_linked_worktree_is_compared(project: Project, tmp_path: Path) -> None:
    project.write("app/old.py", LOCK)
    project.commit()
    project.git("worktree", "add", "--quiet", "-b", "change", str(tmp_path / "linked"))
    linked = _in(tmp_path / "linked")
    linked.write("app/old.py", LOCK + "\n\n" + _lock("more"))

    assert _statuses(linked) == [("app/old.py", 2, "existing"), ("app/old.py", 6, "new")]


def test_line_ends_that_git_converts_make_nothing_new(project: Project) -> None:
    project.write(".gitattributes", "*.py text eol=crlf\n")
    project.write("app/old.py", LOCK + REST)
    _branch(project)
    (project.root / "app/old.py").write_bytes((LOCK + REST + _lock("more")).replace("\n", "\r\n").encode())

    assert [status for _, _, status in _statuses(project)] == ["existing", "new"]


def test_a_file_in_conflict_is_compared_with_what_it_was(project: Project) -> None:
    project.write("app/old.py", LOCK)
    _branch(project)
    project.write("app/old.py", LOCK.replace("first", "one"))
    project.commit()
    project.git("checkout", "--quiet", "main")
    project.write("app/old.py", LOCK.replace("first", "all"))
    project.commit()
    project.run("git", "merge", "change")
    project.write("app/old.py", LOCK.replace("first", "both"))

    assert _told(project.scan("--base", "main", "--show-waived")) == [("app/old.py", 2, "existing")]


def test_files_that_git_does_not_know_and_files_that_it_forgot_are_compared(project: Project) -> None:
    project.write("app/forgotten.py", LOCK)
    _branch(project)
    project.write("app/intended.py", LOCK)
    project.git("add", "--intent-to-add", "app/intended.py")
    project.git("rm", "--quiet", "--cached", "app/forgotten.py")
    project.write("app/untracked.py", LOCK.replace("claim", "take"))

    assert _statuses(project) == [
        ("app/forgotten.py", 2, "existing"),
        ("app/intended.py", 2, "new"),
        ("app/untracked.py", 2, "new"),
    ]


def test_a_name_that_was_a_link_or_a_folder_is_a_new_file(project: Project) -> None:
    (project.root / "app/linked.py").symlink_to("transaction.py")
    project.write("app/folder.py/inside.py", LOCK)
    _branch(project)
    (project.root / "app/linked.py").unlink()
    (project.root / "app/folder.py/inside.py").unlink()
    (project.root / "app/folder.py").rmdir()
    project.write("app/linked.py", LOCK)
    project.write("app/folder.py", _lock("other"))
    project.git("add", "--all")

    assert {status for _, _, status in _statuses(project)} == {"new"}


def test_head_itself_is_the_base_of_what_is_not_committed(project: Project) -> None:
    project.write("app/old.py", LOCK)
    project.commit()
    project.git("checkout", "--quiet", "--detach")
    project.write("app/more.py", LOCK)

    assert _told(project.scan("--base", "HEAD")) == [("app/more.py", 2, "new")]


def test_of_several_merge_bases_the_one_is_taken_that_git_names_first(project: Project) -> None:
    project.commit("root")
    project.git("checkout", "--quiet", "-b", "change")
    project.write("app/ours.py", LOCK)
    project.commit("ours")
    project.git("checkout", "--quiet", "main")
    project.write("app/theirs.py", LOCK)
    project.commit("theirs")
    ours, theirs = project.git("rev-parse", "change"), project.git("rev-parse", "main")
    project.git("merge", "--quiet", "--no-edit", ours)
    project.git("checkout", "--quiet", "change")
    project.git("merge", "--quiet", "--no-edit", theirs)
    bases = project.git("merge-base", "--all", "main", "change").split()

    ran = project.scan("--base", "main")

    assert len(bases) == 2
    assert json.loads(ran.out)["base"]["commit"] == project.git("merge-base", "main", "change")


def test_the_report_says_what_was_compared(project: Project) -> None:
    project.commit()
    commit = project.git("rev-parse", "main")

    text = project.relcheck("scan", "--base", "main")
    ran = project.scan("--base", "main")

    assert text.out.splitlines()[-1].endswith(f"; compared with main ({commit[:7]})")
    assert json.loads(ran.out)["base"] == {"ref": "main", "commit": commit}


@pytest.mark.parametrize(
    "ref", ["--output=x", "-x", "nope", "", "main..change", "^main", "HEAD:app", "a\nb", "\x1b[31m"]
)
@pytest.mark.parametrize("option", ["--base", "--policy-from"])
def test_what_names_no_commit_is_refused(project: Project, option: str, ref: str) -> None:
    project.commit()

    ran = project.scan(f"{option}={ref}")

    assert (ran.code, ran.out) == (2, "")
    assert "the repository has no such commit" in ran.err
    assert "\x1b" not in ran.err
    assert not (project.root / "x").exists()


def test_a_ref_that_looks_like_an_option_and_is_one_is_used(project: Project) -> None:
    project.commit()
    commit = project.git("rev-parse", "HEAD")
    project.git("update-ref", "refs/heads/--output=x", commit)

    ran = project.scan("--base=--output=x")

    assert json.loads(ran.out)["base"]["commit"] == commit
    assert not (project.root / "x").exists()


def test_a_comparison_starts_no_program_of_the_repository(project: Project, tmp_path: Path) -> None:
    project.write("app/old.py", LOCK + REST)
    project.write(".gitattributes", "*.py filter=mine diff=mine merge=mine\n")
    _branch(project)
    project.git("mv", "app/old.py", "app/moved.py")
    project.write("app/moved.py", LOCK + REST + "\n\n" + _lock("more"))
    project.write("app/other.py", LOCK)
    ran = tmp_path / "ran"
    for name in (
        "filter.mine.clean",
        "filter.mine.smudge",
        "filter.mine.process",
        "diff.mine.textconv",
        "diff.mine.command",
        "diff.external",
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
    ):
        project.git("config", name, f"touch {ran}; cat")

    for options in ((), ("--staged",), ("--policy-from", "main")):
        assert project.scan("--base", "main", *options).code in (0, 1)

    assert not ran.exists()


def test_a_shallow_history_is_refused_with_the_line_that_mends_it(project: Project, tmp_path: Path) -> None:
    project.commit("one")
    parted = project.git("rev-parse", "HEAD")
    project.git("checkout", "--quiet", "-b", "change")
    project.write("app/more.py", LOCK)
    project.commit("two")
    project.write("app/more.py", LOCK + REST)
    project.commit("three")
    project.git("checkout", "--quiet", "main")
    project.write("app/other.py", "x = 1\n")
    project.commit("four")
    shallow = Project(tmp_path / "shallow")
    shallow.git("fetch", "--quiet", "--depth=1", project.root.as_uri(), "change:change", "main:base")
    shallow.git("checkout", "--quiet", "change")

    for ref in ("base", parted):
        ran = shallow.scan("--base", ref)

        assert (ran.code, ran.out) == (2, "")
        assert "fetch-depth: 0" in ran.err
        assert "git fetch --unshallow" in ran.err


def test_a_shallow_history_is_enough_where_the_base_is_in_it(project: Project, tmp_path: Path) -> None:
    project.write("app/old.py", LOCK)
    project.commit("one")
    project.write("app/plain.py", "x = 1\n")
    project.commit("two")
    project.write("app/more.py", LOCK)
    project.commit("three")
    shallow = Project(tmp_path / "shallow")
    shallow.git("fetch", "--quiet", "--depth=2", project.root.as_uri(), "main:change")
    shallow.git("checkout", "--quiet", "change")

    assert _told(shallow.scan("--base", "HEAD~1")) == [("app/more.py", 2, "new")]


def test_a_base_without_common_history_is_refused(project: Project) -> None:
    project.commit()
    project.git("checkout", "--quiet", "--orphan", "other")
    project.write("app/more.py", LOCK)
    project.commit()

    ran = project.scan("--base", "main")

    assert ran.code == 2
    assert "no common history" in ran.err


def test_a_base_before_the_first_commit_is_refused(project: Project, tmp_path: Path) -> None:
    other = Project(tmp_path / "other")
    other.write("x.py", "x = 1\n")
    other.commit()
    project.git("fetch", "--quiet", other.root.as_uri(), "main:elsewhere")

    assert "nothing is committed yet" in project.scan("--base", "elsewhere").err
    assert project.scan("--base", "HEAD").code == 2


def test_a_base_outside_of_a_repository_is_refused(tmp_path: Path) -> None:
    folder = _in(tmp_path)
    folder.write("app.py", LOCK)

    ran = folder.relcheck("scan", "--base", "main", GIT_CEILING_DIRECTORIES=str(tmp_path.parent))

    assert ran.code == 2
    assert "no git repository" in ran.err


def test_the_same_input_gives_the_same_bytes(project: Project) -> None:
    project.write("app/old.py", LOCK)
    _branch(project)
    project.write("app/old.py", LOCK + REST + _lock("more"))
    project.git("mv", "app/transaction.py", "app/primitive.py")

    first, second = (project.process("scan", "--base", "main", "--output", "json").out for _ in range(2))

    assert first == second
