"""Rules that a test makes up, at work on files that exist only in the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType

from relcheck.engine.bind import bind
from relcheck.engine.catalog import describe
from relcheck.engine.examining.examiner import NOTHING, Examined, Examiner
from relcheck.engine.plan import Plan, Planned, Scopes
from relcheck.sdk import File, Findings, PythonRule, RuleOptions, Site, on
from relcheck.sdk.options import OptionValue
from relcheck.sdk.rule import Rule
from relcheck.sdk.selectors import Selector

PATH = "app/service.py"


def planned(rule: type[Rule], options: Mapping[str, OptionValue] | None = None, *, name: str = "") -> Planned:
    """The rule of a class as a plan has it. It is called `made/CLASS`."""
    module = ModuleType(rule.__module__)
    setattr(module, rule.__name__, rule)
    spec = describe(module, name or f"made/{rule.__name__.lower()}", "")
    return Planned(spec, bind(spec, options or {}), dict(options or {}), None, None)


def look(
    code: str | bytes,
    *rules: type[Rule],
    path: str = PATH,
    options: Mapping[str, OptionValue] | None = None,
    prefilter: bool = True,
) -> Examined:
    """What the rules make of one file."""
    classes = {f"made/{rule.__name__.lower()}": rule for rule in rules}
    plan = Plan(tuple(planned(rule, options) for rule in rules), max_file_size=10**9, prefilter=prefilter)
    examiner = Examiner(plan, Scopes(""), maker(classes))
    data = code if isinstance(code, bytes) else code.encode()
    work = examiner.sift(path, data)
    return examiner.read(work, data, isolated=True) if work is not None else NOTHING


def maker(classes: Mapping[str, type[Rule]]) -> Callable[[Planned], Rule]:
    """Makes rules by their names."""

    def make(one: Planned) -> Rule:
        rule = classes[one.spec.name]
        return rule(rule.Options(**one.options.values))

    return make


def selecting(*selectors: Selector, rule_options: type[RuleOptions] | None = None) -> type[PythonRule]:
    """A rule that reports what any of its selectors matches, in one handler."""

    class Selecting(PythonRule):
        Options = rule_options or RuleOptions

        def matched(self, at: Site, file: File) -> Findings:
            held = [file.code(one) for one in at.matches]
            yield at.finding(file.code(at) + (f" holds {', '.join(held)}" if held else ""))

        for selector in selectors:
            matched = on(selector)(matched)

    return Selecting


def found(code: str, *selectors: Selector, **options: OptionValue) -> list[str]:
    """The tokens that the selectors match, in the file's order; the same without the prefilter."""
    names = {name: type(value) for name, value in options.items()}
    made = msgspec_options(names) if names else None
    rule = selecting(*selectors, rule_options=made)
    sifted = look(code, rule, options=options)
    assert sifted.findings == look(code, rule, options=options, prefilter=False).findings
    assert not sifted.crashes
    return [one.message for one in sifted.findings]


def msgspec_options(names: Mapping[str, type]) -> type[RuleOptions]:
    """Options that are lists of names, by default empty."""
    return type(
        "Options",
        (RuleOptions,),
        {"__annotations__": dict.fromkeys(names, tuple[str, ...]), **dict.fromkeys(names, ())},
        frozen=True,
    )
