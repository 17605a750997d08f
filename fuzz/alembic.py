"""Migrations of Alembic: whatever their code does, it is read, and every place is in the file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from relcheck.model.finding import Region
from relcheck.sources.migration.alembic.env import read_env
from relcheck.sources.migration.alembic.read import read_alembic

ALEMBIC_TOKENS = (
    *b"op. batch_op. sa.Column( sa.text( sa.Enum( .create( .execute( .delete() .filter( session.query( None".split(),
    *b"autocommit_block() with as for in if else return yield lambda def class is not and or * ** [ ] ( ) { }".split(),
    *b"= == += , . : %s {} # MIGRATION_APPROVED: ROLLBACK: .dialect.name 'mysql' True \\N{SPACE} \\x41".split(),
    b"f'DROP TABLE {x}'",
    b'"""',
)
_HEAD = b"from alembic import op\nimport sqlalchemy as sa\nrevision = 'b'\ndown_revision = 'a'\n"
_CASES = Path(__file__).parents[1] / "tests" / "unit"


class AlembicFlaw(Exception):  # noqa: N818  # it says what it is
    """What must hold of a migration does not."""


@cache
def alembic_files() -> tuple[bytes, ...]:
    """The cases of the tests, each as a migration."""
    found: list[bytes] = []
    for path in sorted(_CASES.glob("alembic_cases_*.txt")):
        for case in path.read_bytes().split(b"---\n"):
            lines = [b"    " + line for line in case.splitlines() if not line.startswith(b"-> ")]
            found.append(_HEAD + b"def upgrade():\n" + b"\n".join(lines) + b"\ndef downgrade():\n    pass\n")
    return tuple(found)


def alembic(data: bytes) -> str:
    """A file of Alembic's versions, and the same as its environment."""
    text = data.decode("utf-8", "replace")
    read_env(text)
    found = read_alembic(text)
    if found is None:
        return "no migration"
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    operations = (*found.operations, *(found.down or ()))
    places = [one.region for one in operations] + [one.region for one in (*found.annotations, *found.problems)]
    places += [each.region for one in operations for each in one.related if not each.path]
    for region in places:
        if not _is_in(region, lines):
            raise AlembicFlaw(f"{region} is not in a file of {lines} lines")
    if found.problems:
        return "a problem"
    return "operations" if operations else "nothing"


def _is_in(region: Region, lines: int) -> bool:
    ends = (region.end_line, region.end_column)
    return 1 <= region.line <= lines and region.end_line <= lines and region.column >= 1 and (
        region.line, region.column
    ) <= ends  # fmt: skip
