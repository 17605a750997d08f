from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from made_rules import planned

from relcheck.config import load_config
from relcheck.engine.examining.examiner import Broken, Examined, Known, RuleCrash
from relcheck.engine.exceptions.inline import python_waivers
from relcheck.engine.judge import Case, judge
from relcheck.engine.own_rules import OWN_RULES
from relcheck.engine.plan import Scopes, make_plan
from relcheck.engine.project import Surroundings
from relcheck.model.finding import Finding, Region, Status
from relcheck.model.severity import Severity
from relcheck.sdk import Defined, Glob, PythonRule, RuleOptions, Symbol, call, on, opt
from relcheck.sdk.rule import Rule
from relcheck.sdk.site import File, Findings, Site
from relcheck.sdk.spec import Catalog

TODAY = date(2026, 6, 15)
A = "app/a.py"


class Lock(PythonRule):
    """A rule with a convention and with options of all kinds that name things."""

    convention = Defined(opt.primitives, otherwise=Severity.WARNING)
    aliases = ("made/old-lock",)

    class Options(RuleOptions, frozen=True):
        primitives: tuple[Symbol, ...] = ("the_primitive",)
        allowed_in: tuple[Glob, ...] = ()

    @on(call("lock"))
    def found(self, at: Site, file: File) -> Findings:
        yield at.finding(f"{file.path} locks")


class Plain(Lock):
    """A rule without a convention."""

    convention = None
    aliases = ()


CATALOG = Catalog({spec.name: spec for spec in (*OWN_RULES, *(planned(rule).spec for rule in (Lock, Plain)))})


@pytest.fixture
def judged(tmp_path: Path) -> Callable[..., list[Finding]]:
    """Judges findings under a configuration. Findings are (rule, path, line); files are their text, for the waivers."""

    def run(
        *findings: tuple[str, str, int],
        config: str = "",
        files: Mapping[str, str] | None = None,
        examined: Mapping[str, Examined] | None = None,
        defines: Sequence[str] = ("the_primitive",),
        paths: Sequence[str] = (A,),
        complete: bool = True,
        select: Sequence[str] = (),
        today: date = TODAY,
        files_by_rule: Mapping[str, int] | None = None,
    ) -> list[Finding]:
        file = tmp_path / "relcheck.toml"
        file.write_text(config, encoding="utf-8")
        loaded = load_config(file, shown_as="relcheck.toml", catalog=CATALOG, root=tmp_path)
        read = {path: Examined(waivers=tuple(python_waivers(text, path))) for path, text in (files or {}).items()}
        known = Surroundings({"app/tx.py": Examined(known=Known(defined=tuple(defines)))})
        return judge(
            Case(
                catalog=CATALOG,
                config=loaded,
                plan=make_plan(CATALOG, loaded, select=select),
                scopes=Scopes(""),
                examined={**read, **(examined or {})},
                findings=[
                    Finding(rule, "found", "locks", path, Region(line, 1, line, 5), Severity.ERROR)
                    for rule, path, line in findings
                ],
                surroundings=lambda: known,
                paths=paths,
                complete=complete,
                today=today,
                files_by_rule={"made/lock": 1, "made/plain": 1} if files_by_rule is None else files_by_rule,
            )
        )

    return run


Judged = Callable[..., list[Finding]]
LOCK = ("made/lock", A, 1)
PLAIN = ("made/plain", A, 1)


def told(findings: Sequence[Finding]) -> list[tuple[str, str, int, str]]:
    """Rule, path, line and status of findings."""
    return [(one.rule, one.path, one.region.line, one.status.value) for one in findings]


# --- severities


def test_a_finding_has_the_severity_of_its_rule(judged: Judged) -> None:
    assert [one.severity for one in judged(LOCK, PLAIN)] == [Severity.ERROR, Severity.ERROR]


def test_where_a_convention_is_not_adopted_a_finding_is_less_grave(judged: Judged) -> None:
    assert [one.severity for one in judged(LOCK, PLAIN, defines=())] == [Severity.WARNING, Severity.ERROR]


