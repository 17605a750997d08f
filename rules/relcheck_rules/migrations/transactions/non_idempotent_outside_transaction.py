"""A migration that is applied by half cannot be applied again."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation


class NonIdempotentOutsideTransaction(MigrationRule):
    """
    ## What it does
    Finds statements without `IF EXISTS` or `IF NOT EXISTS` in a migration of several changes that run outside a
    transaction. `CREATE INDEX CONCURRENTLY` is left alone, for there `IF NOT EXISTS` hides an index that is not valid
    (`migrations/if-not-exists-invalid-index`).

    ## Why is this bad
    When one of the statements fails, those before it stay. The next try stops at the first one, which has been done
    already, and somebody has to mend the database by hand.

    ## Example
    ```sql
    -- +goose NO TRANSACTION
    -- +goose Up
    CREATE TABLE notes (id bigint);
    CREATE INDEX CONCURRENTLY notes_id ON notes (id);
    ```

    ## Use instead
    `CREATE TABLE IF NOT EXISTS`, or a transaction around all that can be in one.
    """

    severity = Severity.INFO

    def check_migration(self, migration: Migration) -> MigrationFindings:
        outside = [one for one in migration.operations if one.transaction is None and _changes(one)]
        if len(outside) < 2:
            return
        for one in outside:
            if _fails_again(one):
                words = "IF NOT EXISTS" if one.kind.startswith(("create_", "add_")) else "IF EXISTS"
                message = (
                    "this runs outside a transaction, among others: if the migration fails behind it, the next try "
                    f"fails here. Add {words}"
                )
                yield self.found(one, migration, message)

    examples = (
        Invalid(
            "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE shop_note (id bigint);\n"
            "CREATE INDEX CONCURRENTLY shop_note_id ON shop_note (id);\n",
            Expect(
                3,
                1,
                35,
                "this runs outside a transaction, among others: if the migration fails behind it, the next try fails "
                "here. Add IF NOT EXISTS",
            ),
            path="migrations/0002_note.sql",
        ),
        Valid(
            "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE IF NOT EXISTS shop_note (id bigint);\n"
            "CREATE INDEX CONCURRENTLY shop_note_id ON shop_note (id);\n",
            path="migrations/0002_note.sql",
        ),
        Valid("-- +goose NO TRANSACTION\n-- +goose Up\nDROP TABLE shop_note;\n", path="migrations/0002_note.sql"),
        Valid(sql="CREATE TABLE shop_note (id bigint);\nDROP TABLE shop_memo;"),
    )


_REPEATABLE = {
    Kind.CREATE_TABLE: "if_not_exists",
    Kind.CREATE_INDEX: "if_not_exists",
    Kind.CREATE_SCHEMA: "if_not_exists",
    Kind.CREATE_SEQUENCE: "if_not_exists",
    Kind.ADD_COLUMN: "if_not_exists",
    Kind.ADD_ENUM_VALUE: "if_not_exists",
    Kind.DROP_TABLE: "if_exists",
    Kind.DROP_INDEX: "if_exists",
    Kind.DROP_COLUMN: "if_exists",
    Kind.DROP_CONSTRAINT: "if_exists",
    Kind.DROP_VIEW: "if_exists",
    Kind.DROP_TYPE: "if_exists",
    Kind.DROP_SEQUENCE: "if_exists",
    Kind.DROP_SCHEMA: "if_exists",
}
_NO_CHANGES = (Kind.SET, Kind.READ, Kind.BEGIN, Kind.COMMIT, Kind.ROLLBACK, Kind.SAVEPOINT, Kind.STATE_ONLY)


def _changes(operation: Operation) -> bool:
    return operation.kind not in _NO_CHANGES and operation.dialect == "postgres"


def _fails_again(operation: Operation) -> bool:
    option = _REPEATABLE.get(operation.kind)
    if option is None or operation.guards or (operation.kind is Kind.CREATE_INDEX and operation.concurrently):
        return False
    return not getattr(operation, option)
