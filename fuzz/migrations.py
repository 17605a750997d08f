"""SQL of migrations: whatever the text, no character is lost, every place is in it, and nothing ends the reading."""

from __future__ import annotations

from functools import cache

from relcheck.engine.catalog import load_catalog, load_rule
from relcheck.sources.migration.migration import Framework
from relcheck.sources.migration.operation import Dialect
from relcheck.sources.migration.sql.files import read_sql_file
from relcheck.sources.migration.sql.scanner import cut

TOKENS = tuple(
    b"; ' \" ` $$ $a$ -- /* */ /*! # \\ ( ) , . :: :a %s ? E' U&' [ ] { } ${a} {{ a }} {% if %} \xef\xbf\xbc "
    b"CREATE ALTER TABLE DROP ADD COLUMN INDEX CONCURRENTLY NOT NULL DEFAULT CHECK REFERENCES DO BEGIN END EXECUTE IF "
    b"THEN LOOP CASE ATOMIC FUNCTION TRIGGER UPDATE SET WHERE DELETE FROM INSERT INTO VALUES COPY stdin \\. \\i "
    b"DELIMITER // MIGRATION_APPROVED: ticket= until= ROLLBACK: +goose migrate:up".split()
)
_FILES: tuple[tuple[str, Framework], ...] = (
    ("prisma/migrations/1_a/migration.sql", "prisma"),
    ("V1__a.sql", "flyway"),
    ("migrations/0001_a.sql", "goose"),
    ("migrations/0001_a.sql", "dbmate"),
    ("deploy/a.sql", "sqitch"),
)
_DIALECTS: tuple[Dialect, ...] = ("postgres", "mysql", "sqlite")


class MigrationFlaw(Exception):  # noqa: N818  # it says what it is
    """What must hold does not."""


@cache
def seeds() -> tuple[bytes, ...]:
    """The SQL of the examples of all rules about migrations."""
    catalog = load_catalog()
    found = {
        f"{example.before}\n{example.sql or example.code}".encode(): None
        for name, spec in catalog.rules.items()
        if name.startswith("migrations/") and spec.type != "engine"
        for example in load_rule(spec).examples
        if example.sql or example.path.endswith(".sql")
    }
    return tuple(found)


def migration(data: bytes) -> str:
    """A file of SQL, in every dialect and for several tools."""
    text = data.decode("utf-8", "replace")
    lines = text.split("\n")
    outcomes: set[str] = set()
    for number, dialect in enumerate(_DIALECTS):
        pieces = cut(text, dialect).pieces
        if "".join(text[piece.start : piece.end] for piece in pieces) != text:
            raise MigrationFlaw(f"the pieces of {dialect} are not the text")
        path, tool = _FILES[(len(data) + number) % len(_FILES)]
        read = read_sql_file(path, text, tool, dialect)
        for one in (*read.operations, *(read.down or ())):
            region = one.region
            outcomes.add(one.kind.value)
            inside = 1 <= region.line <= region.end_line <= len(lines)
            if not inside or region.end_column > len(lines[region.end_line - 1]) + 1:
                raise MigrationFlaw(f"{one.kind} of {dialect} stands outside of the file: {region}")
    return min(outcomes, default="nothing")
