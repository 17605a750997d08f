"""Everything beside tables and rows: types, views, routines, sequences, access, and what has no kind of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from relcheck.sources.migration.operation import Kind, Operation
from relcheck.sources.migration.sql.postgres.columns import bracketed, constraint
from relcheck.sources.migration.sql.postgres.drops import object_type
from relcheck.sources.migration.sql.postgres.names import (
    constant,
    object_name,
    qualified,
    relation,
    sql_type,
    tables_read,
)
from relcheck.sources.migration.sql.statement import NOWHERE, Read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from relcheck.sources.migration.sql.postgres.parser import Node
    from relcheck.sources.migration.sql.statement import Statement

    Reader: TypeAlias = Callable[[Node, Statement], Iterator[Read]]


def _one(make: Callable[[Node], Operation]) -> Reader:
    """A reader of a statement that is one operation."""

    def read(node: Node, statement: Statement) -> Iterator[Read]:
        yield Read(make(node), statement.start, statement.end)

    return read


def _one_of_text(make: Callable[[Node, Statement], Operation]) -> Reader:
    """The same, for an operation that takes parts of the text."""

    def read(node: Node, statement: Statement) -> Iterator[Read]:
        yield Read(make(node, statement), statement.start, statement.end)

    return read


def _enum(node: Node) -> Operation:
    return Operation(
        kind=Kind.CREATE_ENUM,
        region=NOWHERE,
        name=qualified(node.strings("typeName")),
        targets=tuple(node.strings("vals")),
    )


def _enum_change(node: Node) -> Operation:
    name, old = qualified(node.strings("typeName")), node.text("oldVal")
    if old:
        return Operation(
            kind=Kind.RENAME_ENUM_VALUE, region=NOWHERE, name=name, value=old, new_name=node.text("newVal")
        )
    neighbour = node.text("newValNeighbor")
    side = "after" if node.flag("newValIsAfter") else "before"
    return Operation(
        kind=Kind.ADD_ENUM_VALUE,
        region=NOWHERE,
        name=name,
        value=node.text("newVal"),
        if_not_exists=node.flag("skipIfNewValExists"),
        using=f"{side} {neighbour}" if neighbour else "",
    )


def _composite(node: Node, statement: Statement) -> Operation:
    from relcheck.sources.migration.sql.postgres.columns import column

    parts = node.children("coldeflist")
    return Operation(
        kind=Kind.CREATE_TYPE,
        region=NOWHERE,
        name=relation(node.child("typevar")),
        new_columns=tuple(column(part, statement) for part in parts if part.kind == "ColumnDef"),
    )


def _range(node: Node) -> Operation:
    return Operation(kind=Kind.CREATE_TYPE, region=NOWHERE, name=qualified(node.strings("typeName")))


def _domain(node: Node, statement: Statement) -> Operation:
    names = node.child("typeName")
    found = [constraint(part, statement) for part in node.children("constraints")]
    return Operation(
        kind=Kind.CREATE_DOMAIN,
        region=NOWHERE,
        name=qualified(node.strings("domainname")),
        type=sql_type(names, ""),
        constraints=tuple(one for one in found if one is not None),
    )


def _domain_change(node: Node, statement: Statement) -> Operation:
    below = node.child("def")
    made = constraint(below, statement) if below is not None and below.kind == "Constraint" else None
    return Operation(
        kind=Kind.ALTER_DOMAIN,
        region=NOWHERE,
        name=qualified(node.strings("typeName")),
        constraint=made,
        value=_DOMAIN.get(node.text("subtype"), node.text("subtype")),
        cascade=node.text("behavior") == "DROP_CASCADE",
        if_exists=node.flag("missing_ok"),
    )


_DOMAIN = {
    "T": "default",
    "AD_AlterDefault": "default",
    "N": "drop not null",
    "AD_DropNotNull": "drop not null",
    "O": "set not null",
    "AD_SetNotNull": "set not null",
    "C": "add constraint",
    "AD_AddConstraint": "add constraint",
    "X": "drop constraint",
    "AD_DropConstraint": "drop constraint",
    "V": "validate constraint",
    "AD_ValidateConstraint": "validate constraint",
}


def _view(node: Node) -> Operation:
    aliases = tuple(node.strings("aliases"))
    view = node.child("view")
    columns = aliases or _output(node.child("query"))
    return Operation(
        kind=Kind.CREATE_VIEW,
        region=NOWHERE,
        table=relation(view),
        columns=columns or (),
        reads=tables_read(node.child("query")),
        or_replace=node.flag("replace"),
        temporary=view is not None and view.text("relpersistence") == "t",
        unknown=() if columns is not None else ("columns",),
    )


def _output(query: Node | None) -> tuple[str, ...] | None:
    """The names of a query's columns; None where a `*` hides them."""
    while query is not None and query.has("larg"):
        query = query.child("larg")
    if query is None:
        return None
    found: list[str] = []
    for target in query.children("targetList"):
        if name := target.text("name"):
            found.append(name)
            continue
        value = target.child("val")
        while value is not None and value.kind == "TypeCast":
            value = value.child("arg")
        if value is not None and value.kind == "ColumnRef":
            if any(part.kind == "A_Star" for part in value.children("fields")):
                return None
            found.append(value.strings("fields")[-1])
        elif value is not None and value.kind == "FuncCall":
            found.append(value.strings("funcname")[-1])
        else:
            found.append("?column?")
    return tuple(found)


