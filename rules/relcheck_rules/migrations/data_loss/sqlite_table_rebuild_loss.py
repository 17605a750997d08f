"""A table of SQLite is rebuilt without all of its columns."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule
from relcheck_rules.migrations._replaced import lost_in_copy


class SqliteTableRebuildLoss(MigrationRule):
    """
    ## What it does
    Finds the copy that SQLite needs for most changes (`CREATE TABLE new`, `INSERT INTO new SELECT … FROM old`, `DROP
    TABLE old`, `ALTER TABLE new RENAME TO old`) where the new table lacks columns of the old one, or the copy fills
    only some of them.

    ## Why is this bad
    A column that the copy forgets is dropped with its values, and nothing in the statements says so.

    ## Example
    ```sql
    CREATE TABLE shop_order_new (id integer PRIMARY KEY, note text);
    INSERT INTO shop_order_new (id) SELECT id FROM shop_order;
    DROP TABLE shop_order;
    ALTER TABLE shop_order_new RENAME TO shop_order;
    ```

    ## Use instead
    Name every column in the copy. Where one is to go, drop it in a migration that says so.
    """

    requires = (Kind.DROP_TABLE,)

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for operation in migration.operations:
            if operation.kind is not Kind.DROP_TABLE or operation.dialect != "sqlite":
                continue
            lost = lost_in_copy(operation, migration)
            if lost:
                yield self.found(
                    operation,
                    migration,
                    "the copy that replaces {table} lacks {lost}: what was in there is lost. "
                    "Copy every column, or say beside it why they may go: MIGRATION_APPROVED: reason",
                    words={"lost": ", ".join(lost)},
                )

    examples = (
        Invalid(
            sql="CREATE TABLE shop_order_new (id integer PRIMARY KEY, note text);\n"
            "INSERT INTO shop_order_new (id) SELECT id FROM shop_order;\n"
            "DROP TABLE shop_order;\n"
            "ALTER TABLE shop_order_new RENAME TO shop_order;",
            before="CREATE TABLE shop_order (id integer PRIMARY KEY, note text);",
            dialect="sqlite",
            finds=Found(
                "the copy that replaces shop_order lacks note: what was in there is lost. Copy every column, or "
                "say beside it why they may go: MIGRATION_APPROVED: reason",
                at="DROP TABLE shop_order",
            ),
        ),
        Valid(
            sql="CREATE TABLE shop_order_new (id integer PRIMARY KEY, note text NOT NULL);\n"
            "INSERT INTO shop_order_new (id, note) SELECT id, note FROM shop_order;\n"
            "DROP TABLE shop_order;\n"
            "ALTER TABLE shop_order_new RENAME TO shop_order;",
            before="CREATE TABLE shop_order (id integer PRIMARY KEY, note text);",
            dialect="sqlite",
        ),
    )