def test_a_convention_that_is_configured_is_adopted(judged: Judged) -> None:
    config = '[rules."made/lock"]\nprimitives = ["my_primitive"]\n'
    found = judged(LOCK, config=config, defines=("my_primitive",))
    assert [one.severity for one in found] == [Severity.ERROR]


def test_a_configured_severity_beats_the_convention_and_an_override_beats_both(judged: Judged) -> None:
    config = '[rules."made/lock"]\nseverity = "error"\n'
    assert [one.severity for one in judged(LOCK, config=config, defines=())] == [Severity.ERROR]
    config += '[[overrides]]\npaths = ["app/**"]\nrules = { "made/lock" = { severity = "info" } }\n'
    assert [one.severity for one in judged(LOCK, config=config, defines=())] == [Severity.INFO]
    assert [one.severity for one in judged(("made/lock", "x.py", 1), config=config, paths=(A, "x.py"))] == [
        Severity.ERROR
    ]


def test_a_rule_that_is_off_for_a_file_finds_nothing_there(judged: Judged) -> None:
    config = '[[overrides]]\npaths = ["app/**"]\nrules = { made = { severity = "off" } }\n'
    assert judged(LOCK, PLAIN, config=config) == []


def test_findings_about_the_engines_work_can_be_graded_too(judged: Judged) -> None:
    broken = {A: Examined(broken=Broken("syntax error", 3, 2, ("made/lock",)))}
    (one,) = judged(examined=broken)
    assert (one.rule, one.severity, one.region) == ("relcheck/unparseable-file", Severity.ERROR, Region(3, 2, 3, 2))
    assert one.message == "syntax error. Nothing in this file was checked by made/lock"
    assert judged(examined=broken, config='[rules."relcheck/unparseable-file"]\nseverity = "off"\n') == []


def test_of_many_rules_that_missed_a_file_the_packs_are_named(judged: Judged) -> None:
    rules = (*(f"docs/{name}" for name in "abcd"), "made/lock", "made/plain")
    (one,) = judged(examined={A: Examined(broken=Broken("syntax error", 3, 2, rules))})
    assert one.message == "syntax error. Nothing in this file was checked by the rules of docs (4), made (2)"


def test_a_rule_that_raised_is_a_finding_where_it_raised(judged: Judged) -> None:
    (one,) = judged(examined={A: Examined(crashes=(RuleCrash("made/lock", 7, "KeyError: 'x'"),))})
    assert (one.rule, one.path, one.region.line) == ("relcheck/rule-crashed", A, 7)
    assert "made/lock raised KeyError: 'x'" in one.message


# --- waivers


def waiver(rules: str = "made/lock", more: str = " reason: a") -> str:
    return f"lock()  # relcheck: ignore[{rules}]{more}\n"


@pytest.mark.parametrize("rules", ["made/lock", "made", "made/plain, made/lock", "made/old-lock"])
def test_an_inline_waiver_silences_its_line(judged: Judged, rules: str) -> None:
    found = judged(LOCK, files={A: waiver(rules)}, select=["made/lock"])
    assert told(found) == [("made/lock", A, 1, "waived")]
    assert found[0].waiver is not None
    assert found[0].waiver.reason == "a"


