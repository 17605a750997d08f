"""A statement is no SQL of its database."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation


class UnparseableSql(MigrationRule):
    """
    ## What it does
    Finds statements that the database refuses to parse: PostgreSQL's own parser is asked, and for MySQL and SQLite one
    that knows them. The other statements of the file are judged all the same.

    ## Why is this bad
    The migration fails there; or the file is for another database than relcheck takes it for, and then nothing that is
    said of it is worth anything.

    ## Example
    ```sql
    ALTER TABEL orders DROP COLUMN note;
    ```

    ## Use instead
    ```sql
    ALTER TABLE orders DROP COLUMN note;
    ```
    Where the SQL is right, say which database it is for: `[migrations] dialect = "mysql"`, or for some folders
    `[[migrations.folders]]`.
    """

    requires = (Kind.UNPARSEABLE,)

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.kind is Kind.UNPARSEABLE:
            names = {"postgres": "PostgreSQL", "mysql": "MySQL", "sqlite": "SQLite"}
            message = (
                f"{names[operation.dialect]} refuses this: {operation.reason}. Mend it, or say which database it is for"
            )
            yield self.found(operation, migration, message.replace("{", "{{").replace("}", "}}"))

    examples = (
        Invalid(
            sql="DROP TABLE shop_line;\nALTER TABEL shop_order DROP COLUMN note;",
            finds=Found(
                'PostgreSQL refuses this: syntax error at or near "TABEL" (near `TABEL shop_order DROP COLUMN note`). '
                "Mend it, or say which database it is for",
                at="ALTER TABEL shop_order DROP COLUMN note",
            ),
        ),
        Invalid(
            sql="ALTER TABLE shop_order MODIFY note text;",
            finds=Found(
                'PostgreSQL refuses this: syntax error at or near "MODIFY" (near `MODIFY note text`). Mend it, or say '
                "which database it is for",
                at="ALTER TABLE shop_order MODIFY note text",
            ),
        ),
        Valid(sql="ALTER TABLE shop_order MODIFY note text;", dialect="mysql"),
        Valid(sql="ALTER TABLE shop_order DROP COLUMN note;"),
    )
