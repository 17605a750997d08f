"""Selectors of matrices: which cells, rows or tables a rule is about, said as data."""

from __future__ import annotations

from typing import Literal

import msgspec

from relcheck.sources.matrix.model import Cell, Matrix, Row


class CellSelector(msgspec.Struct, frozen=True):
    """What a marked method is called for: `of` cells it gets the cell and its row, of rows the row and its matrix, of
    matrices the matrix alone."""

    of: Literal["cell", "row", "matrix"]
    columns: tuple[str, ...] = ()
    empty: bool | None = None

    def has_cell(self, one: Cell) -> bool:
        named = not self.columns or one.column in self.columns
        return named and (self.empty is None or one.empty is self.empty)

    def has_row(self, one: Row) -> bool:
        return all(one.cell(name) is not None for name in self.columns)

    def has_matrix(self, one: Matrix) -> bool:
        return all(one.column(name) is not None for name in self.columns)


def cell(*, column: str | tuple[str, ...] = (), empty: bool | None = None) -> CellSelector:
    """Cells of a column, or of several; with `empty`, those that say nothing, or those that say something."""
    return CellSelector("cell", (column,) if isinstance(column, str) else column, empty)


def row(*, columns: tuple[str, ...] = ()) -> CellSelector:
    """Rows that have all of these columns."""
    return CellSelector("row", columns)


def matrix(*, columns: tuple[str, ...] = ()) -> CellSelector:
    """Matrices that have all of these columns."""
    return CellSelector("matrix", columns)
