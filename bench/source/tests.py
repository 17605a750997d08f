"""Test modules of the generated repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.source.assemble import assemble

if TYPE_CHECKING:
    from bench.source.vocabulary import Entity, Words


def test_module(e: Entity, w: Words) -> str:
    """Tests of an entity's service, with an in-memory database."""
    head = f'''\
"""Tests of {e.plural}."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.infra.database import Base
from app.infra.errors import NotFoundError, RejectedError
from app.models.{e.domain}.{e.noun} import {e.cls}, {e.cls}State
from app.services.{e.domain} import {e.noun}_service as service


@pytest.fixture
def session() -> Iterator[Session]:
    memory = create_engine("sqlite://")
    Base.metadata.create_all(memory)
    with Session(memory) as opened:
        yield opened


def make_{e.noun}(**changes: object) -> {e.cls}:
    return {e.cls}(**{{"{w.field(e, "str")}": "{w.state()}", "state": {e.cls}State.OPEN, **changes}})
'''
    return assemble(head, w, lambda: _case(e, w))


def _case(e: Entity, w: Words) -> str:
    return w.rng.choice((_stored, _missing, _table, _fake))(e, w)


def _stored(e: Entity, w: Words) -> str:
    word, number = w.field(e, "str"), w.field(e, "int")
    name = w.name("test_a", e.noun, "keeps_its", word)
    return f'''\
def {name}(session: Session) -> None:
    count = {w.number(2, 9)}
    stored = [make_{e.noun}({word}="{w.pick("a", "b", "c")}{w.number()}", {number}=index) for index in range(count)]
    session.add_all(stored)
    session.flush()
    rows = service.list_{e.plural}(session, state={e.cls}State.OPEN)
    assert rows, "nothing came back"
    assert {{row.{number} for row in rows}} == set(range(len(rows)))
    assert all(row.{word} is not None and row.state is {e.cls}State.OPEN for row in rows)
'''


def _missing(e: Entity, w: Words) -> str:
    name = w.name("test_no", e.noun, "with_id", str(w.number()))
    return f'''\
def {name}(session: Session) -> None:
    """{w.sentence()}"""
    with pytest.raises(NotFoundError) as caught:
        service.get_{e.noun}(session, {w.number(10**5, 10**6)})
    assert caught.value.status == 404
    assert "{e.noun}" in caught.value.message
'''


def _table(e: Entity, w: Words) -> str:
    word, number = w.field(e, "str"), w.field(e, "int")
    name = w.name("test_revisions_of", number)
    cases = "\n".join(
        f'        ({{"{number}": {w.number(0, 99)}, "{word}": "{w.state()}"}}, {w.pick("True", "False")}),'
        for _ in range(w.number(2, 12))
    )
    return f'''\
@pytest.mark.parametrize(
    ("changes", "keeps_state"),
    [
{cases}
    ],
)
def {name}(session: Session, changes: dict[str, object], keeps_state: bool) -> None:
    stored = make_{e.noun}()
    session.add(stored)
    session.flush()
    revised = service.revise_{e.noun}(session, stored.id, changes)
    assert revised.{number} == changes["{number}"]
    assert (revised.state is stored.state) is True or keeps_state
'''


def _fake(e: Entity, w: Words) -> str:
    name = w.name("test_an_empty", w.field(e, "str"), "is_refused")
    return f"""\
def {name}() -> None:
    calls: list[object] = []
    fake = SimpleNamespace(add=calls.append, flush=lambda: calls.append("flush"))
    with pytest.raises(RejectedError):
        service.create_{e.noun}(fake, {w.field(e, "str")}="  ")
    assert calls == []
"""
