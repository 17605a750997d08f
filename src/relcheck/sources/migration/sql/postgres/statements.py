"""What each statement of PostgreSQL does, from its tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from relcheck.sources.migration.operation import Kind, Operation
from relcheck.sources.migration.sql.postgres import drops, objects, rows, tables
from relcheck.sources.migration.sql.statement import NOWHERE, Read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from relcheck.sources.migration.sql.postgres.parser import Node
    from relcheck.sources.migration.sql.statement import Statement

    Reader: TypeAlias = Callable[[Node, Statement], Iterator[Read]]


def operations(node: Node, statement: Statement) -> Iterator[Read]:
    """The operations of one statement; DO blocks and calls are not read here. A statement of no known kind is OTHER,
    and one that is several at once (WITH … DELETE …) is several operations."""
    reader = _READERS.get(node.kind)
    if reader is None:
        spelled = "".join(f" {letter}" if letter.isupper() else letter for letter in node.kind.removesuffix("Stmt"))
        other = Operation(kind=Kind.OTHER, region=NOWHERE, object_type=spelled.strip().upper())
        yield Read(other, statement.start, statement.end)
        return
    yield from reader(node, statement)


_READERS: dict[str, Reader] = {
    "CreateStmt": tables.create_table,
    "CreateForeignTableStmt": tables.create_table,
    "CreateTableAsStmt": tables.create_table_as,
    "AlterTableStmt": tables.alter_table,
    "IndexStmt": tables.create_index,
    **drops.READERS,
    **rows.READERS,
    **objects.READERS,
}
