"""Migrations wait for locks without a limit."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import MigrationFindings, MigrationRule
from relcheck.sdk.rule import Project
from relcheck_rules.migrations._timeouts import without_timeout


class MissingLockTimeout(MigrationRule):
    """
    ## What it does
    Reports, once for each environment of migrations, that operations which block others run without `lock_timeout`
    (`lock_wait_timeout` on MySQL). It may be set in the migration, in `env.py` or the connection, or elsewhere, which
    `[migrations] timeouts = ["lock_timeout"]` says.

    ## Why is this bad
    An `ALTER TABLE` that waits for one long query makes everybody wait who comes after it, readers included: the table
    is out of use for as long as that query runs, however fast the change itself is.

    ## Example
    ```sql
    ALTER TABLE orders ADD COLUMN note text;
    ```

    ## Use instead
    ```sql
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN note text;
    ```
    and let the deployment try again when it fails. It is set best where all migrations pass: in `env.py`, in the
    options of the connection, or for the role that migrates.
    """

    severity = Severity.WARNING

    def check_project(self, project: Project[object]) -> MigrationFindings:
        for first, migration, count in without_timeout(project, "lock_timeout"):
            others = f" (and {count - 1} more here)" if count > 1 else ""
            name = "lock_wait_timeout" if first.dialect == "mysql" else "lock_timeout"
            yield self.found(
                first,
                migration,
                "{table} is locked without a limit on the wait" + others + ": while the lock is waited for, everybody "
                f"who comes after waits too. Set {name}, here or for all migrations",
            )

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN note text;",
            finds="shop_order is locked without a limit on the wait: while the lock is waited for, everybody who comes "
            "after waits too. Set lock_timeout, here or for all migrations",
        ),
        Valid(sql="SET lock_timeout = '2s';\nALTER TABLE shop_order ADD COLUMN note text;"),
        Valid(sql="CREATE TABLE shop_line (id bigint);\nALTER TABLE shop_line ADD COLUMN note text;"),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN note text;",
            settings='timeouts = ["lock_timeout"]',
            title="It is set for the role that migrates:",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN note text;", dialect="sqlite"),
    )
