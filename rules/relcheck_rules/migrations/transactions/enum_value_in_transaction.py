"""A new value of an enum is used before it is committed."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Related, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation
from relcheck_rules.migrations._transactions import by_transaction, way_out

_ALLOWED_SINCE = (12,)


class EnumValueInTransaction(MigrationRule):
    """
    ## What it does
    Finds a value that `ALTER TYPE … ADD VALUE` adds and that a later statement of the same transaction uses; and, on
    servers before PostgreSQL 12, every `ADD VALUE` in a transaction to a type that was there before.

    ## Why is this bad
    The server refuses it: a new value can be used when it is committed and not before (PostgreSQL manual, ALTER TYPE,
    "Notes"; release notes 12, "Allow enumerated values to be added more flexibly").

    ## Example
    ```sql
    ALTER TYPE order_state ADD VALUE 'returned';
    UPDATE orders SET state = 'returned' WHERE returned_at IS NOT NULL;
    ```

    ## Use instead
    Two migrations that are two transactions.
    """

    requires = (Kind.ADD_ENUM_VALUE,)

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for operations in by_transaction(migration):
            for number, one in enumerate(operations):
                if one.kind is not Kind.ADD_ENUM_VALUE:
                    continue
                if migration.server_version and migration.server_version < _ALLOWED_SINCE:
                    if one.created_here:
                        continue
                    message = (
                        "PostgreSQL before 12 refuses ALTER TYPE … ADD VALUE in a transaction, and here it is in one. "
                        f"{way_out(migration)}"
                    )
                    yield self.found(one, migration, message, kind="refused")
                    continue
                used = next((each for each in operations[number + 1 :] if _uses(each, one.value or "")), None)
                if used is not None:
                    message = (
                        f"'{one.value}' is used in the transaction that adds it to {one.name}: the server refuses a "
                        "value that is not committed yet. Use it in a later migration"
                    )
                    related = [Related(migration.path, one.region, "it is added here")]
                    yield self.found(used, migration, message, kind="used", related=related)

    examples = (
        Invalid(
            sql="ALTER TYPE shop_state ADD VALUE 'returned';\nUPDATE shop_order SET state = 'returned' WHERE id = 1;",
            finds=Found(
                "'returned' is used in the transaction that adds it to shop_state: the server refuses a value that is "
                "not committed yet. Use it in a later migration",
                at="UPDATE shop_order SET state = 'returned' WHERE id = 1",
            ),
        ),
        Invalid(
            alembic="op.execute(\"ALTER TYPE shop_state ADD VALUE 'returned'\")",
            server="11",
            finds="PostgreSQL before 12 refuses ALTER TYPE … ADD VALUE in a transaction, and here it is in one. Put it "
            "into `with op.get_context().autocommit_block():`",
        ),
        Valid(sql="ALTER TYPE shop_state ADD VALUE 'returned';"),
        Invalid(
            sql="CREATE TYPE shop_way AS ENUM ('new');\nALTER TYPE shop_way ADD VALUE 'back';\n"
            "ALTER TABLE shop_order ADD COLUMN way shop_way DEFAULT 'back';",
            title="That the type is new does not help:",
            finds=Found(
                "'back' is used in the transaction that adds it to shop_way: the server refuses a value that is not "
                "committed yet. Use it in a later migration",
                at="ADD COLUMN way shop_way DEFAULT 'back'",
            ),
        ),
        Valid(
            sql="CREATE TYPE shop_way AS ENUM ('new', 'back');\n"
            "ALTER TABLE shop_order ADD COLUMN way shop_way DEFAULT 'back';",
        ),
        Valid(
            "-- +goose NO TRANSACTION\n-- +goose Up\nALTER TYPE shop_state ADD VALUE 'returned';\n"
            "UPDATE shop_order SET state = 'returned' WHERE id = 1;\n",
            path="migrations/0002_state.sql",
        ),
    )


def _uses(operation: Operation, value: str) -> bool:
    if operation.kind in (Kind.ADD_ENUM_VALUE, Kind.RENAME_ENUM_VALUE) or not value:
        return False
    written = (operation.sql, operation.code, operation.default or "")
    return any(f"'{value}'" in text or f'"{value}"' in text for text in written)
