"""Telling a row lock in SQL text from talk about one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from relcheck.sdk import Site, last, sql

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
        SqlLock(one.start, _visible_end(at, one), _name(text[one.start : one.end], one.strength))
        for one in clauses
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


def is_told(at: Site, options: TextOptions) -> bool:
    """Whether the text only speaks to people."""
    return _use(at, options) is _Use.TOLD


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
    *("assertIn", "assertNotIn", "assertEqual", "assertRegex", "assertContains"),
}
"""Calls that look for their first argument in another text."""

_SECOND = frozenset({"execute_values", "execute_batch"})
"""Functions of psycopg2 that take the cursor first."""


def _use(at: Site, options: TextOptions) -> _Use:
    """What the code around a text does with it.

    `direct` holds until a call is crossed: `x in f("…")` does not look into the text. `packed` says that a display
    stands between the text and the call.
    """
    import libcst as cst

    told = False
    direct = True
    packed = False
    below: cst.CSTNode = at.node
    for cell in at.around():
        node = cell.node
        if isinstance(node, cst.Call):
            if node.func is not below:
                name = _called(at, node)
                position = _position(node, below)
                if name in options.executes:
                    if position == 0 or (position is None and not packed) or (position == 1 and name in _SECOND):
                        return _Use.EXECUTED
                    told = told or packed  # parameters of the statement
                told = told or name in options.told_by or (direct and position == 0 and name in _SEARCHES)
                direct = packed = False
        elif isinstance(node, cst.Dict | cst.List | cst.Tuple):
            packed = True
        elif isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement | cst.Param):
            told = told or _tells(node, below, options, direct=direct)
            break
        else:
            told = told or _tells(node, below, options, direct=direct)
        below = node
    return _Use.TOLD if told else _Use.UNKNOWN


def _tells(node: cst.CSTNode, below: cst.CSTNode, options: TextOptions, *, direct: bool) -> bool:
    """Whether a node makes what is below it a message, a comparison, or a name rather than SQL that runs."""
    import libcst as cst

    match node:
        case cst.Raise() | cst.Annotation():
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
            return (direct and node.key is below) or _constant(node.key) in options.told_as
        case cst.Comparison() | cst.ComparisonTarget() | cst.SubscriptElement() | cst.Set() | cst.MatchValue():
            return direct
    return False


def _called(at: Site, node: cst.Call) -> str:
    from libcst import Attribute

    if isinstance(node.func, Attribute):
        return node.func.attr.value
    return next((last(name) for name in at.file.resolve(node)), "")


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
