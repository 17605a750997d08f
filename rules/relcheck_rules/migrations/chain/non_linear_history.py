"""A new migration is put before those that were applied."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Related, Valid
from relcheck.sdk.migration import Chain, Migration, MigrationFindings, MigrationRule
from relcheck.sdk.rule import Project

_GRAPHS = ("alembic", "django", "sqitch")
_WHAT_HAPPENS = {
    "flyway": "Flyway refuses it on databases that have the later one",
    "golang-migrate": "databases that have the later one pass over it, and nobody hears of it",
    "goose": "goose refuses it on databases that have the later one",
    "supabase": "the CLI refuses it on databases that have the later one",
    "dbmate": "databases that have the later one apply the two in the other order",
    "prisma": "databases that have the later one apply the two in the other order",
}


class NonLinearHistory(MigrationRule):
    """
    ## What it does
    Finds a new migration whose version sorts before one that the base of the change has. Only a scan with `--base` can
    tell, and only tools that go by the version in the name are concerned: Prisma, Flyway, dbmate, goose,
    golang-migrate, Supabase.

    ## Why is this bad
    Databases that have applied the later one skip this one, refuse it, or apply both in another order than a new
    database does: they are no longer the same.

    ## Example
    `0007_note.sql`, when the main branch already has `0008_memo.sql`.

    ## Use instead
    Give it a version behind the last one.
    """

    def check_project(self, project: Project[object]) -> MigrationFindings:
        before = project.before
        if before is None:
            return
        then = {chain.environment: chain for chain in before.migrations.chains}
        for chain in project.migrations.chains:
            known = then.get(chain.environment)
            if known is None:
                continue
            paths = {one.path for one in known.migrations}
            last = _last_known(chain, paths, project)
            for one in chain.migrations:
                is_new = project.origin(one.path) is None and one.path not in paths
                if last is None or not is_new or not project.is_gated(one) or not _is_before(one, last, chain):
                    continue
                happens = _WHAT_HAPPENS.get(
                    one.framework, "databases that have the later one are not the same as new ones"
                )
                message = (
                    f"{one.path.rpartition('/')[2]} sorts before {_shown(last)}, which the base has already: "
                    f"{happens}. Give it a version behind the last one"
                )
                related = [Related(last.path, last.region, "the last one that the base has")]
                yield self.found_in(one, message, key="order", related=related)

    examples = (
        Invalid(
            "SELECT 2;\n",
            Expect(
                1,
                1,
                1,
                "V2__b.sql sorts before V3__c.sql, which the base has already: Flyway refuses it on databases that "
                "have the later one. Give it a version behind the last one",
            ),
            path="sql/V2__b.sql",
            files={"sql/V1__a.sql": "SELECT 1;\n", "sql/V3__c.sql": "SELECT 3;\n"},
            earlier={"sql/V1__a.sql": "SELECT 1;\n", "sql/V3__c.sql": "SELECT 3;\n"},
        ),
        Valid(
            "SELECT 4;\n",
            path="sql/V4__d.sql",
            files={"sql/V1__a.sql": "SELECT 1;\n", "sql/V3__c.sql": "SELECT 3;\n"},
            earlier={"sql/V1__a.sql": "SELECT 1;\n", "sql/V3__c.sql": "SELECT 3;\n"},
        ),
        Valid(
            "SELECT 2;\n",
            path="sql/V2__b.sql",
            files={"sql/V1__a.sql": "SELECT 1;\n", "sql/V3__c.sql": "SELECT 3;\n"},
            earlier={"sql/V1__a.sql": "SELECT 1;\n"},
            title="Both are new:",
        ),
    )


def _last_known(chain: Chain, paths: set[str], project: Project[object]) -> Migration | None:
    """The last migration that the base has, among those that have a version."""
    found = [
        one
        for one in chain.migrations
        if one.framework not in _GRAPHS
        and not one.id.startswith("R__")
        and (one.path in paths or project.origin(one.path) is not None)
    ]
    return found[-1] if found else None


def _is_before(one: Migration, last: Migration, chain: Chain) -> bool:
    if one.framework in _GRAPHS or one.id.startswith("R__"):
        return False
    return chain.migrations.index(one) < chain.migrations.index(last)


def _shown(migration: Migration) -> str:
    return migration.id if migration.framework == "prisma" else migration.path.rpartition("/")[2]