@pytest.mark.parametrize(
    ("finding", "rules"),
    [(("made/lock", A, 2), "made/lock"), (("made/lock", "b.py", 1), "made/lock"), (LOCK, "made/plain")],
)
def test_a_waiver_silences_no_other_line_file_or_rule(
    judged: Judged, finding: tuple[str, str, int], rules: str
) -> None:
    found = judged(finding, files={A: waiver(rules)})
    assert ("relcheck/unused-waiver", A, 1, "new") in told(found)
    assert (*finding, "new") in told(found)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (waiver("made/lock", ""), "it gives no reason: write `reason: …` behind the bracket"),
        (waiver("made/lock", " until=2027-01-01"), "it gives no reason: write `reason: …` behind the bracket"),
        (waiver("made/lokc"), "no rule is named made/lokc; did you mean `made/lock`?"),
        (waiver("made/lock, other"), "no rule is named other; `relcheck rules` lists them"),
        (waiver("made/lock", " a; until=tomorrow"), "'tomorrow' is no date: write until=YYYY-MM-DD"),
        ("lock()  # relcheck: ignore reason: a\n", "it names no rule: write ignore[pack/rule]"),
    ],
)
def test_a_waiver_that_is_wrong_silences_nothing_and_says_why(judged: Judged, written: str, message: str) -> None:
    found = judged(LOCK, files={A: written})
    assert told(found) == [("made/lock", A, 1, "new"), ("relcheck/waiver-without-reason", A, 1, "new")]
    assert found[1].message == f"this waiver waives nothing: {message}"
    assert found[1].region.column == 9


def test_a_reason_need_not_be_given_where_the_configuration_says_so(judged: Judged) -> None:
    found = judged(LOCK, files={A: waiver("made/lock", "")}, config="[relcheck]\nrequire_reason = false\n")
    assert told(found) == [("made/lock", A, 1, "waived")]


@pytest.mark.parametrize(
    ("today", "statuses"),
    [
        (date(2026, 6, 14), ["waived"]),
        (date(2026, 6, 15), ["waived"]),
        (date(2026, 6, 16), ["new", "new"]),
    ],
)
def test_a_waiver_holds_on_its_last_day_and_not_behind_it(judged: Judged, today: date, statuses: list[str]) -> None:
    found = judged(LOCK, files={A: waiver("made/lock", " a; until=2026-06-15")}, today=today)
    assert [one.status.value for one in found] == statuses
    assert [one.rule for one in found[1:]] == ["relcheck/expired-waiver"] * (len(statuses) - 1)


@pytest.mark.parametrize(
    ("rules", "select", "complete", "unused"),
    [
        ("made/lock", (), True, True),
        ("made/lock", (), False, True),
        ("made/lock", ("made/plain",), True, False),
        ("made", (), True, True),
        ("made", ("made/plain",), True, False),
        ("local/mine", (), True, False),
        ("relcheck", (), True, False),
    ],
)
def test_a_waiver_is_unused_only_where_its_rules_ran(
    judged: Judged, rules: str, select: tuple[str, ...], complete: bool, unused: bool
) -> None:
    found = judged(files={A: waiver(rules)}, select=select, complete=complete)
    assert [one.rule for one in found] == ["relcheck/unused-waiver"] * unused


def test_of_a_waiver_for_two_rules_the_one_without_a_finding_is_named(judged: Judged) -> None:
    found = judged(LOCK, files={A: waiver("made/lock, made/plain")})
    assert told(found) == [("made/lock", A, 1, "waived"), ("relcheck/unused-waiver", A, 1, "new")]
    assert found[1].message == "this waiver waives nothing: made/plain found nothing here. Remove it"


CONFIGURED = '[[waivers]]\nrule = "made/lock"\npath = "app/**"\nreason = "a"\n'


def test_a_waiver_of_the_configuration_silences_its_files(judged: Judged) -> None:
    found = judged(LOCK, PLAIN, ("made/lock", "x.py", 1), config=CONFIGURED, paths=(A, "x.py"))
    assert told(found) == [
        ("made/lock", A, 1, "waived"),
        ("made/plain", A, 1, "new"),
        ("made/lock", "x.py", 1, "new"),
    ]
    assert found[0].waiver is not None
    assert (found[0].waiver.path, found[0].waiver.line) == ("relcheck.toml", 1)


def test_a_waiver_of_the_configuration_that_ended_is_told_at_its_line(judged: Judged) -> None:
    found = judged(LOCK, config=f"{CONFIGURED}until = 2026-06-14\n")
    assert told(found) == [("made/lock", A, 1, "new"), ("relcheck/expired-waiver", "relcheck.toml", 1, "new")]


