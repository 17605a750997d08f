"""CREATE TABLE, ALTER TABLE and CREATE INDEX."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from relcheck.sources.migration.operation import Kind, Operation
from relcheck.sources.migration.sql.postgres.columns import column, constraint
from relcheck.sources.migration.sql.postgres.names import is_volatile, qualified, relation, sql_type, tables_read
from relcheck.sources.migration.sql.statement import NOWHERE, Read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from relcheck.sources.migration.operation import Constraint
    from relcheck.sources.migration.sql.postgres.parser import Node
    from relcheck.sources.migration.sql.statement import Statement

    ActionReader: TypeAlias = Callable[["Action"], Operation | None]


def create_table(node: Node, statement: Statement) -> Iterator[Read]:
    base = node.child("base") or node  # CREATE FOREIGN TABLE holds a CREATE TABLE
    target = base.child("relation")
    columns = []
    constraints: list[Constraint] = []
    copied: list[str] = []
    for part in base.children("tableElts"):
        if part.kind == "ColumnDef":
            columns.append(column(part, statement))
            constraints.extend(columns[-1].constraints)
        elif part.kind == "Constraint" and (found := constraint(part, statement)) is not None:
            constraints.append(found)
        elif part.kind == "TableLikeClause":
            copied.append(relation(part.child("relation")))
    parents = tuple(relation(parent) for parent in base.children("inhRelations"))
    yield _whole(
        statement,
        Operation(
            kind=Kind.CREATE_TABLE,
            region=NOWHERE,
            table=relation(target),
            new_columns=tuple(columns),
            constraints=tuple(constraints),
            object_type="foreign table" if base is not node else "partition" if base.has("partbound") else "",
            targets=parents,
            reads=tuple(copied),
            if_not_exists=base.flag("if_not_exists"),
            partitioned=base.has("partspec"),
            temporary=target is not None and target.text("relpersistence") == "t",
            unknown=("new_columns",) if copied or parents or base.has("ofTypename") else (),
        ),
    )


def create_table_as(node: Node, statement: Statement) -> Iterator[Read]:
    into = node.child("into") or node.child("intoClause")
    target = into.child("rel") if into is not None else None
    view = node.text("objtype") == "OBJECT_MATVIEW"
    query = node.child("query") or node
    yield _whole(
        statement,
        Operation(
            kind=Kind.CREATE_MATERIALIZED_VIEW if view else Kind.CREATE_TABLE_AS,
            region=NOWHERE,
            table=relation(target),
            columns=tuple(into.strings("colNames")) if into is not None else (),
            reads=tables_read(query),
            has_where=query.has("whereClause"),
            if_not_exists=node.flag("if_not_exists"),
            temporary=target is not None and target.text("relpersistence") == "t",
            value="no data" if into is not None and into.flag("skipData") else None,
        ),
    )


def create_index(node: Node, statement: Statement) -> Iterator[Read]:
    table = node.child("relation")
    where = statement.find("WHERE") if node.has("whereClause") else -1
    yield _whole(
        statement,
        Operation(
            kind=Kind.CREATE_INDEX,
            region=NOWHERE,
            table=relation(table),
            name=node.text("idxname") or None,
            columns=_index_columns(node, statement),
            using=node.text("accessMethod"),
            unique=node.flag("unique"),
            concurrently=node.flag("concurrent"),
            if_not_exists=node.flag("if_not_exists"),
            has_where=node.has("whereClause"),
            where=statement.between(where + 1, len(statement.tokens)) if where >= 0 else "",
            object_type="" if table is None or table.flag("inh") else "only",
        ),
    )


def _index_columns(node: Node, statement: Statement) -> tuple[str, ...]:
    elements = node.children("indexParams")
    if all(element.text("name") for element in elements):
        return tuple(element.text("name") for element in elements)
    opening = statement.find("(")
    parts = statement.parts(opening + 1)
    if len(parts) != len(elements):
        return tuple(element.text("name") or "?" for element in elements)
    pairs = zip(elements, parts, strict=True)
    return tuple(element.text("name") or statement.between(*part) for element, part in pairs)


class Action(NamedTuple):
    """An action of ALTER TABLE: its node, its table, what is altered where that is no table, and its tokens."""

    node: Node
    below: Node | None
    statement: Statement
    table: str
    kind: str
    first: int
    behind: int


def alter_table(node: Node, statement: Statement) -> Iterator[Read]:
    """One operation for each action, in its own place."""
    target = node.child("relation")
    table = relation(target)
    commands = node.children("cmds")
    places = _actions(statement, target, len(commands))
    kind = _OBJECTS.get(node.text("objtype"), "")
    for command, (first, behind) in zip(commands, places, strict=True):
        action = Action(command, command.child("def"), statement, table, kind, first, behind)
        reader = _ACTIONS.get(command.text("subtype"), _other)
        yield Read(reader(action) or _other(action), *statement.span(first, behind))


_OBJECTS = {
    "OBJECT_INDEX": "index",
    "OBJECT_VIEW": "view",
    "OBJECT_SEQUENCE": "sequence",
    "OBJECT_MATVIEW": "materialized view",
    "OBJECT_TYPE": "type",
    "OBJECT_FOREIGN_TABLE": "foreign table",
}


def _actions(statement: Statement, table: Node | None, count: int) -> list[tuple[int, int]]:
    """The tokens of each action. Few actions have a location in the tree (DROP COLUMN has none): they are what stands
    between the commas behind the table's name."""
    tokens = statement.tokens
    at = statement.index(statement.offset(table.number("location"))) if table is not None else 0
    at += 1
    while at + 1 < len(tokens) and tokens[at].key == ".":
        at += 2
    while at < len(tokens) and tokens[at].key in ("*", ")"):
        at += 1
    parts = statement.parts(at)
    return parts if len(parts) == count else [(0, len(tokens))] * count


