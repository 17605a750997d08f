"""Statements that PostgreSQL runs outside of transactions only. Source: the manual's pages of these commands."""

from __future__ import annotations

from relcheck.sources.migration.operation import Kind, Operation

_CONCURRENT = (Kind.CREATE_INDEX, Kind.DROP_INDEX, Kind.REINDEX, Kind.DETACH_PARTITION)


def runs_alone(operation: Operation) -> bool:
    """Whether PostgreSQL refuses the statement in a transaction block."""
    if operation.concurrently:
        return operation.kind in _CONCURRENT
    if operation.kind is Kind.REINDEX:
        return operation.object_type in ("database", "system", "schema")
    if operation.kind is Kind.CLUSTER:
        return operation.table is None
    if operation.kind in (Kind.CREATE_OBJECT, Kind.DROP_OBJECT):
        return operation.object_type in ("database", "tablespace")
    if operation.kind is Kind.ALTER_OBJECT:
        return operation.object_type == "system"
    return operation.kind in (Kind.VACUUM_FULL, Kind.DROP_DATABASE) or (
        operation.kind is Kind.READ and operation.object_type == "vacuum"
    )
