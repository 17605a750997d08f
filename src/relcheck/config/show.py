"""Every value that holds, with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

import msgspec

from relcheck.config.config import Config, Level, Override
from relcheck.config.document import Origin
from relcheck.config.schema import Settings
from relcheck.config.spelling import Keys, dotted, spell, visible
from relcheck.model.exceptions import Waiver
from relcheck.sdk.gating import DeploySettings
from relcheck.sdk.layering import Layering
from relcheck.sdk.migration_settings import MigrationSettings
from relcheck.sdk.spec import Catalog, RuleSpec


class Shown(NamedTuple):
    """One value: the way to it, the value, and where it was set."""

    keys: Keys
    value: object
    origin: Origin


def values(config: Config, catalog: Catalog) -> Iterator[Shown]:
    """Every setting that has a value, every rule with its options, the sections of packs, every waiver and override."""
    for key in Settings.__struct_fields__:
        value = getattr(config.settings, key)
        if value != "":
            yield Shown(("relcheck", key), value, config.origin("relcheck", key))
    for _, spec in sorted(catalog.rules.items()):
        yield from _rule(config, spec)
    yield from _layers(config)
    yield from _migrations(config)
    yield from _matrices(config)
    yield from _gates(config)
    for index, waiver in enumerate(config.waivers):
        yield from _waiver(waiver, ("waivers", index))
    for index, override in enumerate(config.overrides):
        yield from _override(override, ("overrides", index))


def as_text(config: Config, catalog: Catalog) -> str:
    """The values as a configuration that says all of them, the origin of each in a comment."""
    lines = [
        f"# {visible(config.file)}, over the defaults"
        if config.file is not None
        else "# no configuration: the defaults"
    ]
    for table, group in groupby(values(config, catalog), key=_table):
        lines += ["", _header(table)]
        rows = [(f"{dotted(shown.keys[len(table) :])} = {spell(shown.value)}", shown.origin) for shown in group]
        width = min(max(len(text) for text, _ in rows), 60)
        lines += [f"{text:<{width}}  # {origin}" for text, origin in rows]
    return "\n".join(lines) + "\n"


def as_json(config: Config, catalog: Catalog) -> str:
    """`{"file": …, "values": [{"key": …, "value": …, "origin": …}]}`."""
    shown = [
        {"key": dotted(keys), "value": value, "origin": str(origin)} for keys, value, origin in values(config, catalog)
    ]
    document = msgspec.json.encode({"file": config.file, "values": shown})
    return msgspec.json.format(document, indent=2).decode() + "\n"


def _table(shown: Shown) -> Keys:
    """The way to the table that a value is written in."""
    match shown.keys:
        case ("relcheck", *_):
            return ("relcheck",)
        case ("layers", "contract", int(index), *_):
            return ("layers", "contract", index)
        case ("layers", *_):
            return ("layers",)
        case ("migrations", *_):
            return ("migrations",)
        case ("gate", stage, *_):
            return ("gate", stage)
        case ("matrix", int(index), *_):
            return ("matrix", index)
    return shown.keys[:2]


def _header(table: Keys) -> str:
    if isinstance(table[-1], int):
        return f"[[{dotted(table[:-1])}]]"
    return f"[{dotted(table)}]"


def _rule(config: Config, spec: RuleSpec) -> Iterator[Shown]:
    said = config.rule(spec)
    keys: Keys = ("rules", spec.name)
    enabled = said.level.enabled if said.level.enabled is not None else spec.default
    where = "severity" if said.level.grade == "off" else "enabled"
    yield Shown((*keys, "enabled"), enabled, said.origin(where))
    where_severity = said.origin("severity") if said.severity is not None else Origin()
    yield Shown((*keys, "severity"), (said.severity or spec.severity).value, where_severity)
    if spec.files or said.paths is not None:
        yield Shown((*keys, "paths"), spec.files if said.paths is None else said.paths, said.origin("paths"))
    for option in spec.options:
        value = said.options.get(option.name, option.default)
        yield Shown((*keys, option.name), value, said.origin(option.name))


def _layers(config: Config) -> Iterator[Shown]:
    said, nothing = config.layering, Layering()
    for key in Layering.__struct_fields__:
        if key != "contract" and getattr(said, key) != getattr(nothing, key):
            yield Shown(("layers", key), getattr(said, key), config.origin("layers", key))
    for index, contract in enumerate(said.contract):
        for key, value in msgspec.to_builtins(contract, builtin_types=(date,)).items():
            yield Shown(
                ("layers", "contract", index, key), value, config.place(("layers", "contract", contract.id, key))
            )


def _migrations(config: Config) -> Iterator[Shown]:
    said, nothing = config.migrations, MigrationSettings()
    for key in MigrationSettings.__struct_fields__:
        if getattr(said, key) != getattr(nothing, key):
            value = msgspec.to_builtins(getattr(said, key), builtin_types=(date,))
            yield Shown(("migrations", key), value, config.origin("migrations", key))


def _matrices(config: Config) -> Iterator[Shown]:
    for index, entry in enumerate(config.matrices):
        for key, value in msgspec.to_builtins(entry).items():
            yield Shown(("matrix", index, key), value, config.place(("matrix", index, key)))


def _gates(config: Config) -> Iterator[Shown]:
    said, nothing = config.gates.deploy, DeploySettings()
    for key in DeploySettings.__struct_fields__:
        if getattr(said, key) != getattr(nothing, key):
            yield Shown(("gate", "deploy", key), getattr(said, key), config.place(("gate", "deploy", key)))


def _waiver(waiver: Waiver, keys: Keys) -> Iterator[Shown]:
    origin = Origin(waiver.path, waiver.line)
    said: dict[str, str | date | tuple[str, ...] | None] = {
        "rule": waiver.rules,
        "paths": waiver.globs,
        "reason": waiver.reason,
        "until": waiver.until,
        "owner": waiver.owner,
    }
    yield from (Shown((*keys, key), value, origin) for key, value in said.items() if value is not None)


def _override(override: Override, keys: Keys) -> Iterator[Shown]:
    yield Shown((*keys, "paths"), override.paths, override.origin)
    yield from _level(override.every, keys, override.origin)
    for name, level in override.rules.items():
        yield from _level(level, (*keys, "rules", name), override.origin)


def _level(level: Level, keys: Keys, origin: Origin) -> Iterator[Shown]:
    if level.switch is not None:
        yield Shown((*keys, "enabled"), level.switch, origin)
    if level.grade is not None:
        yield Shown((*keys, "severity"), str(level.grade), origin)
