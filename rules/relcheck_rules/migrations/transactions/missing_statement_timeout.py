"""Statements that take as long as there are rows run without a limit."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import MigrationFindings, MigrationRule
from relcheck.sdk.rule import Project
from relcheck_rules.migrations._timeouts import without_timeout


class MissingStatementTimeout(MigrationRule):
    """
    ## What it does
    Reports, once for each environment of migrations, that operations which scan or rewrite a table while others wait
    run without `statement_timeout`. It may be set in the migration, in `env.py` or the connection, or elsewhere, which
    `[migrations] timeouts = ["statement_timeout"]` says.

    ## Why is this bad
    Nobody knows how long a table with all of production's rows takes. Without a limit the outage lasts until somebody
    finds the statement and ends it.

    ## Example
    ```sql
    ALTER TABLE orders ALTER COLUMN id TYPE bigint;
    ```

    ## Use instead
    ```sql
    SET statement_timeout = '30s';
    ALTER TABLE orders ALTER COLUMN id TYPE bigint;
    ```
    and a higher limit for what blocks nobody, such as `VALIDATE CONSTRAINT` and `CREATE INDEX CONCURRENTLY`.
    """

    severity = Severity.INFO

    def check_project(self, project: Project[object]) -> MigrationFindings:
        for first, migration, count in without_timeout(project, "statement_timeout"):
            others = f" (and {count - 1} more here)" if count > 1 else ""
            yield self.found(
                first,
                migration,
                "this works through all rows of {table} while others wait, without a limit"
                + others
                + ". Set statement_timeout, here or for all migrations",
            )

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN id TYPE bigint;",
            before="CREATE TABLE shop_order (id int);",
            finds="this works through all rows of shop_order while others wait, without a limit. Set "
            "statement_timeout, here or for all migrations",
        ),
        Valid(sql="SET statement_timeout = '9s';\nALTER TABLE shop_order ALTER COLUMN id TYPE bigint;"),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN note text;"),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN id TYPE bigint;",
            settings='timeouts = ["statement_timeout"]',
        ),
    )
