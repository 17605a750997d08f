"""A tool does not take a file for the migration that it is meant to be."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule

_TOLD_ELSEWHERE = ("nul",)


class MalformedMigration(MigrationRule):
    """
    ## What it does
    Finds files that their tool refuses or passes over: a name that Flyway does not know, a file of goose or dbmate
    without its section for the way up or with two of them, a `StatementBegin` without an end, a way down without the
    way up, and a migration in Python that cannot be read.

    ## Why is this bad
    The migration is not applied, or not as it reads; with Flyway nobody hears of it.

    ## Example
    `V7_add_note.sql`

    ## Use instead
    `V7__add_note.sql`
    """

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for number, problem in enumerate(migration.problems):
            if problem.kind not in _TOLD_ELSEWHERE:
                yield self.found_in(
                    migration, problem.message, key=f"{problem.kind}:{number}", kind=problem.kind, region=problem.region
                )

    examples = (
        Invalid(
            "-- migrate:down\nSELECT 1;\n",
            Expect(1, 1, 1, "the file has no line `-- migrate:up`: dbmate refuses it"),
            path="db/migrations/2_note.sql",
            files={"db/migrations/1_first.sql": "-- migrate:up\nSELECT 1;\n"},
        ),
        Invalid(
            "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n",
            Expect(1, 1, 1, "a StatementBegin has no StatementEnd: goose refuses the file"),
            path="migrations/0002_note.sql",
        ),
        Valid("-- +goose Up\nSELECT 1;\n", path="migrations/0002_note.sql"),
    )
