"""Migrations of Alembic for tests: a body of `upgrade()` in, operations out."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

from relcheck.sources.migration.alembic.read import read_alembic
from relcheck.sources.migration.migration import Migration
from relcheck.sources.migration.operation import Column, Dialect, Operation

HEAD = '''"""a change"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import mysql, postgresql

revision = "b2"
down_revision = "a1"
'''


def migration(
    upgrade: str,
    *,
    before: str = "",
    downgrade: str = "pass",
    resolve: Callable[[str], str | None] | None = None,
    dialect: Dialect | None = None,
) -> Migration:
    """The migration whose `upgrade` has this body; `before` stands at the top level."""
    text = "\n".join(
        (
            HEAD,
            textwrap.dedent(before).strip("\n"),
            "",
            "def upgrade():",
            textwrap.indent(textwrap.dedent(upgrade).strip("\n") or "pass", "    "),
            "",
            "def downgrade():",
            textwrap.indent(textwrap.dedent(downgrade).strip("\n"), "    "),
            "",
        )
    )
    found = read_alembic(text, resolve, dialect=dialect)
    assert found is not None
    return found


def operations(upgrade: str, **given: object) -> tuple[Operation, ...]:
    return migration(upgrade, **given).operations  # type: ignore[arg-type]  # passed on as they are


def said(upgrade: str, **given: object) -> list[str]:
    """The operations in short, as `brief` writes them."""
    return [brief(one) for one in operations(upgrade, **given)]


def brief(one: Operation) -> str:
    """An operation in one line: its kind and object, then what differs from the ordinary."""
    name = ".".join(part for part in (one.table, one.column) if part)
    words: list[str] = [str(one.kind), *([name] if name else []), *([f"named {one.name}"] if one.name else [])]
    words += [f"to {one.new_name}"] if one.new_name else []
    words += [f"type {_type(one.type)}"] if one.type is not None else []
    words += [f"using {one.using}"] if one.using else []
    words += [f"default {one.default}"] if one.default is not None else []
    words += [f"({', '.join(_column(column) for column in one.new_columns)})"] if one.new_columns else []
    words += [f"on ({', '.join(one.columns)})"] if one.columns else []
    for constraint in (one.constraint, *one.constraints):
        if constraint is not None:
            target = (
                f" -> {constraint.references.table}({', '.join(constraint.references.columns)})"
                if (constraint.references)
                else ""
            )
            words.append(f"{constraint.type}({', '.join(constraint.columns)}){target}")
            words += [constraint.expression] if constraint.expression else []
            words += ["not valid"] if constraint.not_valid else []
    flags = ("unique", "concurrently", "if_exists", "if_not_exists", "cascade", "batch", "repeated")
    words += [flag for flag in flags if getattr(one, flag)]
    words += [{True: "with where", False: "without where", None: ""}[one.has_where]]
    words += [f"where {one.where}"] if one.where else []
    words += [f"in {'/'.join(one.dialects)}"] if one.dialects else []
    words += [f"if {' and '.join(one.guards)}"] if one.guards else []
    words += [] if one.transaction == 0 else [f"transaction {one.transaction}"]
    words += [f"unknown {', '.join(one.unknown)}"] if one.unknown else []
    return " ".join(word for word in words if word)


def _type(given: object) -> str:
    name, arguments, array = given.name, given.arguments, given.array  # type: ignore[attr-defined]  # a SqlType
    return f"{name}{'(' + ','.join(arguments) + ')' if arguments else ''}{'[]' * array}"


def _column(column: Column) -> str:
    words = [column.name, _type(column.type), "" if column.nullable else "not null"]
    words += [f"default {column.default}"] if column.default is not None else []
    words += ["volatile"] if column.volatile else ["volatile?"] if column.volatile is None else []
    words += [flag for flag in ("serial", "identity", "generated") if getattr(column, flag)]
    words += [one.type for one in column.constraints]
    return " ".join(word for word in words if word)


def cases(name: str) -> list[tuple[str, list[str]]]:
    """The table in a file beside this one: code, then a line `-> operation` for each operation; `---` between cases."""
    found: list[tuple[str, list[str]]] = []
    for case in (Path(__file__).parent / name).read_text(encoding="utf-8").split("---\n"):
        lines = case.splitlines()
        code = [line for line in lines if not line.startswith("-> ")]
        found.append(("\n".join(code), [line.removeprefix("-> ") for line in lines if line.startswith("-> ")]))
    return found
