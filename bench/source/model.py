"""Model modules: one mapped class with its states."""

from __future__ import annotations

from bench.source.assemble import assemble
from bench.source.vocabulary import STATES, Entity, Words

_TYPES = {
    "int": ("int", "Integer", "default=0"),
    "str": ("str | None", "String({size})", "default=None"),
    "bool": ("bool", "Boolean", "default=False"),
    "datetime": ("datetime | None", "DateTime(timezone=True)", "default=None"),
}


def model(e: Entity, w: Words) -> str:
    """The mapped class of an entity, and what can be said of one row without the database."""
    states = "\n".join(f'    {state.upper()} = "{state}"' for state in STATES)
    columns = "\n".join(_column(one.name, one.kind, w) for one in e.fields)
    head = f'''\
"""The table of {e.plural}."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

from sqlalchemy import Boolean, CheckConstraint, DateTime, Enum, Index, Integer, String, func
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.infra.clock import now
from app.infra.database import Base


class {e.cls}State(enum.Enum):
    """Where a {e.noun} stands."""

{states}


class {e.cls}(Base):
    """One {e.noun}. {w.sentence()}"""

    __tablename__ = "{e.domain}_{e.plural}"
    __table_args__ = (
        Index("ix_{e.domain}_{e.plural}_state", "state", "created_at"),
        CheckConstraint("{w.field(e, "int")} >= 0", name="ck_{e.domain}_{e.plural}_not_negative"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[{e.cls}State] = mapped_column(Enum({e.cls}State), default={e.cls}State.DRAFT, index=True)
{columns}
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), onupdate=now)

    def __repr__(self) -> str:
        return f"<{e.cls} {{self.id}} {{self.state.value}}>"
'''
    return assemble(head, w, lambda: _members(e, w))


def _column(name: str, kind: str, w: Words) -> str:
    annotation, column, default = _TYPES[kind]
    column = column.format(size=w.number(16, 255))
    index = ", index=True" if w.chance(0.2) else ""
    return f"    {name}: Mapped[{annotation}] = mapped_column({column}, {default}{index})"


def _members(e: Entity, w: Words) -> str:
    return w.rng.choice((_is_due, _validated, _ratio, _columns))(e, w)


def _is_due(e: Entity, w: Words) -> str:
    moment = w.field(e, "datetime")
    name = w.name("is", w.pick("due", "late", "recent", "fresh"), "by", moment)
    return f'''\
def {name}(row: {e.cls}, *, days: int = {w.number(1, 60)}, at: datetime | None = None) -> bool:
    """Whether the row's {moment} lies further back than so many days."""
    if row.{moment} is None or row.state in ({e.cls}State.CLOSED, {e.cls}State.ARCHIVED):
        return False
    return row.{moment} < (at or now()) - timedelta(days=days)
'''


def _validated(e: Entity, w: Words) -> str:
    word = w.field(e, "str")
    name = w.name("clean", word)
    return f'''\
class {w.name("Cleans" + e.cls)}:
    """A mixin. {w.sentence()}"""

    @validates("{word}")
    def {name}(self, key: str, value: str | None) -> str | None:
        if value is None:
            return None
        cleaned = " ".join(value.split())
        if len(cleaned) > {w.number(40, 255)}:
            raise ValueError(f"{{key}} is too long: {{len(cleaned)}} characters")
        return cleaned or None
'''


def _ratio(e: Entity, w: Words) -> str:
    first, second = w.field(e, "int"), w.field(e, "int")
    name = w.name(first, "per", second)
    return f'''\
def {name}(rows: list[{e.cls}]) -> float:
    """The mean of {first} by {second}; zero where there are no rows."""
    total = sum(row.{second} for row in rows if row.{second} > 0)
    if not total:
        return 0.0
    weighted = sum(row.{first} * row.{second} for row in rows if row.state is not {e.cls}State.DRAFT)
    return round(weighted / total, {w.number(2, 5)})
'''


def _columns(e: Entity, w: Words) -> str:
    names = ", ".join(f'"{one.name}"' for one in w.rng.sample(e.fields, 3))
    name = w.name(e.noun, "as", w.pick("row", "record", "payload", "csv"))
    return f'''\
def {name}(row: {e.cls}, columns: tuple[str, ...] = ({names}, "id")) -> dict[str, object]:
    """The named columns; moments as text, states by value."""
    result: dict[str, object] = {{}}
    for column in columns:
        value = getattr(row, column)
        if isinstance(value, datetime):
            value = value.isoformat(timespec="seconds")
        elif isinstance(value, enum.Enum):
            value = value.value
        result[column] = value
    return result
'''