def test_a_waiver_of_the_configuration_needs_a_reason_too(judged: Judged) -> None:
    without = CONFIGURED.replace('reason = "a"', 'reason = " "')
    found = judged(LOCK, config=without)
    assert told(found) == [("made/lock", A, 1, "new"), ("relcheck/waiver-without-reason", "relcheck.toml", 1, "new")]
    assert found[1].message == 'this waiver waives nothing: it gives no reason. Write `reason = "…"`'
    assert told(judged(LOCK, config=f"[relcheck]\nrequire_reason = false\n{without}")) == [
        ("made/lock", A, 1, "waived")
    ]


def test_a_waiver_of_the_configuration_is_unused_only_on_a_complete_scan(judged: Judged) -> None:
    assert told(judged(config=CONFIGURED)) == [("relcheck/unused-waiver", "relcheck.toml", 1, "new")]
    assert judged(config=CONFIGURED, complete=False) == []
    assert judged(config=CONFIGURED, select=["made/plain"]) == []


def test_the_nearest_waiver_is_the_one_that_counts(judged: Judged) -> None:
    found = judged(LOCK, config=CONFIGURED, files={A: waiver()})
    assert found[0].waiver is not None
    assert found[0].waiver.path == A


# --- no vacuous pass


def test_a_scan_in_which_no_rule_looked_at_a_file_is_a_finding(judged: Judged) -> None:
    assert [one.rule for one in judged(files_by_rule={})] == ["relcheck/nothing-checked"]
    assert judged(files_by_rule={}, complete=False) == []
    assert judged(files_by_rule={"made/plain": 1}) == []


@pytest.mark.parametrize(
    ("config", "line", "told_of"),
    [
        ('[rules."made/lock"]\npaths = ["app/**", "web/**"]\n', 2, "`paths` holds 'web/**', which matches no file"),
        (
            '[rules."made/lock"]\nallowed_in = [\n  "app/b.py",\n]\n',
            3,
            "`allowed_in` holds 'app/b.py', which matches no file",
        ),
        (
            '[rules."made/lock"]\nprimitives = ["gone"]\n',
            2,
            "`primitives` holds 'gone', which no file defines or imports",
        ),
        (
            '[[waivers]]\nrule = "made"\npath = "web/**"\nreason = "a"\n',
            1,
            "the waiver's path 'web/**' matches no file",
        ),
        (
            '[[overrides]]\npaths = ["web/**"]\nrules = { made = { severity = "info" } }\n',
            1,
            "the override's path 'web/**' matches no file",
        ),
    ],
)
def test_a_name_of_the_configuration_that_stands_for_nothing_is_a_finding(
    judged: Judged, config: str, line: int, told_of: str
) -> None:
    (one,) = judged(config=config)
    assert (one.rule, one.path, one.region.line) == ("relcheck/vacuous-rule", "relcheck.toml", line)
    assert told_of in one.message
    assert judged(config=config, complete=False) == []


def test_a_default_that_stands_for_nothing_is_no_finding(judged: Judged) -> None:
    assert judged(defines=()) == []


def test_a_rule_that_is_switched_on_and_looks_at_no_file_is_a_finding(judged: Judged) -> None:
    config = '[rules."made/lock"]\nenabled = true\n'
    (one,) = judged(config=config, files_by_rule={"made/plain": 1})
    assert (one.rule, one.region.line) == ("relcheck/vacuous-rule", 2)
    assert judged(config=config) == []


def test_findings_come_sorted_by_place(judged: Judged) -> None:
    found = judged(("made/plain", "b.py", 1), ("made/plain", A, 9), ("made/lock", A, 9), ("made/plain", A, 2))
    assert told(found) == [
        ("made/plain", A, 2, "new"),
        ("made/lock", A, 9, "new"),
        ("made/plain", A, 9, "new"),
        ("made/plain", "b.py", 1, "new"),
    ]
    assert {one.status for one in found} == {Status.NEW}


def test_a_rule_is_a_class() -> None:
    assert issubclass(Plain, Rule)
