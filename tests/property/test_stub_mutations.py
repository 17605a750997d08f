"""The verdict on a stub changes exactly when what it does changes, whatever stands around it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stub_cases import linked

from relcheck.sources.stubs.behaviour import Behaviour, behaviours
from relcheck.sources.stubs.collect import collect


class Language(msgspec.Struct, frozen=True):
    """How a language writes what the stubs below consist of. Statements are lines of a body."""

    path: str
    head: tuple[str, ...]
    begin: str
    end: str
    comment: str
    harmless: tuple[tuple[str, ...], ...]
    effects: tuple[str, ...]
    dead: Callable[[str], tuple[str, ...]]
    gated: Callable[[str, str], tuple[str, ...]]
    asked: Callable[[str], tuple[str, ...]]
    gives: Callable[[object], str]
    raises: str
    spread: Callable[[str], str]


PYTHON = Language(
    path="stub.py",
    head=(
        "import logging",
        "import os",
        "import subprocess",
        "",
        "OFF = False",
        "LOG = logging.getLogger(__name__)",
        "",
    ),
    begin="def stub(who, what=None):",
    end="",
    comment="# ",
    harmless=(
        ("seen = []", "seen.append(1)"),
        ("total = 0", "for number in (1, 2, 3):", "    total += number"),
        ("LOG.info('asked by %s', who)",),
        ("if os.environ.get('STUB_DEBUG'):", "    LOG.debug('asked')"),
        ("if OFF:", "    raise RuntimeError"),
        ("made = {'a': 1}", "made['b'] = what"),
        ("try:", "    len('abc')", "except ValueError:", "    pass"),
    ),
    effects=("subprocess.run(['true'])", "os.remove('x')", "who.save()", "who.name = 'x'", "open('f', 'w').write('x')"),
    dead=lambda line: ("if OFF:", f"    {line}"),
    gated=lambda name, line: (f"if os.getenv('{name}') == '1':", f"    {line}"),
    asked=lambda line: ("if who:", f"    {line}"),
    gives=lambda value: f"return {value!r}",
    raises="raise NotImplementedError('later')",
    spread=lambda code: code.replace("'", '"').replace("(who, what=None)", "(\n    who,\n    what=None,\n)"),
)

TYPESCRIPT = Language(
    path="stub.ts",
    head=('import fs from "node:fs";', "const OFF = false;", "const seen: string[] = [];", ""),
    begin="export function stub(who: Who, what?: string) {",
    end="}",
    comment="// ",
    harmless=(
        ("const own: number[] = [];", "own.push(1);"),
        ("let total = 0;", "for (const n of [1, 2, 3]) {", "  total += n;", "}"),
        ("console.log(`asked by ${who}`);",),
        ('if (process.env.STUB_DEBUG === "1") {', '  console.debug("asked");', "}"),
        ("if (OFF) {", "  throw new Error();", "}"),
        ("const made: Record<string, unknown> = { a: 1 };", "made.b = what;"),
        ("try {", "  JSON.stringify({});", "} catch {", "}"),
    ),
    effects=('fs.rmSync("x");', 'fetch("/x");', "who.save();", 'who.name = "x";', 'seen.push("x");'),
    dead=lambda line: ("if (OFF) {", f"  {line}", "}"),
    gated=lambda name, line: (f'if (process.env.{name} === "1") {{', f"  {line}", "}"),
    asked=lambda line: ("if (who) {", f"  {line}", "}"),
    gives=lambda value: f"return {'true' if value is True else 'false' if value is False else repr(value)};",
    raises='throw new Error("later");',
    spread=lambda code: code.replace("(", "(\n").replace(";", " ;"),
)

GO = Language(
    path="stub.go",
    head=(
        "package stub",
        "",
        "import (",
        '\t"log"',
        '\t"net/http"',
        '\t"os"',
        ")",
        "",
        "const off = false",
        "var seen []string",
        "",
    ),
    begin="func Stub(who *Who, what string) interface{} {",
    end="}",
    comment="// ",
    harmless=(
        ("own := []int{}", "own = append(own, 1)"),
        ("total := 0", "for _, n := range []int{1, 2} {", "\ttotal += n", "}"),
        ('log.Printf("asked by %v", who)',),
        ('if os.Getenv("STUB_DEBUG") == "1" {', '\tlog.Println("asked")', "}"),
        ("if off {", '\tpanic("off")', "}"),
        ("made := map[string]int{}", 'made["b"] = 1'),
        ("defer func() {}()",),
    ),
    effects=(
        'os.Remove("x")',
        'http.Get("x")',
        "who.Save()",
        'who.Name = "x"',
        'seen = append(seen, "x")',
        "go who.Send()",
    ),
    dead=lambda line: ("if off {", f"\t{line}", "}"),
    gated=lambda name, line: (f'if os.Getenv("{name}") == "1" {{', f"\t{line}", "}"),
    asked=lambda line: ('if what != "" {', f"\t{line}", "}"),
    gives=lambda value: f"return {'true' if value is True else 'false' if value is False else value}",
    raises='panic("later")',
    spread=lambda code: code.replace("{\n", "{\n\n\n").replace("\t", "    "),
)

LANGUAGES = pytest.mark.parametrize("language", [PYTHON, TYPESCRIPT, GO], ids=lambda one: one.path)
VALUES = st.sampled_from([True, False, 0, 1, 7])
QUICK = settings(max_examples=20, deadline=None)


def written(language: Language, blocks: list[tuple[str, ...]], comments: list[str], indent: str = "    ") -> str:
    lines = [*language.head, language.begin]
    for position, block in enumerate(blocks):
        if comments:
            lines.append(f"{indent}{language.comment}{comments[position % len(comments)]}")
        lines += [f"{indent}{line}" for line in block]
    return "\n".join([*lines, language.end, language.comment.strip() + " end", ""])


def judged(language: Language, code: str) -> Behaviour:
    found = behaviours(linked({language.path: code}), language.path)
    return next(one for name, one in found.items() if name.lower() == "stub")


def digest(language: Language, code: str) -> str:
    return next(one.digest for one in collect(language.path, code.encode()).symbols if one.name.lower() == "stub")


def bodies(language: Language) -> st.SearchStrategy[list[tuple[str, ...]]]:
    """Lines that do nothing, none of them twice, because Go declares a name once."""
    return st.lists(st.sampled_from(language.harmless), max_size=4, unique=True)


@LANGUAGES
@QUICK
@given(data=st.data(), value=VALUES, other=VALUES)
def test_a_constant_is_the_value_that_is_written(
    language: Language, data: st.DataObject, value: object, other: object
) -> None:
    body = data.draw(bodies(language))
    found = judged(language, written(language, [*body, (language.gives(value),)], []))
    assert (found.verdict, found.constant) == ("constant", value)
    flipped = judged(language, written(language, [*body, (language.gives(other),)], []))
    assert (flipped.verdict, flipped.constant) == ("constant", other)


@LANGUAGES
@QUICK
@given(data=st.data())
def test_an_effect_makes_it_active_wherever_it_stands(language: Language, data: st.DataObject) -> None:
    body = data.draw(bodies(language))
    effect = data.draw(st.sampled_from(language.effects))
    at = data.draw(st.integers(0, len(body)))
    around = data.draw(st.sampled_from([lambda line: (line,), language.asked]))
    changed = [*body[:at], around(effect), *body[at:], (language.gives(value=True),)]
    found = judged(language, written(language, changed, []))
    assert found.verdict == "active"
    assert found.reach


@LANGUAGES
@QUICK
@given(data=st.data())
def test_an_effect_that_nothing_leads_to_changes_nothing(language: Language, data: st.DataObject) -> None:
    body = data.draw(bodies(language))
    effect = data.draw(st.sampled_from(language.effects))
    at = data.draw(st.integers(0, len(body)))
    gives = (language.gives(value=True),)
    dead = judged(language, written(language, [*body[:at], language.dead(effect), *body[at:], gives], []))
    behind = judged(language, written(language, [*body, gives, (effect,)], []))
    assert (dead.verdict, dead.constant) == (behind.verdict, behind.constant) == ("constant", True)


@LANGUAGES
@QUICK
@given(data=st.data(), name=st.sampled_from(["BACKUP_ON", "X", "RATE_LIMIT"]))
def test_an_effect_behind_a_variable_is_gated_by_it_and_by_nothing_else(
    language: Language, data: st.DataObject, name: str
) -> None:
    body = data.draw(bodies(language))
    effect = data.draw(st.sampled_from([*language.effects, language.raises]))
    at = data.draw(st.integers(0, len(body)))
    changed = [*body[:at], language.gated(name, effect), *body[at:], (language.gives(value=False),)]
    found = judged(language, written(language, changed, []))
    assert (found.verdict, found.env, found.constant) == ("gated", (name,), False)


@LANGUAGES
@QUICK
@given(data=st.data())
def test_raising_at_its_end_is_raising_and_raising_on_request_is_refusing(
    language: Language, data: st.DataObject
) -> None:
    body = data.draw(bodies(language))
    always = judged(language, written(language, [*body, (language.raises,)], []))
    sometimes = judged(language, written(language, [*body, language.asked(language.raises), (language.gives(1),)], []))
    assert (always.verdict, sometimes.verdict) == ("raises", "active")


@LANGUAGES
@QUICK
@given(data=st.data(), comments=st.lists(st.text("abc ;{}()'\"#/*", max_size=12), min_size=1, max_size=3))
def test_comments_and_layout_change_neither_the_verdict_nor_the_hash(
    language: Language, data: st.DataObject, comments: list[str]
) -> None:
    body = data.draw(bodies(language))
    extra = data.draw(st.sampled_from([(language.gives(value=True),), (language.raises,), (language.effects[0],)]))
    plain = written(language, [*body, extra], [])
    said = written(language, [*body, extra], [comment.replace("*/", "") for comment in comments])
    laid_out = language.spread(plain)
    for other in (said, laid_out):
        first, second = judged(language, plain), judged(language, other)
        assert (first.verdict, first.constant, first.env) == (second.verdict, second.constant, second.env)
        assert digest(language, plain) == digest(language, other)


@LANGUAGES
@QUICK
@given(data=st.data())
def test_every_other_change_changes_the_hash(language: Language, data: st.DataObject) -> None:
    body = data.draw(bodies(language))
    before = written(language, [*body, (language.gives(value=True),)], [])
    after = written(language, [*body, (language.effects[0],), (language.gives(value=True),)], [])
    flipped = written(language, [*body, (language.gives(value=False),)], [])
    assert len({digest(language, one) for one in (before, after, flipped)}) == 3
