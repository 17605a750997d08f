"""Files of tools whose migrations are SQL: which one a file is, which way it goes, and what surrounds its statements.

Sources: Prisma Migrate's and golang-migrate's PostgreSQL drivers send a file as one query, which the server makes one
transaction of when it holds several statements (PostgreSQL, "Multiple Statements in a Simple Query"); Flyway,
"Versioned migrations" and "executeInTransaction" (a migration of nothing but statements that cannot run in a
transaction is run without one); goose, "Annotations"; dbmate, "Migration Options" (without its transaction the whole
section is sent at once); Supabase's CLI sends a file in batches around statements that cannot run in a transaction;
sqitch runs its scripts by psql, statement by statement.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from relcheck.model.finding import Region
from relcheck.sources.migration.alone import runs_alone
from relcheck.sources.migration.migration import Migration, Problem
from relcheck.sources.migration.sql.script import Script, read_sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relcheck.sources.migration.migration import Framework
    from relcheck.sources.migration.operation import Dialect
    from relcheck.sources.migration.sql.script import Mode


def read_sql_file(path: str, text: str, tool: Framework, dialect: Dialect) -> Migration:
    """The migration of one file. That of a file for the way down only (`*.down.sql`, `revert/…`, `U1__x.sql`) has
    `down` and its own path as `down_path`; `paired` joins it to the other way."""
    name = identified(path, tool)
    if tool in ("goose", "dbmate"):
        return _sections(path, text, tool, dialect, name)
    script = _read(text, dialect, _MODES.get(tool, "autocommit"), tool)
    problems = script.problems if name.problem is None else (name.problem, *script.problems)
    up = () if name.down else script.operations
    return Migration(
        framework=tool,
        path=path,
        id=name.id,
        environment=name.environment,
        dialect=dialect,
        depends_on=_requirements(text) if tool == "sqitch" else (),
        atomic=_MODES.get(tool) == "tool",
        operations=up,
        down=script.operations if name.down else None,
        down_path=path if name.down else None,
        annotations=script.annotations,
        problems=problems,
        rollback=script.rollback,
    )


def paired(migrations: Iterable[Migration]) -> list[Migration]:
    """Migrations with those for the way down joined to those for the way up; one of the former without the other has a
    problem."""
    found: dict[tuple[str, str], Migration] = {}
    downs: list[Migration] = []
    for migration in migrations:
        if migration.down_path == migration.path and not migration.operations:
            downs.append(migration)
        else:
            found[migration.environment, migration.id] = migration
    for down in downs:
        key = (down.environment, down.id)
        up = found.get(key)
        if up is None:
            problem = Problem("down-without-up", f"{down.path} takes back {down.id}, and no file does it")
            told = any(one.kind == "no-up-section" for one in down.problems)
            found[key] = down if told else replace(down, problems=(*down.problems, problem))
            continue
        found[key] = replace(
            up,
            down=down.down,
            down_path=down.path,
            annotations=up.annotations,
            problems=(*up.problems, *down.problems),
            rollback=up.rollback or down.rollback,
        )
    return list(found.values())


def order_key(migration: Migration) -> tuple[int, tuple[int, ...], str]:
    """What puts migrations of one environment in the order in which their tool applies them; Flyway's repeatable ones
    come last. sqitch's order is that of its plan."""
    if migration.id.startswith("R__"):
        return (1, (), migration.id)
    if migration.framework == "prisma":
        return (0, (), migration.id)
    numbers = tuple(int(part) for part in re.split(r"[._]", migration.id) if part.isascii() and part.isdigit())
    return (0, numbers, migration.id)


def planned(plan: str) -> tuple[str, ...]:
    """The changes of a `sqitch.plan`, in its order."""
    found: dict[str, None] = {}
    for line in plan.splitlines():
        match = _CHANGE.match(line)
        if match is not None:
            found.setdefault(match["name"])
    return tuple(found)


class Identified(NamedTuple):
    """What a path says: the migration's id, its environment, and whether it is the way down."""

    id: str
    environment: str
    down: bool = False
    problem: Problem | None = None


def identified(path: str, tool: Framework) -> Identified:
    """What the path of a file of this tool says."""
    folder, _, file = path.rpartition("/")
    stem = file.removesuffix(".sql")
    match tool:
        case "prisma":
            environment, _, name = folder.rpartition("/")
            return Identified(name, environment)
        case "sqitch":
            return _of_sqitch(path)
        case "flyway":
            return _of_flyway(folder, file)
        case "golang-migrate":
            stem, _, way = stem.rpartition(".")
            version = _VERSION.match(stem)
            return Identified(version.group() if version else stem, folder, way == "down")
    version = _VERSION.match(stem)
    return Identified(version.group() if version else stem, folder)


