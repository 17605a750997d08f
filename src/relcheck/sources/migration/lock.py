"""Table locks of PostgreSQL, and what an operation does to those who use the database meanwhile.

Source: PostgreSQL manual, "Explicit Locking", section "Table-Level Locks" with the table of conflicting lock modes. The
modes and their conflicts are the same in versions 10 to 18.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Literal, TypeAlias

import msgspec

Blocked: TypeAlias = Literal["reads", "writes", "ddl"]
Work: TypeAlias = Literal["scan", "rewrite", "build"]
"""What takes time in proportion to the rows: every row is read; the table is written anew with its indexes; an index
is built."""
Loss: TypeAlias = Literal["rows", "columns", "values", "definition", "guarantee"]
"""What cannot be had back without a backup: rows, whole columns, parts of values. A definition (view, function, type)
can be created again from its text; a guarantee (constraint) can be violated by the time that it is wanted again."""
Phase: TypeAlias = Literal["expand", "migrate", "contract", "none"]


class LockMode(IntEnum):
    """The table-level lock modes, the weakest first."""

    ACCESS_SHARE = 1
    ROW_SHARE = 2
    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    def __str__(self) -> str:
        return self.name.replace("_", " ")

    @property
    def blocks(self) -> tuple[Blocked, ...]:
        """Who waits while it is held: SELECT, INSERT with UPDATE and DELETE, other changes of the schema."""
        if self is LockMode.ACCESS_EXCLUSIVE:
            return ("reads", "writes", "ddl")
        if self >= LockMode.SHARE:
            return ("writes", "ddl")
        return ("ddl",) if self is LockMode.SHARE_UPDATE_EXCLUSIVE else ()


class Lock(msgspec.Struct, frozen=True):
    """A lock on one table, or on an index. `role` says which it is, where it is not the operation's own table."""

    table: str
    mode: LockMode
    role: Literal["", "referenced", "parent", "partition", "dependent", "index"] = ""


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation does, apart from what it is for.

    `locks` are held until the transaction ends, the strongest first. `work` happens while they are held; `perhaps` is
    work of which the migration alone does not tell whether it happens. `loss` is what is lost.
    """

    locks: tuple[Lock, ...] = ()
    work: tuple[Work, ...] = ()
    perhaps: tuple[Work, ...] = ()
    loss: tuple[Loss, ...] = ()
    phase: Phase = "none"

    @property
    def mode(self) -> LockMode | None:
        """The strongest lock."""
        return max((lock.mode for lock in self.locks), default=None)

    @property
    def blocks(self) -> tuple[Blocked, ...]:
        """Who waits, by the strongest lock."""
        return self.mode.blocks if self.mode is not None else ()
