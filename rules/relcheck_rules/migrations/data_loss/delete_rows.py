"""Some rows are deleted by a migration."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, operation


class DeleteRows(MigrationRule):
    """
    ## What it does
    Finds `DELETE … WHERE` and `TRUNCATE`-like deletions by the ORM (`QuerySet.delete()` in `RunPython`) of tables that
    the same migration did not create.

    ## Why is this bad
    A migration runs in every environment, without anybody looking at what it deletes there. A correction of data wants
    a dry run, a count and an approval.

    ## Example
    ```sql
    DELETE FROM shop_session WHERE ended_at < '2020-01-01';
    ```

    ## Use instead
    A reviewed correction of data outside of the deployment, with a dry run that counts the rows first; or an approval
    beside the statement.
    """

    severity = Severity.WARNING
    message = (
        "rows of {table} are deleted wherever this runs, and nobody sees which. "
        "Count them in a dry run first, and say why they may go: MIGRATION_APPROVED: reason"
    )
    by_code = (
        "rows are deleted by code wherever this runs, and nobody sees which. "
        "Count them in a dry run first, and say why they may go: MIGRATION_APPROVED: reason"
    )

    @on(operation("delete"))
    def deleted(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.has_where is not False or operation.object_type:
            yield self.found(operation, migration, self.message)

    @on(operation("data_code"))
    def deleted_by_code(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.name == "delete":
            yield self.found(operation, migration, self.message if operation.table else self.by_code, kind="code")

    examples = (
        Invalid(
            sql="DELETE FROM shop_session WHERE user_id IS NULL;",
            finds="rows of shop_session are deleted wherever this runs, and nobody sees which. Count them in a "
            "dry run first, and say why they may go: MIGRATION_APPROVED: reason",
        ),
        Valid(sql="DELETE FROM shop_session;", title="This is migrations/delete-without-where:"),
        Valid(sql="CREATE TABLE shop_import (id bigint);\nDELETE FROM shop_import WHERE id = 1;"),
    )
