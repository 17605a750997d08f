"""Columns and constraints, as SQLAlchemy's constructors describe them."""

from __future__ import annotations

from typing import Literal, NamedTuple

from relcheck.sources.migration.alembic.defaults import expression, server_default
from relcheck.sources.migration.alembic.terms import Arguments, column_name, last_name, name_of, names_of, qualified
from relcheck.sources.migration.alembic.types import sql_type
from relcheck.sources.migration.operation import UNKNOWN, Column, Constraint, Dialect, ForeignKey
from relcheck.sources.migration.python.values import Attribute, Call, Constant, Items, Maybe, Text, Value

INTEGERS = frozenset({"int2", "int4", "int8", "int", "bigint", "smallint", "integer"})
_TABLE_CONSTRAINTS = frozenset(
    {"PrimaryKeyConstraint", "ForeignKeyConstraint", "UniqueConstraint", "CheckConstraint", "ExcludeConstraint"}
)


class ReadColumn(NamedTuple):
    """A column, and what beside it its constructor asks for."""

    column: Column
    indexed: bool
    primary_key: bool
    numbered: bool
    """Whether the database may number it, where it is the primary key."""
    unknown: tuple[str, ...]


def is_column(value: Value) -> bool:
    return type(value) is Call and last_name(value.func) in {"Column", "mapped_column"}


def read_column(value: Value, dialect: Dialect, name: str | None = None) -> ReadColumn:
    """A `Column(…)`; `name` is the attribute that it stands under, if any."""
    value = _original(value)
    if type(value) is not Call or not is_column(value):
        unknown = Column(name=name or UNKNOWN, volatile=None)
        return ReadColumn(unknown, indexed=False, primary_key=False, numbered=False, unknown=("name", "type"))
    parts = list(value.args)
    unknown_parts: list[str] = [] if value.exact else ["constraints"]
    if parts and (type(parts[0]) is Text or (type(parts[0]) is Constant and parts[0].value is None)):
        name = name_of(parts.pop(0)) or name
    elif "name" in value.keywords:
        name = name_of(value.keywords["name"]) or name
    elif parts and name is None and len(parts) > 1:
        parts.pop(0)
    typed = value.keywords.get("type_")
    if typed is None and parts and not _is_item(parts[0]):
        typed = parts.pop(0)
    if name is None or UNKNOWN in name:
        unknown_parts.append("name")
    found = sql_type(typed, dialect)
    if found.name == UNKNOWN and not any(_kind(part) == "ForeignKey" for part in parts):
        unknown_parts.append("type")
    column = _Column(name or UNKNOWN, value, parts)
    primary_key = Arguments(value, ()).flag("primary_key")
    nullable = value.keywords.get("nullable")
    allows = not primary_key and not column.identity
    if nullable is not None:
        allows = not (type(nullable) is Constant and nullable.value is False)
        if type(nullable) is not Constant:
            unknown_parts.append("nullable")
    explicit = value.keywords.get("autoincrement")
    automatic = (
        explicit is None or (type(explicit) is Constant and explicit.value in (True, None)) or type(explicit) is Text
    )
    asked = type(explicit) is Constant and explicit.value is True and found.name in INTEGERS
    plain = found.name in INTEGERS and not column.references and column.default is None
    serial = ((primary_key and automatic and plain) or asked) and not column.identity
    made = Column(
        name=name or UNKNOWN,
        type=found,
        nullable=allows,
        default=column.default,
        volatile=column.volatile,
        constraints=tuple(column.constraints),
        serial=serial,
        identity=column.identity,
        generated=column.generated,
        collation=_collation(typed),
    )
    index = Arguments(value, ()).flag("index")
    return ReadColumn(made, index, primary_key, automatic, tuple(unknown_parts))


class _Column:
    """What a column's schema items and keywords say."""

    def __init__(self, name: str, call: Call, parts: list[Value]) -> None:
        self.constraints: list[Constraint] = []
        self.default: str | None = None
        self.volatile: bool | None = False
        self.identity = False
        self.generated: Literal["", "stored", "virtual"] = ""
        self.references = False
        arguments = Arguments(call, ())
        for part in parts:
            self._item(part, name)
        if arguments.flag("primary_key"):
            self.constraints.append(Constraint(type="primary_key", columns=(name,)))
        if arguments.flag("unique") and not arguments.flag("index"):
            self.constraints.append(Constraint(type="unique", columns=(name,)))
        given = call.keywords.get("server_default")
        if given is not None and self._is_item_default(given, name):
            return
        if given is not None:
            self.default, self.volatile = server_default(given)

    def _is_item_default(self, given: Value, name: str) -> bool:
        """`server_default=Identity()`, `Computed(…)` and `FetchedValue()` are no expressions."""
        kind = _kind(given)
        if kind in {"Identity", "Computed"}:
            self._item(given, name)
        return kind in {"Identity", "Computed", "FetchedValue"}

    def _item(self, part: Value, name: str) -> None:
        if type(part) is not Call:
            return
        kind = _kind(part)
        if kind == "ForeignKey":
            self.references = True
            self.constraints.append(_foreign_key(part, name))
        elif kind == "CheckConstraint":
            self.constraints.append(_check(part, (name,)))
        elif kind == "Identity":
            self.identity = True
        elif kind == "Computed":
            persisted = part.keywords.get("persisted", part.args[1] if len(part.args) > 1 else None)
            virtual = type(persisted) is Constant and persisted.value is False
            self.generated = "virtual" if virtual else "stored"
        elif kind == "Sequence" and part.args:
            self.default, self.volatile = f"nextval('{name_of(part.args[0])}')", True


