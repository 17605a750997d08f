"""The way that is safe: what to do instead of an operation, as SQL for these very names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

from relcheck.sources.migration.operation import UNKNOWN, Operation, SqlType

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")
_DEFAULT_NAMES = {
    "create_index": "idx",
    "primary_key": "pkey",
    "foreign_key": "fkey",
    "unique": "key",
    "check": "check",
    "exclude": "excl",
    "not_null": "not_null",
}
"""The last part of the names that PostgreSQL gives by itself."""

Boundary: TypeAlias = Literal["none", "migration", "release"]


class Step(msgspec.Struct, frozen=True):
    """One step. `sql` is a statement in which `{table}`, `{column}`, `{name}` and so on stand for the operation's
    names; empty for a step that is not SQL, of which `note` says what to do.

    `after` is what has to lie between it and the step before: nothing, a migration of its own, a release that runs
    everywhere. With `transaction=False` it cannot run inside of one.
    """

    sql: str = ""
    note: str = ""
    after: Boundary = "migration"
    transaction: bool = True

    def filled(self, operation: Operation) -> Step:
        """The step with the names of an operation."""
        sql = _fill(self.sql, sql_words(operation)) if self.sql else ""
        note = _fill(self.note, shown_words(operation)) if "{" in self.note else self.note
        return msgspec.structs.replace(self, sql=sql, note=note)

    @property
    def text(self) -> str:
        """For people: what lies before it and what to do as a comment, then the statement."""
        notes = []
        if self.after == "release":
            notes.append("in a later release")
        if not self.transaction:
            notes.append("outside a transaction")
        if self.note:
            notes.append(self.note)
        comment = f"-- {', '.join(notes)}" if notes else ""
        return "\n".join(part for part in (comment, self.sql and f"{self.sql};") if part)


def shown_words(operation: Operation) -> dict[str, str]:
    """What messages call the parts of an operation; never empty."""
    words = {key: _shown(value) for key, value in _parts(operation).items()}
    old, new = operation.before.type, operation.type
    columns = ", ".join(_columns(operation))
    return {
        **words,
        "table": words["table"] if operation.table else "the table",
        "column": words["column"] if operation.column else columns or "the column",
        "columns": columns or "expressions",
        "name": words["name"] if operation.name else _unnamed(operation),
        "type": _type(new) or "the new type",
        "old_type": _type(old) or "an unknown type",
        "referenced": _shown(_referenced(operation)) or "the referenced table",
        "object": operation.object_type.lower() or _OBJECTS.get(operation.kind.value, "object"),
        "target": _target(operation),
    }


def sql_words(operation: Operation) -> dict[str, str]:
    """The same as SQL identifiers and clauses, with the names that PostgreSQL would give where none is given."""
    words = {key: quoted(value) for key, value in _parts(operation).items()}
    constraint = operation.constraint
    references = constraint.references if constraint is not None else None
    return {
        **words,
        "column": words["column"] or ", ".join(map(quoted, _columns(operation))),
        "columns": ", ".join(map(quoted, _columns(operation))),
        "name": words["name"] or quoted(default_name(operation)),
        "index": quoted(default_name(operation, "idx")),
        "type": _type(operation.type),
        "default": operation.default or "",
        "unique": "UNIQUE " if operation.unique else "",
        "using": f" USING {operation.using}" if operation.using else "",
        "where": f" WHERE {operation.where}" if operation.where else "",
        "expression": constraint.expression if constraint is not None else "",
        "referenced": quoted(_referenced(operation)),
        "referenced_columns": f" ({', '.join(map(quoted, references.columns))})"
        if references is not None and references.columns
        else "",
        "actions": _actions(operation),
        "object": operation.object_type.upper(),
        "new_table": quoted(_in_schema_of(operation)),
        "old_sql_type": _type(operation.before.type) or "text",
        "new_value": (operation.new_name or "").replace("'", "''"),
        "table_name": quoted((operation.table or "").rpartition(".")[2]).strip('"'),
    }


def quoted(name: str) -> str:
    """A name as SQL: each part in quotes where it needs them."""
    return ".".join(
        part if _PLAIN.fullmatch(part) and part not in _RESERVED else '"' + part.replace('"', '""') + '"'
        for part in name.split(".")
        if part
    )


def default_name(operation: Operation, suffix: str = "") -> str:
    """The name that PostgreSQL gives to what an operation makes, where the operation gives none."""
    constraint = operation.constraint
    last = suffix or _DEFAULT_NAMES.get(constraint.type if constraint is not None else operation.kind, "idx")
    table = (operation.table or "t").rpartition(".")[2]
    columns = () if last == "pkey" else _columns(operation)
    return "_".join((table, *(re.sub(r"\W+", "_", column) for column in columns), last))


def _fill(template: str, words: Mapping[str, str]) -> str:
    return template.format_map(words)


def _parts(operation: Operation) -> dict[str, str]:
    constraint = operation.constraint
    name = operation.name or (constraint.name if constraint is not None else None)
    return {
        "table": operation.table or "",
        "column": operation.column or "",
        "name": name or "",
        "new_name": operation.new_name or "",
        "value": operation.value or "",
    }


def _columns(operation: Operation) -> tuple[str, ...]:
    if operation.columns:
        return operation.columns
    if operation.constraint is not None and operation.constraint.columns:
        return operation.constraint.columns
    return (operation.column,) if operation.column else ()


def _in_schema_of(operation: Operation) -> str:
    """The new name of a table, in its schema."""
    schema, dot, _ = (operation.table or "").rpartition(".")
    new = operation.new_name or ""
    return new if "." in new else f"{schema}{dot}{new}"


def _referenced(operation: Operation) -> str:
    constraint = operation.constraint
    return constraint.references.table if constraint is not None and constraint.references is not None else ""


def _actions(operation: Operation) -> str:
    constraint = operation.constraint
    if constraint is None or constraint.references is None:
        return ""
    references = constraint.references
    delete = f" ON DELETE {references.on_delete}" if references.on_delete else ""
    update = f" ON UPDATE {references.on_update}" if references.on_update else ""
    return delete + update


def _target(operation: Operation) -> str:
    """What an operation is about, in a word."""
    if operation.table and operation.column:
        return f"{operation.table}.{operation.column}"
    return operation.name or operation.table or "it"


_OBJECTS = {
    "drop_view": "view",
    "drop_type": "type",
    "drop_routine": "function",
    "create_routine": "function",
    "drop_sequence": "sequence",
}


def _unnamed(operation: Operation) -> str:
    if operation.kind.startswith("drop_"):
        return "(unnamed)"
    if operation.kind.endswith("index"):
        return "the index"
    return "the constraint" if operation.kind.endswith("constraint") else "it"


def _shown(name: str) -> str:
    return "(unknown)" if name == UNKNOWN else name


def _type(given: SqlType | None) -> str:
    if given is None or given.name == UNKNOWN:
        return ""
    arguments = f"({','.join(given.arguments)})" if given.arguments else ""
    return (given.name + arguments + "[]" * given.array) or given.text


_RESERVED_WORDS = """
all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate
collation column concurrently constraint create cross current_catalog current_date current_role current_schema
current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for
foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral
leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps
placing primary references returning right select session_user similar some symmetric table tablesample then to
trailing true union unique user using variadic verbose when where window with
"""
_RESERVED = frozenset(_RESERVED_WORDS.split())
"""Words that cannot be names as they stand: PostgreSQL manual, appendix "SQL Key Words"."""
