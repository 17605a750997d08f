"""Telling a row lock in SQL text from talk about one."""

from __future__ import annotations

from typing import Protocol

from relcheck.sdk import Site, last, sql

EXECUTES = (
    "execute",
    "executemany",
    "execute_values",
    "exec_driver_sql",
    "text",
    "scalar",
    "scalars",
    "stream",
    "raw",
    "RawSQL",
    "SQL",
    "mogrify",
    "fetch",
    "fetchrow",
    "fetchval",
    "fetch_one",
    "fetch_all",
    "from_statement",
    "read_sql",
    "read_sql_query",
    "prepare",
)
TOLD_BY = (
    "debug",
    "info",
    "warning",
    "warn",
    "error",
    "exception",
    "critical",
    "log",
    "print",
    "echo",
    "secho",
    "fail",
    "skip",
    "skipif",
    "xfail",
)
TOLD_AS = ("description", "help", "help_text", "doc", "summary", "message", "msg", "reason", "title", "label", "detail")


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


def sql_locks(at: Site, options: TextOptions) -> tuple[sql.LockingClause, ...]:
    """The locking clauses of a text that is SQL, or may become part of it. Text that is told to people has none."""
    use = _use(at, options)
    if use == "told" or at.text is None:
        return ()
    return sql.locking_clauses(at.text.text, executed=use == "executed", function_bodies=options.check_function_bodies)


def is_told(at: Site, options: TextOptions) -> bool:
    """Whether the text only speaks to people."""
    return _use(at, options) == "told"


def _use(at: Site, options: TextOptions) -> str:
    """`executed`, `told` or `unknown`: the nearest place around the text that decides."""
    import libcst as cst

    told = False
    below: cst.CSTNode = at.node
    for cell in at.around():
        node = cell.node
        if isinstance(node, cst.Call) and node.func is not below:
            name = _called(node)
            if name in options.executes:
                return "executed"
            told = told or name in options.told_by
        elif isinstance(node, cst.Arg) and node.keyword is not None:
            told = told or node.keyword.value in options.told_as
        elif isinstance(node, cst.Raise):
            told = True
        elif isinstance(node, cst.Assert):
            told = told or node.msg is below
        elif isinstance(node, cst.DictElement):
            told = told or node.key is below
        elif isinstance(node, cst.Comparison | cst.ComparisonTarget | cst.SubscriptElement):
            told = True
        elif isinstance(node, cst.Assign):
            told = told or any(_named(target.target) in options.told_as for target in node.targets)
        elif isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            break
        below = node
    return "told" if told else "unknown"


def _called(node: object) -> str:
    from libcst import Attribute, Call, Name

    func = node.func if isinstance(node, Call) else None
    if isinstance(func, Attribute):
        return func.attr.value
    return func.value if isinstance(func, Name) else ""


def _named(node: object) -> str:
    from libcst import Name

    return last(node.value) if isinstance(node, Name) else ""
