"""Which operations are committed together.

Sources: PostgreSQL, "Multiple Statements in a Simple Query" and BEGIN; MySQL, "Statements That Cause an Implicit
Commit".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.sources.migration.alone import runs_alone
from relcheck.sources.migration.operation import Kind

if TYPE_CHECKING:
    from relcheck.sources.migration.operation import Dialect, Operation


class Transactions:
    """Numbers transactions while a text is read. BEGIN has the number of the transaction that it stands in (None: it
    opens one), COMMIT and ROLLBACK that of the one that they end (None: there is none)."""

    def __init__(self, mode: str, dialect: Dialect) -> None:
        self._mode = mode
        self._dialect = dialect
        self._current: int | None = 0 if mode == "tool" else None
        self._last = 0 if mode == "tool" else -1
        self._explicit = False

    def begin(self, statements: int) -> None:
        """Begin a text of so many statements."""
        if self._mode == "implicit" and statements > 1:
            self._mode = "together"

    def of(self, operation: Operation) -> int | None:
        """The number of the transaction that an operation is part of."""
        kind = operation.kind
        if self._dialect == "mysql" and kind in COMMITS_IN_MYSQL:
            self._current, self._explicit = None, False
            return None
        if kind is Kind.BEGIN:
            found = self._current if self._explicit or self._mode == "tool" else None
            if self._current is None:
                self._open()
            self._explicit = True
            return found
        if kind in (Kind.COMMIT, Kind.ROLLBACK):
            found = self._current
            self._current, self._explicit = None, False
            if operation.value == "and chain":
                self._open()
            return found
        if self._mode == "batches" and not self._explicit and runs_alone(operation):
            self._current = None
            return None
        if self._current is None and self._mode in ("together", "batches"):
            self._open()
        return self._current

    def _open(self) -> None:
        self._last += 1
        self._current = self._last


_ROWS = {Kind.INSERT, Kind.UPDATE, Kind.DELETE, Kind.COPY, Kind.READ, Kind.SET, Kind.SAVEPOINT, Kind.DATA_CODE}
_ENDS = {Kind.BEGIN, Kind.COMMIT, Kind.ROLLBACK}
COMMITS_IN_MYSQL = frozenset(Kind) - _ROWS - _ENDS - {Kind.OPAQUE, Kind.UNPARSEABLE, Kind.OTHER, Kind.STATE_ONLY}
"""What ends a transaction of MySQL by itself: all that changes the schema, LOCK TABLES, TRUNCATE and access rights."""
