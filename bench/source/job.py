"""Jobs: what runs by the clock, and calls the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.source.assemble import assemble

if TYPE_CHECKING:
    from bench.source.vocabulary import Entity, Words


def job(e: Entity, w: Words, *, seeded: str = "") -> str:
    """A worker for an entity; a seeded function needs no other import than these."""
    extra = ""
    if "single_connection_transaction" in seeded:
        extra = "from app.infra.transaction import single_connection_transaction\n"
    head = f'''\
"""Scheduled work on {e.plural}."""

from __future__ import annotations

import argparse
import logging
import time
from collections import deque
from collections.abc import Iterator

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.infra.clock import days_ago, now
from app.infra.database import engine, session_scope
from app.infra.errors import DomainError
{extra}from app.models.{e.domain}.{e.noun} import {e.cls}, {e.cls}State
from app.services.{e.domain}.{e.noun}_service import archive_{e.plural}, list_{e.plural}

logger = logging.getLogger(__name__)

PAUSE_SECONDS = {w.number(1, 90)}
'''
    blocks = (_main(e, w), seeded) if seeded else (_main(e, w),)
    return assemble(head, w, lambda: _more(e, w), blocks=blocks)


def _main(e: Entity, w: Words) -> str:
    return f'''\
def main(argv: list[str] | None = None) -> int:
    """Run once, or for ever with --loop."""
    parser = argparse.ArgumentParser(description="archive old {e.plural}")
    parser.add_argument("--days", type=int, default={w.number(30, 365)}, help="how old they must be")
    parser.add_argument("--loop", action="store_true", help="look again and again")
    options = parser.parse_args(argv)
    while True:
        with session_scope() as session:
            count = archive_{e.plural}(session, older_than_days=options.days)
        logger.info("%d {e.plural} were archived", count)
        if not options.loop:
            return 0
        time.sleep(PAUSE_SECONDS)
'''


def _more(e: Entity, w: Words) -> str:
    return w.rng.choice((_batches, _queue, _report))(e, w)


def _batches(e: Entity, w: Words) -> str:
    name = w.name("open", e.plural, "in", w.pick("batches", "chunks", "pages"))
    return f'''\
def {name}(size: int = {w.number(10, 500)}) -> Iterator[list[int]]:
    """The ids of open {e.plural}, some at a time. {w.sentence()}"""
    with session_scope() as session:
        rows = list_{e.plural}(session, state={e.cls}State.OPEN, limit=size * 100)
    batch: list[int] = []
    for row in rows:
        batch.append(row.id)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
'''


def _queue(e: Entity, w: Words) -> str:
    name = w.name(e.cls + w.pick("Queue", "Backlog", "Inbox"))
    return f'''\
class {name}:
    """What waits in memory, each {e.noun} once."""

    def __init__(self, limit: int = {w.number(50, 5000)}) -> None:
        self._limit = limit
        self._items: deque[int] = deque()
        self._known: set[int] = set()

    def add(self, identity: int) -> bool:
        """False where it is known already, or where there is no room."""
        if identity in self._known or len(self._items) >= self._limit:
            return False
        self._known.add(identity)
        self._items.append(identity)
        return True

    def take(self) -> int | None:
        if not self._items:
            return None
        identity = self._items.popleft()
        self._known.discard(identity)
        logger.debug("%d {e.plural} are waiting", len(self._items))
        return identity
'''


def _report(e: Entity, w: Words) -> str:
    first, number = w.field(e, "str"), w.field(e, "int")
    name = w.name("report", w.pick("open", "late", "large"), e.plural)
    return f'''\
def {name}(threshold: int = {w.number(10, 9000)}) -> dict[str, int]:
    """How many {e.plural} of each {first} are above the threshold."""
    since = days_ago({w.number(1, 60)})
    found: dict[str, int] = {{}}
    with session_scope() as session:
        rows = list_{e.plural}(session, limit=threshold * 2)
    try:
        for row in rows:
            if row.{number} > threshold and row.created_at >= since:
                found[row.{first} or "none"] = found.get(row.{first} or "none", 0) + 1
    except DomainError as error:
        logger.warning("the report of {e.plural} ended early: %s", error)
    logger.info("reported at %s", now().isoformat())
    return found
'''
