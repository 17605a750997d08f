"""A name is not as the team agreed."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from relcheck.sdk import Found, Invalid, RuleOptions, Severity, Valid
from relcheck.sdk.migration import (
    UNKNOWN,
    Constraint,
    Kind,
    Migration,
    MigrationFindings,
    MigrationRule,
    Operation,
)


class NamingPolicy(MigrationRule):
    """
    ## What it does
    Holds the names of new tables, columns, indexes and constraints against patterns: `*` stands for anything, `?` for
    one character, `{table}` for the table's name. Without a pattern a kind of name is free.

    ## Why is this bad
    Names that follow one rule can be guessed, and are found.

    ## Example
    ```sql
    CREATE INDEX myindex ON orders (number);
    ```

    ## Use instead
    ```toml
    [rules."migrations/naming-policy"]
    enabled = true
    index = "{table}_*_idx"
    foreign_key = "{table}_*_fkey"
    ```
    ```sql
    CREATE INDEX orders_number_idx ON orders (number);
    ```
    """

    enabled = False
    severity = Severity.WARNING

    class Options(RuleOptions, frozen=True):
        table: str = ""
        column: str = ""
        index: str = ""
        unique: str = ""
        check: str = ""
        foreign_key: str = ""
        primary_key: str = ""

    options: Options

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        for kind, name in _made(operation):
            pattern: str = getattr(self.options, kind)
            table = (operation.table or "").rpartition(".")[2]
            wanted = pattern.replace("{table}", table)
            if pattern and name and UNKNOWN not in name and not fnmatchcase(name.rpartition(".")[2], wanted):
                word = kind.replace("_", " ")
                message = f"the {word} {name} is not named as agreed: {wanted}. Rename it"
                yield self.found(operation, migration, message.replace("{", "{{").replace("}", "}}"))

    examples = (
        Invalid(
            sql="CREATE INDEX myindex ON shop_order (number);",
            options={"index": "{table}_*_idx"},
            finds="the index myindex is not named as agreed: shop_order_*_idx. Rename it",
        ),
        Invalid(
            sql="CREATE TABLE shop_lines (id bigint, CONSTRAINT positive CHECK (id > 0));",
            options={"table": "*[!s]", "check": "{table}_*"},
            finds=(
                Found("the table shop_lines is not named as agreed: *[!s]. Rename it"),
                Found("the check positive is not named as agreed: shop_lines_*. Rename it"),
            ),
        ),
        Valid(
            sql="CREATE INDEX shop_order_number_idx ON shop_order (number);",
            options={"index": "{table}_*_idx"},
        ),
        Valid(sql="CREATE INDEX myindex ON shop_order (number);"),
    )


def _made(operation: Operation) -> Iterator[tuple[str, str | None]]:
    match operation.kind:
        case Kind.CREATE_TABLE:
            yield "table", operation.table
            for column in operation.new_columns:
                yield "column", column.name
        case Kind.RENAME_TABLE:
            yield "table", operation.new_name
        case Kind.ADD_COLUMN:
            yield "column", operation.column
        case Kind.RENAME_COLUMN:
            yield "column", operation.new_name
        case Kind.CREATE_INDEX:
            yield "unique" if operation.unique else "index", operation.name
    for one in _constraints(operation):
        if one.type in ("unique", "check", "foreign_key", "primary_key"):
            yield one.type, one.name


def _constraints(operation: Operation) -> tuple[Constraint, ...]:
    if operation.kind is Kind.ADD_CONSTRAINT and operation.constraint is not None:
        return (operation.constraint,)
    return operation.constraints if operation.kind in (Kind.CREATE_TABLE, Kind.ADD_COLUMN) else ()
