"""Which tool a file of migrations is for, by the name and the place that the tool wants it to have."""

from __future__ import annotations

import re

from relcheck.sources.migration.migration import Framework

_PRISMA = re.compile(r"(?:^|/)migrations/[^/]+/migration\.sql$")
_SUPABASE = re.compile(r"(?:^|/)supabase/migrations/\d+[^/]*\.sql$")
_FLYWAY = re.compile(r"(?:^|/)(?:[VU]\d+(?:[._]\d+)*|R)__[^/]+\.sql$")
_UP_OR_DOWN = re.compile(r"(?:^|/)\d+_[^/]+\.(?:up|down)\.sql$")
_NUMBERED = re.compile(r"(?:^|/)(?:migrations?|migrate)/(?:[^/]+/)?\d[^/]*\.sql$")
_GOOSE = re.compile(r"^[ \t]*--[ \t]*\+goose[ \t]+(?:Up|Down|NO TRANSACTION|StatementBegin)\b", re.MULTILINE)
_DBMATE = re.compile(r"^[ \t]*--[ \t]*migrate:(?:up|down)\b", re.MULTILINE)
_SQITCH = re.compile(r"\A\s*--[ \t]*(?:Deploy|Revert)[ \t]+\S+", re.IGNORECASE)
_SQITCH_FOLDERS = re.compile(r"(?:^|/)(?:deploy|revert)/")
_SETTINGS = re.compile(r"(?:^|/)(?:alembic\.ini|schema\.prisma|migration_lock\.toml)$")


def may_hold_migrations(path: str) -> bool:
    """Whether a file that is not Python may be one, or say something about them, by its name and place alone."""
    if path.endswith(".sql"):
        folders = path.lower().split("/")[:-1]
        in_place = any(
            "migrat" in one or one in ("deploy", "revert", "goose", "dbmate", "changelog") for one in folders
        )
        return in_place or any(one.search(path) for one in (_FLYWAY, _UP_OR_DOWN))
    return _SETTINGS.search(path) is not None


def sql_tool(path: str, text: str) -> Framework | None:
    """The tool that a file of SQL is for; None for one that is no migration.

    What the file says of itself beats its name: goose, dbmate and sqitch mark theirs.
    """
    if _GOOSE.search(text):
        return "goose"
    if _DBMATE.search(text):
        return "dbmate"
    if _SQITCH_FOLDERS.search(path) and _SQITCH.search(text):
        return "sqitch"
    if _SUPABASE.search(path):
        return "supabase"
    if _PRISMA.search(path):
        return "prisma"
    if _FLYWAY.search(path):
        return "flyway"
    if _UP_OR_DOWN.search(path):
        return "golang-migrate"
    return "sql" if _NUMBERED.search(path) else None
