"""`relcheck scan --policy-from`: a change cannot switch its own judge off, and what it tries is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from project import LOCK, PRIMITIVE, Project, Ran

if TYPE_CHECKING:
    from pathlib import Path

LOCKS = "transactions/raw-row-lock"
CHANGED = "relcheck/policy-changed"
HERE = "It has no effect here: the policy is that of main"
WAIVER = f"  # relcheck: ignore[{LOCKS}] reason: moves in INC-204"
WAIVED = LOCK.replace("first()\n", f"first(){WAIVER}\n")
INTENTS = (
    "from app.transaction import TransactionIntent, transactional\n"
    "\n"
    "\n"
    "@transactional(TransactionIntent.READ_ONLY)\n"
    "def names(session):\n"
    "    return session.scalars(select(User.name)).all()\n"
)
UNDECLARED = "\n\ndef rename(session, name):\n    session.add(User(name=name))\n"
LOCAL = '''"""Nobody sleeps."""

from __future__ import annotations

from relcheck.sdk import Expect, File, Findings, Invalid, PythonRule, Site, Valid, call, on


class Sleep(PythonRule):
    """Finds `time.sleep`."""

    @on(call("time.sleep"))
    def sleeps(self, at: Site, file: File) -> Findings:
        yield at.finding("somebody sleeps")

    examples = (Invalid("import time\\ntime.sleep(1)\\n", Expect(2, 1, 11, "somebody sleeps")), Valid("x = 1\\n"))
'''


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The branch main has adopted the primitive; `change` is checked out."""
    project = Project(tmp_path / "project")
    project.write("app/transaction.py", PRIMITIVE)
    project.write("app/plain.py", "total = 1\n")
    return project


def _branch(project: Project) -> None:
    project.commit("main")
    project.git("checkout", "--quiet", "-b", "change")


def _judged(project: Project, *arguments: str) -> Ran:
    """A scan as the gate makes it: compared with main, by main's policy."""
    return project.scan("--base", "main", "--policy-from", "main", *arguments)


def _said(ran: Ran) -> list[str]:
    """The messages about the policy."""
    return [one["message"] for one in json.loads(ran.out)["findings"] if one["rule"] == CHANGED]


def _fails_for(ran: Ran, rule: str, path: str) -> bool:
    return ran.code == 1 and any(found[:2] == (rule, path) for found in ran.findings)


def test_a_change_that_edits_the_configuration_fails_for_its_violation(project: Project) -> None:
    project.write("relcheck.toml", "[relcheck]\n")
    _branch(project)
    project.write("app/jobs.py", LOCK)
    project.write("relcheck.toml", f'[relcheck]\n[rules."{LOCKS}"]\nseverity = "info"\n')
    project.commit()

    ran = _judged(project)

    assert project.scan("--base", "main").code == 0
    assert _fails_for(ran, LOCKS, "app/jobs.py")
    assert _said(ran) == [
        f'this change sets rules."{LOCKS}".severity to "info". {HERE}',
    ]
    assert (CHANGED, "relcheck.toml", 3) in ran.findings


def test_a_change_that_excludes_its_files_fails_for_its_violation(project: Project) -> None:
    project.write("pyproject.toml", '[project]\nname = "x"\n\n[tool.relcheck]\nexclude = ["vendor/**"]\n')
    project.write("vendor/copied.py", "x = 1\n")
    _branch(project)
    project.write("app/jobs.py", LOCK)
    project.write(
        "pyproject.toml", '[project]\nname = "x"\n\n[tool.relcheck]\nexclude = ["vendor/**", "app/jobs.py"]\n'
    )
    project.commit()

    ran = _judged(project)

    assert project.scan("--base", "main").code == 0
    assert _fails_for(ran, LOCKS, "app/jobs.py")
    assert 'sets relcheck.exclude to ["vendor/**", "app/jobs.py"]' in _said(ran)[0]
    assert (CHANGED, "pyproject.toml", 5) in ran.findings


def test_a_change_that_edits_what_the_configuration_extends_fails_for_its_violation(project: Project) -> None:
    project.write("relcheck.toml", '[relcheck]\nextends = ["./ci/team.toml"]\n')
    project.write("ci/team.toml", "[relcheck]\n")
    _branch(project)
    project.write("app/jobs.py", LOCK)
    project.write("ci/team.toml", f'[rules."{LOCKS}"]\nenabled = false\n')
    project.commit()

    ran = _judged(project)

    assert project.scan("--base", "main").code == 0
    assert _fails_for(ran, LOCKS, "app/jobs.py")
    assert (CHANGED, "ci/team.toml", 2) in ran.findings


