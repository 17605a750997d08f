"""DROP, TRUNCATE, RENAME and SET SCHEMA."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from relcheck.sources.migration.operation import Kind, Operation
from relcheck.sources.migration.sql.postgres.names import object_name, qualified, relation
from relcheck.sources.migration.sql.statement import NOWHERE, Read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from relcheck.sources.migration.sql.postgres.parser import Node
    from relcheck.sources.migration.sql.statement import Statement

    Reader: TypeAlias = Callable[[Node, Statement], Iterator[Read]]

_DROPPED = {
    "OBJECT_TABLE": Kind.DROP_TABLE,
    "OBJECT_FOREIGN_TABLE": Kind.DROP_TABLE,
    "OBJECT_INDEX": Kind.DROP_INDEX,
    "OBJECT_VIEW": Kind.DROP_VIEW,
    "OBJECT_MATVIEW": Kind.DROP_VIEW,
    "OBJECT_SEQUENCE": Kind.DROP_SEQUENCE,
    "OBJECT_TYPE": Kind.DROP_TYPE,
    "OBJECT_DOMAIN": Kind.DROP_TYPE,
    "OBJECT_SCHEMA": Kind.DROP_SCHEMA,
    "OBJECT_FUNCTION": Kind.DROP_ROUTINE,
    "OBJECT_PROCEDURE": Kind.DROP_ROUTINE,
    "OBJECT_ROUTINE": Kind.DROP_ROUTINE,
    "OBJECT_AGGREGATE": Kind.DROP_ROUTINE,
    "OBJECT_EXTENSION": Kind.DROP_EXTENSION,
    "OBJECT_TRIGGER": Kind.DROP_TRIGGER,
    "OBJECT_POLICY": Kind.DROP_POLICY,
}
_PLAIN = frozenset(
    f"OBJECT_{name}" for name in ("TABLE", "INDEX", "SEQUENCE", "SCHEMA", "EXTENSION", "TRIGGER", "POLICY", "TYPE")
)
_OF_TABLE = frozenset({Kind.DROP_TRIGGER, Kind.DROP_POLICY})
_RENAMED = {
    "OBJECT_TABLE": Kind.RENAME_TABLE,
    "OBJECT_FOREIGN_TABLE": Kind.RENAME_TABLE,
    "OBJECT_COLUMN": Kind.RENAME_COLUMN,
    "OBJECT_ATTRIBUTE": Kind.RENAME_COLUMN,
    "OBJECT_INDEX": Kind.RENAME_INDEX,
    "OBJECT_TABCONSTRAINT": Kind.RENAME_CONSTRAINT,
    "OBJECT_SCHEMA": Kind.RENAME_SCHEMA,
    "OBJECT_ROLE": Kind.ALTER_ROLE,
}


def object_type(written: str) -> str:
    """`OBJECT_MATVIEW` as people say it."""
    return _SPELLED.get(written, written.removeprefix("OBJECT_").replace("_", " ").lower())


_SPELLED = {"OBJECT_MATVIEW": "materialized view", "OBJECT_DOMCONSTRAINT": "domain constraint"}


def _drop(node: Node, statement: Statement) -> Iterator[Read]:
    """One operation for each object."""
    written = node.text("removeType")
    kind = _DROPPED.get(written, Kind.DROP_OBJECT)
    objects = [
        (target.strings("items") if target.kind == "List" else [object_name(target)])
        for target in node.children("objects")
    ]
    names = tuple(qualified(parts) for parts in objects)
    for parts, name in zip(objects, names, strict=True):
        table = None
        if kind in (Kind.DROP_TABLE, Kind.DROP_VIEW):
            table = name
        elif kind in _OF_TABLE or written == "OBJECT_RULE":
            table = qualified(parts[:-1]) or None
        yield Read(
            Operation(
                kind=kind,
                region=NOWHERE,
                table=table,
                name=None if table == name else parts[-1] if table is not None else name,
                object_type="" if written in _PLAIN else object_type(written),
                targets=names if len(names) > 1 else (),
                concurrently=node.flag("concurrent"),
                if_exists=node.flag("missing_ok"),
                cascade=node.text("behavior") == "DROP_CASCADE",
            ),
            statement.start,
            statement.end,
        )


def _drop_database(node: Node, statement: Statement) -> Iterator[Read]:
    operation = Operation(
        kind=Kind.DROP_DATABASE, region=NOWHERE, name=node.text("dbname"), if_exists=node.flag("missing_ok")
    )
    yield Read(operation, statement.start, statement.end)


def _drop_role(node: Node, statement: Statement) -> Iterator[Read]:
    for role in node.children("roles"):
        operation = Operation(
            kind=Kind.DROP_ROLE, region=NOWHERE, name=role.text("rolename"), if_exists=node.flag("missing_ok")
        )
        yield Read(operation, statement.start, statement.end)


def _drop_owned(node: Node, statement: Statement) -> Iterator[Read]:
    operation = Operation(
        kind=Kind.DROP_OBJECT,
        region=NOWHERE,
        name=", ".join(role.text("rolename") for role in node.children("roles")) or None,
        object_type="all that a role owns",
        cascade=node.text("behavior") == "DROP_CASCADE",
    )
    yield Read(operation, statement.start, statement.end)


def _drop_named(field: str, spelled: str) -> Reader:
    def read(node: Node, statement: Statement) -> Iterator[Read]:
        operation = Operation(
            kind=Kind.DROP_OBJECT,
            region=NOWHERE,
            name=node.text(field) or None,
            object_type=spelled,
            if_exists=node.flag("missing_ok"),
        )
        yield Read(operation, statement.start, statement.end)

    return read


def _truncate(node: Node, statement: Statement) -> Iterator[Read]:
    names = tuple(relation(target) for target in node.children("relations"))
    for name in names:
        operation = Operation(
            kind=Kind.TRUNCATE,
            region=NOWHERE,
            table=name,
            targets=names if len(names) > 1 else (),
            cascade=node.text("behavior") == "DROP_CASCADE",
        )
        yield Read(operation, statement.start, statement.end)


def _rename(node: Node, statement: Statement) -> Iterator[Read]:
    written = node.text("renameType")
    kind = _RENAMED.get(written, Kind.RENAME_OBJECT)
    table, sub, new = relation(node.child("relation")), node.text("subname"), node.text("newname")
    below = node.child("object")
    name = table or (object_name(below) if below is not None else "") or sub
    owner = object_type(node.text("relationType")) if kind is Kind.RENAME_COLUMN else object_type(written)
    operation = Operation(
        kind=kind,
        region=NOWHERE,
        table=_as_table(kind, table),
        column=sub if kind is Kind.RENAME_COLUMN else None,
        name=_as_name(kind, sub, name),
        new_name=new,
        object_type="" if owner in ("table", "column", "index", "tabconstraint", "schema") else owner,
        if_exists=node.flag("missing_ok"),
        cascade=node.text("behavior") == "DROP_CASCADE",
    )
    yield Read(operation, statement.start, statement.end)


def _as_table(kind: Kind, table: str) -> str | None:
    return table if table and kind in (Kind.RENAME_TABLE, Kind.RENAME_COLUMN, Kind.RENAME_CONSTRAINT) else None


def _as_name(kind: Kind, sub: str, name: str) -> str | None:
    if kind in (Kind.RENAME_TABLE, Kind.RENAME_COLUMN):
        return None
    if kind is Kind.RENAME_CONSTRAINT:
        return sub
    return f"{name}.{sub}" if sub and sub != name else name


def _set_schema(node: Node, statement: Statement) -> Iterator[Read]:
    written, schema = node.text("objectType"), node.text("newschema")
    is_table = written in ("OBJECT_TABLE", "OBJECT_FOREIGN_TABLE")
    below = node.child("object")
    name = relation(node.child("relation")) or (object_name(below) if below is not None else "")
    operation = Operation(
        kind=Kind.MOVE_TABLE_SCHEMA if is_table else Kind.RENAME_OBJECT,
        region=NOWHERE,
        table=name if is_table else None,
        name=None if is_table else name,
        new_name=f"{schema}.{name.rpartition('.')[2]}",
        object_type="" if is_table else object_type(written),
        if_exists=node.flag("missing_ok"),
    )
    yield Read(operation, statement.start, statement.end)


READERS: dict[str, Reader] = {
    "DropStmt": _drop,
    "DropdbStmt": _drop_database,
    "DropRoleStmt": _drop_role,
    "DropOwnedStmt": _drop_owned,
    "DropTableSpaceStmt": _drop_named("tablespacename", "tablespace"),
    "DropSubscriptionStmt": _drop_named("subname", "subscription"),
    "DropUserMappingStmt": _drop_named("servername", "user mapping"),
    "TruncateStmt": _truncate,
    "RenameStmt": _rename,
    "AlterObjectSchemaStmt": _set_schema,
}
