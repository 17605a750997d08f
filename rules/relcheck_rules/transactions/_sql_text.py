"""Telling a row lock or a write in SQL text from talk about one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from relcheck.sdk import Site, sql
from relcheck_rules.transactions._calls import called_name

if TYPE_CHECKING:
    import libcst as cst

PHRASES = ("for update", "for share", "for no key update", "for key share", "lock in share mode")

EXECUTES = (
    "execute",
    "executemany",
    "executescript",
    "execute_async",
    "execute_batch",
    "execute_query",
    "execute_sql",
    "execute_values",
    "exec_driver_sql",
    "text",
    "SQL",
    "raw",
    "RawSQL",
    "RunSQL",
    "from_statement",
    "scalar",
    "scalars",
    "stream",
    "mogrify",
    "prepare",
    "fetch",
    "fetchrow",
    "fetchval",
    "fetch_all",
    "fetch_one",
    "read_sql",
    "read_sql_query",
)
TOLD_BY = (
    "debug",
    "info",
    "warning",
    "warn",
    "error",
    "exception",
    "critical",
    "fatal",
    "log",
    "print",
    "echo",
    "secho",
    "fail",
    "skip",
    "skipif",
    "xfail",
    "Doc",
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "pgettext",
    "capture_message",
    "set_attribute",
    "set_tag",
)
TOLD_AS = (
    "description",
    "short_description",
    "help",
    "help_text",
    "doc",
    "summary",
    "message",
    "msg",
    "reason",
    "title",
    "label",
    "verbose_name",
    "detail",
    "epilog",
    "match",
    "metavar",
    "placeholder",
)


class TextOptions(Protocol):
    """Options that say which calls run a text as SQL, and which only tell it to people."""

    @property
    def executes(self) -> tuple[str, ...]: ...

    @property
    def told_by(self) -> tuple[str, ...]: ...

    @property
    def told_as(self) -> tuple[str, ...]: ...

    @property
    def check_function_bodies(self) -> bool: ...


@dataclass(frozen=True)
class SqlLock:
    """A locking clause in a text: where it stands (offsets of the folded text), and how a reader calls it."""

    start: int
    end: int
    name: str


def sql_locks(at: Site, options: TextOptions) -> tuple[SqlLock, ...]:
    """The locking clauses of a text that is SQL, or may become part of it. Text that is told to people has none."""
    use = _use(at, options)
    if use is _Use.TOLD or at.text is None:
        return ()
    text = at.text.text
    clauses = sql.locking_clauses(text, executed=use is _Use.EXECUTED, function_bodies=options.check_function_bodies)
    return tuple(
        SqlLock(one.start, _visible_end(at, one), _name(text[one.start : one.end], one.strength)) for one in clauses
    )


def unknown_sql_locks(at: Site, options: TextOptions) -> tuple[SqlLock, ...]:
    """Places where a SELECT ends in a FOR and only a run tells what follows."""
    use = _use(at, options)
    if use is _Use.TOLD or at.text is None:
        return ()
    starts = sql.unknown_strength(
        at.text.text, executed=use is _Use.EXECUTED, function_bodies=options.check_function_bodies
    )
    return tuple(SqlLock(start, start + len("FOR"), "FOR …") for start in starts)


def sql_writes(at: Site, options: TextOptions) -> bool:
    """Whether a text is SQL that changes rows."""
    use = _use(at, options)
    if use is _Use.TOLD or at.text is None:
        return False
    return sql.writes(at.text.text, executed=use is _Use.EXECUTED)


def _visible_end(at: Site, clause: sql.LockingClause) -> int:
    """Where a reader sees the clause end: in its first literal, without the space at that literal's end."""
    if at.text is None:
        return clause.end
    ends = (piece.end for piece in at.text.pieces if piece.start <= clause.start < piece.end)
    visible = at.text.text[clause.start : min(clause.end, next(ends, clause.end))]
    return clause.start + len(visible.rstrip())


