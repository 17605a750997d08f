"""Telling SQL that changes rows from SQL that reads, and from prose."""

from __future__ import annotations

import re

from relcheck.sources.sql.text import blank

_WRITE = re.compile(
    r"""
    (?:^|;|\)|\bAS\s*\(?)\s*                                     # a statement, or what a WITH leads to
    (?:INSERT\s+INTO\s+\S+ | REPLACE\s+INTO\s+\S+ | MERGE\s+INTO\s+\S+
     | DELETE\s+FROM\s+\S+ | TRUNCATE\s+(?:TABLE\s+)?[\w."]+\s*(?:$|;|,|\bCASCADE\b|\bRESTART\b)
     | UPDATE\s+(?:ONLY\s+)?\S+(?:\s+(?:AS\s+)?\w+)?\s+SET\s+\S+\s*=)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def writes(text: str) -> bool:
    """Whether a text is SQL that inserts, updates or deletes rows. Strings and comments in it count for nothing."""
    return _WRITE.search(blank(text)) is not None
