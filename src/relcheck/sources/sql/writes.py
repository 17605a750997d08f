"""Telling SQL that changes rows from SQL that reads, and from prose."""

from __future__ import annotations

import re

from relcheck.sources.python.rope import HOLE
from relcheck.sources.sql.prose import is_prose
from relcheck.sources.sql.text import blank


def writes(text: str, *, executed: bool = False) -> bool:
    """Whether a text is SQL that inserts, updates or deletes rows. Strings and comments in it count for nothing.

    `executed` says that the text reaches a database: then it is no prose, whatever it looks like.
    """
    blanked = blank(text)
    found = [match for match in _WRITE.finditer(blanked) if executed or _is_meant(match)]
    return bool(found) and (executed or not is_prose(text, blanked))


_BEFORE = rf"(?:^|[;){HOLE}]|\bAS\s*\(?|\b(?:BEGIN|THEN|ELSE|LOOP|ANALYZE|EXPLAIN)\b)\s*"
_NAME = rf"[\w${HOLE}]+(?:\s*\.\s*[\w${HOLE}]+)*"
_ALIAS = r"(?:\s+(?:AS\s+)?(?!SET\b|WHERE\b|USING\b|RETURNING\b|VALUES\b|SELECT\b)\w+)?"
_SIGN = rf"[\[(=<>%:?${HOLE}]"
_WRITE = re.compile(
    rf"""
    {_BEFORE}
    (?P<verb>
        (?: INSERT\s+(?:OR\s+\w+\s+|IGNORE\s+)?INTO | REPLACE\s+INTO ) \s+ {_NAME} {_ALIAS} \s*
        (?: (?P<rest>\(|\b(?:VALUES|SELECT|DEFAULT|SET|WITH|TABLE)\b|[{HOLE};]) | \Z )
      | MERGE\s+INTO\s+ {_NAME} {_ALIAS} \s+ (?P<using>USING)\b
      | DELETE\s+FROM\s+ (?:ONLY\s+)? {_NAME} {_ALIAS} \s*
        (?: (?P<where>\b(?:WHERE|USING|RETURNING|LIMIT|ORDER)\b[^;]*?{_SIGN}) | [{HOLE};)] | \Z )
      | UPDATE\s+ (?:ONLY\s+)? {_NAME} {_ALIAS} \s+ SET\s+ (?P<set>(?:\([^)]*\)|["\w.{HOLE}]+)\s*=|[{HOLE}])
      | TRUNCATE\s+ (?:(?P<table>TABLE)\s+)? {_NAME} \s* (?: [;,{HOLE}] | \b(?:CASCADE|RESTART)\b | \Z )
      | COPY\s+ {_NAME} \s* (?:\([^)]*\))? \s* FROM\s+ (?P<source>STDIN|PROGRAM|[%:?${HOLE}]|\s)
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)


def _is_meant(match: re.Match[str]) -> bool:
    """Whether the case of the verb, or what stands behind it, shows SQL: "Delete from the list" is English."""
    word = match["verb"].split()[0]
    proven = any(match[name] for name in ("rest", "using", "where", "set", "table", "source"))
    return word.isupper() or proven
