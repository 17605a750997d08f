"""What the rules of this pack have in common: the names that differ from team to team."""

from __future__ import annotations

from relcheck.sdk import Glob, RuleOptions, Symbol, instance, opt

PRIMITIVES = ("single_connection_transaction", "async_single_connection_transaction")

TESTS = ("**/tests/**", "**/test/**", "**/test_*.py", "**/*_test.py", "**/conftest.py")

SESSION_NAMES = (
    "session",
    "*_session",
    "sess",
    "db",
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
    "*SessionLocal",
    "*SessionFactory",
    "*Sessionmaker",
    "scoped_session",
    "Connection",
    "AsyncConnection",
    "Cursor",
    "AsyncCursor",
    "SingleConnectionTxn",
)
NOT_SESSIONS = (
    "request",
    "req",
    "flask.session",
    "requests.session",
    "requests.Session",
    "requests.sessions.Session",
    "aiohttp.ClientSession",
    "ClientSession",
    "boto3.Session",
    "boto3.session.Session",
    "PromptSession",
    "InferenceSession",
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
    "fetchrow",
    "fetchval",
)


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
    lock_methods: tuple[str, ...] = ("lock_row", "lock_rows")
    allowed_in: tuple[Glob, ...] = ()


SESSION = instance(opt.session_names, types=opt.session_types, not_of=opt.not_sessions)
