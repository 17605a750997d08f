"""A constraint is validated in the transaction that adds it."""

from __future__ import annotations

from collections.abc import Sequence

from relcheck.sdk import Expect, Found, Invalid, Related, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation

_FIRST = {
    "alembic.ini": "[alembic]\nscript_location = alembic\n",
    "alembic/versions/0001_first.py": 'from alembic import op\n\nrevision = "0001"\ndown_revision = None\n\n\n'
    "def upgrade():\n"
    "    op.create_check_constraint('total_positive', 'shop_order', 'total > 0', postgresql_not_valid=True)\n",
    "alembic/env.py": "from alembic import context\n\n\ndef run_migrations_online():\n"
    "    with context.begin_transaction():\n        context.run_migrations()\n\n\nrun_migrations_online()\n",
}
_SECOND = (
    'from alembic import op\n\nrevision = "0002"\ndown_revision = "0001"\n\n\ndef upgrade():\n'
    "    op.execute('ALTER TABLE shop_order VALIDATE CONSTRAINT total_positive')\n"
)


def _added(one: Operation) -> dict[tuple[str | None, str | None], Operation]:
    """The constraint that an operation adds without a look at the rows."""
    if one.kind is not Kind.ADD_CONSTRAINT or one.constraint is None or not one.constraint.not_valid:
        return {}
    return {(one.table, one.name or one.constraint.name): one}


class ValidateInSameTransaction(MigrationRule):
    """
    ## What it does
    Finds `VALIDATE CONSTRAINT` of a constraint that the same transaction adds with `NOT VALID`. In Alembic that is the
    case across migrations too, where one follows the other and `env.py` does not say `transaction_per_migration=True`.

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

    requires = (Kind.VALIDATE_CONSTRAINT,)
    message = (
        "{name} of {table} is validated in the transaction that adds it: the lock of ADD CONSTRAINT is held for "
        "the whole scan. Put VALIDATE CONSTRAINT into a migration of its own"
    )
    across = (
        "{name} of {table} is added by the migration before, and all pending migrations share a transaction: its "
        "lock is "
        "held for the whole scan. Say transaction_per_migration=True in env.py, or deploy the two apart"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        added: dict[tuple[str | None, str | None], Operation] = {}
        for one in migration.operations:
            if one.dialect == "postgres" and not one.created_here:
                added |= _added(one)
                first = added.get((one.table, one.name)) if one.kind is Kind.VALIDATE_CONSTRAINT else None
                if first is not None and first.transaction is not None and first.transaction == one.transaction:
                    related = [Related(migration.path, first.region, "it is added here")]
                    yield self.found(one, migration, self.message, related=related)

    def check_chains(self, migrations: Sequence[Migration]) -> MigrationFindings:
        known = {one.id: one for one in migrations}
        for migration in migrations:
            for parent in (known[one] for one in migration.parents if one in known):
                if migration.transaction_over_all and parent.transaction_over_all and self.is_gated(parent):
                    yield from self._shared(parent, migration)

    def _shared(self, parent: Migration, migration: Migration) -> MigrationFindings:
        if any(one.transaction is None for one in (*parent.operations, *migration.operations)):
            return  # an autocommit block commits what was before it
        added: dict[tuple[str | None, str | None], Operation] = {}
        for one in parent.operations:
            added |= _added(one)
        for one in migration.operations:
            first = added.get((one.table, one.name)) if one.kind is Kind.VALIDATE_CONSTRAINT else None
            if first is not None and not first.created_here:
                related = [Related(parent.path, first.region, "it is added here")]
                yield self.found(one, migration, self.across, kind="across", related=related, severity=Severity.WARNING)

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
        Invalid(
            _SECOND,
            Expect(
                8,
                40,
                74,
                "total_positive of shop_order is added by the migration before, and all pending migrations share a "
                "transaction: its lock is held for the whole scan. Say transaction_per_migration=True in env.py, or "
                "deploy the two apart",
            ),
            path="alembic/versions/0002_second.py",
            files=_FIRST,
            settings="[migrations]\nhistory = true\n",
        ),
    )
