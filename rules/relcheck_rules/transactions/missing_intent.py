"""A function that touches persistence declares its transaction intent."""

from __future__ import annotations

from relcheck.sdk import (
    Expect,
    File,
    Findings,
    Glob,
    Invalid,
    PythonRule,
    Site,
    Valid,
    any_file,
    call,
    decorated,
    function,
    imports,
    on,
    opt,
    within,
)
from relcheck_rules.transactions._intent import declared_intent, has_adopted
from relcheck_rules.transactions._options import LOCKS, READS, SESSION, WRITES, IntentOptions, exempt
from relcheck_rules.transactions._sessions import concerns_rows


def _told(symbol: str) -> str:
    return (
        f"{symbol} touches the database and does not say how. "
        "Decorate it with @transactional(…) and its intent: READ_ONLY, ATOMIC_WRITE or LOCKED_MUTATION"
    )


class MissingIntent(PythonRule):
    """
    ## What it does
    Finds functions that use a session, connection or cursor and do not declare what they do to the database. It looks
    at files that import the intent decorator, and at those that `required_in` names.

    An object is a session by its annotation or by what made it and, where the code does not say, by its name. A set
    with its `.add`, a dict with its `.get` and the session of an HTTP client are none. A function inside a declared one
    is covered by it, and one that only keeps a session or hands it on touches nothing.

    ## Why is this bad
    Whether a function reads, writes or locks decides how it may be called: twice, on a replica, on a connection that
    somebody else commits. Where nobody has said it, every caller guesses.

    ## Example
    ```python
    from app.infra.transaction import transactional

    def rename(session: Session, user_id: int, name: str) -> None:
        session.get(User, user_id).name = name
    ```

    ## Use instead
    ```python
    @transactional(TransactionIntent.ATOMIC_WRITE)
    def rename(session: Session, user_id: int, name: str) -> None:
        session.get(User, user_id).name = name
    ```
    `session_types`, `session_names` and `not_sessions` say what a session is, `operations` what touches the database.
    Tests are looked at with `check_tests`. A decorator of the same name that takes no intent, such as that of another
    library, obliges nobody.
    """

    upholds = "Every function that touches the database says what it does to it"
    where = any_file(imports(opt.decorators), within(opt.required_in))
    local = True

    class Options(IntentOptions, frozen=True):
        operations: tuple[str, ...] = (*WRITES, *READS, *LOCKS)
        required_in: tuple[Glob, ...] = ()

    options: Options

    @on(
        function(
            contains=call(method=opt.operations, receiver=SESSION),
            lacks=decorated(opt.decorators),
            not_inside=function(decorated=opt.decorators),
        )
    )
    def undeclared(self, fn: Site, file: File) -> Findings:
        touches = [site for site in fn.matches if concerns_rows(site)]
        if not touches or file.matches(exempt(self.options)):
            return
        if self._is_declared(fn, file) or not self._is_asked_for(file):
            return
        read, write, lock = (self.options.read_only[0], self.options.atomic_write[0], self.options.locked_mutation[0])
        yield fn.finding(
            f"{fn.symbol} touches the database and does not say how. "
            f"Decorate it with @{self.options.decorators[0]}(…) and its intent: {read}, {write} or {lock}",
            region=fn.header,
            related=[touches[0].note("touches the database here")],
        )

    def _is_asked_for(self, file: File) -> bool:
        return file.matches(self.options.required_in) or has_adopted(file, self.options)

    def _is_declared(self, fn: Site, file: File) -> bool:
        """Whether the function, or one around it, is declared in a way that no selector sees."""
        around: Site | None = fn
        while around is not None:
            if declared_intent(around, file, self.options) is not None:
                return True
            around = around.up("function")
        return False

    examples = (
        Invalid(
            "from app.infra.transaction import transactional\n"
            "\n"
            "def rename(session, user_id, name):\n"
            "    session.get(User, user_id).name = name\n",
            Expect(3, 5, 11, _told("rename")),
            title="A function that uses the session without an intent:",
        ),
        Invalid(
            "from app.infra import transaction as t\n"
            "from sqlalchemy.orm import Session\n"
            "\n"
            "class Users:\n"
            "    def __init__(self, session: Session):\n"
            "        self.session = session\n"
            "\n"
            "    @t.transactional(t.TransactionIntent.READ_ONLY)\n"
            "    def all(self):\n"
            "        return self.session.query(User).all()\n"
            "\n"
            "    def count(self):\n"
            "        return self.session.scalar(select(func.count(User.id)))\n"
            "\n"
            '    def rename(self, store: "Session | None", name):\n'
            "        store.add(User(name=name))\n",
            Expect(12, 9, 14, _told("Users.count")),
            Expect(15, 9, 15, _told("Users.rename")),
            title="A session is known by its type, whatever it is called:",
        ),
        Invalid(
            "from app.infra.transaction import TransactionIntent, transactional\n"
            "from app.infra.database import Sessions, engine\n"
            "\n"
            "def names():\n"
            "    with Sessions() as session:\n"
            "        return session.scalars(select(User.name)).all()\n"
            "\n"
            "async def load(pool):\n"
            "    async with pool.acquire() as conn:\n"
            '        return await conn.fetchrow("SELECT name FROM users")\n'
            "\n"
            "def store(rows):\n"
            "    connection = engine.connect()\n"
            "    [connection.execute(insert(User), row) for row in rows]\n"
            "\n"
            "def first(cursor):\n"
            "    return (lambda: cursor.fetchone())()\n",
            Expect(4, 5, 10, _told("names")),
            Expect(8, 11, 15, _told("load")),
            Expect(12, 5, 10, _told("store")),
            Expect(16, 5, 10, _told("first")),
            title="Sessions, connections and cursors that are made here:",
        ),
        Invalid(
            "from app.infra.transaction import SingleConnectionTxn, transactional\n"
            "\n"
            "def claim(txn: SingleConnectionTxn, job_id: int):\n"
            "    return txn.lock_row(select(Job).where(Job.id == job_id))\n",
            Expect(3, 5, 10, _told("claim")),
        ),
        Invalid(
            "from app.infra.transaction import transactional\n"
            "\n"
            "def page(session):\n"
            "    def load(number):\n"
            "        return session.execute(select(User).offset(number * 10)).all()\n"
            "    return load\n",
            Expect(4, 9, 13, _told("page.load")),
        ),
        Invalid(
            "from app.infra.transaction import transactional\n"
            "\n"
            "@retry(times=3)\n"
            '@router.post("/users")\n'
            "async def create(session: SessionDep, name: str):\n"
            "    session.add(User(name=name))\n"
            "    await session.commit()\n",
            Expect(5, 11, 17, _told("create")),
            title="Other decorators say nothing about it:",
        ),
        Invalid(
            "def rename(session, name):\n    session.add(User(name=name))\n",
            Expect(1, 5, 11, _told("rename")),
            title="Where the configuration requires intents, no import is needed:",
            options={"required_in": ["app/**"]},
        ),
        Invalid(
            "from app.infra.transaction import transactional\n"
            "\n"
            "def test_rename(session):\n"
            '    session.add(User(name="Ada"))\n',
            Expect(3, 5, 16, _told("test_rename")),
            path="tests/test_users.py",
            options={"check_tests": True},
        ),
        Valid(
            "from app.infra.transaction import TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.ATOMIC_WRITE)\n"
            "def rename(session, user_id, name):\n"
            "    def apply():\n"
            "        session.get(User, user_id).name = name\n"
            "    apply()\n",
            title="A declared function covers the ones inside it:",
        ),
        Valid(
            "from app.infra import transaction as t\n"
            "from app.infra.transaction import TransactionIntent as Intent\n"
            "\n"
            "read_only = t.transactional(intent=Intent.READ_ONLY)\n"
            "\n"
            "@read_only\n"
            "def count(session):\n"
            "    return session.scalar(select(func.count(User.id)))\n"
            "\n"
            "@t.transactional(intent=Intent.READ_ONLY)\n"
            "@cached\n"
            "def names(session):\n"
            "    return session.scalars(select(User.name)).all()\n"
            "\n"
            "def _emails(session):\n"
            "    return session.scalars(select(User.email)).all()\n"
            "\n"
            "emails = t.transactional(Intent.READ_ONLY)(_emails)\n",
            title="The decorator by keyword, through its module, under a name of its own, and called:",
        ),
        Valid(
            "from app.infra.transaction import transactional\n"
            "\n"
            "class Users:\n"
            "    def __init__(self, session):\n"
            "        self.session = session\n"
            "\n"
            "    def later(self):\n"
            "        return Later(self.session)\n",
            title="A session that is kept or handed on:",
        ),
        Valid(
            "from app.infra.transaction import transactional\n"
            "\n"
            "def count(rows, request, session: dict[str, str]):\n"
            "    seen = set()\n"
            "    cache = {}\n"
            "    for row in rows:\n"
            "        seen.add(row)\n"
            "        cache.get(row)\n"
            '    return request.session.get("user", None), session.get("user", "nobody"), seen\n',
            title="Sets, dicts and the sessions of web requests are not the database:",
        ),
        Valid(
            "import requests\n"
            "import redis\n"
            "from flask import session\n"
            "from app.infra.transaction import transactional\n"
            "\n"
            "def fetch(url, http):\n"
            "    with requests.Session() as session:\n"
            "        session.get(url)\n"
            "    db = redis.Redis()\n"
            "    db.delete(url)\n"
            '    return http.session.get(f"https://{url}", timeout=3)\n'
            "\n"
            "def user():\n"
            '    return session.get("user", None)\n'
            "\n"
            "def leave(request):\n"
            "    session = request.session\n"
            "    session.flush()\n",
            title="HTTP sessions and key-value stores are not either:",
        ),
        Valid(
            "def rename(session, name):\n    session.add(User(name=name))\n",
            title="A file that has nothing to do with intents:",
        ),
        Valid(
            "from app.infra.transaction import transactional\n"
            "\n"
            "def test_rename(session):\n"
            '    session.add(User(name="Ada"))\n',
            path="tests/test_users.py",
        ),
        Valid(
            "from google.cloud import ndb\n"
            "\n"
            "@ndb.transactional(retries=3)\n"
            "def rename(key, name):\n"
            "    key.get().name = name\n"
            "\n"
            "def count(session):\n"
            "    return session.query(User).count()\n",
            title="A decorator of the same name that knows no intents:",
        ),
    )
