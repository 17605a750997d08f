"""SQL text, statement by statement, as operations."""

from relcheck.sources.migration.sql.script import Mode, Script, read_sql

__all__ = ["Mode", "Script", "read_sql"]
