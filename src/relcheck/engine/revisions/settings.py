"""What differs between two configurations, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from relcheck.config import Config
from relcheck.config.document import Document
from relcheck.config.spelling import Keys, dotted, spell, visible

_LONGEST = 160

Edited: TypeAlias = tuple[str, int, str]
"""Path, line, and what was done."""


def edited_settings(before: Config, after: Config) -> Iterator[Edited]:
    """Each key, waiver, override and matrix that `after` says otherwise, where it says it."""
    old, new = _documents(before), _documents(after)
    for shown in dict.fromkeys((*new, *old)):
        if shown not in old:
            yield shown, 1, "adds this configuration"
        elif shown not in new:
            yield shown, 1, "removes this configuration"
        else:
            yield from _edited(old[shown], new[shown])


def _documents(config: Config) -> dict[str, Document]:
    """The files of a configuration, those of packages and presets left out: these are no part of a change."""
    documents = [layer.document for layer in config.layers]
    return {one.shown: one for one in documents if not one.shown.startswith(("preset:", "package:"))}


def _edited(old: Document, new: Document) -> Iterator[Edited]:
    before, after = dict(_values(old.tables)), dict(_values(new.tables))
    for keys, value in after.items():
        if before.get(keys) != value:
            yield new.shown, new.line(keys) or 1, f"sets {dotted(keys)} to {_cut(spell(value))}"
    for keys in before:
        if keys not in after:
            yield new.shown, new.line(keys[:-1]) or 1, f"removes {dotted(keys)}"
    for name, says in (("waivers", _waives), ("overrides", _overrides), ("matrix", _describes)):
        entries = _entries(old.tables, name)
        for index, entry in enumerate(_entries(new.tables, name)):
            if entry in entries:
                entries.remove(entry)
            else:
                yield new.shown, new.line((name, index)) or 1, says(entry)
        for entry in entries:
            yield new.shown, 1, f"no longer {says(entry)}"


def _values(tables: Mapping[str, object]) -> Iterator[tuple[Keys, object]]:
    for name, section in tables.items():
        if isinstance(section, Mapping):
            for key, value in section.items():
                if name == "rules" and isinstance(value, Mapping):
                    yield from (((name, key, option), chosen) for option, chosen in value.items())
                else:
                    yield (name, key), value


def _entries(tables: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    entries = tables.get(name)
    return [one for one in entries if isinstance(one, Mapping)] if isinstance(entries, list) else []


def _waives(entry: Mapping[str, object]) -> str:
    rules, paths = _listed(entry.get("rule")), _listed(entry.get("path", entry.get("paths")))
    reason = entry.get("reason")
    until = f" until {entry['until']}" if "until" in entry else ""
    return _cut(visible(f"waives {rules} in {paths}{until}: {reason}"))


def _overrides(entry: Mapping[str, object]) -> str:
    return _cut(visible(f"overrides severities in {_listed(entry.get('paths'))}"))


def _describes(entry: Mapping[str, object]) -> str:
    rest = {key: value for key, value in entry.items() if key != "file"}
    return _cut(visible(f"describes the matrix in {entry.get('file')} by {spell(rest)}"))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
