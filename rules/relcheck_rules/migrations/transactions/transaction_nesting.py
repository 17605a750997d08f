"""A migration begins or ends a transaction that is its tool's."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Related, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFinding, MigrationFindings, MigrationRule, Operation


class TransactionNesting(MigrationRule):
    """
    ## What it does
    Finds `BEGIN` in a transaction that is open already, by the tool or by another `BEGIN`; `COMMIT` and `ROLLBACK` that
    end the tool's transaction; and those that end none.

    ## Why is this bad
    A second `BEGIN` opens nothing, and the first `COMMIT` ends what the tool has opened: the statements behind it are
    committed one by one, and when one fails the migration is applied by half, while the tool believes that it was taken
    back.

    ## Example
    ```sql
    -- migrate:up
    BEGIN;
    ALTER TABLE orders ADD COLUMN note text;
    COMMIT;
    ```

    ## Use instead
    ```sql
    -- migrate:up
    ALTER TABLE orders ADD COLUMN note text;
    ```
    Leave transactions to the tool, or tell it to open none: `autocommit_block()` in Alembic, `atomic = False` in
    Django, `transaction:false` in dbmate, `-- +goose NO TRANSACTION` in goose.
    """

    requires = (Kind.BEGIN, Kind.COMMIT, Kind.ROLLBACK)

    def check_migration(self, migration: Migration) -> MigrationFindings:
        begun: Operation | None = None
        nested = False
        for one in migration.operations:
            if one.kind is Kind.BEGIN:
                if one.transaction is not None:
                    where = [Related(migration.path, begun.region, "it is opened here")] if begun is not None else []
                    opener = "another BEGIN" if begun is not None else f"{_shown(migration)}"
                    message = (
                        f"BEGIN in the transaction that {opener} has opened: it opens none, and the next COMMIT ends "
                        "the outer one. Take it out, with its COMMIT"
                    )
                    yield self.found(one, migration, message, kind="nested-begin", related=where)
                    nested = True
                begun = one
            elif one.kind in (Kind.COMMIT, Kind.ROLLBACK):
                if not nested and begun is None:
                    yield self._ends(one, migration)
                begun, nested = None, False

    def _ends(self, one: Operation, migration: Migration) -> MigrationFinding:
        word = one.kind.upper()
        if one.transaction is None:
            message = f"{word} where no transaction is open: it does nothing. Take it out"
            return self.found(one, migration, message, kind="ends-none")
        message = (
            f"{word} ends the transaction that {_shown(migration)} has opened: what follows is committed statement by "
            "statement, and what came before cannot be taken back. Take it out"
        )
        return self.found(one, migration, message, kind="ends-the-tools")

    examples = (
        Invalid(
            "-- migrate:up\nBEGIN;\nALTER TABLE shop_order ADD COLUMN note text;\nCOMMIT;\n",
            Expect(
                2,
                1,
                6,
                "BEGIN in the transaction that dbmate has opened: it opens none, and the next COMMIT ends the outer "
                "one. Take it out, with its COMMIT",
            ),
            path="db/migrations/2_note.sql",
        ),
        Invalid(
            "BEGIN;\nBEGIN;\nDROP TABLE shop_order;\nCOMMIT;\n",
            Expect(
                2,
                1,
                6,
                "BEGIN in the transaction that another BEGIN has opened: it opens none, and the next COMMIT ends the "
                "outer one. Take it out, with its COMMIT",
            ),
            path="prisma/migrations/2_drop/migration.sql",
        ),
        Invalid(
            alembic="op.execute('COMMIT')\nop.execute('VACUUM shop_order')",
            finds="COMMIT ends the transaction that Alembic has opened: what follows is committed statement by "
            "statement, and what came before cannot be taken back. Take it out",
        ),
        Invalid(
            "DROP TABLE shop_order;\nBEGIN;\nDROP TABLE shop_line;\nCOMMIT;\nCOMMIT;\n",
            Expect(5, 1, 7, "COMMIT where no transaction is open: it does nothing. Take it out"),
            path="prisma/migrations/2_drop/migration.sql",
        ),
        Valid(
            "BEGIN;\nDROP TABLE shop_order;\nCOMMIT;\n",
            path="prisma/migrations/2_drop/migration.sql",
            title="Prisma opens no transaction of its own:",
        ),
        Valid("-- migrate:up transaction:false\nBEGIN;\nSELECT 1;\nCOMMIT;\n", path="db/migrations/2_note.sql"),
        Valid(sql="SAVEPOINT a;\nDROP TABLE shop_order;\nROLLBACK TO a;"),
    )


def _shown(migration: Migration) -> str:
    names = {"alembic": "Alembic", "django": "Django", "flyway": "Flyway", "prisma": "Prisma", "supabase": "Supabase"}
    return names.get(migration.framework, migration.framework)
