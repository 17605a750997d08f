"""SQL as it stands in other languages' strings: blanked text, and the row locks in it."""

from relcheck.sources.sql.locks import LockingClause, locking_clauses, unknown_strength
from relcheck.sources.sql.text import blank
from relcheck.sources.sql.writes import writes

__all__ = ["LockingClause", "blank", "locking_clauses", "unknown_strength", "writes"]