def _refresh(node: Node) -> Operation:
    return Operation(
        kind=Kind.REFRESH_MATERIALIZED_VIEW,
        region=NOWHERE,
        table=relation(node.child("relation")),
        concurrently=node.flag("concurrent"),
        value="no data" if node.flag("skipData") else None,
    )


def _routine(node: Node) -> Operation:
    options = {option.text("defname"): option for option in node.children("options")}
    security = options.get("security")
    definer = security is not None and constant_flag(security.child("arg"))
    settings = [option for option in node.children("options") if option.text("defname") == "set"]
    has_path = any(
        (below := option.child("arg")) is not None and below.text("name") == "search_path" for option in settings
    )
    return Operation(
        kind=Kind.CREATE_ROUTINE,
        region=NOWHERE,
        name=qualified(node.strings("funcname")),
        object_type="procedure" if node.flag("is_procedure") else "function",
        or_replace=node.flag("replace"),
        value=("security definer, search_path set" if has_path else "security definer") if definer else None,
    )


def constant_flag(node: Node | None) -> bool:
    """Whether an option's value says yes."""
    return node is not None and (node.flag("boolval") or constant(node) == "true")


def _trigger(node: Node) -> Operation:
    return Operation(
        kind=Kind.CREATE_TRIGGER,
        region=NOWHERE,
        table=relation(node.child("relation")),
        name=node.text("trigname"),
        using=qualified(node.strings("funcname")),
        or_replace=node.flag("replace"),
        object_type="constraint trigger" if node.flag("isconstraint") else "",
    )


def _event_trigger(node: Node) -> Operation:
    return Operation(kind=Kind.CREATE_TRIGGER, region=NOWHERE, name=node.text("trigname"), object_type="event trigger")


def _sequence(kind: Kind) -> Callable[[Node], Operation]:
    def make(node: Node) -> Operation:
        return Operation(
            kind=kind,
            region=NOWHERE,
            name=relation(node.child("sequence")),
            if_not_exists=node.flag("if_not_exists"),
            if_exists=node.flag("missing_ok"),
        )

    return make


def _schema(node: Node, statement: Statement) -> Iterator[Read]:
    from relcheck.sources.migration.sql.postgres.statements import operations

    name = node.text("schemaname")
    operation = Operation(
        kind=Kind.CREATE_SCHEMA, region=NOWHERE, name=name or None, if_not_exists=node.flag("if_not_exists")
    )
    yield Read(operation, statement.start, statement.end)
    for element in node.children("schemaElts"):
        yield from operations(element, statement)


def _extension(kind: Kind, value: str | None = None) -> Callable[[Node], Operation]:
    def make(node: Node) -> Operation:
        return Operation(
            kind=kind,
            region=NOWHERE,
            name=node.text("extname"),
            if_not_exists=node.flag("if_not_exists"),
            value=value,
            cascade=any(option.text("defname") == "cascade" for option in node.children("options")),
        )

    return make


