"""A way back does not lose what the way up has filled."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation

_FILLS = frozenset({Kind.INSERT, Kind.UPDATE, Kind.COPY, Kind.DATA_CODE})


def _code(*statements: str, note: str = "") -> str:
    return (
        f"import sqlalchemy as sa\nfrom alembic import op\n\nrevision = '2'\ndown_revision = '1'\n\n\n{note}"
        f"def upgrade():\n{''.join(f'    {one}{chr(10)}' for one in statements)}\n\n"
        "def downgrade():\n    op.drop_column('orders', 'total')\n"
    )


_ADD = "op.add_column('orders', sa.Column('total', sa.Integer()))"
_FILL = "op.execute('UPDATE orders SET total = price WHERE total IS NULL')"


def _django(reverse: str) -> str:
    return (
        "from django.db import migrations, models\n\n\ndef fill(apps, schema_editor):\n"
        "    apps.get_model('shop', 'Order').objects.filter(total=None).update(total=0)\n\n\n"
        "class Migration(migrations.Migration):\n    dependencies = []\n    operations = [\n"
        "        migrations.AddField('order', 'total', models.IntegerField(null=True)),\n"
        f"        migrations.RunPython(fill, {reverse}),\n    ]\n"
        "\n\ndef keep(apps, schema_editor):\n    Order = apps.get_model('shop', 'Order')\n"
        "    Order.objects.filter(total__gt=0).update(note='had a total')\n"
    )


class LossyDowngrade(MigrationRule):
    """
    ## What it does
    Finds migrations that fill a column or table which their way back drops. In Django the way back of `AddField` and
    `CreateModel` is to drop. A way back that moves rows itself is trusted, and a comment `ROLLBACK: …` in the file,
    which says how the data is had back, is enough.

    ## Why is this bad
    A rollback is taken for harmless, for there is a way back. What was filled, and all that the new release has
    written since, is gone with it; migrating up again fills the column with what the migration knew.

    ## Example
    ```python
    def upgrade():
        op.add_column("order", sa.Column("total", sa.Integer()))
        op.execute("UPDATE \"order\" SET total = price * quantity")

    def downgrade():
        op.drop_column("order", "total")
    ```

    ## Use instead
    ```python
    # ROLLBACK: deploy the former release and leave the column; it is dropped when no release needs it
    ```
    """

    severity = Severity.INFO
    message = (
        "the way back drops {what}, which this migration fills: whatever was written there since is lost by a "
        "rollback. Say in a comment how it is had back: ROLLBACK: …"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        if migration.rollback or migration.down is None or any(one.kind in _FILLS for one in migration.down):
            return
        told: set[str] = set()
        for dropped in reversed(migration.down) if migration.framework == "django" else migration.down:
            what = f"{dropped.table}.{dropped.column}" if dropped.kind is Kind.DROP_COLUMN else f"{dropped.table}"
            if what not in told and any(_fills(one, dropped) for one in migration.operations):
                told.add(what)
                yield self.found_in(
                    migration,
                    self.message.format(what=what),
                    key=f"lost:{what}",
                    region=dropped.region,
                    path=migration.down_path,
                )

    examples = (
        Invalid(
            _code(_ADD, _FILL),
            Expect(
                14,
                5,
                38,
                "the way back drops orders.total, which this migration fills: whatever was written there since is "
                "lost by a rollback. Say in a comment how it is had back: ROLLBACK: …",
            ),
            path="alembic/versions/2_total.py",
        ),
        Invalid(
            _django("migrations.RunPython.noop"),
            Expect(
                11,
                9,
                78,
                "the way back drops shop_order.total, which this migration fills: whatever was written there since is "
                "lost by a rollback. Say in a comment how it is had back: ROLLBACK: …",
            ),
            path="shop/migrations/0002_total.py",
            title="Django drops the column by itself:",
        ),
        Valid(_django("keep"), path="shop/migrations/0002_total.py"),
        Valid(
            _code(_ADD),
            path="alembic/versions/2_total.py",
            title="Nothing is in it but what the next release writes:",
        ),
        Valid(
            _code(_ADD, _FILL, note="# ROLLBACK: the former release goes on with price and quantity, which stay\n"),
            path="alembic/versions/2_total.py",
        ),
    )


def _fills(one: Operation, dropped: Operation) -> bool:
    """Whether an operation writes what is dropped; a default that Django gives rows by itself is no such thing."""
    if one.kind not in _FILLS or one.table is None or one.table != dropped.table or one.name == "delete":
        return False
    return dropped.kind is Kind.DROP_TABLE or (dropped.kind is Kind.DROP_COLUMN and dropped.column in one.columns)
