"""An extension is installed or updated by a migration."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, Kind, Migration, MigrationFindings, Operation, operation


class CreateExtension(Hazard):
    """
    ## What it does
    Finds `CREATE EXTENSION` and `ALTER EXTENSION … UPDATE`.

    ## Why is this bad
    It needs rights that a deployment should not have (only some extensions are trusted), its script may lock or rewrite
    what it likes, and its version differs from server to server.

    ## Example
    ```sql
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    ```

    ## Use instead
    Install extensions where the server is set up, and let migrations rely on them.
    """

    requires = (Kind.CREATE_EXTENSION, Kind.ALTER_EXTENSION)
    severity = Severity.INFO
    on = operation("create_extension", "alter_extension", dialect="postgres", created_here=None)
    message = (
        "the extension {name} is {done} by a migration: that needs rights that a deployment should not have, and "
        "runs a script "
        "that may lock what it likes. Do it where the server is set up"
    )

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if self.on.matches(operation, migration.server_version):
            done = "installed" if operation.kind is Kind.CREATE_EXTENSION else "updated"
            yield self.found(operation, migration, self.message.replace("{done}", done))

    examples = (
        Invalid(
            sql="CREATE EXTENSION IF NOT EXISTS pg_trgm;",
            finds="the extension pg_trgm is installed by a migration: that needs rights that a deployment should "
            "not have, and runs a script that may lock what it likes. Do it where the server is set up",
        ),
        Invalid(
            sql="ALTER EXTENSION pg_trgm UPDATE;",
            finds="the extension pg_trgm is updated by a migration: that needs rights that a deployment should "
            "not have, and runs a script that may lock what it likes. Do it where the server is set up",
        ),
        Valid(sql="COMMENT ON EXTENSION pg_trgm IS 'similar words';"),
    )
