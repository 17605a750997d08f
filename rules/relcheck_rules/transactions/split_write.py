"""A domain action is one transaction."""

from __future__ import annotations

from collections.abc import Iterable
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
    last,
    on,
    opt,
)
from relcheck_rules.transactions._options import PRIMITIVES, SESSION, SESSION_NAMES, SessionOptions, exempt
from relcheck_rules.transactions._paths import Paths
from relcheck_rules.transactions._sessions import concerns_rows

if TYPE_CHECKING:
    import libcst as cst


def _several(symbol: str) -> str:
    return (
        f"{symbol} commits more than once: if what follows the first commit fails, half of the action stays. "
        "Commit once at the end, or give the reason in a waiver"
    )


def _in_loop(symbol: str) -> str:
    return (
        f"{symbol} commits in a loop: if a round fails, the rounds before it stay. "
        "Commit once after the loop, or give the reason in a waiver"
    )


class SplitWrite(PythonRule):
    """
    ## What it does
    Finds functions that commit more than once on one path, and loops that commit in their body.

    One commit in each branch is one commit, and so is one after which the loop or the function ends. A round that makes
    its own session, and a worker's loop that runs until somebody stops it, are actions of their own.

    ## Why is this bad
    If the second half fails, the first half stays: an order without its lines, a payment without its booking. Nobody
    rolls back what is committed.

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
    `session.flush()` gives an id without a commit. Where several commits are meant, as in a clean-up that deletes in
    batches, say why in a waiver. As long as the project defines none of `primitives` and configures none, the rule
    warns instead of failing. Tests and migrations are looked at with `check_tests` and `check_migrations`.
    """

    upholds = "No partial writes"
    convention = Defined(opt.primitives, otherwise=Severity.WARNING)
    local = True

    class Options(SessionOptions, frozen=True):
        session_names: tuple[str, ...] = (
            *SESSION_NAMES,
            "transaction",
            "trans",
            "tx",
            "uow",
            "*_uow",
            "unit_of_work",
        )
        commits: tuple[str, ...] = ("commit",)
        primitives: tuple[Symbol, ...] = PRIMITIVES
        allowed_in: tuple[Glob, ...] = ()
        check_migrations: bool = False
        migration_paths: tuple[Glob, ...] = ("**/migrations/**", "**/alembic/**", "**/versions/**")

    options: Options

    @on(function(contains=call(method=opt.commits, receiver=SESSION)))
    def several(self, fn: Site, file: File) -> Findings:
        from libcst import FunctionDef

        if not isinstance(fn.node, FunctionDef) or self._allowed(file):
            return
        for sites in _by_receiver(fn.matches):
            own = {node for node, site in sites.items() if _is_of_own_session(site)}
            paths = Paths(fn.node.body, sites.keys(), own)
            for commit in paths.looping:
                yield fn.finding(
                    f"{fn.symbol} commits in a loop: if a round fails, the rounds before it stay. "
                    "Commit once after the loop, or give the reason in a waiver",
                    kind="commit-in-loop",
                    region=sites[commit],
                )
            first, second = paths.first, paths.second
            if first is not None and second is not None and not {first, second} & set(paths.looping):
                yield fn.finding(
                    f"{fn.symbol} commits more than once: if what follows the first commit fails, "
                    "half of the action stays. Commit once at the end, or give the reason in a waiver",
                    kind="several-commits",
                    region=sites[second],
                    related=[sites[first].note("the first commit")],
                )

    def _allowed(self, file: File) -> bool:
        migrations = () if self.options.check_migrations else self.options.migration_paths
        return file.matches((*exempt(self.options), *migrations))

    examples = (
        Invalid(
            "def place(session, order, lines):\n"
            "    session.add(order)\n"
            "    session.commit()\n"
            "    session.add_all(lines)\n"
            "    session.commit()\n",
            Expect(5, 13, 19, _several("place"), kind="several-commits"),
            title="Two commits, one action:",
        ),
        Invalid(
            "def expire(db, orders):\n    for order in orders:\n        order.expired = True\n        db.commit()\n",
            Expect(4, 12, 18, _in_loop("expire"), kind="commit-in-loop"),
            title="A commit in every round:",
        ),
        Invalid(
            "class Orders:\n"
            "    async def place(self, order):\n"
            "        if order.is_new:\n"
            "            self.session.add(order)\n"
            "            await self.session.commit()\n"
            "        await self.notify(order)\n"
            "        await self.session.commit()\n",
            Expect(7, 28, 34, _several("Orders.place"), kind="several-commits"),
            title="One of them on some paths only:",
        ),
        Invalid(
            "from flask_sqlalchemy import SQLAlchemy\n"
            "\n"
            "def place(order):\n"
            "    try:\n"
            "        db.session.add(order)\n"
            "        db.session.commit()\n"
            "        charge(order)\n"
            "        order.paid = True\n"
            "        db.session.commit()\n"
            "    except PaymentError:\n"
            "        db.session.rollback()\n",
            Expect(9, 20, 26, _several("place"), kind="several-commits"),
        ),
        Invalid(
            "def place(order):\n"
            "    with Session(engine) as session:\n"
            "        session.add(order)\n"
            "        session.commit()\n"
            "    with Session(engine) as session:\n"
            "        session.get(Order, order.id).placed = True\n"
            "        session.commit()\n",
            Expect(7, 17, 23, _several("place"), kind="several-commits"),
        ),
        Invalid(
            "def purge(conn):\n"
            "    while True:\n"
            "        deleted = conn.execute(DELETE_A_HUNDRED).rowcount\n"
            "        conn.commit()\n"
            "        if not deleted:\n"
            "            break\n",
            Expect(4, 14, 20, _in_loop("purge"), kind="commit-in-loop"),
        ),
        Invalid(
            "def bill(session, customers):\n"
            "    for customer in customers:\n"
            "        try:\n"
            "            charge(customer)\n"
            "            session.commit()\n"
            "        except PaymentError:\n"
            "            session.rollback()\n"
            "            continue\n",
            Expect(5, 21, 27, _in_loop("bill"), kind="commit-in-loop"),
        ),
        Invalid(
            "def work(queue):\n"
            "    while True:\n"
            "        session = Session(engine)\n"
            "        job = queue.get()\n"
            "        session.add(Attempt(job))\n"
            "        session.commit()\n"
            "        job.run()\n"
            "        session.commit()\n",
            Expect(8, 17, 23, _several("work"), kind="several-commits"),
            title="One round of a worker is one action too:",
        ),
        Invalid(
            "def test_expiry(session, orders):\n    for order in orders:\n        session.commit()\n",
            Expect(3, 17, 23, _in_loop("test_expiry"), kind="commit-in-loop"),
            path="tests/test_orders.py",
            options={"check_tests": True},
        ),
        Invalid(
            "def upgrade():\n"
            "    session = Session(bind=op.get_bind())\n"
            "    for order in session.query(Order):\n"
            "        order.total = 0\n"
            "        session.commit()\n",
            Expect(5, 17, 23, _in_loop("upgrade"), kind="commit-in-loop"),
            path="alembic/versions/013_totals.py",
            options={"check_migrations": True},
        ),
        Valid(
            "def close(session, order):\n"
            "    if order.paid:\n"
            '        order.state = "closed"\n'
            "        session.commit()\n"
            "    else:\n"
            '        order.state = "void"\n'
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
        Valid(
            "def save(session, order):\n"
            "    try:\n"
            "        session.add(order)\n"
            "        session.commit()\n"
            "    except IntegrityError:\n"
            "        session.rollback()\n"
            "        session.add(Rejected(order))\n"
            "        session.commit()\n",
            title="A commit that replaces one that failed:",
        ),
        Valid(
            "def bill(customers):\n"
            "    for customer in customers:\n"
            "        with Session(engine) as session:\n"
            "            session.add(Invoice(customer))\n"
            "            session.commit()\n",
            title="A transaction of its own for each round:",
        ),
        Valid(
            "def finish(sessions, connections):\n"
            "    for session in sessions:\n"
            "        session.commit()\n"
            "    for number, (name, conn) in enumerate(connections):\n"
            "        conn.commit()\n",
        ),
        Valid(
            "def work(self, session):\n"
            "    while not self.stopped.is_set():\n"
            "        self.claim(session).run()\n"
            "        session.commit()\n",
            title="A worker's loop:",
        ),
        Valid(
            "def copy(source_session, target_session):\n"
            "    target_session.add_all(source_session.scalars(select(Order)))\n"
            "    target_session.commit()\n"
            "    source_session.commit()\n",
            title="Two databases have two transactions:",
        ),
        Valid(
            "def publish(repo, consumer, session):\n"
            '    repo.commit("first")\n'
            '    repo.commit("second")\n'
            "    consumer.commit()\n"
            "    consumer.commit()\n"
            '    session.commit("message")\n'
            '    session.commit("message")\n',
            title="What else is committed:",
        ),
        Valid(
            "def place(session, order):\n"
            "    with session.begin_nested() as trans:\n"
            "        trans.commit()\n"
            "    session.commit()\n"
            "\n"
            "    def again():\n"
            "        session.commit()\n"
            "\n"
            "    return again, lambda: session.commit()\n",
        ),
        Valid(
            "def upgrade():\n"
            "    session = Session(bind=op.get_bind())\n"
            "    for order in session.query(Order):\n"
            "        order.total = 0\n"
            "        session.commit()\n",
            title="A migration:",
            path="alembic/versions/013_totals.py",
        ),
    )


def _by_receiver(commits: Iterable[Site]) -> Iterable[dict[int, Site]]:
    """Commits by what they are called on: `source.commit()` and `target.commit()` cannot be one."""
    from libcst import FunctionDef, Lambda

    groups: dict[str, dict[int, Site]] = {}
    for site in commits:
        scope = next((cell for cell in site.around() if isinstance(cell.node, Lambda | FunctionDef)), None)
        if concerns_rows(site) and scope is not None and isinstance(scope.node, FunctionDef):
            groups.setdefault(_receiver(site), {})[id(site.node)] = site
    return groups.values()


def _receiver(commit: Site) -> str:
    from libcst import Attribute, Call

    if isinstance(commit.node, Call) and isinstance(commit.node.func, Attribute):
        return last(commit.file.code(commit.below(commit.node.func.value)))
    return ""


def _is_of_own_session(commit: Site) -> bool:
    """Whether the session is made in the same round of the loop that commits it."""
    import libcst as cst

    name = _receiver(commit)
    for cell in commit.around():
        match cell.node:
            case cst.FunctionDef():
                return False
            case cst.With(items=items):
                made = [item.asname.name for item in items if item.asname is not None]
            case cst.For() | cst.While():
                loop = cell.node
                return name in _names(loop.target if isinstance(loop, cst.For) else None) or _assigns(loop.body, name)
            case _:
                continue
        if any(isinstance(one, cst.Name) and one.value == name for one in made):
            return True
    return False


def _names(target: cst.CSTNode | None) -> set[str]:
    from libcst import Element, Name, Tuple

    if isinstance(target, Tuple):
        return {name for one in target.elements if isinstance(one, Element) for name in _names(one.value)}
    return {target.value} if isinstance(target, Name) else set()


def _assigns(body: cst.BaseSuite, name: str) -> bool:
    """Whether a statement of the body itself makes what the name stands for."""
    from libcst import Assign, Call, Name, SimpleStatementLine

    for statement in body.body:
        for small in statement.body if isinstance(statement, SimpleStatementLine) else ():
            if isinstance(small, Assign) and isinstance(small.value, Call):
                targets = [one.target for one in small.targets]
                if any(isinstance(one, Name) and one.value == name for one in targets):
                    return True
    return False
