"""An index that is not valid counts as there."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule


class IfNotExistsInvalidIndex(MigrationRule):
    """
    ## What it does
    Finds `CREATE INDEX CONCURRENTLY IF NOT EXISTS` where the same migration does not drop the index before.

    ## Why is this bad
    When an index cannot be built concurrently, it stays behind and is not valid: it is kept up to date and never used
    (PostgreSQL manual, CREATE INDEX, "Building Indexes Concurrently"). `IF NOT EXISTS` looks at the name alone, so that
    the next try succeeds and does nothing.

    ## Example
    ```sql
    CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_number ON orders (number);
    ```

    ## Use instead
    ```sql
    DROP INDEX CONCURRENTLY IF EXISTS orders_number;
    CREATE INDEX CONCURRENTLY orders_number ON orders (number);
    ```
    """

    requires = (Kind.CREATE_INDEX,)
    severity = Severity.INFO
    message = (
        "when building {name} fails, an index that is not valid stays behind, and IF NOT EXISTS takes it for this one. "
        "Drop it first (DROP INDEX CONCURRENTLY IF EXISTS) and leave IF NOT EXISTS out"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        dropped: set[str | None] = set()
        for one in migration.operations:
            if one.kind is Kind.DROP_INDEX:
                dropped.add(one.name)
            hides = one.kind is Kind.CREATE_INDEX and one.concurrently and one.if_not_exists
            if hides and one.dialect == "postgres" and one.name not in dropped:
                yield self.found(one, migration, self.message)

    examples = (
        Invalid(
            sql="CREATE INDEX CONCURRENTLY IF NOT EXISTS shop_order_number ON shop_order (number);",
            finds="when building shop_order_number fails, an index that is not valid stays behind, and IF NOT EXISTS "
            "takes it for this one. Drop it first (DROP INDEX CONCURRENTLY IF EXISTS) and leave IF NOT EXISTS out",
        ),
        Valid(
            sql="DROP INDEX CONCURRENTLY IF EXISTS shop_order_number;\n"
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS shop_order_number ON shop_order (number);"
        ),
        Valid(sql="CREATE INDEX IF NOT EXISTS shop_order_number ON shop_order (number);"),
    )