def test_a_change_that_edits_its_presets_fails_for_its_violation(project: Project) -> None:
    project.write("relcheck.toml", '[relcheck]\nextends = ["preset:django"]\n')
    _branch(project)
    project.write("app/jobs.py", LOCK.replace("with_for_update", "select_for_update"))
    project.write("relcheck.toml", "[relcheck]\n")
    project.commit()

    ran = _judged(project)

    assert project.scan("--base", "main").code == 0
    assert _fails_for(ran, LOCKS, "app/jobs.py")
    assert _said(ran) == [f"this change removes relcheck.extends. {HERE}"]


def test_a_change_that_brings_a_configuration_fails_for_its_violation(project: Project) -> None:
    _branch(project)
    project.write("app/jobs.py", LOCK)
    project.write("app/relcheck.toml", '[relcheck]\nexclude = ["jobs.py"]\n')
    project.commit()

    ran = project.relcheck("scan", "--output", "json", "--policy-from", "main", folder="app")

    assert _fails_for(ran, LOCKS, "app/jobs.py")
    assert _said(ran) == [f"this change adds this configuration. {HERE}"]


def test_a_change_that_deletes_the_configuration_fails_for_its_violation(project: Project) -> None:
    project.write("relcheck.toml", f'[rules."{LOCKS}"]\nlocks = ["with_for_update", "my_lock"]\n')
    _branch(project)
    project.write("app/jobs.py", "def claim(query):\n    return query.my_lock()\n")
    (project.root / "relcheck.toml").unlink()
    project.commit()

    ran = _judged(project)

    assert _fails_for(ran, LOCKS, "app/jobs.py")
    assert _said(ran) == [f"this change removes this configuration. {HERE}"]


def test_a_change_that_breaks_the_configuration_is_judged_by_the_one_before(project: Project) -> None:
    project.write("relcheck.toml", "[relcheck]\n")
    _branch(project)
    project.write("app/jobs.py", LOCK)
    project.write("relcheck.toml", "[relcheck\n")
    project.commit()

    ran = _judged(project)

    assert project.scan().code == 2
    assert _fails_for(ran, LOCKS, "app/jobs.py")
    assert "leaves a configuration that cannot be read" in _said(ran)[0]


def test_a_change_that_waives_its_violation_in_the_code_fails_for_it(project: Project) -> None:
    _branch(project)
    project.write("app/jobs.py", WAIVED)
    project.commit()

    ran = _judged(project)

    assert project.scan("--base", "main").code == 0
    assert _fails_for(ran, LOCKS, "app/jobs.py")
    assert _said(ran) == [
        f"this change waives {LOCKS} here: moves in INC-204. It silences nothing that main did not waive"
    ]


def test_a_change_that_waives_its_violation_in_the_configuration_fails_for_it(project: Project) -> None:
    _branch(project)
    project.write("app/jobs.py", LOCK)
    project.write("relcheck.toml", f'[[waivers]]\nrule = "{LOCKS}"\npath = "app/**"\nreason = "INC-204"\n')
    project.commit()

    ran = _judged(project)

    assert project.scan("--base", "main").code == 0
    assert _fails_for(ran, LOCKS, "app/jobs.py")


def test_another_waiver_in_the_configuration_is_said(project: Project) -> None:
    waiver = '[[waivers]]\nrule = "{}"\npath = "app/**"\nreason = "INC-204"\n'
    project.write("relcheck.toml", waiver.format("transactions/split-write"))
    _branch(project)
    project.write("app/jobs.py", LOCK)
    project.write("relcheck.toml", waiver.format("transactions/split-write") + waiver.format(LOCKS))
    project.commit()

    assert (CHANGED, "relcheck.toml", 5) in _judged(project).findings
    assert _said(_judged(project)) == [f"this change waives {LOCKS} in app/**: INC-204. {HERE}"]


def test_a_waiver_that_the_revision_has_goes_on_to_hold(project: Project) -> None:
    more = "".join(f"\n\ndef size_{number}(queue):\n    return len(queue.jobs)\n" for number in range(5))
    project.write("app/jobs.py", WAIVED + more)
    _branch(project)
    edited = WAIVED.replace("query(job)", "query(job).limit(1)")
    project.write("app/jobs.py", f"import os\n\n\n{edited}{more}")
    project.git("mv", "app/jobs.py", "app/work.py")
    project.commit()

    ran = _judged(project)

    assert (ran.code, ran.findings) == (0, [])


