"""A constraint is validated in the transaction that adds it."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Related, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation


class ValidateInSameTransaction(MigrationRule):
    """
    ## What it does
    Finds `VALIDATE CONSTRAINT` of a constraint that the same transaction adds with `NOT VALID`.

    ## Why is this bad
    A lock is held until the transaction ends. `NOT VALID` takes a strong one for a moment, so that the validation can
    read under a weak one; in one transaction the strong one is held for the whole scan, and nothing was won.

    ## Example
    ```sql
    ALTER TABLE shop_order ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;
    ALTER TABLE shop_order VALIDATE CONSTRAINT total_positive;
    ```

    ## Use instead
    Two migrations, or a commit between the two where the tool allows that. In Alembic, where all pending migrations
    share a transaction unless `transaction_per_migration` is set, set it.
    """

    message = (
        "{name} of {table} is validated in the transaction that adds it: the lock of ADD CONSTRAINT is held for "
        "the whole "
        "scan. Put VALIDATE CONSTRAINT into a migration of its own"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        added: dict[tuple[str | None, str | None], Operation] = {}
        for one in migration.operations:
            if one.dialect != "postgres" or one.created_here:
                continue
            if one.kind is Kind.ADD_CONSTRAINT and one.constraint is not None and one.constraint.not_valid:
                added[one.table, one.name or one.constraint.name] = one
            first = added.get((one.table, one.name)) if one.kind is Kind.VALIDATE_CONSTRAINT else None
            if first is not None and first.transaction is not None and first.transaction == one.transaction:
                related = [Related(migration.path, first.region, "it is added here")]
                yield self.found(one, migration, self.message, related=related)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;\n"
            "ALTER TABLE shop_order VALIDATE CONSTRAINT total_positive;",
            finds=Found(
                "total_positive of shop_order is validated in the transaction that adds it: the lock of ADD "
                "CONSTRAINT is held for the whole scan. Put VALIDATE CONSTRAINT into a migration of its own",
                at="VALIDATE CONSTRAINT total_positive",
            ),
        ),
        Valid(
            sql="ALTER TABLE shop_order VALIDATE CONSTRAINT total_positive;",
            before="CREATE TABLE shop_order (id bigint, total int);\n"
            "ALTER TABLE shop_order ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;",
            title="An earlier migration added it:",
        ),
        Valid(sql="ALTER TABLE shop_order ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;"),
    )