def _grant(node: Node) -> Operation:
    objects = tuple(_granted(target) for target in node.children("objects"))
    privileges = [privilege.text("priv_name") for privilege in node.children("privileges")]
    kind = object_type(node.text("objtype"))
    if node.text("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
        kind = f"all {kind}s in schema"
    elif node.text("targtype") == "ACL_TARGET_DEFAULTS":
        kind = f"default privileges on {kind}s"
    return Operation(
        kind=Kind.GRANT if node.flag("is_grant") else Kind.REVOKE,
        region=NOWHERE,
        table=objects[0] if kind == "table" and len(objects) == 1 else None,
        name=", ".join(_role(role) for role in node.children("grantees")) or None,
        value=", ".join(privileges) or "all",
        targets=objects,
        object_type=kind,
        cascade=node.text("behavior") == "DROP_CASCADE",
    )


def _granted(node: Node) -> str:
    return object_name(node) or qualified(node.strings("items"))


def _role(node: Node) -> str:
    return node.text("rolename") or node.text("roletype").removeprefix("ROLESPEC_").lower()


def _grant_role(node: Node) -> Operation:
    roles = tuple(privilege.text("priv_name") for privilege in node.children("granted_roles"))
    return Operation(
        kind=Kind.GRANT if node.flag("is_grant") else Kind.REVOKE,
        region=NOWHERE,
        name=", ".join(_role(role) for role in node.children("grantee_roles")) or None,
        value=", ".join(roles),
        targets=roles,
        object_type="role",
    )


def _default_privileges(node: Node) -> Operation:
    action = node.child("action")
    return _grant(action if action is not None else node)


def _policy(node: Node, statement: Statement) -> Operation:
    return Operation(
        kind=Kind.CREATE_POLICY,
        region=NOWHERE,
        table=relation(node.child("table")),
        name=node.text("policy_name"),
        value=node.text("cmd_name") or None,
        using=bracketed(statement, 0, "USING") if node.has("qual") else "",
    )


def _policy_change(node: Node) -> Operation:
    return Operation(
        kind=Kind.ALTER_OBJECT,
        region=NOWHERE,
        table=relation(node.child("table")),
        name=node.text("policy_name"),
        object_type="policy",
    )


def _create_role(node: Node) -> Operation:
    return Operation(kind=Kind.CREATE_ROLE, region=NOWHERE, name=node.text("role"))


def _alter_role(node: Node) -> Operation:
    role = node.child("role")
    return Operation(kind=Kind.ALTER_ROLE, region=NOWHERE, name=_role(role) if role is not None else "all")


def _reindex(node: Node) -> Operation:
    options = {option.text("defname") for option in node.children("params")}
    kind = node.text("kind").removeprefix("REINDEX_OBJECT_").lower()
    target = relation(node.child("relation")) or node.text("name")
    return Operation(
        kind=Kind.REINDEX,
        region=NOWHERE,
        table=target if kind == "table" else None,
        name=target or None,
        object_type=kind,
        concurrently="concurrently" in options,
    )


def _cluster(node: Node) -> Operation:
    return Operation(
        kind=Kind.CLUSTER,
        region=NOWHERE,
        table=relation(node.child("relation")) or None,
        name=node.text("indexname") or None,
    )


def _comment(node: Node) -> Operation:
    kind = object_type(node.text("objtype"))
    target = node.child("object")
    parts = target.strings("items") if target is not None and target.kind == "List" else []
    name = object_name(target) if target is not None else ""
    if kind in ("table", "column"):
        return Operation(
            kind=Kind.ALTER_TABLE_OPTION,
            region=NOWHERE,
            table=qualified(parts[:-1]) if kind == "column" else name,
            column=parts[-1] if kind == "column" and parts else None,
            name="comment",
        )
    return Operation(kind=Kind.ALTER_OBJECT, region=NOWHERE, name=name or None, object_type=kind, value="comment")


def _owner(node: Node) -> Operation:
    target = node.child("object")
    name = relation(node.child("relation")) or (object_name(target) if target is not None else "")
    return Operation(
        kind=Kind.ALTER_OBJECT,
        region=NOWHERE,
        name=name or None,
        object_type=object_type(node.text("objectType")),
        value="owner",
    )


def _defined(node: Node) -> Operation:
    """CREATE TYPE, AGGREGATE, OPERATOR, COLLATION, TEXT SEARCH … with a list of definitions."""
    kind = object_type(node.text("kind"))
    return Operation(
        kind=Kind.CREATE_TYPE if kind == "type" else Kind.CREATE_ROUTINE if kind == "aggregate" else Kind.CREATE_OBJECT,
        region=NOWHERE,
        name=qualified(node.strings("defnames")),
        object_type="" if kind == "type" else kind,
        or_replace=node.flag("replace"),
    )


def _plain(kind: Kind, spelled: str, *fields: str, value: str | None = None) -> Callable[[Node], Operation]:
    """A statement of which the name, in one of these fields, is all that counts."""

    def make(node: Node) -> Operation:
        name = next((found for field in fields if (found := _named(node, field))), None)
        return Operation(
            kind=kind,
            region=NOWHERE,
            name=name,
            object_type=spelled,
            or_replace=node.flag("replace"),
            if_not_exists=node.flag("if_not_exists"),
            value=value,
        )

    return make


def _named(node: Node, field: str) -> str:
    if found := node.text(field):
        return found
    if found := qualified(node.strings(field)):
        return found
    below = node.child(field)
    return (relation(below) or object_name(below)) if below is not None else ""


_MOVES_ALL = Kind.ALTER_TABLE_STORAGE
READERS: dict[str, Reader] = {
    "CreateEnumStmt": _one(_enum),
    "AlterEnumStmt": _one(_enum_change),
    "CompositeTypeStmt": _one_of_text(_composite),
    "CreateRangeStmt": _one(_range),
    "CreateDomainStmt": _one_of_text(_domain),
    "AlterDomainStmt": _one_of_text(_domain_change),
    "DefineStmt": _one(_defined),
    "ViewStmt": _one(_view),
    "RefreshMatViewStmt": _one(_refresh),
    "CreateFunctionStmt": _one(_routine),
    "CreateTrigStmt": _one(_trigger),
    "CreateEventTrigStmt": _one(_event_trigger),
    "CreateSeqStmt": _one(_sequence(Kind.CREATE_SEQUENCE)),
    "AlterSeqStmt": _one(_sequence(Kind.ALTER_SEQUENCE)),
    "CreateSchemaStmt": _schema,
    "CreateExtensionStmt": _one(_extension(Kind.CREATE_EXTENSION)),
    "AlterExtensionStmt": _one(_extension(Kind.ALTER_EXTENSION, "update")),
    "AlterExtensionContentsStmt": _one(_extension(Kind.ALTER_EXTENSION, "contents")),
    "GrantStmt": _one(_grant),
    "GrantRoleStmt": _one(_grant_role),
    "AlterDefaultPrivilegesStmt": _one(_default_privileges),
    "CreatePolicyStmt": _one_of_text(_policy),
    "AlterPolicyStmt": _one(_policy_change),
    "CreateRoleStmt": _one(_create_role),
    "AlterRoleStmt": _one(_alter_role),
    "AlterRoleSetStmt": _one(_alter_role),
    "ReindexStmt": _one(_reindex),
    "ClusterStmt": _one(_cluster),
    "CommentStmt": _one(_comment),
    "AlterOwnerStmt": _one(_owner),
    "ConstraintsSetStmt": _one(_plain(Kind.SET, "local", value="constraints")),
    "AlterTableMoveAllStmt": _one(_plain(_MOVES_ALL, "tablespace", "orig_tablespacename")),
    "CreatedbStmt": _one(_plain(Kind.CREATE_OBJECT, "database", "dbname")),
    "CreateTableSpaceStmt": _one(_plain(Kind.CREATE_OBJECT, "tablespace", "tablespacename")),
    "CreatePublicationStmt": _one(_plain(Kind.CREATE_OBJECT, "publication", "pubname")),
    "CreateSubscriptionStmt": _one(_plain(Kind.CREATE_OBJECT, "subscription", "subname")),
    "CreateFdwStmt": _one(_plain(Kind.CREATE_OBJECT, "foreign data wrapper", "fdwname")),
    "CreateForeignServerStmt": _one(_plain(Kind.CREATE_OBJECT, "server", "servername")),
    "CreateUserMappingStmt": _one(_plain(Kind.CREATE_OBJECT, "user mapping", "servername")),
    "ImportForeignSchemaStmt": _one(_plain(Kind.CREATE_OBJECT, "foreign schema", "remote_schema")),
    "CreateCastStmt": _one(_plain(Kind.CREATE_OBJECT, "cast")),
    "CreateConversionStmt": _one(_plain(Kind.CREATE_OBJECT, "conversion", "conversion_name")),
    "CreateTransformStmt": _one(_plain(Kind.CREATE_OBJECT, "transform", "lang")),
    "CreateAmStmt": _one(_plain(Kind.CREATE_OBJECT, "access method", "amname")),
    "CreateOpClassStmt": _one(_plain(Kind.CREATE_OBJECT, "operator class", "opclassname")),
    "CreateOpFamilyStmt": _one(_plain(Kind.CREATE_OBJECT, "operator family", "opfamilyname")),
    "CreatePLangStmt": _one(_plain(Kind.CREATE_OBJECT, "language", "plname")),
    "CreateStatsStmt": _one(_plain(Kind.CREATE_OBJECT, "statistics", "defnames")),
    "RuleStmt": _one(_plain(Kind.CREATE_OBJECT, "rule", "rulename")),
    "AlterFunctionStmt": _one(_plain(Kind.ALTER_OBJECT, "function", "func")),
    "AlterPublicationStmt": _one(_plain(Kind.ALTER_OBJECT, "publication", "pubname")),
    "AlterSubscriptionStmt": _one(_plain(Kind.ALTER_OBJECT, "subscription", "subname")),
    "AlterDatabaseStmt": _one(_plain(Kind.ALTER_OBJECT, "database", "dbname")),
    "AlterDatabaseSetStmt": _one(_plain(Kind.ALTER_OBJECT, "database", "dbname", value="settings")),
    "AlterSystemStmt": _one(_plain(Kind.ALTER_OBJECT, "system", value="settings")),
    "AlterStatsStmt": _one(_plain(Kind.ALTER_OBJECT, "statistics", "defnames")),
    "AlterEventTrigStmt": _one(_plain(Kind.ALTER_OBJECT, "event trigger", "trigname")),
    "AlterFdwStmt": _one(_plain(Kind.ALTER_OBJECT, "foreign data wrapper", "fdwname")),
    "AlterForeignServerStmt": _one(_plain(Kind.ALTER_OBJECT, "server", "servername")),
    "AlterUserMappingStmt": _one(_plain(Kind.ALTER_OBJECT, "user mapping", "servername")),
    "AlterObjectDependsStmt": _one(_plain(Kind.ALTER_OBJECT, "dependency", "object", "relation")),
    "AlterOperatorStmt": _one(_plain(Kind.ALTER_OBJECT, "operator")),
    "AlterOpFamilyStmt": _one(_plain(Kind.ALTER_OBJECT, "operator family", "opfamilyname")),
    "AlterTypeStmt": _one(_plain(Kind.ALTER_OBJECT, "type", "typeName")),
    "AlterCollationStmt": _one(_plain(Kind.ALTER_OBJECT, "collation", "collname")),
    "AlterTSDictionaryStmt": _one(_plain(Kind.ALTER_OBJECT, "text search dictionary", "dictname")),
    "AlterTSConfigurationStmt": _one(_plain(Kind.ALTER_OBJECT, "text search configuration", "cfgname")),
    "AlterTableSpaceOptionsStmt": _one(_plain(Kind.ALTER_OBJECT, "tablespace", "tablespacename")),
    "ReassignOwnedStmt": _one(_plain(Kind.ALTER_OBJECT, "all that a role owns", value="owner")),
    "SecLabelStmt": _one(_plain(Kind.ALTER_OBJECT, "security label", "object")),
    "LoadStmt": _one(_plain(Kind.CREATE_OBJECT, "library", "filename")),
}
