"""Whatever stands in a configuration: it is used or refused, and what is said about it is true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli
from hypothesis import example, given, settings
from hypothesis import strategies as st

from relcheck.config import Config, ConfigError, load_config
from relcheck.config.checks import glob_flaw
from relcheck.config.document import Document
from relcheck.config.lines import key_lines
from relcheck.config.schema import Settings
from relcheck.config.show import as_json, as_text
from relcheck.config.spelling import Keys, spell, spell_key
from relcheck.config.version import parse_specifier
from relcheck.sdk.options import OptionSpec
from relcheck.sdk.spec import Catalog, RuleSpec
from relcheck.sources.globs import Globs

RULE = RuleSpec(
    name="pack/rule",
    module="m",
    cls="C",
    aliases=("pack/old",),
    options=(
        OptionSpec("words", "list[str]", ()),
        OptionSpec("globs", "list[glob]", ()),
        OptionSpec("flag", "bool", False),
        OptionSpec("number", "int", 0),
        OptionSpec("share", "float", 0.0),
        OptionSpec("table", "dict[str, str]", {}),
    ),
)
OTHER = RuleSpec(name="pack/other", module="m", cls="C", options=(OptionSpec("words", "str", ""),))
CATALOG = Catalog({"pack/rule": RULE, "pack/other": OTHER})

SETTINGS = [*Settings.__struct_fields__]
OPTIONS = ["enabled", "severity", "paths", "words", "globs", "flag", "number", "share", "table"]
NAMES = ["pack", "pack/rule", "pack/old", "pack/other", "local", "local/x"]
WORDS = [
    *("relcheck", "rules", "waivers", "overrides", "tool", "path", "rule", "reason", "until", "owner"),
    *("error", "warning", "info", "off", "preset:django", "./a.toml", "**/*.py", "../x", "/x", "[z-a]"),
    *(">=0.1", "2027-01-01", "a.b", *SETTINGS, *OPTIONS, *NAMES),
]


def outcome(content: bytes, name: str = "relcheck.toml") -> Config | ConfigError:
    """Load a configuration that stands nowhere on the disk."""
    file = Path("/nowhere") / name

    def read(path: Path) -> bytes:
        if path == file:
            return content
        raise FileNotFoundError(2, "No such file")

    try:
        config = load_config(file, shown_as=name, catalog=CATALOG, read=read)
    except ConfigError as error:
        return error
    for spec in (RULE, OTHER):
        config.rule(spec)
        config.override(spec.name, "a/b.py")
    tomli.loads(as_text(config, CATALOG))
    as_json(config, CATALOG)
    assert config.origins
    return config


def check(content: bytes, name: str = "relcheck.toml") -> None:
    result = outcome(content, name)
    if isinstance(result, ConfigError):
        assert all(problem.path and problem.message for problem in result.problems)
        assert all(line.isprintable() for line in str(result).split("\n"))


@given(st.binary(max_size=200))
@example(b"[relcheck]\nexclude = ['\\uD800']")
@example(b"a = 1" + b"1" * 5000)
@example(b"[relcheck]\nmax_file_size = 0x" + b"f" * 5000)
@example(b"[relcheck]\nlocal_rules = 0x" + b"f" * 5000)
@example(b"a = " + b"[" * 2000)
@example(b"a = " + b"{a=" * 2000)
@example(b"a" + b".a" * 3000 + b" = 1")
@example(b"[" + b"a." * 3000 + b"a]")
@example(b"a = [" + b"[" * 300 + b"]" * 300 + b"]")
@example(b"[rules.local]\na = " + b"[" * 300 + b"]" * 300)
@example(b"[rules.'local/x']\na.b.c.d = 1979-05-27")
@example(b"[relcheck]\nroots = { a = '\\u0000' }")
@example(b"[relcheck]\nextends = ['./\\u0000']")
@example(b"[relcheck]\nextends = ['package:" + b"a" * 5000 + b"']")
def test_any_bytes_give_a_configuration_or_an_error(content: bytes) -> None:
    check(content)
    check(content, "pyproject.toml")


lines = st.one_of(
    st.sampled_from(WORDS).map(lambda word: f"[{spell_key(word)}]"),
    st.sampled_from(WORDS).map(lambda word: f"[[{spell_key(word)}]]"),
    st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)).map(lambda two: f"[{'.'.join(map(spell_key, two))}]"),
    st.text("[]{}=.\"#\\, \n'ax1-", max_size=12),
)
scalars = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=5),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.lists(
        st.one_of(
            lines,
            st.tuples(st.sampled_from(WORDS) | st.text(max_size=4), values).map(
                lambda pair: f"{spell_key(pair[0])} = {spell(pair[1])}"
            ),
        ),
        max_size=8,
    )
)
def test_what_looks_like_a_configuration_gives_one_or_an_error(written: list[str]) -> None:
    check("\n".join(written).encode("utf-8", "replace"))


sections = st.fixed_dictionaries(
    {},
    optional={
        "relcheck": st.dictionaries(st.sampled_from(SETTINGS), values, max_size=3),
        "rules": st.dictionaries(
            st.sampled_from(NAMES),
            st.dictionaries(st.sampled_from(OPTIONS), values, max_size=3),
            max_size=3,
        ),
        "waivers": st.lists(
            st.fixed_dictionaries(
                {"rule": st.sampled_from(["pack", "local/x", ["pack/rule", "pack/old"]]) | values},
                optional=dict.fromkeys(("path", "paths", "reason", "until", "owner"), values),
            ),
            max_size=2,
        ),
        "overrides": st.lists(
            st.fixed_dictionaries(
                {"paths": st.just(["a/**"]) | values},
                optional={
                    "severity": st.sampled_from(["off", "error"]) | values,
                    "enabled": st.booleans() | values,
                    "rules": st.dictionaries(
                        st.sampled_from(["pack", "pack/rule", "local/x"]),
                        st.dictionaries(st.sampled_from(["severity", "enabled"]), st.booleans() | st.just("off")),
                        max_size=2,
                    ),
                },
            ),
            max_size=2,
        ),
    },
)


@given(sections)
def test_the_right_shape_with_any_values_gives_a_configuration_or_an_error(tables: dict[str, object]) -> None:
    text = "\n".join(f"{spell_key(key)} = {spell(value)}" for key, value in tables.items())
    check(text.encode("utf-8", "replace"))


# What can be written in TOML can be read back.


@given(
    st.text(max_size=20), st.text(max_size=20) | st.lists(st.text(max_size=5)) | st.dictionaries(st.text(), st.text())
)
def test_a_value_is_spelled_as_toml_reads_it(key: str, value: object) -> None:
    assert tomli.loads(f"{spell_key(key)} = {spell(value)}") == {key: value}


# Places of keys.

KEYS = ["a", "b-1", "x/y", "p.q", 'd"e', "f\\g", "é", ""]
SCALARS = [
    "1",
    "true",
    '"x"',
    "'[a]'",
    '"# b = 1"',
    '"\\"\\\\"',
    '""',
    "1979-05-27 07:32:00Z",
    '"""\n[a]\nb = 1\n"""',
    "'''\n[[a]]\n'''",
    '"""x"""""',
    "''''x'''",
]


class Writer:
    """Writes TOML in one of its many ways and notes the line of every key, table and entry."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[Keys, int] = {}

    def mark(self, keys: Keys) -> None:
        for length in range(1, len(keys) + 1):
            self.lines.setdefault(keys[:length], self.text.count("\n") + 1)

    def some(self, *choices: str) -> None:
        self.text += self.draw(st.sampled_from(choices))

    def key(self, name: str) -> str:
        plain = name and all(character.isascii() and (character.isalnum() or character in "-_") for character in name)
        literal = "'" not in name and "\\" not in name
        return self.draw(st.sampled_from([spell_key(name)] + [f"'{name}'"] * literal + [name] * bool(plain)))

    def table(self, header: list[str], keys: Keys, depth: int) -> None:
        """The body of a table: first its own keys, then tables below it."""
        names = self.draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=3))
        below = self.draw(
            st.lists(st.sampled_from(["value", "table", "array"]), min_size=len(names), max_size=len(names))
        )
        kinds = dict(zip(names, below if depth else ["value"] * len(names), strict=True))
        for name in [name for name in names if kinds[name] == "value"]:
            self.pair(name, keys, depth, newlines=True)
            self.some("\n", " # [c]\n", "\n\n# d = 1\n", "\r\n")
        for name in [name for name in names if kinds[name] == "table"]:
            if self.draw(st.booleans()):
                self.header(f"[{self.path([*header, name])}]", (*keys, name))
            else:  # a table that only those below it mention
                self.header(f"[{self.path([*header, name, 'z'])}]", (*keys, name, "z"))
                self.table([*header, name, "z"], (*keys, name, "z"), 0)
                continue
            self.table([*header, name], (*keys, name), depth - 1)
        for name in [name for name in names if kinds[name] == "array"]:
            for entry in range(self.draw(st.integers(1, 3))):
                self.header(f"[[{self.path([*header, name])}]]", (*keys, name, entry))
                self.table([*header, name], (*keys, name, entry), depth - 1)

    def path(self, names: list[str]) -> str:
        return self.draw(st.sampled_from([".", " . "])).join(map(self.key, names))

    def header(self, written: str, keys: Keys) -> None:
        self.some("", "  ")
        self.mark(keys)
        self.text += written
        self.some("\n", " # x\n")

    def pair(self, name: str, keys: Keys, depth: int, *, newlines: bool) -> None:
        self.mark((*keys, name))
        self.text += self.key(name)
        keys = (*keys, name)
        if self.draw(st.integers(0, 4)) == 0:
            self.some(".", " . ")
            self.text += self.key("sub")
            keys = (*keys, "sub")
            self.mark(keys)
        self.some("=", " = ")
        self.value(keys, depth, newlines=newlines)

    def value(self, keys: Keys, depth: int, *, newlines: bool) -> None:
        kind = self.draw(st.sampled_from(["scalar", "array", "table"])) if depth else "scalar"
        if kind == "scalar":
            self.some(*SCALARS)
            return
        self.text += "[" if kind == "array" else "{"
        blank = ("", " ", "\n", "# ]\n") if kind == "array" else ("", " ")
        names = self.draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=3))
        for entry, name in enumerate(names):
            self.some(*blank)
            if kind == "array":
                self.mark((*keys, entry))
                self.value((*keys, entry), depth - 1, newlines=newlines)
            else:
                self.pair(name, keys, depth - 1, newlines=False)
            self.some(*blank)
            self.text += "," if entry < len(names) - 1 else ""
        self.some(*blank)
        self.text += "]" if kind == "array" else "}"


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[Keys, int]]:
    writer = Writer(draw)
    writer.table([], (), 2)
    return writer.text, writer.lines