_VERSION = re.compile(r"\d+")
_FLYWAY = re.compile(r"(?P<prefix>[VUB])(?P<version>[0-9]+(?:[._][0-9]+)*)__(?P<name>.+)\.sql")
_FLYWAY_REPEATED = re.compile(r"R__.+\.sql")
_CHANGE = re.compile(r"(?P<name>[^\s%@#\[:][^\s\[]*)")
_REQUIRES = re.compile(r"^--[ \t]*requires:[ \t]*(?P<names>[^\r\n]+)", re.MULTILINE)
_MODES: dict[Framework, Mode] = {
    "prisma": "implicit",
    "golang-migrate": "implicit",
    "supabase": "batches",
    "flyway": "tool",
    "sqitch": "autocommit",
    "sql": "autocommit",
}


def _of_sqitch(path: str) -> Identified:
    for way in ("deploy", "revert", "verify"):
        before, found, name = f"/{path}".rpartition(f"/{way}/")
        if found:
            return Identified(name.removesuffix(".sql"), before.removeprefix("/"), way == "revert")
    return Identified(path.rpartition("/")[2].removesuffix(".sql"), path.rpartition("/")[0])


def _of_flyway(folder: str, file: str) -> Identified:
    match = _FLYWAY.fullmatch(file)
    if match is not None:
        parts = re.split(r"[._]", match["version"])
        version = ".".join(str(int(part)) for part in parts)
        return Identified(version, folder, match["prefix"] == "U")
    stem = file.removesuffix(".sql")
    if _FLYWAY_REPEATED.fullmatch(file):
        return Identified(stem, folder)
    message = f"Flyway passes over {file}: a migration is named V<version>__<name>.sql, with two underscores"
    return Identified(stem, folder, problem=Problem("bad-name", message))


def _requirements(text: str) -> tuple[str, ...]:
    return tuple(name for match in _REQUIRES.finditer(text) for name in re.split(r"[,\s]+", match["names"]) if name)


def _read(text: str, dialect: Dialect, mode: Mode, tool: str, start: int = 0, end: int | None = None) -> Script:
    script = read_sql(text, dialect, mode=mode, start=start, end=end)
    if tool == "flyway" and script.operations and all(runs_alone(operation) for operation in script.operations):
        return read_sql(text, dialect, mode="autocommit", start=start, end=end)
    return script


_GOOSE = re.compile(
    r"^--\s*\+goose\s+(?P<word>up|down|no\s+transaction|statementbegin|statementend)\b", re.IGNORECASE | re.MULTILINE
)
_DBMATE = re.compile(r"^--\s*migrate:(?P<word>up|down)\b(?P<options>[^\r\n]*)", re.MULTILINE)
_NO_TRANSACTION = re.compile(r"transaction\s*:\s*false")


def _sections(path: str, text: str, tool: Framework, dialect: Dialect, name: Identified) -> Migration:
    """A file with both ways in it, behind marks."""
    pattern = _GOOSE if tool == "goose" else _DBMATE
    marks = list(pattern.finditer(text))
    ways = [mark for mark in marks if mark["word"].lower() in ("up", "down")]
    problems: list[Problem] = []
    scripts: dict[str, Script] = {}
    regions: dict[str, Region] = {}
    modes: dict[str, Mode] = {}
    for number, mark in enumerate(ways):
        way = mark["word"].lower()
        end = ways[number + 1].start() if number + 1 < len(ways) else len(text)
        regions.setdefault(way, _region(text, mark))
        if way in scripts:
            problems.append(
                Problem("section-twice", f"the file has two sections for the way {way}", _region(text, mark))
            )
            continue
        modes[way] = _mode(tool, mark, marks)
        scripts[way] = _read(text, dialect, modes[way], tool, mark.end(), end)
    if "up" not in scripts:
        mark_name = "-- +goose Up" if tool == "goose" else "-- migrate:up"
        problems.append(Problem("no-up-section", f"the file has no line `{mark_name}`: {tool} refuses it"))
    begins = sum(mark["word"].lower() == "statementbegin" for mark in marks)
    if begins != sum(mark["word"].lower() == "statementend" for mark in marks):
        problems.append(Problem("open-statement", "a StatementBegin has no StatementEnd: goose refuses the file"))
    up = scripts.get("up", Script())
    down = scripts.get("down")
    return Migration(
        framework=tool,
        path=path,
        id=name.id,
        region=regions.get("up", Region(1, 1, 1, 1)),
        environment=name.environment,
        dialect=dialect,
        atomic=modes.get("up") == "tool",
        operations=up.operations,
        down=down.operations if down is not None else None,
        down_path=path if down is not None else None,
        down_region=regions.get("down"),
        annotations=up.annotations,
        problems=(*problems, *up.problems, *(down.problems if down is not None else ())),
        rollback=up.rollback or (down.rollback if down is not None else ""),
    )


def _mode(tool: str, mark: re.Match[str], marks: list[re.Match[str]]) -> Mode:
    if tool == "dbmate":
        return "implicit" if _NO_TRANSACTION.search(mark["options"]) else "tool"
    without = any(other["word"].lower().startswith("no") for other in marks)
    return "autocommit" if without else "tool"


def _region(text: str, mark: re.Match[str]) -> Region:
    line = text.count("\n", 0, mark.start()) + 1
    return Region(line, 1, line, len(mark.group().rstrip()) + 1)