def _original(value: Value) -> Value:
    """The column that `.copy()` or `_copy()` copies."""
    while True:
        if type(value) is Maybe:
            value = value.value
        elif type(value) is Call and type(value.func) is Attribute and value.func.name in {"copy", "_copy"}:
            value = value.func.of
        else:
            return value


def _kind(value: Value) -> str:
    return last_name(value.func) if type(value) is Call else ""


def _is_item(value: Value) -> bool:
    return _kind(value) in {
        "ForeignKey",
        "CheckConstraint",
        "Identity",
        "Computed",
        "Sequence",
        "FetchedValue",
        "DefaultClause",
        "ColumnDefault",
    }


def _collation(value: Value | None) -> str:
    if type(value) is not Call:
        return ""
    found = value.keywords.get("collation")
    return (name_of(found) or "") if found is not None else ""


def _foreign_key(call: Call, column: str) -> Constraint:
    """`ForeignKey("schema.table.column")`."""
    target = call.args[0] if call.args else call.keywords.get("column")
    table, referred = _target(target)
    name = call.keywords.get("name")
    return Constraint(
        type="foreign_key",
        name=name_of(name) if name is not None else None,
        columns=(column,),
        references=ForeignKey(table, (referred,) if referred else (), *_actions(call)),
        deferrable=Arguments(call, ()).flag("deferrable"),
        not_valid=Arguments(call, ()).flag("postgresql_not_valid"),
    )


def _target(value: Value | None) -> tuple[str, str]:
    if value is None:
        return UNKNOWN, ""
    if type(value) is Text:
        table, _, column = (name_of(value) or UNKNOWN).rpartition(".")
        return (table or column), (column if table else "")
    if type(value) is Attribute:
        from relcheck.sources.migration.alembic.terms import table_of

        return table_of(value.of) or UNKNOWN, value.name
    return UNKNOWN, ""


def _actions(call: Call) -> tuple[str, str]:
    found = [call.keywords.get(name) for name in ("ondelete", "onupdate")]
    texts = [(name_of(value) or "").upper() if value is not None else "" for value in found]
    return texts[0], texts[1]


def _check(call: Call, columns: tuple[str, ...]) -> Constraint:
    condition = call.args[0] if call.args else call.keywords.get("sqltext")
    name = call.keywords.get("name")
    return Constraint(
        type="check",
        name=name_of(name) if name is not None else None,
        columns=columns,
        expression=(expression(condition) if condition is not None else None) or UNKNOWN,
        not_valid=Arguments(call, ()).flag("postgresql_not_valid"),
    )


def is_constraint(value: Value) -> bool:
    return _kind(value) in _TABLE_CONSTRAINTS


def table_constraint(call: Call) -> Constraint:
    """A constraint of a table, as `create_table` takes it."""
    kind = last_name(call.func)
    named = call.keywords.get("name")
    name = name_of(named) if named is not None else None
    if kind == "CheckConstraint":
        return _check(call, ())
    if kind == "ForeignKeyConstraint":
        return foreign_key(
            name,
            names_of(call.args[0] if call.args else call.keywords.get("columns")),
            call.args[1] if len(call.args) > 1 else call.keywords.get("refcolumns"),
            call,
        )
    if kind == "ExcludeConstraint":
        return Constraint(type="exclude", name=name, columns=exclude_columns(call.args))
    type_: Literal["primary_key", "unique"] = "primary_key" if kind == "PrimaryKeyConstraint" else "unique"
    columns = tuple(column_name(arg) for arg in call.args) + (() if call.exact else (UNKNOWN,))
    return Constraint(type=type_, name=name, columns=columns, deferrable=Arguments(call, ()).flag("deferrable"))


def exclude_columns(elements: tuple[Value, ...]) -> tuple[str, ...]:
    """The columns of an exclusion constraint's elements, `(column, operator)` each."""
    return tuple(column_name(element.items[0]) for element in elements if type(element) is Items and element.items)


def foreign_key(name: str | None, columns: tuple[str, ...], targets: Value | None, call: Call) -> Constraint:
    """A `ForeignKeyConstraint`: its targets are `table.column` each."""
    pairs = [_target(item) for item in targets.items] if type(targets) is Items else [(UNKNOWN, "")]
    table = pairs[0][0] if pairs else UNKNOWN
    return Constraint(
        type="foreign_key",
        name=name,
        columns=columns,
        references=ForeignKey(table, tuple(column for _, column in pairs if column), *_actions(call)),
        deferrable=Arguments(call, ()).flag("deferrable"),
        not_valid=Arguments(call, ()).flag("postgresql_not_valid"),
    )


def created_foreign_key(arguments: Arguments, unknown: list[str]) -> Constraint:
    """What `create_foreign_key` makes: the referred table and its columns are arguments of their own."""
    table = qualified(arguments.name("referent_table", unknown, "constraint"), arguments.value("referent_schema"))
    call = arguments.call
    return Constraint(
        type="foreign_key",
        name=arguments.name("constraint_name", unknown, "name"),
        columns=names_of(arguments.value("local_cols")),
        references=ForeignKey(table or UNKNOWN, names_of(arguments.value("remote_cols")), *_actions(call)),
        deferrable=arguments.flag("deferrable"),
        not_valid=arguments.flag("postgresql_not_valid"),
    )