@settings(max_examples=300)
@given(documents())
def test_every_key_is_found_on_its_line(document: tuple[str, dict[Keys, int]]) -> None:
    text, expected = document
    tables = tomli.loads(text)
    placed = Document("x.toml", text, tables)
    assert {keys: placed.line(keys) for keys in expected} == expected
    assert set(expected) == set(ways(tables))


def ways(value: object, keys: Keys = ()) -> Iterator[Keys]:
    """Every way into a parsed document."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in below:
        yield (*keys, key)
        yield from ways(item, (*keys, key))


@settings(max_examples=300)
@given(st.text("[]{}=.,\"#\\ \n'ab1-", max_size=30))
@example("a = [{}]\n")
@example("a.b = {c = [1, {d = 2}]}\n[e]\n[[e.f]]\n[e.f.g]")
def test_places_are_of_keys_that_are_there(text: str) -> None:
    found = key_lines(text)
    try:
        tables = tomli.loads(text)
    except tomli.TOMLDecodeError:
        return
    there = set(ways(tables))
    assert set(found) <= there
    assert {keys for keys in there if len(keys) == 1} <= set(found)


# What is decided without asking the one who knows is decided in the same way.


@given(st.text("a./*-", max_size=40) | st.from_regex(r"[A-Za-z0-9_./*-]{1,200}", fullmatch=True))
def test_a_pattern_that_is_accepted_has_a_meaning(pattern: str) -> None:
    if glob_flaw(pattern) is None:
        Globs((pattern,))


numbers = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))


@given(
    st.lists(
        st.tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "~="]), numbers, st.sampled_from(["", ".*"])).map(
            "".join
        ),
        min_size=1,
        max_size=2,
    ).map(",".join),
    st.tuples(numbers, st.sampled_from(["", "rc1", ".dev2", "a3", ".post1", "+local"])).map("".join),
)
def test_versions_are_compared_as_pip_does(specifier: str, version: str) -> None:
    specifiers = pytest.importorskip("packaging.specifiers")
    try:
        clauses = parse_specifier(specifier)
    except ValueError:
        with pytest.raises(specifiers.InvalidSpecifier):
            specifiers.SpecifierSet(specifier)
        return
    expected = specifiers.SpecifierSet(specifier).contains(version, prereleases=True)
    assert all(clause.allows(version) for clause in clauses) == expected
