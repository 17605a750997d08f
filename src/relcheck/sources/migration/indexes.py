"""The indexes of a database, by their names and by their tables."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import msgspec


class Index(msgspec.Struct):
    """An index as far as it is known. `table` is the key of its table, `where` the condition of a partial one."""

    table: str
    columns: tuple[str, ...]
    unique: bool
    where: str = ""


class Indexes:
    """Indexes by the keys of their names."""

    def __init__(self) -> None:
        self._by_name: dict[str, Index] = {}
        self._names: dict[str, dict[str, None]] = {}

    def copy(self) -> Indexes:
        other = Indexes()
        for name, one in self._by_name.items():
            other.add(name, copy(one))
        return other

    def get(self, name: str) -> Index | None:
        return self._by_name.get(name)

    def of(self, table: str) -> Sequence[tuple[str, Index]]:
        """Those of a table, each with its name, in the order in which they were made."""
        return [(name, self._by_name[name]) for name in self._names.get(table, ())]

    def add(self, name: str, index: Index) -> None:
        """Another one; it takes the place of one of the same name."""
        known = self._by_name.get(name)
        if known is not None and known.table != index.table:
            self.pop(name)
        self._by_name[name] = index
        self._names.setdefault(index.table, {})[name] = None

    def pop(self, name: str) -> Index | None:
        index = self._by_name.pop(name, None)
        if index is not None:
            self._names[index.table].pop(name)
        return index

    def move(self, old: str, new: str) -> None:
        """A table has another name."""
        for name, index in self.of(old):
            self.pop(name)
            index.table = new
            self.add(name, index)