def _add_column(action: Action) -> Operation | None:
    if action.below is None:
        return None
    made = column(action.below, action.statement)
    return Operation(
        kind=Kind.ADD_COLUMN,
        region=NOWHERE,
        table=action.table,
        column=made.name,
        new_columns=(made,),
        constraints=made.constraints,
        type=made.type,
        default=made.default,
        volatile=made.volatile,
        if_not_exists=action.node.flag("missing_ok"),
        object_type=action.kind,
    )


def _change_type(action: Action) -> Operation | None:
    statement, below, behind = action.statement, action.below, action.behind
    if below is None:
        return None
    word = statement.find("TYPE", action.first, behind)
    using = statement.find("USING", word + 1, behind) if below.has("raw_default") else -1
    collation = below.child("collClause")
    collate = statement.find("COLLATE", word + 1, behind) if collation is not None else -1
    end = min(number for number in (using, collate, behind) if number >= 0)
    if action.kind == "type" and statement.tokens[end - 1].key in ("CASCADE", "RESTRICT"):
        end -= 1
    return Operation(
        kind=Kind.ALTER_COLUMN_TYPE,
        region=NOWHERE,
        table=action.table,
        column=action.node.text("name"),
        type=sql_type(below.child("typeName"), statement.between(word + 1, end)),
        using=statement.between(using + 1, behind) if using >= 0 else "",
        value=qualified(collation.strings("collname")) if collation is not None else None,
        object_type=action.kind,
    )


def _default(action: Action) -> Operation:
    if action.below is None:
        return _of_column(Kind.DROP_DEFAULT)(action)
    word = action.statement.find("DEFAULT", action.first, action.behind)
    return Operation(
        kind=Kind.SET_DEFAULT,
        region=NOWHERE,
        table=action.table,
        column=action.node.text("name"),
        default=action.statement.between(word + 1, action.behind),
        volatile=is_volatile(action.below),
        object_type=action.kind,
    )


def _add_constraint(action: Action) -> Operation | None:
    made = constraint(action.below, action.statement) if action.below is not None else None
    if made is None:
        return None
    return Operation(
        kind=Kind.ADD_CONSTRAINT,
        region=NOWHERE,
        table=action.table,
        name=made.name,
        columns=made.columns,
        constraint=made,
    )


def _alter_constraint(action: Action) -> Operation:
    name = action.below.text("conname") if action.below is not None else ""
    return Operation(
        kind=Kind.ALTER_CONSTRAINT,
        region=NOWHERE,
        table=action.table,
        name=name or action.node.text("name") or None,
    )


def _partition(kind: Kind, value: str | None = None) -> ActionReader:
    def read(action: Action) -> Operation:
        below = action.below
        return Operation(
            kind=kind,
            region=NOWHERE,
            table=action.table,
            name=relation(below.child("name")) if below is not None else None,
            concurrently=below is not None and below.flag("concurrent"),
            object_type=action.kind,
            value=value,
        )

    return read


def _of_column(kind: Kind) -> Callable[[Action], Operation]:
    def read(action: Action) -> Operation:
        return Operation(
            kind=kind,
            region=NOWHERE,
            table=action.table,
            column=action.node.text("name"),
            if_exists=action.node.flag("missing_ok"),
            cascade=action.node.text("behavior") == "DROP_CASCADE",
            object_type=action.kind,
        )

    return read


def _of_name(kind: Kind, name: str | None = None, value: str | None = None) -> ActionReader:
    """An action about something that has a name of its own, or that stands for several (`all`)."""

    def read(action: Action) -> Operation:
        return Operation(
            kind=kind,
            region=NOWHERE,
            table=action.table,
            name=action.node.text("name") or name,
            value=value,
            if_exists=action.node.flag("missing_ok"),
            cascade=action.node.text("behavior") == "DROP_CASCADE",
        )

    return read


def _storage(name: str) -> ActionReader:
    def read(action: Action) -> Operation:
        return Operation(
            kind=Kind.ALTER_TABLE_STORAGE,
            region=NOWHERE,
            table=action.table,
            name=name,
            value=action.node.text("name") or None,
            object_type=action.kind,
        )

    return read