def test_a_waiver_in_the_code_does_not_take_over_from_the_configuration(project: Project) -> None:
    more = "".join(f"\n\ndef size_{number}(queue):\n    return len(queue.jobs)\n" for number in range(9))
    project.write("relcheck.toml", f'[[waivers]]\nrule = "{LOCKS}"\npath = "legacy/**"\nreason = "INC-204"\n')
    project.write("legacy/jobs.py", LOCK + more)
    project.write("legacy/kept.py", LOCK)
    _branch(project)
    project.git("mv", "legacy/jobs.py", "app/jobs.py")
    project.write("app/jobs.py", WAIVED + more)
    project.commit()

    assert _fails_for(project.scan("--policy-from", "main"), LOCKS, "app/jobs.py")


def test_a_waiver_that_is_moved_to_other_code_silences_nothing(project: Project) -> None:
    project.write("app/jobs.py", WAIVED)
    _branch(project)
    project.write(
        "app/jobs.py", "def other(session, one):\n    return session.get(one).with_for_update()" + WAIVER + "\n"
    )
    project.commit()

    ran = _judged(project)

    assert _fails_for(ran, LOCKS, "app/jobs.py")
    assert len(_said(ran)) == 1


def test_a_waiver_that_ended_cannot_be_prolonged_by_the_change_that_needs_it(project: Project) -> None:
    project.write("app/jobs.py", WAIVED.replace("INC-204", "INC-204; until=2026-01-31"))
    _branch(project)
    project.write("app/jobs.py", WAIVED.replace("INC-204", "INC-204; until=2030-01-31"))
    project.commit()

    ran = project.scan("--policy-from", "main", "--today", "2026-06-01")

    assert _fails_for(ran, LOCKS, "app/jobs.py")
    assert _said(ran) != []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_change_that_edits_a_local_rule_fails_for_its_violation(project: Project, jobs: str) -> None:
    project.write(".relcheck/rules/sleep.py", LOCAL)
    _branch(project)
    project.write("app/jobs.py", "import time\n\ntime.sleep(1)\n")
    project.write(".relcheck/rules/sleep.py", LOCAL.replace('"time.sleep"', '"time.never"'))
    project.commit()

    ran = _judged(project, "--allow-local-code", "--jobs", jobs)

    assert project.scan("--base", "main", "--allow-local-code").code == 0
    assert _fails_for(ran, "local/sleep", "app/jobs.py")
    assert _said(ran) == [f"this change edits the local rule sleep.py. {HERE}"]


def test_a_local_rule_that_the_change_adds_is_not_run(project: Project) -> None:
    _branch(project)
    ran_it = project.root / "ran"
    project.write(".relcheck/rules/sleep.py", f"open({str(ran_it)!r}, 'w')\n{LOCAL}")
    project.commit()

    ran = _judged(project, "--allow-local-code")

    assert (ran.code, _said(ran)) == (
        0,
        [f"this change adds the local rule sleep.py. {HERE}"],
    )
    assert not ran_it.exists()


def test_a_change_that_deletes_the_import_by_which_a_file_adopted_a_convention_fails(project: Project) -> None:
    project.write("app/users.py", INTENTS)
    _branch(project)
    project.write("app/users.py", "def names(session):\n    return 1\n" + UNDECLARED)
    project.commit()

    ran = _judged(project)

    assert project.scan("--base", "main").code == 0
    assert _fails_for(ran, "transactions/missing-intent", "app/users.py")
    assert len([said for said in _said(ran) if "deletes the import of transactional" in said]) == 1


def test_so_does_one_that_renames_the_file_too(project: Project) -> None:
    more = "".join(f"\n\ndef size_{number}(queue):\n    return len(queue.jobs)\n" for number in range(9))
    project.write("app/users.py", INTENTS + more)
    _branch(project)
    (project.root / "app/users.py").unlink()
    project.write("app/people.py", "def names(session):\n    return 1\n" + more + UNDECLARED)

    for _ in ("not staged", "staged"):
        assert _fails_for(_judged(project), "transactions/missing-intent", "app/people.py")
        project.git("add", "--all")


def test_a_file_that_went_on_importing_the_convention_is_judged_as_ever(project: Project) -> None:
    project.write("app/users.py", INTENTS + UNDECLARED)
    _branch(project)
    project.write("app/users.py", INTENTS.replace("app.transaction", "app.infra") + UNDECLARED)
    project.commit()

    assert _judged(project).findings == []


