"""The fixed modules of the generated repository: its transaction primitive and what lies around it."""

from __future__ import annotations

TRANSACTION = '''\
"""The blessed way to the database: a function declares its transaction intent, and locks live on one connection."""

from __future__ import annotations

import enum
import functools
import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Engine, Select
from sqlalchemy.orm import Session

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
Row = TypeVar("Row")

_INTENT_REGISTRY: dict[str, "TransactionIntent"] = {}


class TransactionIntent(enum.Enum):
    """What a function means to do to the database."""

    READ_ONLY = "read_only"
    ATOMIC_WRITE = "atomic_write"
    LOCKED_MUTATION = "locked_mutation"


class IntentViolationError(TypeError):
    """A function is not shaped for its intent. Mend the design; do not catch this."""


@dataclass
class SingleConnectionTxn:
    """A transaction whose locks and writes share one connection."""

    session: Session
    isolation: str = "read committed"
    locked: int = 0

    def lock_row(self, statement: Select[tuple[Row]], *, skip_locked: bool = False) -> Row | None:
        """The row that the statement selects, locked until the transaction ends."""
        self.locked += 1
        return self.session.execute(statement.with_for_update(skip_locked=skip_locked)).scalar_one_or_none()

    def lock_rows(self, statement: Select[tuple[Row]], *, skip_locked: bool = False) -> list[Row]:
        """All rows that the statement selects, locked in its order."""
        rows = list(self.session.execute(statement.with_for_update(skip_locked=skip_locked)).scalars())
        self.locked += len(rows)
        return rows


def lock_row(txn: SingleConnectionTxn, statement: Select[tuple[Row]]) -> Row:
    """The locked row, or LookupError where there is none."""
    row = txn.lock_row(statement)
    if row is None:
        raise LookupError("the row to lock is gone")
    return row


@contextmanager
def single_connection_transaction(
    engine: Engine, *, isolation: str = "read committed"
) -> Iterator[SingleConnectionTxn]:
    """One connection, one transaction, one session; everything is undone when the block raises."""
    with engine.connect() as connection, connection.begin(), Session(bind=connection) as session:
        txn = SingleConnectionTxn(session=session, isolation=isolation)
        try:
            yield txn
            session.flush()
        finally:
            logger.debug("transaction over, %d rows were locked", txn.locked)


def transactional(intent: TransactionIntent) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare the intent of a function; its signature is checked when the module is imported."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        if intent is TransactionIntent.LOCKED_MUTATION:
            _require_transaction_parameter(function)
        _INTENT_REGISTRY[f"{function.__module__}.{function.__qualname__}"] = intent

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if intent is TransactionIntent.LOCKED_MUTATION and not isinstance(args[0], SingleConnectionTxn):
                raise IntentViolationError(f"{function.__qualname__} needs a SingleConnectionTxn as its first argument")
            return function(*args, **kwargs)

        return call

    return decorate


def _require_transaction_parameter(function: Callable[..., Any]) -> None:
    if inspect.iscoroutinefunction(function):
        raise IntentViolationError(f"{function.__qualname__} locks rows and must not be a coroutine")
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters or "SingleConnectionTxn" not in str(parameters[0].annotation):
        raise IntentViolationError(f"{function.__qualname__} must take a SingleConnectionTxn first")
'''

DATABASE = '''\
"""The engine, the session and the declarative base."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from app.infra.settings import Settings


class Base(DeclarativeBase):
    """The base of every model."""


def make_engine(settings: Settings) -> Engine:
    """The engine of this process; recycled before the server closes idle connections."""
    return create_engine(
        settings.database_url,
        pool_size=settings.pool_size,
        max_overflow=settings.pool_overflow,
        pool_recycle=settings.pool_recycle_seconds,
        pool_pre_ping=True,
    )


engine = make_engine(Settings())
Sessions = sessionmaker(bind=engine, expire_on_commit=False)


def get_session() -> Iterator[Session]:
    """The session of one request."""
    with Sessions() as session, session.begin():
        yield session


@contextmanager
def session_scope() -> Iterator[Session]:
    """A session for work outside a request; committed when the block ends without an error."""
    with Sessions() as session, session.begin():
        yield session
'''

SETTINGS = '''\
"""What the environment decides."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    return int(value) if value.strip().isdigit() else default


@dataclass(frozen=True)
class Settings:
    """Read once, when the process starts."""

    database_url: str = field(default_factory=lambda: os.environ.get("DATABASE_URL", "postgresql+psycopg:///shop"))
    pool_size: int = field(default_factory=lambda: _number("POOL_SIZE", 10))
    pool_overflow: int = field(default_factory=lambda: _number("POOL_OVERFLOW", 5))
    pool_recycle_seconds: int = field(default_factory=lambda: _number("POOL_RECYCLE_SECONDS", 1800))
    page_size: int = field(default_factory=lambda: _number("PAGE_SIZE", 50))
'''

CLOCK = '''\
"""The time, as an input."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """This moment, with its time zone."""
    return datetime.now(tz=UTC)


def days_ago(count: int, *, since: datetime | None = None) -> datetime:
    """The moment so many days before."""
    return (since or now()) - timedelta(days=count)
'''

ERRORS = '''\
"""What can go wrong in the domain, by name."""

from __future__ import annotations


class DomainError(Exception):
    """The base of all expected errors; carries the words that the client may see."""

    status = 400

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFoundError(DomainError):
    """There is no such thing."""

    status = 404


class ConflictError(DomainError):
    """Somebody else was first."""

    status = 409


class RejectedError(DomainError):
    """The input breaks a rule of the domain."""

    status = 422
'''

MODULES = {
    "app/infra/transaction.py": TRANSACTION,
    "app/infra/database.py": DATABASE,
    "app/infra/settings.py": SETTINGS,
    "app/infra/clock.py": CLOCK,
    "app/infra/errors.py": ERRORS,
}

BLESSED_LOCKS = 2
"""How many row locks the primitive itself takes. A rule that knows no blessed module reports them."""

OTHER_FILES = {
    ".gitignore": ".relcheck_cache/\n__pycache__/\n",
    "README.md": "# Shop\n\nA generated repository that has adopted transaction intents.\n",
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1.0"\nrequires-python = ">=3.11"\n',
    "relcheck.toml": '[rules."transactions/raw-row-lock"]\nallowed_in = ["app/infra/transaction.py"]\n',
}
