"""Migrations cannot be put in an order."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Valid
from relcheck.sdk.migration import MigrationFindings, MigrationRule
from relcheck.sdk.rule import Project


class BrokenChain(MigrationRule):
    """
    ## What it does
    Finds a migration that builds on one which no file defines, two migrations of the same name, and migrations that
    build on each other in a circle.

    ## Why is this bad
    The tool refuses to run, or runs one of the two and never the other.

    ## Example
    ```python
    revision = "4a1b"
    down_revision = "0000"  # no such revision
    ```

    ## Use instead
    The revision that was meant: the one that was applied last.
    """

    def check_project(self, project: Project[object]) -> MigrationFindings:
        for chain in project.migrations.chains:
            by_path = {one.path: one for one in chain.migrations}
            for path, problem in chain.problems:
                migration = by_path.get(path)
                if migration is None:
                    migration = next((one for one in chain.migrations if one.down_path == path), None)
                if migration is None and chain.migrations:
                    migration = chain.migrations[0]
                if migration is not None and project.is_gated(by_path.get(path, migration)):
                    yield self.found_in(
                        migration,
                        problem.message,
                        key=problem.kind,
                        kind=problem.kind,
                        region=problem.region,
                        path=path,
                    )

    examples = (
        Invalid(
            'revision = "b"\ndown_revision = "zz"\n\n\ndef upgrade():\n    pass\n',
            Expect(
                1,
                1,
                9,
                "b builds on zz, which no file defines: it cannot be applied. Name one that exists",
            ),
            path="alembic/versions/b.py",
            files={"alembic/versions/a.py": 'revision = "a"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n'},
        ),
        Valid(
            'revision = "b"\ndown_revision = "a"\n\n\ndef upgrade():\n    pass\n',
            path="alembic/versions/b.py",
            files={"alembic/versions/a.py": 'revision = "a"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n'},
        ),
    )
