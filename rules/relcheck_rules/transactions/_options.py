"""What the rules of this pack have in common: the names that differ from team to team."""

from __future__ import annotations

from typing import Protocol

from relcheck.sdk import Glob, RuleOptions, Symbol, instance, opt

PRIMITIVES = ("single_connection_transaction", "async_single_connection_transaction")

TESTS = ("**/tests/**", "**/test/**", "**/test_*.py", "**/*_test.py", "**/conftest.py")

SESSION_NAMES = (
    "session",
    "*_session",
    "sess",
    "Session",
    "DBSession",
    "db",
    "database",
    "conn",
    "connection",
    "*_conn",
    "*_connection",
    "cursor",
    "cur",
    "*_cursor",
    "txn",
)
SESSION_TYPES = (
    "*Session",
    "*SessionDep",
    "*SessionLocal",
    "*SessionFactory",
    "*Sessionmaker",
    "*sessionmaker()",
    "scoped_session",
    "async_scoped_session",
    "get_session",
    "get_db_session",
    "create_session",
    "session_scope",
    "get_db",
    "Connection",
    "AsyncConnection",
    "get_connection",
    "get_bind",
    "engine.connect",
    "engine.begin",
    "sqlite3.connect",
    "psycopg.connect",
    "psycopg2.connect",
    "asyncpg.connect",
    "Cursor",
    "AsyncCursor",
    "cursor",
    "SingleConnectionTxn",
)
NOT_SESSIONS = (
    "request",
    "req",
    "begin_nested",
    "flask.session",
    "aiohttp_session.get_session",
    "requests.session",
    "requests.Session",
    "requests.sessions.Session",
    "boto3.Session",
    "boto3.session.Session",
    "botocore.session.Session",
    "tensorflow.Session",
    "ClientSession",
    "CachedSession",
    "FuturesSession",
    "InferenceSession",
    "OAuth1Session",
    "OAuth2Session",
    "PromptSession",
    "*Client",
    "*Redis*",
    "*redis*",
)
WRITES = (
    "add",
    "add_all",
    "delete",
    "merge",
    "flush",
    "commit",
    "bulk_save_objects",
    "bulk_insert_mappings",
    "bulk_update_mappings",
)
READS = (
    "execute",
    "executemany",
    "exec",
    "exec_driver_sql",
    "query",
    "get",
    "get_one",
    "scalar",
    "scalars",
    "refresh",
    "stream",
    "stream_scalars",
    "fetch",
    "fetch_all",
    "fetch_one",
    "fetchall",
    "fetchmany",
    "fetchone",
    "fetchrow",
    "fetchval",
    "callproc",
)


LOCKS = ("lock_row", "lock_rows")


class SessionOptions(RuleOptions, frozen=True):
    """How a session, connection or cursor is told from anything else."""

    session_names: tuple[str, ...] = SESSION_NAMES
    session_types: tuple[str, ...] = SESSION_TYPES
    not_sessions: tuple[str, ...] = NOT_SESSIONS
    check_tests: bool = False
    test_paths: tuple[Glob, ...] = TESTS


class IntentOptions(SessionOptions, frozen=True):
    """The names of the intent system."""

    decorators: tuple[Symbol, ...] = ("transactional",)
    read_only: tuple[str, ...] = ("READ_ONLY",)
    atomic_write: tuple[str, ...] = ("ATOMIC_WRITE",)
    locked_mutation: tuple[str, ...] = ("LOCKED_MUTATION",)
    transaction_types: tuple[Symbol, ...] = ("SingleConnectionTxn",)
    primitives: tuple[Symbol, ...] = PRIMITIVES
    lock_methods: tuple[str, ...] = LOCKS
    allowed_in: tuple[Glob, ...] = ()


SESSION = instance(opt.session_names, types=opt.session_types, not_of=opt.not_sessions)


class _Exempting(Protocol):
    @property
    def allowed_in(self) -> tuple[str, ...]: ...

    @property
    def check_tests(self) -> bool: ...

    @property
    def test_paths(self) -> tuple[str, ...]: ...


def exempt(options: _Exempting) -> tuple[str, ...]:
    """Globs of the files that a rule leaves alone."""
    return options.allowed_in if options.check_tests else (*options.allowed_in, *options.test_paths)
