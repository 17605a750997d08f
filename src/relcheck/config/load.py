"""From files to a configuration."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import msgspec

from relcheck.config.config import Config, Layer, Level, Override, RuleTable, stated
from relcheck.config.contracts import layering_after
from relcheck.config.document import Document
from relcheck.config.errors import raise_all
from relcheck.config.extends import Read, read_documents
from relcheck.config.rule_names import RuleNames
from relcheck.config.schema import OverrideEntry, Sections, Settings, WaiverEntry
from relcheck.config.validate import problems
from relcheck.model import exceptions
from relcheck.sdk.spec import Catalog

_OF_THE_FILE_ITSELF = frozenset({"extends", "required_version"})


def load_config(
    file: Path | None, *, shown_as: str, catalog: Catalog, root: Path | None = None, read: Read | None = None
) -> Config:
    """Read a configuration and what it extends; None gives the defaults.

    `shown_as` is the file's name in messages. Files that it extends must stand below `root` (None: below the folder of
    `file`). `read` gets an absolute path and stands for reading from the disk, as from another revision; it raises
    OSError for a file that is not there. Raises ConfigError with everything that is wrong.
    """
    names = RuleNames(catalog)
    if file is None:
        return _bound((), catalog, names, None)
    documents = read_documents(file, shown_as, root=root, read=read)
    wrong = (problem for document in documents.found for problem in problems(document, names))
    raise_all(chain(documents.problems, wrong))
    return _bound(tuple(documents.found), catalog, names, shown_as)


def _bound(documents: tuple[Document, ...], catalog: Catalog, names: RuleNames, file: str | None) -> Config:
    sections = _merged(documents)
    layers = tuple(Layer(document, _rules(document, names)) for document in documents)
    waivers, overrides = [], []
    for document in documents:
        entries = _read_entries(document)
        waivers += [_waiver(entry, document, index, names) for index, entry in enumerate(entries.waivers)]
        overrides += [_override(entry, document, index, names) for index, entry in enumerate(entries.overrides)]
    return Config(file, sections, tuple(waivers), tuple(overrides), layers, catalog)


def _merged(documents: tuple[Document, ...]) -> Sections:
    """All sections but `rules`: a later key replaces an earlier one, the entries of arrays of tables add up."""
    tables: dict[str, dict[str, object]] = {}
    arrays: dict[str, list[object]] = {}
    for document in documents:
        for name, section in document.tables.items():
            if isinstance(section, list):
                arrays.setdefault(name, []).extend(section)
            elif isinstance(section, dict) and name != "rules":
                own = document is documents[-1]
                kept = {key: value for key, value in section.items() if own or key not in _OF_THE_FILE_ITSELF}
                merged = tables.setdefault(name, {})
                merged.update(layering_after(merged, kept) if name == "layers" else kept)
    sections = msgspec.convert({**tables, **arrays}, Sections)
    return msgspec.structs.replace(sections, relcheck=_normalised(sections.relcheck))


def _normalised(settings: Settings) -> Settings:
    roots = {name: posixpath.normpath(folder) for name, folder in settings.roots.items()}
    local = posixpath.normpath(settings.local_rules) if settings.local_rules else ""
    baseline = posixpath.normpath(settings.baseline)
    return msgspec.structs.replace(settings, roots=roots, local_rules=local, baseline=baseline)


def _rules(document: Document, names: RuleNames) -> dict[str, RuleTable]:
    tables = document.tables.get("rules")
    if not isinstance(tables, dict):
        return {}
    return {
        current: RuleTable(("rules", name), table) for name, table in tables.items() for current in names.current(name)
    }


def _read_entries(document: Document) -> Sections:
    return msgspec.convert({name: document.tables.get(name, []) for name in ("waivers", "overrides")}, Sections)


def _waiver(entry: WaiverEntry, document: Document, index: int, names: RuleNames) -> exceptions.Waiver:
    named = (entry.rule,) if isinstance(entry.rule, str) else entry.rule
    return exceptions.Waiver(
        origin=exceptions.Origin.CONFIG,
        rules=tuple(dict.fromkeys(current for name in named for current in names.current(name))),
        path=document.shown,
        line=document.line(("waivers", index)) or 1,
        reason=entry.reason.strip() or None,
        until=entry.until,
        owner=entry.owner,
        globs=(entry.path,) if entry.path is not None else entry.paths or (),
    )


def _override(entry: OverrideEntry, document: Document, index: int, names: RuleNames) -> Override:
    return Override(
        paths=entry.paths,
        every=stated(entry.enabled, entry.severity),
        rules=dict(_levels(entry, names)),
        origin=document.origin(("overrides", index)),
    )


def _levels(entry: OverrideEntry, names: RuleNames) -> Iterator[tuple[str, Level]]:
    for name, level in entry.rules.items():
        for current in names.current(name):
            yield current, stated(level.enabled, level.severity)
