"""What the effects table says of statements, in the words of what the server shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from observing import Observed

from relcheck.sources.migration.effects import effect_of
from relcheck.sources.migration.lock import Effect, LockMode
from relcheck.sources.migration.operation import UNKNOWN, Kind, Operation
from relcheck.sources.migration.schema import Schemas
from relcheck.sources.migration.sql import read_sql

VERSION = (15,)
_READS_ANYWAY = frozenset(
    {
        Kind.CREATE_TABLE_AS,
        Kind.CREATE_MATERIALIZED_VIEW,
        Kind.INSERT,
        Kind.UPDATE,
        Kind.DELETE,
        Kind.REFRESH_MATERIALIZED_VIEW,
    }
)
"""Whose reading depends on their query."""
_OWN_FILE = frozenset({Kind.TRUNCATE, Kind.REFRESH_MATERIALIZED_VIEW})
"""They give a table another file without copying it."""


def operations(before: Sequence[str], sql: str) -> tuple[Operation, ...]:
    """The operations of a migration that comes after others."""
    schemas = Schemas()
    for one in before:
        tuple(schemas.completed(read_sql(one, "postgres").operations, "postgres"))
    return tuple(schemas.completed(read_sql(sql, "postgres").operations, "postgres"))


def room_for(sql: str) -> Iterator[str]:
    """What has to be dropped of the shop, so that statements can create it; and what they take for a materialized
    view."""
    seen: set[str | None] = set()
    for one in read_sql(sql, "postgres").operations:
        name = one.name or one.table
        if name not in seen:
            yield from _room(one)
        seen |= {one.table, one.name}


def _room(one: Operation) -> Iterator[str]:
    match one.kind:
        case Kind.CREATE_TABLE | Kind.CREATE_TABLE_AS:
            yield f"DROP TABLE IF EXISTS {one.table} CASCADE"
        case Kind.CREATE_VIEW | Kind.CREATE_MATERIALIZED_VIEW:
            yield f"DROP VIEW IF EXISTS {one.table} CASCADE"
        case Kind.CREATE_INDEX:
            yield f"DROP INDEX IF EXISTS {one.name} CASCADE"
        case Kind.CREATE_SEQUENCE:
            yield f"DROP SEQUENCE IF EXISTS {one.name} CASCADE"
        case Kind.CREATE_DOMAIN:
            yield f"DROP DOMAIN IF EXISTS {one.name} CASCADE"
        case Kind.CREATE_SCHEMA:
            yield f"DROP SCHEMA IF EXISTS {one.name} CASCADE"
        case Kind.CREATE_TRIGGER:
            yield f"DROP TRIGGER IF EXISTS {one.name} ON {one.table}"
        case Kind.ADD_COLUMN:
            yield f"ALTER TABLE {one.table} DROP COLUMN IF EXISTS {one.column} CASCADE"
        case Kind.ADD_CONSTRAINT:
            name = one.name or (f"{one.table}_pkey" if one.constraint and one.constraint.type == "primary_key" else "")
            if name:
                yield f"ALTER TABLE {one.table} DROP CONSTRAINT IF EXISTS {name} CASCADE"
        case Kind.REFRESH_MATERIALIZED_VIEW | Kind.DROP_VIEW if "materialized" in one.object_type + one.kind.value:
            yield f"DROP VIEW IF EXISTS {one.table}"
            yield f"CREATE MATERIALIZED VIEW {one.table} AS SELECT id FROM shop_customer"  # noqa: S608  # our names
            yield f"CREATE UNIQUE INDEX {one.table}_id ON {one.table} (id)"


def contradictions(observed: Observed, found: Sequence[Operation]) -> Iterator[str]:
    """Where the effects of operations and what was observed differ."""
    effects = [(one, effect_of(one, VERSION)) for one in found]
    yield from _locks(observed, [effect for _, effect in effects])
    work = {each for _, effect in effects for each in effect.work}
    perhaps = {each for _, effect in effects for each in effect.perhaps}
    kinds = {one.kind for one in found}
    rewritten = bool(observed.rewritten)
    if (
        "rewrite" not in perhaps
        and not kinds & _OWN_FILE
        and not observed.unfinished
        and rewritten != ("rewrite" in work)
    ):
        yield f"rewritten: {sorted(observed.rewritten) or 'nothing'}, said: {sorted(work)}"
    if (
        not rewritten
        and not observed.unfinished
        and "build" not in perhaps
        and bool(observed.built) != ("build" in work)
    ):
        yield f"built: {sorted(observed.built) or 'nothing'}, said: {sorted(work)}"
    if not observed.unfinished and not kinds & _READS_ANYWAY:
        if "scan" in work and not observed.read and Kind.CREATE_TABLE not in kinds:
            yield f"nothing was read, said: {sorted(work)}"
        if observed.read and not work and not perhaps:
            yield f"read: {sorted(observed.read)}, said: nothing"
    yield from _losses(observed, effects)


def _locks(observed: Observed, effects: Sequence[Effect]) -> Iterator[str]:
    said: dict[str, LockMode] = {}
    for effect in effects:
        for lock in effect.locks:
            said[lock.table] = max(lock.mode, said.get(lock.table, lock.mode))
    anywhere = said.pop(UNKNOWN, None)
    for name, mode in sorted(observed.locks.items()):
        held = strength(mode)
        if name in said:
            if said[name] is not held:
                yield f"{name}: {mode}, said: {said[name]}"
        elif held >= LockMode.SHARE_UPDATE_EXCLUSIVE and held is not anywhere and not _is_index(name, observed):
            yield f"{name}: {mode}, said: nothing"
    for name, claimed in sorted(said.items()):
        if name not in observed.locks and claimed >= LockMode.SHARE_UPDATE_EXCLUSIVE and name in observed.relations:
            yield f"{name}: no lock, said: {claimed}"


def _losses(observed: Observed, effects: Sequence[tuple[Operation, Effect]]) -> Iterator[str]:
    certain = any("rows" in effect.loss and one.has_where is not True for one, effect in effects)
    possible = any("rows" in effect.loss for _, effect in effects)
    if observed.lost_rows and not possible:
        yield f"rows lost: {sorted(observed.lost_rows)}, said: none"
    elsewhere = any(one.kind is Kind.DROP_SCHEMA for one, _ in effects)
    if certain and not observed.lost_rows and not elsewhere:
        yield "no rows lost, said: rows"
    columns = any("columns" in effect.loss for _, effect in effects)
    if not elsewhere and bool(observed.lost_columns) != columns:
        yield f"columns lost: {sorted(observed.lost_columns) or 'none'}, said: {'some' if columns else 'none'}"


def _is_index(name: str, observed: Observed) -> bool:
    return observed.relations.get(name) == "i"


def strength(spelled: str) -> LockMode:
    """The mode that is spelled so."""
    return LockMode[spelled.replace(" ", "_")]
