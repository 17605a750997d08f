"""A domain action is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from relcheck.sdk import (
    Defined,
    Expect,
    File,
    Findings,
    Glob,
    Invalid,
    PythonRule,
    Severity,
    Site,
    Symbol,
    Valid,
    call,
    function,
    on,
    opt,
)
from relcheck_rules.transactions._options import SESSION, SessionOptions

if TYPE_CHECKING:
    import libcst as cst


class SplitWrite(PythonRule):
    """
    ## What it does
    Finds functions that commit more than once on one path, and loops that commit in their body. One commit in each branch, or a commit
    after which the loop or function ends, is one commit.

    ## Why is this bad
    If the second half fails, the first stays: an order without its lines, a payment without its booking. Nobody rolls
    back what is committed.

    ## Example
    ```python
    def place(session, order, lines):
        session.add(order)
        session.commit()
        session.add_all(lines)
        session.commit()
    ```

    ## Use instead
    ```python
    def place(session, order, lines):
        session.add(order)
        session.add_all(lines)
        session.commit()
    ```
    Where several commits are meant (a batch job that may stop anywhere), say so in a waiver with the reason. The rule warns
    where the project defines none of `primitives` and none is configured.
    """

    upholds = "No partial writes"
    convention = Defined(opt.primitives, otherwise=Severity.WARNING)

    class Options(SessionOptions):
        commits: tuple[str, ...] = ("commit",)
        primitives: tuple[Symbol, ...] = ("single_connection_transaction", "async_single_connection_transaction")
        allowed_in: tuple[Glob, ...] = ()

    options: Options

    @on(function(contains=call(method=opt.commits, receiver=SESSION)))
    def several(self, fn: Site, file: File) -> Findings:
        from libcst import FunctionDef

        tests = () if self.options.check_tests else self.options.test_paths
        if not isinstance(fn.node, FunctionDef) or file.matches((*self.options.allowed_in, *tests)):
            return
        sites = {id(site.node): site for site in fn.matches}
        paths = _Paths(frozenset(sites))
        first, second = paths.over(fn.node.body)
        for loop in paths.loops:
            yield fn.finding(
                f"{fn.symbol} commits in a loop: if a round fails, the rounds before it stay. "
                "Commit once behind the loop, or give the reason in a waiver",
                kind="commit-in-loop",
                region=sites[loop],
            )
        if second is not None and first is not None and not {first, second} & set(paths.loops):
            yield fn.finding(
                f"{fn.symbol} commits more than once: if what follows the first commit fails, half of the action stays. "
                "Commit once at its end, or give the reason in a waiver",
                kind="several-commits",
                region=sites[second],
                related=[sites[first].note("the first commit")],
            )

    examples = (
        Invalid(
            "def place(session, order, lines):\n"
            "    session.add(order)\n"
            "    session.commit()\n"
            "    session.add_all(lines)\n"
            "    session.commit()\n",
            Expect(
                5,
                13,
                19,
                "place commits more than once: if what follows the first commit fails, half of the action stays. "
                "Commit once at its end, or give the reason in a waiver",
            ),
            title="Two commits, one action:",
        ),
        Invalid(
            "def expire(db, orders):\n    for order in orders:\n        order.expired = True\n        db.commit()\n",
            Expect(
                4,
                12,
                18,
                "expire commits in a loop: if a round fails, the rounds before it stay. "
                "Commit once behind the loop, or give the reason in a waiver",
            ),
            title="A commit in every round:",
        ),
        Valid(
            "def close(session, order):\n"
            "    if order.paid:\n"
            "        order.state = 'closed'\n"
            "        session.commit()\n"
            "    else:\n"
            "        order.state = 'void'\n"
            "        session.commit()\n",
            title="One commit in each branch:",
        ),
        Valid(
            "def save(session, order):\n"
            "    for attempt in range(3):\n"
            "        try:\n"
            "            session.commit()\n"
            "            return True\n"
            "        except OperationalError:\n"
            "            session.rollback()\n"
            "    return False\n",
            title="A commit that ends the loop:",
        ),
        Valid(
            "def save(session, order):\n"
            "    if order.empty:\n"
            "        session.commit()\n"
            "        return\n"
            "    session.add(order)\n"
            "    session.commit()\n",
        ),
        Valid("def publish(repo):\n    repo.commit()\n    repo.commit()\n"),
    )


class _Paths:
    """Walks the paths through a function. For a block it tells the first two commits of the path with the most, and where paths end."""

    def __init__(self, commits: frozenset[int]) -> None:
        self._commits = commits
        self.loops: list[int] = []
        self._worst: list[int] = []
        self._leaving: list[tuple[list[int], bool]] = []

    def over(self, body: cst.BaseSuite) -> tuple[int | None, int | None]:
        """The first and second commit on the worst path."""
        fall = self._block(body.body, [])
        if fall is not None:
            self._note(fall)
        found = [*self._worst, None, None]
        return found[0], found[1]

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
                path = [*path, *self._inside(node)]
                if any(isinstance(one, cst.Return | cst.Raise) for one in node.body):
                    self._note(path)
                    return None
                if any(isinstance(one, cst.Break | cst.Continue) for one in node.body):
                    self._leaving.append((path, isinstance(node.body[-1], cst.Break)))
                    return None
                return path
            case cst.FunctionDef() | cst.ClassDef():
                return path
            case cst.If():
                before = [*path, *self._inside(node.test)]
                branches = [self._block(node.body.body, before)]
                branches.append(self._statement(node.orelse, before) if node.orelse is not None else before)
                return _worse(branches)
            case cst.Else() | cst.Finally():
                return self._block(node.body.body, path)
            case cst.For() | cst.While():
                return self._loop(node, path)
            case cst.With():
                return self._block(node.body.body, path)
            case cst.Try() | cst.TryStar():
                return self._try(node, path)
            case cst.Match():
                return _worse([path, *(self._block(case.body.body, path) for case in node.cases)])
            case _:
                return path

    def _loop(self, node: cst.For | cst.While, path: list[int]) -> list[int] | None:
        outer, self._leaving = self._leaving, []
        fall = self._block(node.body.body, [])
        again = [one for one in (fall, *(way for way, is_break in self._leaving if not is_break)) if one]
        out = [way for way, is_break in self._leaving if is_break]
        self._leaving = outer
        self.loops.extend(commit for commit in dict.fromkeys(one[0] for one in again) if commit not in self.loops)
        leaving: list[list[int] | None] = [path, *([*path, *way] for way in out)]
        after = _worse(leaving)
        return self._statement(node.orelse, after) if node.orelse is not None and after is not None else after

    def _try(self, node: cst.Try | cst.TryStar, path: list[int]) -> list[int] | None:
        body = self._block(node.body.body, path)
        if body is not None and node.orelse is not None:
            body = self._statement(node.orelse, body)
        ways = [body, *(self._block(handler.body.body, path) for handler in node.handlers)]
        after = _worse(ways)
        if node.finalbody is None:
            return after
        ending = self._statement(node.finalbody, after if after is not None else path)
        return ending if after is not None else None

    def _inside(self, node: cst.CSTNode) -> list[int]:
        """The commits within a statement or expression, in order."""
        import libcst as cst

        found: list[int] = []
        pending = [node]
        while pending:
            one = pending.pop()
            if id(one) in self._commits:
                found.append(id(one))
            if not isinstance(one, cst.Lambda | cst.FunctionDef | cst.ClassDef):
                pending.extend(reversed(one.children))
        return found


def _worse(ways: Sequence[list[int] | None]) -> list[int] | None:
    """The way with the most commits of those that go on."""
    going = [way for way in ways if way is not None]
    return max(going, key=len) if going else None
