"""What a migration does cannot be told."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation


class OpaqueSql(MigrationRule):
    """
    ## What it does
    Finds operations whose kind cannot be determined: SQL that is put together at run time, `EXECUTE` of a text that is
    not known in a `DO` block, a call of a function or procedure, a command of psql that runs something else; and, as a
    warning, statements that are known to the server and not to relcheck.

    ## Why is this bad
    Nobody who reads the migration knows what it will do to the data, and no other rule can judge it: nothing is known
    is not the same as nothing is wrong.

    ## Example
    ```sql
    DO $$ BEGIN EXECUTE (SELECT command FROM pending_changes); END $$;
    ```

    ## Use instead
    The statements themselves. Where that cannot be, an approval that says what happens:
    `-- MIGRATION_APPROVED: drops the partitions of 2019, list in OPS-7`. Names that are filled in are no hindrance, as
    long as the verb is written: `DROP TABLE {name}` is read as what it is.
    """

    requires = (Kind.OPAQUE, Kind.OTHER)

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.kind is Kind.OPAQUE:
            message = f"what this does cannot be told: {operation.reason}. Write the statements out, or approve it"
            yield self.found(operation, migration, _plain(message))
        elif operation.kind is Kind.OTHER:
            message = (
                f"relcheck does not know what {operation.object_type or 'this statement'} does to data and locks: look "
                "at it, and approve it"
            )
            yield self.found(operation, migration, _plain(message), kind="unknown-statement", severity=Severity.WARNING)

    examples = (
        Invalid(
            sql="DO $$ BEGIN EXECUTE (SELECT command FROM pending); END $$;",
            finds=Found(
                "what this does cannot be told: EXECUTE runs a text that is put together at run time: `(SELECT command "
                "FROM pending)`. Write the statements out, or approve it",
                at="(SELECT command FROM pending)",
            ),
        ),
        Invalid(
            sql="SELECT clean_up();",
            finds="what this does cannot be told: it calls clean_up(), and what that does is not written here. Write "
            "the statements out, or approve it",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN total SET EXPRESSION AS (net * 2);",
            finds="relcheck does not know what ALTER TABLE SET EXPRESSION does to data and locks: look at it, and "
            "approve it",
        ),
        Valid(sql="DO $$ BEGIN EXECUTE 'DROP TABLE shop_order'; END $$;", title="The text is written here:"),
        Valid(sql="SELECT pg_sleep(1);"),
        Valid(alembic="for name in ('a', 'b'):\n    op.execute(f'DROP TABLE shop_{name}')"),
    )


def _plain(message: str) -> str:
    """The message with braces that stand for themselves."""
    return message.replace("{", "{{").replace("}", "}}")
