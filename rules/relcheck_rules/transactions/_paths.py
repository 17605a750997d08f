"""The paths through a function, and how often each of them commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from relcheck_rules.transactions._nodes import below

if TYPE_CHECKING:
    import libcst as cst

_STOPPING = ("stop", "running", "shut", "alive", "terminat", "exit", "quit", "cancel")


class Paths:
    """Follows the commits (ids of call nodes) along every path of a body.

    `first` and `second` are the first two commits of the path with the most; None where no path has as many. `looping`
    are commits that one round of a loop leaves to the next. A commit of `own`, of a session that is made in the same
    round, belongs to the round alone; so does every commit of a worker's loop, which runs until somebody stops it.
    """

    def __init__(self, body: cst.BaseSuite, commits: Collection[int], own: Collection[int]) -> None:
        self.looping: list[int] = []
        self._commits = commits
        self._own = own
        self._worst: list[int] = []
        self._leaving: list[tuple[list[int], bool]] = []
        fall = self._block(body.body, [])
        if fall is not None:
            self._note(fall)
        self.first, self.second = [*self._worst, None, None][:2]

    def _note(self, path: Sequence[int]) -> None:
        if len(path) > len(self._worst):
            self._worst = list(path)

    def _block(self, statements: Sequence[cst.CSTNode], path: list[int]) -> list[int] | None:
        """The commits so far on the worst path that falls out of the block; None where none does."""
        current: list[int] | None = path
        for statement in statements:
            if current is None:
                return None
            current = self._statement(statement, current)
        return current

    def _statement(self, node: cst.CSTNode, path: list[int]) -> list[int] | None:
        import libcst as cst

        match node:
            case cst.SimpleStatementLine() | cst.SimpleStatementSuite():
                return self._simple(node, [*path, *self._inside(node)])
            case cst.If():
                before = [*path, *self._inside(node.test)]
                orelse = self._statement(node.orelse, before) if node.orelse is not None else before
                return _worse([self._block(node.body.body, before), orelse])
            case cst.Else() | cst.Finally() | cst.With():
                return self._block(node.body.body, path)
            case cst.For() | cst.While():
                return self._loop(node, path)
            case cst.Try() | cst.TryStar():
                return self._try(node, path)
            case cst.Match():
                return _worse([path, *(self._block(case.body.body, path) for case in node.cases)])
            case _:
                return path

    def _simple(self, node: cst.SimpleStatementLine | cst.SimpleStatementSuite, path: list[int]) -> list[int] | None:
        import libcst as cst

        if any(isinstance(one, cst.Return | cst.Raise) for one in node.body):
            self._note(path)
            return None
        if any(isinstance(one, cst.Break | cst.Continue) for one in node.body):
            self._leaving.append((path, isinstance(node.body[-1], cst.Break)))
            return None
        return path

    def _loop(self, node: cst.For | cst.While, path: list[int]) -> list[int] | None:
        outer, self._leaving = self._leaving, []
        fall = self._block(node.body.body, [])
        again = [one for one in (fall, *(way for way, is_break in self._leaving if not is_break)) if one]
        out = [way for way, is_break in self._leaving if is_break]
        self._leaving = outer
        for round_ in again:
            if round_[0] in self._own or _is_endless(node):
                self._note(round_)
            elif round_[0] not in self.looping:
                self.looping.append(round_[0])
        after = _worse([path, *([*path, *way] for way in out)])
        return self._statement(node.orelse, after) if node.orelse is not None and after is not None else after

    def _try(self, node: cst.Try | cst.TryStar, path: list[int]) -> list[int] | None:
        body = self._block(node.body.body, path)
        if body is not None and node.orelse is not None:
            body = self._statement(node.orelse, body)
        after = _worse([body, *(self._block(handler.body.body, path) for handler in node.handlers)])
        if node.finalbody is None:
            return after
        ending = self._statement(node.finalbody, after if after is not None else path)
        return ending if after is not None else None

    def _inside(self, node: cst.CSTNode) -> list[int]:
        """The commits within a statement or expression, in order."""
        return [id(one) for one in below(node) if id(one) in self._commits]


def _worse(ways: Sequence[list[int] | None]) -> list[int] | None:
    """The way with the most commits of those that go on."""
    going = [way for way in ways if way is not None]
    return max(going, key=len) if going else None


def _is_endless(loop: cst.For | cst.While) -> bool:
    """Whether this is the loop of a worker: `while True` that nothing leaves, `while not self.stopped.is_set()`."""
    from libcst import Integer, Name, While

    if not isinstance(loop, While):
        return False
    test = loop.test
    if isinstance(test, Name | Integer) and test.value in ("True", "1"):
        return not _is_left(loop)
    names = (node.value.lower() for node in below(test) if isinstance(node, Name))
    return any(word in name for name in names for word in _STOPPING)


def _is_left(loop: cst.While) -> bool:
    """Whether a `break` or `return` ends the loop."""
    import libcst as cst

    pending: list[tuple[cst.CSTNode, bool]] = [(loop.body, False)]
    while pending:
        node, inner = pending.pop()
        if isinstance(node, cst.Return) or (isinstance(node, cst.Break) and not inner):
            return True
        if not isinstance(node, cst.FunctionDef | cst.ClassDef | cst.Lambda):
            nested = inner or isinstance(node, cst.For | cst.While)
            pending.extend((child, nested) for child in node.children)
    return False