def test_a_change_that_deletes_the_definition_of_a_convention_fails(project: Project) -> None:
    _branch(project)
    project.write("app/jobs.py", LOCK)
    (project.root / "app/transaction.py").unlink()
    project.commit()

    ran = _judged(project)

    assert project.scan("--base", "main").code == 0
    assert _fails_for(ran, LOCKS, "app/jobs.py")
    assert any("deletes the definition of single_connection_transaction" in said for said in _said(ran))


def test_what_changes_the_policy_is_said_with_a_base_alone_too(project: Project) -> None:
    project.write("relcheck.toml", "[relcheck]\n")
    _branch(project)
    project.write("app/jobs.py", WAIVED)
    project.write("relcheck.toml", '[relcheck]\nfail_on = "warning"\n')
    project.commit()

    ran = project.scan("--base", "main")

    assert _said(ran) == [
        f"this change waives {LOCKS} here: moves in INC-204. An owner of the rules should see it",
        'this change sets relcheck.fail_on to "warning". An owner of the rules should see it',
    ]


def test_a_change_cannot_switch_off_what_is_said_of_it(project: Project) -> None:
    _branch(project)
    project.write("relcheck.toml", f'[rules."{CHANGED}"]\nseverity = "off"\n')
    project.commit()

    assert project.scan("--base", "main").rules == [CHANGED]


def test_the_revision_says_how_grave_a_change_of_the_policy_is(project: Project) -> None:
    project.write("relcheck.toml", f'[rules."{CHANGED}"]\nseverity = "error"\n')
    _branch(project)
    project.write("app/jobs.py", WAIVED)
    project.commit()

    ran = project.scan("--base", "main")

    assert (ran.code, ran.rules) == (1, [CHANGED])


def test_a_change_that_leaves_the_policy_alone_is_not_said_to_touch_it(project: Project) -> None:
    project.write("relcheck.toml", f'[relcheck]\nextends = ["preset:django"]\n[rules."{LOCKS}"]\nseverity = "error"\n')
    project.write("app/users.py", INTENTS)
    _branch(project)
    project.write(
        "relcheck.toml", f'# ours\n[relcheck]\nextends = ["preset:django"]\n[rules."{LOCKS}"]\nseverity = "error"\n'
    )
    project.write("app/users.py", INTENTS + "\n\nlimit = 3\n")
    project.commit()

    assert _judged(project).findings == []


def test_a_configuration_that_is_named_is_read_from_the_revision(project: Project) -> None:
    project.write("ci/relcheck.toml", "[relcheck]\n")
    _branch(project)
    project.write("app/jobs.py", LOCK)
    project.write("ci/relcheck.toml", '[relcheck]\nexclude = ["app/**"]\n')
    project.commit()

    assert _fails_for(_judged(project, "--config", "ci/relcheck.toml"), LOCKS, "app/jobs.py")


def test_a_configuration_that_is_named_and_new_is_refused(project: Project) -> None:
    _branch(project)
    project.write("ci/relcheck.toml", '[relcheck]\nexclude = ["app/**"]\n')
    project.commit()

    ran = _judged(project, "--config", "ci/relcheck.toml")

    assert ran.code == 2
    assert "main does not have it" in ran.err


def test_a_configuration_that_was_a_link_is_refused(project: Project) -> None:
    project.write("ci/relcheck.toml", "[relcheck]\n")
    (project.root / "relcheck.toml").symlink_to("ci/relcheck.toml")
    _branch(project)

    ran = _judged(project)

    assert ran.code == 2
    assert "symbolic link" in ran.err


def test_a_folder_that_becomes_a_link_leads_to_no_other_policy(project: Project) -> None:
    project.write("relcheck.toml", '[relcheck]\nextends = ["./ci/team.toml"]\n')
    project.write("ci/team.toml", "[relcheck]\n")
    project.write("lax/team.toml", '[relcheck]\nexclude = ["app/**"]\n')
    _branch(project)
    project.write("app/jobs.py", LOCK)
    (project.root / "ci/team.toml").unlink()
    (project.root / "ci").rmdir()
    (project.root / "ci").symlink_to("lax")
    project.commit()

    assert _fails_for(_judged(project), LOCKS, "app/jobs.py")