def _option(name: str, *, of_column: bool = False) -> ActionReader:
    def read(action: Action) -> Operation:
        no_table = action.kind in ("view", "sequence", "type", "index")
        return Operation(
            kind=Kind.ALTER_OBJECT if no_table else Kind.ALTER_TABLE_OPTION,
            region=NOWHERE,
            table=action.table,
            column=action.node.text("name") or None if of_column else None,
            name=name,
            object_type=action.kind,
        )

    return read


def _other(action: Action) -> Operation:
    spelled = action.node.text("subtype").removeprefix("AT_")
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in spelled)
    return Operation(
        kind=Kind.OTHER,
        region=NOWHERE,
        table=action.table,
        column=action.node.text("name") or None,
        object_type=f"ALTER TABLE {words.strip().upper()}",
    )


_ACTIONS: dict[str, ActionReader] = {
    "AT_AddColumn": _add_column,
    "AT_DropColumn": _of_column(Kind.DROP_COLUMN),
    "AT_AlterColumnType": _change_type,
    "AT_ColumnDefault": _default,
    "AT_SetNotNull": _of_column(Kind.SET_NOT_NULL),
    "AT_DropNotNull": _of_column(Kind.DROP_NOT_NULL),
    "AT_AddIdentity": _of_column(Kind.ADD_IDENTITY),
    "AT_DropIdentity": _of_column(Kind.DROP_IDENTITY),
    "AT_DropExpression": _of_column(Kind.DROP_EXPRESSION),
    "AT_AddConstraint": _add_constraint,
    "AT_DropConstraint": _of_name(Kind.DROP_CONSTRAINT),
    "AT_ValidateConstraint": _of_name(Kind.VALIDATE_CONSTRAINT),
    "AT_AlterConstraint": _alter_constraint,
    "AT_AttachPartition": _partition(Kind.ATTACH_PARTITION),
    "AT_DetachPartition": _partition(Kind.DETACH_PARTITION),
    "AT_DetachPartitionFinalize": _partition(Kind.DETACH_PARTITION, "finalize"),
    "AT_EnableTrig": _of_name(Kind.ENABLE_TRIGGER),
    "AT_EnableAlwaysTrig": _of_name(Kind.ENABLE_TRIGGER),
    "AT_EnableReplicaTrig": _of_name(Kind.ENABLE_TRIGGER),
    "AT_EnableTrigAll": _of_name(Kind.ENABLE_TRIGGER, "all"),
    "AT_EnableTrigUser": _of_name(Kind.ENABLE_TRIGGER, "user"),
    "AT_DisableTrig": _of_name(Kind.DISABLE_TRIGGER),
    "AT_DisableTrigAll": _of_name(Kind.DISABLE_TRIGGER, "all"),
    "AT_DisableTrigUser": _of_name(Kind.DISABLE_TRIGGER, "user"),
    "AT_EnableRowSecurity": _of_name(Kind.ENABLE_ROW_SECURITY),
    "AT_ForceRowSecurity": _of_name(Kind.ENABLE_ROW_SECURITY, value="force"),
    "AT_DisableRowSecurity": _of_name(Kind.DISABLE_ROW_SECURITY),
    "AT_NoForceRowSecurity": _of_name(Kind.DISABLE_ROW_SECURITY, value="force"),
    "AT_SetTableSpace": _storage("tablespace"),
    "AT_SetLogged": _storage("logged"),
    "AT_SetUnLogged": _storage("unlogged"),
    "AT_SetAccessMethod": _storage("access method"),
    "AT_ChangeOwner": _option("owner"),
    "AT_SetStatistics": _option("statistics", of_column=True),
    "AT_SetOptions": _option("options", of_column=True),
    "AT_ResetOptions": _option("options", of_column=True),
    "AT_SetStorage": _option("storage", of_column=True),
    "AT_SetCompression": _option("compression", of_column=True),
    "AT_SetIdentity": _option("identity", of_column=True),
    "AT_ClusterOn": _option("cluster"),
    "AT_DropCluster": _option("cluster"),
    "AT_SetRelOptions": _option("options"),
    "AT_ResetRelOptions": _option("options"),
    "AT_ReplaceRelOptions": _option("options"),
    "AT_ReplicaIdentity": _option("replica identity"),
    "AT_AddInherit": _option("inherit"),
    "AT_DropInherit": _option("inherit"),
    "AT_AddOf": _option("of"),
    "AT_DropOf": _option("of"),
    "AT_EnableRule": _option("rule"),
    "AT_EnableAlwaysRule": _option("rule"),
    "AT_EnableReplicaRule": _option("rule"),
    "AT_DisableRule": _option("rule"),
    "AT_GenericOptions": _option("options"),
    "AT_AlterColumnGenericOptions": _option("options", of_column=True),
    "AT_DropOids": _option("oids"),
}


def _whole(statement: Statement, operation: Operation) -> Read:
    return Read(operation, statement.start, statement.end)
