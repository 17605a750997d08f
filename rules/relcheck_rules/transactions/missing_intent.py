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
from relcheck_rules.transactions._options import READS, SESSION, WRITES, IntentOptions


class MissingIntent(PythonRule):
    """
    ## What it does
    Finds functions that use a session, connection or cursor and do not declare what they do to the database. It holds in files
    that import the intent decorator, and in those that `required_in` names. A session is known by its annotation, by
    what made it, or else by its name; the `.add` of a set and the `.get` of a dict are none. A function inside a declared one is covered by it.

    ## Why is this bad
    Whether a function reads, writes or locks decides how it may be called. Where that is not said, a lock ends up on a connection that somebody
    else commits.

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
    """

    upholds = "Every function that touches the database says what it does to it"
    where = any_file(imports(opt.decorators), within(opt.required_in))

    class Options(IntentOptions):
        operations: tuple[str, ...] = (*WRITES, *READS)
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
        tests = () if self.options.check_tests else self.options.test_paths
        if file.matches((*self.options.allowed_in, *tests)):
            return
        decorator = self.options.decorators[0]
        yield fn.finding(
            f"{fn.symbol} touches the database and does not say how. Decorate it with @{decorator}(…) "
            f"and its intent: {self.options.read_only[0]}, {self.options.atomic_write[0]} or {self.options.locked_mutation[0]}",
            region=fn.header,
            related=[fn.matches[0].note("touches the database here")],
        )

    examples = (
        Invalid(
            "from app.infra.transaction import transactional\n"
            "\n"
            "def rename(session, user_id, name):\n"
            "    session.get(User, user_id).name = name\n",
            Expect(
                3,
                5,
                11,
                "rename touches the database and does not say how. Decorate it with @transactional(…) "
                "and its intent: READ_ONLY, ATOMIC_WRITE or LOCKED_MUTATION",
            ),
            title="A function that uses the session without an intent:",
        ),
        Invalid(
            "from app.infra import transaction as t\n"
            "\n"
            "class Users:\n"
            "    @t.transactional(t.TransactionIntent.READ_ONLY)\n"
            "    def all(self):\n"
            "        return self.session.query(User).all()\n"
            "\n"
            "    def rename(self, store: Session, name):\n"
            "        store.add(User(name=name))\n",
            Expect(
                8,
                9,
                15,
                "Users.rename touches the database and does not say how. Decorate it with @transactional(…) "
                "and its intent: READ_ONLY, ATOMIC_WRITE or LOCKED_MUTATION",
            ),
            title="A session is known by its annotation, whatever it is called:",
        ),
        Invalid(
            "def rename(session, name):\n    session.add(User(name=name))\n",
            Expect(
                1,
                5,
                11,
                "rename touches the database and does not say how. Decorate it with @transactional(…) "
                "and its intent: READ_ONLY, ATOMIC_WRITE or LOCKED_MUTATION",
            ),
            options={"required_in": ["app/**"]},
            title="Where the configuration requires intents, an import is not asked for:",
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
            "from app.infra.transaction import transactional\n"
            "\n"
            "def count(rows, request):\n"
            "    seen = set()\n"
            "    cache = {}\n"
            "    for row in rows:\n"
            "        seen.add(row)\n"
            "        cache.get(row)\n"
            "    return request.session.get('user'), seen\n",
            title="Sets, dicts and HTTP sessions are not the database:",
        ),
        Valid("def rename(session, name):\n    session.add(User(name=name))\n"),
        Valid(
            "import requests\n"
            "from app.infra.transaction import transactional\n"
            "\n"
            "def fetch(url):\n"
            "    session = requests.Session()\n"
            "    return session.get(url)\n",
        ),
    )