def test_local_rules_that_become_a_link_to_everything_are_not_read(project: Project) -> None:
    project.write(".relcheck/rules/sleep.py", LOCAL)
    _branch(project)
    project.write("app/jobs.py", "import time\n\ntime.sleep(1)\n")
    (project.root / ".relcheck/rules/sleep.py").unlink()
    (project.root / ".relcheck/rules").rmdir()
    (project.root / ".relcheck/rules").symlink_to("/")
    project.commit()

    ran = _judged(project, "--allow-local-code")

    assert _fails_for(ran, "local/sleep", "app/jobs.py")
    assert _said(ran) == [f"this change removes the local rule sleep.py. {HERE}"]


def test_a_repository_by_another_name_has_the_same_policy(project: Project, tmp_path: Path) -> None:
    project.write("ci/relcheck.toml", "[relcheck]\n")
    _branch(project)
    project.write("app/jobs.py", LOCK)
    project.write("ci/relcheck.toml", '[relcheck]\nexclude = ["app/**"]\n')
    project.commit()
    (tmp_path / "alias").symlink_to(project.root)

    assert _fails_for(_judged(project, "--config", str(tmp_path / "alias/ci/relcheck.toml")), LOCKS, "app/jobs.py")


def test_a_configuration_from_elsewhere_is_no_part_of_the_change(project: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "central.toml"
    elsewhere.write_text(f'[rules."{LOCKS}"]\nlocks = ["my_lock"]\n', encoding="utf-8")
    _branch(project)
    project.write("app/jobs.py", "def claim(query):\n    return query.my_lock()\n")
    project.commit()

    ran = _judged(project, "--config", str(elsewhere))

    assert ran.findings == [(LOCKS, "app/jobs.py", 2)]


def test_a_change_that_describes_its_matrix_otherwise_is_told_and_fails_for_its_row(project: Project) -> None:
    rows = "| Guarantee | Mechanism | Location | Owner | Status |\n|---|---|---|---|---|\n"
    project.write("docs/promises.md", rows + "| Audit | Writer | App | Kim | Planned |\n")
    planned = '[[matrix]]\nfile = "docs/promises.md"\nvocabularies = { status = ["Planned", "Live"] }\n'
    project.write("relcheck.toml", planned)
    _branch(project)
    project.write("docs/promises.md", rows + "| Audit | Writer | App | Kim | Perhaps |\n")
    project.write("relcheck.toml", planned.replace('"Live"', '"Perhaps"'))

    ran = _judged(project)

    assert _fails_for(ran, "matrix/unknown-word", "docs/promises.md")
    assert [said.partition(" in docs/promises.md by ")[0] for said in _said(ran)] == [
        "this change describes the matrix",
        "this change no longer describes the matrix",
    ]
    assert HERE in _said(ran)[0]
    assert '["Planned", "Perhaps"]' in _said(ran)[0]


def test_the_report_names_the_revision_of_the_policy(project: Project) -> None:
    _branch(project)
    commit = project.git("rev-parse", "main")

    text = project.relcheck("scan", "--policy-from", "main")
    ran = project.scan("--policy-from", "main")

    assert f"policy of main ({commit[:7]})" in text.out
    assert json.loads(ran.out)["policy"] == {"ref": "main", "commit": commit}


def test_an_entry_that_matched_something_until_the_change_may_go_with_it(project: Project) -> None:
    project.write("app/legacy.py", LOCK)
    project.write("relcheck.toml", f'[[waivers]]\nrule = "{LOCKS}"\npath = "app/legacy.py"\nreason = "INC-204"\n')
    _branch(project)
    (project.root / "app/legacy.py").unlink()
    project.write("relcheck.toml", "[relcheck]\n")
    project.commit()

    assert _judged(project).code == 0
    project.write("relcheck.toml", f'[[waivers]]\nrule = "{LOCKS}"\npath = "app/legacy.py"\nreason = "INC-204"\n')
    assert "relcheck/vacuous-rule" in [found[0] for found in _judged(project).findings]


def test_one_waiver_silences_no_second_finding(project: Project) -> None:
    project.write("app/jobs.py", WAIVED)
    _branch(project)
    copied = WAIVED.replace("def ", "def other_", 1)
    project.write("app/jobs.py", f"{copied}\n\n{WAIVED}")
    project.commit()

    ran = _judged(project)

    assert _fails_for(ran, LOCKS, "app/jobs.py")
    assert len(_said(ran)) == 1


def test_a_waiver_that_is_widened_or_prolonged_is_told(project: Project) -> None:
    project.write("app/jobs.py", WAIVED)
    _branch(project)
    project.write("app/jobs.py", WAIVED.replace(f"[{LOCKS}]", "[transactions]"))
    project.commit()

    ran = _judged(project)

    assert ran.code == 0
    assert _said(ran)[0].startswith("this change waives transactions here")
