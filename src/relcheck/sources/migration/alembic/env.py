"""What `env.py` says of all migrations: the database, their transactions, and the timeouts under which they run.

Source: Alembic, "Runtime Objects", `EnvironmentContext.configure`; its `transaction_per_migration` is false where it is
not given, so that all pending migrations share one transaction.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from relcheck.sources.migration.environment import EnvironmentFacts, dialect_named
from relcheck.sources.migration.operation import Dialect
from relcheck.sources.python.syntax import UnparseableError, parse_ast

_TIMEOUT = re.compile(
    r"\b(lock_timeout|statement_timeout|idle_in_transaction_session_timeout|transaction_timeout|lock_wait_timeout"
    r"|innodb_lock_wait_timeout)\b\s*(?:=|\bto\b|'\s*,)",
    re.IGNORECASE,
)
_OFF = re.compile(r"(?:=|\bto\b)\s*'?(?:0|default)\b", re.IGNORECASE)
_URL = re.compile(r"\A([a-z0-9]+)(?:\+\w+)?://")


def read_env(text: str) -> EnvironmentFacts | None:
    """The facts of a file; None where it is no environment of Alembic's, or cannot be parsed.

    The file is not run: what is not written out in it is not known. Where `context.configure` is called several times,
    the call that is given a connection is the one that migrations run under.
    """
    if "alembic" not in text or "configure" not in text:
        return None
    try:
        tree = parse_ast(text)
    except UnparseableError:
        return None
    if tree is None:
        return None
    nodes = list(ast.walk(tree))
    calls = [node for node in nodes if isinstance(node, ast.Call) and _name(node.func) == "configure"]
    if not calls:
        return None
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    timeouts = {*_timeouts(texts), *_timeouts_of_keywords(nodes)}
    return EnvironmentFacts(
        dialect=_dialect(calls, texts),
        timeouts=tuple(sorted(timeouts)),
        shares_transaction=_shares_transaction(calls),
    )


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _keywords(call: ast.Call) -> dict[str, ast.expr]:
    return {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}


def _shares_transaction(calls: list[ast.Call]) -> bool | None:
    """Whether pending migrations share one transaction; None where that is not a constant."""
    online = [call for call in calls if "connection" in _keywords(call)] or calls
    said: set[bool | None] = set()
    for call in online:
        keywords = _keywords(call)
        value = keywords.get("transaction_per_migration")
        spread = any(keyword.arg is None for keyword in call.keywords)
        if isinstance(value, ast.Constant):
            said.add(not value.value)
        else:
            said.add(None if value is not None or spread else True)
    return said.pop() if len(said) == 1 else None


def _dialect(calls: list[ast.Call], texts: list[str]) -> Dialect | None:
    """The dialect of `dialect_name=`, or of the one URL that the file holds."""
    for call in calls:
        value = _keywords(call).get("dialect_name")
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return dialect_named(value.value)
    found = {dialect_named(match[1]) for text in texts if (match := _URL.match(text)) is not None}
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _timeouts(texts: list[str]) -> Iterator[str]:
    """Timeouts that a string sets: in SQL, or in the options of a connection (`-c lock_timeout=2000`)."""
    for text in texts:
        for match in _TIMEOUT.finditer(text):
            if not _OFF.match(text, match.end() - 1):
                yield match[1].lower()


def _timeouts_of_keywords(nodes: list[ast.AST]) -> Iterator[str]:
    """`server_settings={"lock_timeout": "2s"}`, as asyncpg takes them."""
    for node in nodes:
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                known = isinstance(key, ast.Constant) and isinstance(key.value, str) and _TIMEOUT.match(f"{key.value}=")
                off = isinstance(value, ast.Constant) and str(value.value) in {"0", "None"}
                if known and not off and isinstance(key, ast.Constant):
                    yield str(key.value).lower()
