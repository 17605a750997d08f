"""The order of columns wastes room in every row."""

from __future__ import annotations

from relcheck.sdk import Invalid, RuleOptions, Severity, Valid
from relcheck.sdk.migration import Column, Kind, Migration, MigrationFindings, MigrationRule, Operation

_ALIGNED = {
    "int8": (8, 8),
    "float8": (8, 8),
    "timestamp": (8, 8),
    "timestamptz": (8, 8),
    "time": (8, 8),
    "money": (8, 8),
    "interval": (16, 8),
    "int4": (4, 4),
    "float4": (4, 4),
    "date": (4, 4),
    "oid": (4, 4),
    "int2": (2, 2),
    "bool": (1, 1),
    "char": (1, 1),
    "uuid": (16, 1),
}
"""Type to its size and alignment in bytes; source: `typlen` and `typalign` of `pg_type`. Others have no fixed size."""


class ColumnAlignment(MigrationRule):
    """
    ## What it does
    Finds new tables whose columns of fixed size would take at least `wasted` bytes less in each row in another order.

    ## Why is this bad
    A value of eight bytes begins at a multiple of eight, and what lies before it is filled up (PostgreSQL manual,
    "Database Page Layout"). In a large table that is gigabytes, and the order cannot be changed later.

    ## Example
    ```sql
    CREATE TABLE orders (open boolean, id bigint, paid boolean, total bigint);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint, total bigint, open boolean, paid boolean);
    ```
    """

    enabled = False
    severity = Severity.INFO

    class Options(RuleOptions, frozen=True):
        wasted: int = 8

    options: Options

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.kind is not Kind.CREATE_TABLE or operation.dialect != "postgres":
            return
        fixed = [_ALIGNED[one.type.name] for one in operation.new_columns if _is_fixed(one)]
        before = _length(fixed)
        after = _length(sorted(fixed, key=lambda one: -one[1]))
        if before - after >= self.options.wasted:
            message = (
                f"each row of {{table}} holds {before - after} bytes of nothing between its columns. Put the columns "
                "of eight bytes first, then those of four, two and one"
            )
            yield self.found(operation, migration, message)

    examples = (
        Invalid(
            sql="CREATE TABLE shop_order (open boolean, id bigint PRIMARY KEY, paid boolean, total bigint);",
            finds="each row of shop_order holds 14 bytes of nothing between its columns. Put the columns of eight "
            "bytes first, then those of four, two and one",
        ),
        Valid(sql="CREATE TABLE shop_order (id bigint PRIMARY KEY, total bigint, open boolean, paid boolean);"),
        Valid(sql="CREATE TABLE shop_order (open boolean, id bigint);", options={"wasted": 16}),
    )


def _is_fixed(column: Column) -> bool:
    return column.type.name in _ALIGNED and not column.type.array


def _length(columns: list[tuple[int, int]]) -> int:
    at = 0
    for size, aligned in columns:
        at += -at % aligned + size
    return at
