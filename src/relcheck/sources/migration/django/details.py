"""What an operation can be told beside its kind and place."""

from __future__ import annotations

from typing import TypedDict

from relcheck.model.finding import Related
from relcheck.sources.migration.operation import Before, Column, Constraint, Dialect, SqlType


class Details(TypedDict, total=False):
    """Fields of `Operation` that Django's operations fill."""

    table: str | None
    column: str | None
    name: str | None
    new_name: str | None
    value: str | None
    object_type: str
    columns: tuple[str, ...]
    new_columns: tuple[Column, ...]
    constraint: Constraint | None
    constraints: tuple[Constraint, ...]
    type: SqlType | None
    using: str
    default: str | None
    has_where: bool | None
    where: str
    unique: bool
    concurrently: bool
    if_exists: bool
    if_not_exists: bool
    cascade: bool
    created_here: bool
    batch: bool
    before: Before
    transaction: int | None
    repeated: bool
    batched: bool
    transient: bool
    code: str
    guards: tuple[str, ...]
    dialects: tuple[Dialect, ...]
    reason: str
    unknown: tuple[str, ...]
    related: tuple[Related, ...]
