"""What a migration was read as is what it is rendered to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from relcheck.sdk import Expect, Invalid, Valid
from relcheck.sdk.migration import Migration, MigrationFinding, MigrationFindings, MigrationRule, Operation
from relcheck.sdk.rendered import Difference, Rendered, compared, sections
from relcheck.sdk.rule import Project
from relcheck.sdk.telling import told

_ALEMBIC = (
    'from alembic import op\n\nrevision = "0001"\ndown_revision = None\n\n\ndef upgrade():\n'
    '    op.drop_column("shop_order", "note")\n\n\ndef downgrade():\n    raise NotImplementedError\n'
)


class RenderedDiffers(MigrationRule):
    """
    ## What it does
    With `--rendered FILE.sql` it holds the migrations that are gated against SQL that the team has rendered from them:
    an operation that is in the one and not in the other, or otherwise. `alembic upgrade BASE:HEAD --sql` names the
    revision before the SQL of each, and each is compared with its own; other SQL (`manage.py sqlmigrate`) is compared
    with the gated migrations of the tool that it fits best. Transactions, settings, the tables in which tools keep what
    was applied, and names of constraints are left out. Code in Python is not rendered, so nothing is said of it.

    ## Why is this bad
    Either the SQL was rendered from something else than what is reviewed, or relcheck has read the migration otherwise
    than it runs, and what it says of it is not to be relied on.

    ## Example
    ```python
    op.drop_column("shop_order", "note")
    ```
    ```sql
    -- Running upgrade  -> 0001
    ALTER TABLE shop_order DROP COLUMN note;
    DROP TABLE shop_coupon;
    ```

    ## Use instead
    Render the SQL anew, from the same revision and for the same database. Where a difference stays, review what the SQL
    says, and report the migration.
    """

    approvable = False  # what was approved is the operation as it was read

    def check_project(self, project: Project[object]) -> MigrationFindings:
        rendered = project.rendered
        if rendered is None:
            return
        gated = [one for one in project.migrations.migrations if project.is_gated(one) and not one.restates]
        parts = sections(rendered)
        if not parts:
            yield from self._told(_likeliest(gated, rendered), rendered)
            return
        yield from self._by_revision([one for one in gated if one.framework == "alembic"], rendered, parts)

    def _by_revision(
        self, migrations: Iterable[Migration], rendered: Rendered, parts: Mapping[str, tuple[int, int]]
    ) -> MigrationFindings:
        for one in migrations:
            if one.id in parts:
                yield from self._told(compared([one], rendered, *parts[one.id]), rendered)
            else:
                yield self.found_in(
                    one,
                    f"{rendered.name} does not hold this migration, so nothing of it was compared. Render it from the "
                    "revision before this one",
                    key="not-rendered",
                    kind="not-rendered",
                )

    def _told(self, found: Iterable[tuple[Migration, Difference]], rendered: Rendered) -> MigrationFindings:
        for migration, one in found:
            if one.read is not None:
                yield self._of_operation(migration, one.read, one, rendered.name)
            elif one.rendered is not None:
                yield self._of_statement(migration, one.rendered, one.line, rendered.name)

    def _of_statement(self, migration: Migration, statement: Operation, line: int, name: str) -> MigrationFinding:
        return self.found_in(
            migration,
            f"{name}, line {line}, {told(statement)}, and nothing here was read as that: what relcheck says of this "
            "migration leaves it out. Review that statement, or render the SQL anew",
            key=f"rendered:{statement.subject}",
            kind="only-rendered",
            details={"rendered": " ".join(statement.sql.split())},
        )

    def _of_operation(self, migration: Migration, read: Operation, one: Difference, name: str) -> MigrationFinding:
        said = told(read)
        if one.rendered is None:
            kind = "only-read"
            message = (
                f"this {said}, and {name} has no such statement: it was rendered from something else. Render it anew"
            )
        else:
            kind = "rendered-otherwise"
            message = (
                f"this {said}, and in {name}, line {one.line}, {one.what}: one of the two is not what will run. Render "
                "the SQL anew, and review what it says"
            )
        return self.found(read, migration, "{said}", words={"said": message}, kind=kind)

    examples = (
        Invalid(
            _ALEMBIC,
            Expect(
                3,
                1,
                9,
                "rendered.sql, line 3, drops the table shop_coupon, and nothing here was read as that: what relcheck "
                "says of this migration leaves it out. Review that statement, or render the SQL anew",
                kind="only-rendered",
            ),
            path="alembic/versions/0001_note.py",
            rendered="-- Running upgrade  -> 0001\nALTER TABLE shop_order DROP COLUMN note;\nDROP TABLE shop_coupon;\n",
        ),
        Invalid(
            "CREATE INDEX CONCURRENTLY by_number ON shop_order (number);\n",
            Expect(
                1,
                1,
                59,
                "this builds the index by_number on shop_order (number) concurrently, and in rendered.sql, line 1, "
                "CONCURRENTLY is not in it: one of the two is not what will run. Render the SQL anew, and review what "
                "it says",
            ),
            path="db/migration/V1__index.sql",
            rendered="CREATE INDEX by_number ON shop_order (number);\n",
        ),
        Invalid(
            "ALTER TABLE shop_order DROP COLUMN note;\n",
            Expect(
                1,
                24,
                40,
                "this drops the column shop_order.note, and rendered.sql has no such statement: it was rendered from "
                "something else. Render it anew",
            ),
            path="db/migration/V1__note.sql",
            rendered="BEGIN;\nCOMMIT;\n",
        ),
        Valid(
            _ALEMBIC,
            path="alembic/versions/0001_note.py",
            rendered="BEGIN;\n\nCREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);\n\n"
            "-- Running upgrade  -> 0001\n\nALTER TABLE shop_order DROP COLUMN note;\n\n"
            "INSERT INTO alembic_version (version_num) VALUES ('0001');\n\nCOMMIT;\n",
        ),
        Valid(_ALEMBIC, path="alembic/versions/0001_note.py", title="Nothing was rendered:"),
    )


def _likeliest(migrations: Iterable[Migration], rendered: Rendered) -> list[tuple[Migration, Difference]]:
    """The differences to those migrations, tool by tool, that leave the fewest statements over."""
    tools: dict[str, list[Migration]] = {}
    for one in migrations:
        if one.framework != "alembic":
            tools.setdefault(one.framework, []).append(one)
    found = [list(compared(each, rendered)) for each in tools.values()]
    return min(found, key=lambda each: sum(one.read is None for _, one in each), default=[])
