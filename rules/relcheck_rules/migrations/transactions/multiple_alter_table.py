"""A table is worked through several times where once would do."""

from __future__ import annotations

from itertools import pairwise

from relcheck.sdk import Found, Invalid, Related, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, effect_of


class MultipleAlterTable(MigrationRule):
    """
    ## What it does
    Finds an `ALTER TABLE` that scans or rewrites a table directly behind another one that does so with the same table,
    where both are written as SQL.

    ## Why is this bad
    Every row is read or written twice. PostgreSQL makes one pass of all actions of one statement (manual, ALTER TABLE,
    "Notes").

    ## Example
    ```sql
    ALTER TABLE orders ALTER COLUMN id TYPE bigint;
    ALTER TABLE orders ALTER COLUMN customer_id TYPE bigint;
    ```

    ## Use instead
    ```sql
    ALTER TABLE orders ALTER COLUMN id TYPE bigint, ALTER COLUMN customer_id TYPE bigint;
    ```
    """

    severity = Severity.INFO
    message = (
        "{table} is worked through once more: the statement before this one has just done so. "
        "Make them actions of one ALTER TABLE"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for first, second in pairwise(migration.operations):
            if first.table == second.table and _works(first, migration) and _works(second, migration):
                related = [Related(migration.path, first.region, "the one before")]
                if first.statement is None or first.statement != second.statement:
                    yield self.found(second, migration, self.message, related=related)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN id TYPE bigint;\n"
            "ALTER TABLE shop_order ALTER COLUMN customer_id TYPE bigint;",
            before="CREATE TABLE shop_order (id int, customer_id int);",
            finds=Found(
                "shop_order is worked through once more: the statement before this one has just done so. "
                "Make them actions of one ALTER TABLE",
                at="ALTER COLUMN customer_id TYPE bigint",
            ),
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN id TYPE bigint, ALTER COLUMN customer_id TYPE bigint;",
            before="CREATE TABLE shop_order (id int, customer_id int);",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN a int;\nALTER TABLE shop_order ADD COLUMN b int;"),
    )


def _works(operation: Operation, migration: Migration) -> bool:
    alters = operation.kind.startswith(("add_", "alter_column", "set_not_null")) and bool(operation.sql)
    postgres = operation.dialect == "postgres" and not operation.created_here
    return alters and postgres and bool(effect_of(operation, migration.server_version).work)