def _name(clause: str, strength: str) -> str:
    return "LOCK IN SHARE MODE" if clause.upper().startswith("LOCK") else f"FOR {strength}"


class _Use(Enum):
    EXECUTED = "executed"
    TOLD = "told"
    UNKNOWN = "unknown"


_SEARCHES = frozenset({"startswith", "endswith", "index", "rindex", "find", "rfind", "count", "split", "rsplit"}) | {
    *("partition", "rpartition", "removeprefix", "removesuffix", "replace"),
    *("compile", "search", "match", "fullmatch", "findall", "finditer", "sub", "subn"),
}
"""Calls that look for their first argument in another text."""

_VALUES = frozenset({"values", "literal", "bindparam", "bindparams", "params", "like", "ilike", "contains", "in_"})
"""Calls whose arguments are values of a statement."""

_SECOND = frozenset({"execute_values", "execute_batch"})
"""Functions of psycopg2 that take the cursor first."""


def _use(at: Site, options: TextOptions) -> _Use:
    """What the code around a text does with it: the first call around it decides, or what stands below that.

    `packed` says that a display stands in between, as in the parameters of a statement.
    """
    import libcst as cst

    packed = False
    below: cst.CSTNode = at.node
    for cell in at.around():
        node = cell.node
        if isinstance(node, cst.Call) and node.func is not below:
            if cell.parent is not None and isinstance(cell.parent.node, cst.Raise):
                return _Use.TOLD
            return _use_by(called_name(at, node), _position(node, below), options, packed=packed)
        if _tells(node, below, options):
            return _Use.TOLD
        if isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement | cst.Lambda):
            break
        packed = isinstance(node, cst.Dict | cst.List | cst.Tuple) or (
            packed and not isinstance(node, cst.BinaryOperation)
        )
        below = node
    return _Use.UNKNOWN


def _use_by(name: str, position: int | None, options: TextOptions, *, packed: bool) -> _Use:
    """What a call does with an argument; `position` is None for a keyword's."""
    if name in options.executes:
        if position == 0 or (position is None and not packed) or (position == 1 and name in _SECOND):
            return _Use.EXECUTED
        return _Use.TOLD if packed else _Use.UNKNOWN
    searched = position == 0 and name in _SEARCHES
    shown = name in options.told_by or name.startswith("assert") or name.endswith(("Error", "Exception", "Warning"))
    return _Use.TOLD if searched or shown or name in _VALUES else _Use.UNKNOWN


def _tells(node: cst.CSTNode, below: cst.CSTNode, options: TextOptions) -> bool:
    """Whether a node makes what is below it a message, a comparison, or a name rather than SQL that runs."""
    import libcst as cst

    match node:
        case cst.Raise() | cst.Annotation() | cst.Comparison() | cst.ComparisonTarget() | cst.SubscriptElement():
            return True
        case cst.Set() | cst.MatchValue():
            return True
        case cst.Assert():
            return node.msg is below
        case cst.Arg(keyword=cst.Name(value=name)):
            return name in options.told_as
        case cst.Assign():
            return any(_last_name(target.target) in options.told_as for target in node.targets)
        case cst.AnnAssign():
            return _last_name(node.target) in options.told_as
        case cst.Param():
            return node.name.value in options.told_as
        case cst.DictElement():
            return node.key is below or _constant(node.key) in options.told_as
    return False


def _position(call: cst.Call, arg: cst.CSTNode) -> int | None:
    """The position of an argument; None for a keyword's."""
    for position, one in enumerate(call.args):
        if one is arg and one.keyword is None:
            return position
    return None


def _last_name(node: cst.CSTNode) -> str:
    from libcst import Attribute, Name

    if isinstance(node, Attribute):
        return node.attr.value
    return node.value if isinstance(node, Name) else ""


def _constant(node: cst.CSTNode) -> object:
    from libcst import SimpleString

    return node.evaluated_value if isinstance(node, SimpleString) else None
