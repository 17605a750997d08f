"""Everything that is wrong in one file of configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from relcheck.config.checks import checks
from relcheck.config.contracts import layering_flaws
from relcheck.config.document import Document
from relcheck.config.errors import Problem
from relcheck.config.rule_names import RuleNames
from relcheck.config.schema import SECTIONS, RuleKeys, Sections, Settings
from relcheck.config.spelling import Keys, dotted
from relcheck.config.suggest import hint, listed
from relcheck.config.values import Checker, Flaw, described, option_type, struct_fields
from relcheck.sdk.options import OptionType
from relcheck.sdk.spec import RuleSpec

_ANY_OPTION: tuple[OptionType, ...] = ("bool", "int", "float", "str", "list[str]", "dict[str, str]")


def problems(document: Document, names: RuleNames) -> Iterator[Problem]:
    """What is wrong in a document, each with its place. Where nothing is, msgspec can read its tables."""
    for flaw in _Validation(document, names, Checker(checks(names))).flaws():
        yield document.problem(flaw.keys, flaw.message)


class _Validation(Struct, frozen=True):
    document: Document
    names: RuleNames
    checker: Checker

    def flaws(self) -> Iterator[Flaw]:
        tables = dict(self.document.tables)
        settings, rules = tables.pop("relcheck", {}), tables.pop("rules", {})
        yield from self.checker.table_flaws(settings, struct_fields(Settings), ("relcheck",), self._unknown_setting)
        yield from self.checker.table_flaws(tables, struct_fields(Sections), (), _unknown_section)
        yield from self._rules(rules)
        for keys, entry in _entries(tables, "waivers"):
            yield from _waiver(entry, keys)
        for keys, entry in _entries(tables, "overrides"):
            yield from _override(entry, keys)
        for keys, entry in _entries(tables, "matrix"):
            yield from _matrix(entry, keys)
        if isinstance(layers := tables.get("layers"), dict):
            yield from layering_flaws(layers)

    def _unknown_setting(self, name: str) -> str:
        known = {*struct_fields(Settings)}
        if self.document.pyproject:
            known |= SECTIONS
        elif name in SECTIONS:
            return f"unknown key; `{name}` is a section of its own, beside [relcheck]"
        return f"unknown key{hint(name, known, f'known are {listed(known)}')}"

    def _rules(self, tables: object) -> Iterator[Flaw]:
        if not isinstance(tables, dict):
            yield Flaw(("rules",), f"expected a table, got {described(tables)}")
            return
        used: dict[str, str] = {}
        for name, table in tables.items():
            keys: Keys = ("rules", name)
            if message := self.names.flaw(name):
                yield Flaw(keys, message)
                continue
            for rule in self.names.current(name):
                if used.setdefault(rule, name) != name:
                    other = dotted(("rules", used[rule]))
                    yield Flaw(
                        keys, f"another name of `{rule}`, which is configured as {other} too; keep one of the two"
                    )
            if isinstance(table, dict):
                yield from self._rule(name, table, keys)
            else:
                yield Flaw(keys, f"expected a table, got {described(table)}")

    def _rule(self, name: str, table: Mapping[str, object], keys: Keys) -> Iterator[Flaw]:
        """The table of a rule, or of a name that stands for several: an option of any of them may be set."""
        rules = self.names.rules(name)
        engine, options = struct_fields(RuleKeys), _options(rules)
        for key, value in table.items():
            at = (*keys, key)
            if key in engine:
                yield from self.checker.flaws(value, engine[key], at)
            elif key in options:
                for type_ in options[key]:
                    yield from self.checker.flaws(value, option_type(type_), at)
            elif rules:
                yield Flaw(at, self._unknown_option(name, key, {*engine, *options}, has_options=bool(options)))
            elif all(any(self.checker.flaws(value, option_type(type_), at)) for type_ in _ANY_OPTION):
                yield Flaw(at, f"expected a value that an option can have, got {described(value)}")
        yield from _contradiction(table, keys)

    def _unknown_option(self, name: str, key: str, known: set[str], *, has_options: bool) -> str:
        rule = f"{name}/{key}"
        if self.names.rules(rule):
            return f'unknown option; the rule\'s table is written [rules."{rule}"]'
        kind = "rule" if "/" in name else "pack"
        otherwise = f"known are {listed(known)}" if has_options else f"the {kind} has no options"
        return f"unknown option{hint(key, known, otherwise)}"


def _unknown_section(name: str) -> str:
    if name in struct_fields(Settings):
        return f"unknown section; `{name}` is a key of [relcheck]"
    if name == "tool":
        return "unknown section; here it is [relcheck]; [tool.relcheck] is for pyproject.toml"
    known = struct_fields(Sections)
    return f"unknown section{hint(name, known, f'known are {listed(known)}')}"


def _options(rules: tuple[RuleSpec, ...]) -> Mapping[str, tuple[OptionType, ...]]:
    """The options of several rules; one of the same name may differ in type, and a value must then fit all."""
    options: dict[str, tuple[OptionType, ...]] = {}
    for rule in rules:
        for option in rule.options:
            known = options.get(option.name, ())
            options[option.name] = known if option.type in known else (*known, option.type)
    return options


def _entries(tables: Mapping[str, object], section: str) -> Iterator[tuple[Keys, Mapping[str, object]]]:
    """The entries of an array of tables; what is no such thing has been told already."""
    entries = tables.get(section)
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield (section, index), entry


def _waiver(entry: Mapping[str, object], keys: Keys) -> Iterator[Flaw]:
    if ("path" in entry) == ("paths" in entry):
        both = "has both `path` and `paths`; keep one of the two"
        yield Flaw(keys, both if "path" in entry else "`path` is missing: which files does it cover?")
    for name, what in (("rule", "rule"), ("paths", "file")):
        if entry.get(name) == []:
            yield Flaw((*keys, name), f"an empty array names no {what}")


def _override(entry: Mapping[str, object], keys: Keys) -> Iterator[Flaw]:
    if entry.get("paths") == []:
        yield Flaw((*keys, "paths"), "an empty array names no file")
    if not entry.keys() & {"enabled", "severity", "rules"}:
        yield Flaw(keys, "changes nothing; set `severity` or `enabled`, or those of single rules in `rules`")
    yield from _contradiction(entry, keys)
    rules = entry.get("rules")
    for name, table in rules.items() if isinstance(rules, dict) else ():
        if isinstance(table, dict):
            yield from _contradiction(table, (*keys, "rules", name))


def _matrix(entry: Mapping[str, object], keys: Keys) -> Iterator[Flaw]:
    vocabularies = entry.get("vocabularies")
    for name, words in vocabularies.items() if isinstance(vocabularies, dict) else ():
        if words == []:
            yield Flaw((*keys, "vocabularies", name), "an empty array allows no word")
    if entry.get("heading") == "":
        yield Flaw((*keys, "heading"), "an empty heading; leave the key out for every table of the document")


def _contradiction(table: Mapping[str, object], keys: Keys) -> Iterator[Flaw]:
    if table.get("enabled") is True and table.get("severity") == "off":
        yield Flaw((*keys, "severity"), '"off" contradicts `enabled = true`; keep one of the two')
