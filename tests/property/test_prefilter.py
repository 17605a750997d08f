"""The prefilter is sound: a rule finds the same with it and without it, whatever the file holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType

from generated_code import NAMES, files, is_readable, split_texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relcheck.engine.bind import bind
from relcheck.engine.catalog import describe, load_catalog, make_rule
from relcheck.engine.examining.examiner import NOTHING, Examined, Examiner
from relcheck.engine.plan import Plan, Planned, Scopes
from relcheck.sdk import (
    File,
    Findings,
    PythonRule,
    RuleOptions,
    Site,
    any_file,
    any_of,
    assign,
    call,
    class_,
    decorated,
    except_,
    function,
    import_,
    imports,
    instance,
    on,
    opt,
    raise_,
    ref,
    text,
    with_,
    within,
)
from relcheck.sdk.options import OptionValue
from relcheck.sdk.rule import Rule
from relcheck.sdk.selectors import Selector

quick = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

PATH = "app/service.py"


def examined(rules: tuple[Planned, ...], code: str, make: Callable[[Planned], Rule], *, prefilter: bool) -> Examined:
    plan = Plan(rules, max_file_size=10**9, prefilter=prefilter)
    examiner = Examiner(plan, Scopes(""), make)
    data = code.encode()
    work = examiner.sift(PATH, data)
    return examiner.read(work, data, isolated=True) if work is not None else NOTHING


def check(rules: tuple[Planned, ...], code: str, make: Callable[[Planned], Rule] = make_rule) -> None:
    """Each rule alone (a `local` one then sees an excerpt) and all together yield the same without the prefilter."""
    whole = examined(rules, code, make, prefilter=False)
    if whole.broken is not None:
        return
    sifted = examined(rules, code, make, prefilter=True)
    assert (sifted.findings, sifted.facts, sifted.crashes) == (whole.findings, whole.facts, whole.crashes)
    for rule in rules if len(rules) > 1 else ():
        check((rule,), code, make)


@cache
def shipped(configured: int) -> tuple[Planned, ...]:
    """The shipped rules: as they come, or with options under which they find more."""
    wide: Mapping[str, OptionValue] = {
        "required_in": ("**",),
        "locks": ("with_for_update", "select_for_update"),
        "session_names": ("*",),
    }
    return tuple(
        Planned(spec, bind(spec, wide if configured else {}), {}, None, None)
        for spec in load_catalog().rules.values()
        if spec.type != "engine"
    )


@quick
@given(files(), st.integers(0, 1))
def test_shipped_rules_find_the_same_without_the_prefilter(code: str, configured: int) -> None:
    check(shipped(configured), code)


OPTIONS = st.fixed_dictionaries(
    {
        "names": st.lists(st.sampled_from(NAMES), max_size=3).map(tuple),
        "globs": st.sampled_from(((), ("app/**",), ("other/**",))),
    }
)
ASKED = st.one_of(
    st.just(opt.names),
    st.sampled_from((*NAMES, "app.transaction", "sqlalchemy.text", "app.text", "transaction.transactional")),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(tuple),
)
ANY = st.one_of(st.just(()), ASKED)
WORDS = st.sampled_from(
    ("for", "update", "select", "share", "no", "key", "with_for_update", "transactional", "for", "%")
)
PHRASES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
HELD = st.one_of(PHRASES, PHRASES, WORDS.map(lambda word: f"{word} {{}}"))
INSTANCES = st.builds(instance, ANY, types=ANY, not_of=ANY)


def around(selectors: st.SearchStrategy[Selector]) -> dict[str, st.SearchStrategy[Selector | None]]:
    """`inside` and `not_inside`, mostly without."""
    return {
        "inside": st.one_of(st.none(), st.none(), selectors),
        "not_inside": st.one_of(st.none(), st.none(), st.none(), selectors),
    }


def nouns(inner: st.SearchStrategy[Selector]) -> st.SearchStrategy[Selector]:
    put = around(inner)
    named = st.one_of(ANY.map(lambda one: (one,) if one != () else ()))
    return st.one_of(
        st.builds(
            lambda names, **more: call(*names, **more),
            named,
            method=ANY,
            receiver=st.one_of(st.none(), INSTANCES),
            keyword=st.one_of(st.just(()), ANY),
            arg0=st.one_of(st.just(()), st.just(()), ANY),
            arg1=st.one_of(st.just(()), st.just(()), ANY),
            **put,
        ),
        st.builds(lambda names, **more: ref(*names, **more), named, attribute=st.one_of(st.just(()), ANY), **put),
        st.builds(
            lambda phrases, words, **more: text(*phrases, words=words, **more),
            st.lists(HELD, max_size=2),
            st.lists(st.one_of(WORDS, st.tuples(WORDS, WORDS)), max_size=2).map(tuple),
            **put,
        ),
        st.builds(
            function,
            decorated=st.one_of(st.just(()), ANY),
            contains=st.one_of(st.none(), inner),
            lacks=st.one_of(st.none(), inner),
            **put,
        ),
        st.builds(class_, bases=ANY, decorated=st.one_of(st.just(()), ANY), **put),
        *(
            st.builds(lambda names, make=make, **more: make(*names, **more), named, **put)
            for make in (import_, assign, raise_, except_, with_, decorated)
        ),
    )


PLAIN = nouns(st.nothing())
SELECTORS = st.recursive(
    PLAIN,
    lambda inner: st.one_of(nouns(inner), st.lists(inner, min_size=1, max_size=2).map(lambda found: any_of(*found))),
    max_leaves=3,
)
WHERE = st.one_of(
    st.none(),
    st.none(),
    ASKED.map(imports),
    st.just(within(opt.globs)),
    ASKED.map(lambda names: any_file(imports(names), within(opt.globs))),
)


class Made(PythonRule):
    """Tells everything about what its selectors matched."""

    class Options(RuleOptions, frozen=True):
        names: tuple[str, ...] = ()
        globs: tuple[str, ...] = ()

    def fire(self, at: Site, file: File) -> Findings:
        around = at.function
        yield at.finding(
            f"{file.code(at)} in {at.symbol}, that is {at.names}; {at.text and at.text.text}",
            related=[one.note(f"{one.symbol} {one.names}") for one in at.matches],
            fix=file.replace(at, "x", description="y"),
            details={"function": file.code(around.header) if around is not None else None},
        )


@st.composite
def made_rules(draw: st.DrawFn, selectors: st.SearchStrategy[Selector]) -> tuple[Planned, Callable[[Planned], Rule]]:
    """A rule of random selectors, and how to make it."""
    module = ModuleType("made_rule")
    made = type("Made", (Made,), {"__module__": module.__name__, "Options": Made.Options})
    made.local = draw(st.booleans())
    made.where = draw(WHERE)

    def fire(self: Made, at: Site, file: File) -> Findings:
        yield from Made.fire(self, at, file)

    for selector in draw(st.lists(selectors, min_size=1, max_size=2)):
        fire = on(selector)(fire)
    made.fire = fire
    module.Made = made
    spec = describe(module, "made/rule", "")
    return Planned(spec, bind(spec, draw(OPTIONS)), {}, None, None), lambda planned: made(
        Made.Options(**planned.options.values)
    )


@quick
@given(files(), made_rules(SELECTORS))
def test_rules_of_any_selectors_find_the_same_without_the_prefilter(
    code: str, made: tuple[Planned, Callable[[Planned], Rule]]
) -> None:
    check((made[0],), code, made[1])


LOCKS = ("for update", "for no key update", "lock in share mode", "for {}", "no key {}", "update", "with_for_update")
ONLY_TEXTS = st.one_of(
    st.lists(st.sampled_from(LOCKS), min_size=1, max_size=2).map(lambda phrases: text(*phrases)),
    st.sampled_from(
        (text(words=("update",)), text("for update", words=(("select", "no"),)), text("for {}", words=("key",)))
    ),
)
LINES = (
    st.lists(split_texts(LOCKS).map(lambda one: f"x = {one}"), min_size=1, max_size=2)
    .map("\n".join)
    .filter(is_readable)
)


@quick
@given(LINES, made_rules(ONLY_TEXTS))
def test_texts_are_found_however_they_are_put_together(
    code: str, made: tuple[Planned, Callable[[Planned], Rule]]
) -> None:
    check((made[0],), code, made[1])


HEAVY = {
    "test_shipped_rules_find_the_same_without_the_prefilter": (files(), st.integers(0, 1)),
    "test_rules_of_any_selectors_find_the_same_without_the_prefilter": (files(), made_rules(SELECTORS)),
    "test_texts_are_found_however_they_are_put_together": (LINES, made_rules(ONLY_TEXTS)),
}
