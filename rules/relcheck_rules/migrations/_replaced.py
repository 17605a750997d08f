"""What is dropped and made again by the same migration."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.sdk.migration import Kind, Migration, Operation

_MAKES = {
    Kind.DROP_VIEW: (Kind.CREATE_VIEW, Kind.CREATE_MATERIALIZED_VIEW),
    Kind.DROP_ROUTINE: (Kind.CREATE_ROUTINE,),
    Kind.DROP_TRIGGER: (Kind.CREATE_TRIGGER,),
    Kind.DROP_TYPE: (Kind.CREATE_TYPE, Kind.CREATE_ENUM, Kind.CREATE_DOMAIN),
    Kind.DROP_POLICY: (Kind.CREATE_POLICY,),
}


def is_made_again(operation: Operation, migration: Migration) -> bool:
    """Whether what is dropped is there again at the end: by a statement that makes it, or because something takes its
    name."""
    if operation.kind is Kind.DROP_TABLE:
        return is_created_afterwards(operation, migration) or bool(_successors(operation, migration))
    makes = _MAKES.get(operation.kind, ())
    if operation.kind is Kind.DROP_TRIGGER and operation.table is None:  # SQLite names triggers without their tables
        return any(one.kind in makes and one.name == operation.name for one in migration.operations)
    return any(one.kind in makes and _named(one) == _named(operation) for one in migration.operations)


def goes_with_its_table(operation: Operation, migration: Migration) -> bool:
    """Whether the same migration drops the table too: that is what has to be told."""
    return operation.table is not None and any(
        one.kind is Kind.DROP_TABLE and one.table == operation.table for one in behind(operation, migration)
    )


def is_created_afterwards(operation: Operation, migration: Migration) -> bool:
    """Whether a statement behind the DROP creates the table again."""
    return any(
        one.kind in (Kind.CREATE_TABLE, Kind.CREATE_TABLE_AS) and one.table == operation.table
        for one in behind(operation, migration)
    )


def lost_in_copy(operation: Operation, migration: Migration) -> tuple[str, ...]:
    """The columns of a dropped table that the copy which takes its name lacks or leaves empty."""
    old = operation.before.columns
    for successor in _successors(operation, migration):
        created = [one for one in migration.operations if one.kind is Kind.CREATE_TABLE and one.table == successor]
        filled = [
            one
            for one in migration.operations
            if one.kind is Kind.INSERT and one.table == successor and operation.table in one.reads
        ]
        if not created or not filled:
            continue
        new = {column.name for column in created[0].new_columns}
        copied = {name for one in filled for name in one.columns} or new
        return tuple(sorted((set(old) if old is not None else new) - copied))
    return ()


def _successors(operation: Operation, migration: Migration) -> tuple[str, ...]:
    """Tables that take the name of a dropped one."""
    return tuple(
        one.table
        for one in behind(operation, migration)
        if one.kind is Kind.RENAME_TABLE and one.table is not None and _is(one.new_name, operation.table)
    )


def behind(operation: Operation, migration: Migration) -> Iterator[Operation]:
    """What the same migration does afterwards."""
    operations = iter(migration.operations)
    for one in operations:
        if one is operation:
            break
    return operations


def _is(new_name: str | None, table: str | None) -> bool:
    """Whether a new name (which has no schema) is that of a table."""
    return new_name is not None and table is not None and new_name.rpartition(".")[2] == table.rpartition(".")[2]


def _named(operation: Operation) -> tuple[str | None, ...]:
    if operation.kind in (Kind.DROP_VIEW, Kind.CREATE_VIEW, Kind.CREATE_MATERIALIZED_VIEW):
        return (operation.table or operation.name,)
    if operation.kind in (Kind.DROP_TRIGGER, Kind.CREATE_TRIGGER, Kind.DROP_POLICY, Kind.CREATE_POLICY):
        return operation.table, operation.name
    return (operation.name,)
