"""The operations of one migration while they are collected, those put off to its end apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Unpack

from msgspec.structs import replace

from relcheck.sources.migration.django.facts import NOWHERE, ModelOperation
from relcheck.sources.migration.django.naming import foreign_key_suffix, index_name
from relcheck.sources.migration.operation import UNKNOWN, Dialect, Kind, Operation

if TYPE_CHECKING:
    from relcheck.model.finding import Region
    from relcheck.sources.migration.django.details import Details
    from relcheck.sources.migration.django.state import State

DIALECTS: tuple[Dialect, ...] = ("postgres", "mysql", "sqlite")

_CREATES = (Kind.CREATE_TABLE, Kind.CREATE_TABLE_AS)

_LONGEST_NAME = 63
"""PostgreSQL cuts longer names (manual, "Identifiers and Key Words")."""


class Collected(NamedTuple):
    """An operation, and the region of the migration's operation that it comes from. `suffix` is what its name is made
    with, where Django names it: such a name follows the names of its table and columns."""

    operation: Operation
    around: Region
    suffix: str | None = None

    def renamed(self, operation: Operation, dialect: Dialect) -> Collected:
        """The same, of a table or columns that have another name now."""
        if self.suffix is None or operation.table is None:
            return self._replace(operation=operation)
        constraint = operation.constraint
        columns = operation.columns if constraint is None else constraint.columns
        suffix = self.suffix
        if constraint is not None and constraint.references is not None:
            suffix = foreign_key_suffix(constraint.references.table, constraint.references.columns[0])
        name = index_name(operation.table, columns, suffix, dialect)
        if constraint is not None:
            constraint = replace(constraint, name=name)
        return self._replace(operation=replace(operation, name=name, constraint=constraint))


class Collector:
    """Collects the operations of one migration. `state` is changed by who calls it; the collector only reads it."""

    def __init__(self, state: State, *, atomic: bool) -> None:
        self.state = state
        self.dialect = state.dialect
        self.created: set[str] = set()
        self.transaction = 0 if atomic and state.dialect != "mysql" else None
        self._now: list[Collected] = []
        self._later: list[Collected] = []
        self._transactions = 0
        self._current = ModelOperation(type="", region=NOWHERE)

    @property
    def counts(self) -> tuple[int, int]:
        """How many operations there are now, and how many are put off."""
        return len(self._now), len(self._later)

    def since(self, counts: tuple[int, int]) -> tuple[Operation, ...]:
        """What was added since there were so many."""
        now, later = counts
        return tuple(one.operation for one in (*self._now[now:], *self._later[later:]))

    @property
    def place(self) -> Region:
        """Where the migration's operation stands."""
        return self._current.region

    def begin(self, operation: ModelOperation) -> None:
        """What follows is done by this operation of the migration."""
        self._current = operation

    def finish(self) -> list[Collected]:
        """All operations, those put off to the end behind the others. What drops a table before it is created is about
        another one of its name."""
        every = [*self._now, *self._later]
        made = {
            one.operation.table: number
            for number, one in reversed([*enumerate(every)])
            if one.operation.kind in _CREATES
        }
        return [
            one._replace(operation=replace(one.operation, created_here=True))
            if one.operation.table in self.created and number >= made.get(one.operation.table, 0)
            else one
            for number, one in enumerate(every)
        ]

    def emit(
        self,
        kind: Kind,
        *,
        at: Region | None = None,
        deferred: bool = False,
        suffix: str | None = None,
        **details: Unpack[Details],
    ) -> None:
        """Add an operation, at the place of the migration's operation or at a part of it; `deferred` to its end."""
        current = self._current
        operation = Operation(
            kind=kind,
            region=at if at is not None and at != NOWHERE else current.region,
            dialect=self.dialect,
            code=current.code,
            guards=current.guards,
            dialects=tuple(one for one in DIALECTS if one in current.dialects),
            repeated=current.repeated,
            transaction=self.transaction,
        )
        operation = replace(operation, **details)
        unknown = (*operation.unknown, *_unknown_parts(operation), *current.unknown)
        operation = replace(operation, unknown=tuple(dict.fromkeys(unknown)))
        if self.dialect == "postgres" and len(operation.name or "") > _LONGEST_NAME:
            operation = replace(operation, name=(operation.name or "")[:_LONGEST_NAME])
        (self._later if deferred else self._now).append(Collected(operation, current.region, suffix))

    def take(self, operation: Operation) -> None:
        """Add an operation that something else has read."""
        self._now.append(Collected(operation, self._current.region))
        if operation.kind is Kind.CREATE_TABLE and operation.table is not None:
            self.created.add(operation.table)

    def new_transaction(self) -> int:
        """The number of a transaction that an operation of a migration opens for itself."""
        self._transactions += 1
        return self._transactions

    def state_only(self) -> None:
        self.emit(Kind.STATE_ONLY)

    def _forget_table(self, table: str) -> None:
        """Nothing is to be done any more to a table that is dropped."""
        self._later = [
            one for one in self._later if one.operation.table != table and not _refers_to(one.operation, table)
        ]

    def _forget_column(self, table: str, column: str) -> None:
        self._later = [one for one in self._later if not _names_column(one.operation, table, column)]

    def _follow_table(self, old: str, new: str) -> None:
        """What is put off is to be done to a table under its new name."""
        self._later = [one.renamed(_with_table(one.operation, old, new), self.dialect) for one in self._later]

    def _follow_column(self, table: str, old: str, new: str) -> None:
        self._later = [
            one.renamed(_with_column(one.operation, old, new), self.dialect) if one.operation.table == table else one
            for one in self._later
        ]


def _unknown_parts(operation: Operation) -> list[str]:
    parts = [name for name in ("table", "column", "name", "new_name") if UNKNOWN in (getattr(operation, name) or "")]
    if any(UNKNOWN in column for column in operation.columns):
        parts.append("columns")
    if operation.type is not None and operation.type.name == UNKNOWN:
        parts.append("type")
    if any(column.type.name == UNKNOWN or UNKNOWN in column.name for column in operation.new_columns):
        parts.append("new_columns")
    constraint = operation.constraint
    if constraint is not None:
        references = constraint.references
        if constraint.type == "unknown" or (references is not None and UNKNOWN in references.table):
            parts.append("constraint")
    return parts


def _refers_to(operation: Operation, table: str) -> bool:
    constraint = operation.constraint
    return constraint is not None and constraint.references is not None and constraint.references.table == table


def _names_column(operation: Operation, table: str, column: str) -> bool:
    if operation.table != table:
        return False
    constraint = operation.constraint
    return column in operation.columns or (constraint is not None and column in constraint.columns)


def _with_table(operation: Operation, old: str, new: str) -> Operation:
    constraint = operation.constraint
    references = None if constraint is None else constraint.references
    if constraint is not None and references is not None and references.table == old:
        constraint = replace(constraint, references=replace(references, table=new))
    return replace(operation, table=new if operation.table == old else operation.table, constraint=constraint)


def _with_column(operation: Operation, old: str, new: str) -> Operation:
    def changed(columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if column == old else column for column in columns)

    constraint = operation.constraint
    if constraint is not None:
        constraint = replace(constraint, columns=changed(constraint.columns))
    return replace(operation, columns=changed(operation.columns), constraint=constraint)
