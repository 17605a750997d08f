"""Examples of raw-row-lock: every way to write a lock, and what looks like one."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Valid

_PAGE = ". `relcheck explain transactions/raw-row-lock` shows such a primitive"


def _lock(name: str, blessed: str | None = None) -> str:
    return (
        f"{name} outside {blessed or 'the transaction primitive'}: the lock can outlive its connection. "
        f"Use txn.lock_row(…) inside single_connection_transaction(){'' if blessed else _PAGE}"
    )


_ORM = _lock("with_for_update")
_UPDATE = _lock("FOR UPDATE")
_NO_KEY_UPDATE = _lock("FOR NO KEY UPDATE")
_SHARE = _lock("FOR SHARE")
_KEY_SHARE = _lock("FOR KEY SHARE")
_SHARE_MODE = _lock("LOCK IN SHARE MODE")
_UNKNOWN = (
    "only a run tells what stands behind this FOR: it may lock rows. "
    "If it does, use txn.lock_row(…) inside single_connection_transaction(); if not, say so in a waiver"
)


EXAMPLES = (
    Invalid(
        "from sqlalchemy import select\n"
        "\n"
        "def claim(session):\n"
        "    return session.scalars(\n"
        "        select(Job)\n"
        '        .where(Job.state == "waiting")\n'
        "        .limit(1)\n"
        "        .with_for_update(skip_locked=True)\n"
        "    ).one_or_none()\n",
        Expect(8, 10, 25, _ORM),
        title="A lock at the end of a chain of several lines:",
    ),
    Invalid(
        "def load(session, job_id):\n"
        "    job = session.get(Job, job_id, with_for_update=True)\n"
        '    session.refresh(job, with_for_update={"nowait": True})\n'
        "    return job\n",
        Expect(2, 36, 51, _ORM),
        Expect(3, 26, 41, _ORM),
        title="The keyword of `get` and `refresh`:",
    ),
    Invalid(
        "lock = Query.with_for_update\nqueries = map(lambda query: query.with_for_update, waiting)\n",
        Expect(1, 14, 29, _ORM),
        Expect(2, 35, 50, _ORM),
        title="A reference is as good as a call:",
    ),
    Invalid(
        'query = getattr(query, "with_for_update")()\n',
        Expect(1, 24, 41, _ORM),
    ),
    Invalid(
        'from operator import methodcaller\n\nlock = methodcaller("with_for_update", nowait=True)\n',
        Expect(3, 21, 38, _ORM),
    ),
    Invalid(
        'job = session.get(Job, job_id, **{"with_for_update": True})\n',
        Expect(1, 35, 52, _ORM, kind="orm-lock"),
    ),
    Invalid(
        'options = {}\noptions["with_for_update"] = {"of": Job}\njob = session.get(Job, job_id, **options)\n',
        Expect(2, 9, 26, _ORM),
    ),
    Invalid(
        "job = session.get(Job, job_id, **dict(with_for_update=True))\n",
        Expect(1, 39, 54, _ORM),
    ),
    Invalid(
        "async def load(session, job_id):\n"
        "    if (job := await session.get(Job, job_id, with_for_update=True)) is not None:\n"
        "        return job\n"
        "    return [row async for row in await session.stream(select(Job).with_for_update())]\n",
        Expect(2, 47, 62, _ORM),
        Expect(4, 67, 82, _ORM),
    ),
    Invalid(
        "jobs = (query.with_for_update if exclusive else query.all)()\n",
        Expect(1, 15, 30, _ORM),
    ),
    Invalid(
        "from sqlalchemy import text\n"
        "\n"
        "def unbilled(session, customer_id):\n"
        "    return session.execute(\n"
        "        text(\n"
        '            """\n'
        "            SELECT id, cost_cents\n"
        "            FROM usage_records\n"
        "            WHERE customer_id = :customer_id  -- FOR UPDATE would be too much\n"
        "            FOR NO KEY UPDATE SKIP LOCKED\n"
        "            LIMIT 100\n"
        '            """\n'
        "        ),\n"
        '        {"customer_id": customer_id},\n'
        "    )\n",
        Expect(10, 13, 30, _NO_KEY_UPDATE),
        title="SQL of several lines, with a LIMIT behind the lock:",
    ),
    Invalid(
        'cursor.execute("SELECT id FROM jobs WHERE id = %s FOR UPDATE NOWAIT", (job_id,))\n'
        'cursor.execute("select id from jobs where id = %s for update of jobs skip locked", (job_id,))\n'
        'cursor.execute("SELECT id FROM jobs WHERE id = %s FOR KEY SHARE", (job_id,))\n'
        'cursor.execute("SELECT id FROM jobs WHERE id = %s LOCK IN SHARE MODE", (job_id,))\n',
        Expect(1, 51, 61, _UPDATE),
        Expect(2, 51, 61, _UPDATE),
        Expect(3, 51, 64, _KEY_SHARE),
        Expect(4, 51, 69, _SHARE_MODE),
        title="The other strengths, and what may stand behind them:",
    ),
    Invalid(
        'query = (\n    "SELECT next_value FROM counters "\n    "WHERE series = :series FOR "\n    "UPDATE"\n)\n',
        Expect(3, 29, 32, _UPDATE),
        title="Implicit concatenation that parts the words:",
    ),
    Invalid(
        'def query(columns):\n    return "SELECT " + columns + " FROM jobs WHERE id = :id" + " FOR SHARE"\n',
        Expect(2, 66, 75, _SHARE),
    ),
    Invalid(
        'query = "SELECT %s FROM jobs WHERE id = %%s FOR UPDATE" % ", ".join(columns)\n',
        Expect(1, 45, 55, _UPDATE),
    ),
    Invalid(
        'query = "SELECT id FROM {} WHERE id = :id FOR UPDATE".format(table)\n',
        Expect(1, 43, 53, _UPDATE),
    ),
    Invalid(
        'query = f"SELECT id FROM {table} WHERE id = :id FOR UPDATE"\n',
        Expect(1, 49, 59, _UPDATE),
        title="Text that is put together with `+`, `%`, `.format`, f-strings and `join`:",
    ),
    Invalid(
        'query = "\\n".join(["SELECT id", "FROM jobs", "WHERE id = :id", "FOR UPDATE"])\n',
        Expect(1, 65, 75, _UPDATE),
    ),
    Invalid(
        'HELD = "FOR UPDATE SKIP LOCKED"\n'
        "\n"
        "def claim(cursor):\n"
        '    cursor.execute(f"SELECT id FROM jobs ORDER BY id {HELD}")\n',
        Expect(1, 9, 19, _UPDATE),
        title="A constant that holds nothing but the clause:",
    ),
    Invalid(
        "def claim(cursor, wait):\n"
        '    query = "SELECT id FROM jobs WHERE id = %s"\n'
        "    if not wait:\n"
        '        query += " FOR UPDATE NOWAIT"\n'
        "    cursor.execute(query)\n",
        Expect(4, 20, 30, _UPDATE),
    ),
    Invalid(
        'query = "SELECT id FROM jobs" + (" FOR UPDATE" if exclusive else " FOR SHARE")\n',
        Expect(1, 36, 46, _UPDATE),
        Expect(1, 68, 77, _SHARE),
    ),
    Invalid(
        'logger.info("the job is %s", session.execute(text("SELECT id FROM jobs WHERE id = 1 FOR UPDATE")).scalar())\n',
        Expect(1, 85, 95, _UPDATE),
        title="A log message that runs a statement:",
    ),
    Invalid(
        'if fetch_one(cursor, "SELECT id FROM jobs WHERE id = 1 FOR UPDATE") is None:\n'
        '    raise JobGone("SELECT id FROM jobs WHERE id = 1 FOR UPDATE found nothing")\n',
        Expect(1, 56, 66, _UPDATE),
    ),
    Invalid(
        "from psycopg import sql\n"
        "\n"
        'query = sql.SQL("SELECT id FROM {} WHERE id = %s FOR UPDATE").format(sql.Identifier(table))\n'
        'tail = sql.SQL("FOR UPDATE")\n',
        Expect(3, 50, 60, _UPDATE),
        Expect(4, 17, 27, _UPDATE),
    ),
    Invalid(
        "from sqlalchemy import text as literal\n"
        "\n"
        "def claim(session):\n"
        '    return session.execute(literal("SELECT id FROM jobs FOR UPDATE"))\n',
        Expect(4, 57, 67, _UPDATE),
    ),
    Invalid(
        "with connection.cursor() as cursor:\n"
        '    cursor.execute("DO $$ BEGIN PERFORM id FROM jobs WHERE id = 1 FOR UPDATE; END $$")\n',
        Expect(2, 67, 77, _UPDATE),
    ),
    Invalid(
        'def claim(cursor, mode):\n    cursor.execute(f"SELECT id FROM jobs WHERE id = 1 FOR {mode}")\n',
        Expect(2, 55, 58, _UNKNOWN),
        title="Only a run tells whether this is a lock:",
    ),
    Invalid(
        'job = Job.objects.select_for_update(of=("self",)).get(pk=job_id)\n',
        Expect(1, 19, 36, _lock("select_for_update")),
        title="Django's lock, once it is configured:",
        options={"locks": ["with_for_update", "select_for_update"]},
    ),
    Invalid(
        "job = session.get(Job, job_id, with_for_update=True)\n",
        Expect(1, 32, 47, _lock("with_for_update", "app/infra/transaction.py")),
        options={"allowed_in": ["app/infra/transaction.py"]},
    ),
    Invalid(
        "op.execute(\n"
        '    """\n'
        "    CREATE FUNCTION draw(wanted text) RETURNS integer LANGUAGE plpgsql AS $$\n"
        "    BEGIN\n"
        "        SELECT next_value FROM counters WHERE series = wanted FOR UPDATE;\n"
        "    END\n"
        "    $$\n"
        '    """\n'
        ")\n",
        Expect(5, 63, 73, _UPDATE),
        options={"check_function_bodies": True},
    ),
    Invalid(
        "def test_nobody_else_gets_the_row(session):\n    session.get(Job, 1, with_for_update=True)\n",
        Expect(2, 25, 40, _ORM),
        path="tests/test_jobs.py",
        options={"check_tests": True},
    ),
    Invalid(
        "@contextmanager\n"
        "def single_connection_transaction():\n"
        "    with connected() as session:\n"
        "        yield SingleConnectionTxn(session)\n"
        "\n"
        "class SingleConnectionTxn:\n"
        "    def lock_row(self, statement):\n"
        "        return self.session.scalars(statement.with_for_update()).one_or_none()\n",
        Expect(
            8,
            47,
            62,
            "with_for_update outside the transaction primitive: the lock can outlive its connection. "
            "Add this module to allowed_in, for it defines single_connection_transaction",
        ),
        title="The module of the primitive, before the configuration names it:",
        path="app/infra/transaction.py",
    ),
    Valid(
        "class SingleConnectionTxn:\n"
        "    def lock_row(self, statement):\n"
        "        return self.session.scalars(statement.with_for_update()).one_or_none()\n",
        title="The module of the primitive:",
        path="app/infra/transaction.py",
        options={"allowed_in": ["app/infra/transaction.py"]},
    ),
    Valid(
        "def test_nobody_else_gets_the_row(session):\n    session.get(Job, 1, with_for_update=True)\n",
        title="A test:",
        path="tests/test_jobs.py",
    ),
    Valid(
        "def load(session, job_id):\n"
        '    """Reads without SELECT id FROM jobs FOR UPDATE."""\n'
        "    # SELECT id FROM jobs FOR UPDATE\n"
        '    "SELECT id FROM jobs FOR UPDATE"\n'
        "    return session.get(Job, job_id, with_for_update=False)\n",
        title="Comments, docstrings, strings that nothing uses, and the keyword switched off:",
    ),
    Valid(
        'logger.debug("no alert is due, waiting for update")\n'
        'logger.info("SELECT id FROM jobs FOR UPDATE took %d ms", duration)\n'
        'parser.add_argument("--wait", help="read jobs FOR UPDATE")\n'
        'name = Field(description="SELECT id FROM jobs FOR UPDATE")\n'
        'raise LookupError(f"SELECT id FROM jobs WHERE id = {job_id} FOR UPDATE found nothing")\n',
        title="Messages and help texts:",
    ),
    Valid(
        "cursor.execute(\"SELECT id FROM jobs -- FOR UPDATE\\n WHERE note = 'FOR UPDATE' /* FOR SHARE */\")\n",
        title="SQL comments and SQL strings:",
    ),
    Valid(
        "op.execute(\n"
        '    """\n'
        "    CREATE FUNCTION draw(wanted text) RETURNS integer LANGUAGE plpgsql AS $$\n"
        "    BEGIN\n"
        "        SELECT next_value FROM counters WHERE series = wanted FOR UPDATE;\n"
        "    END\n"
        "    $$\n"
        '    """\n'
        ")\n",
        title="The body of a function that a migration creates:",
        path="alembic/versions/012_counters.py",
    ),
    Valid(
        'op.execute("CREATE POLICY owner_writes ON jobs FOR UPDATE USING (owner = current_user)")\n'
        'op.execute("CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION touch()")\n'
        'op.execute("GRANT SELECT, UPDATE ON jobs TO worker")\n',
        title="Policies, triggers and grants:",
    ),
    Valid(
        'cursor.execute("INSERT INTO statements (body) VALUES (%s)", ["SELECT id FROM jobs FOR UPDATE"])\n'
        'session.execute(query, {"body": "SELECT id FROM jobs FOR UPDATE"})\n',
        title="A value that is written, not run:",
    ),
    Valid(
        'assert "FOR UPDATE" in str(statement)\n'
        'locked = statement.endswith("FOR UPDATE")\n'
        'plain = statement.replace("FOR UPDATE", "").removesuffix(" FOR SHARE")\n'
        'strength = {"FOR UPDATE": 2, "FOR SHARE": 1}[clause]\n'
        'LOCK = re.compile(r"SELECT .* FOR UPDATE")\n',
        title="Code about SQL:",
    ),
    Valid(
        "class Statement:\n"
        "    with_for_update = False\n"
        "\n"
        "    def lock(self):\n"
        "        self.with_for_update = True\n"
        "\n"
        "    def sql(self):\n"
        "        return self.locked() if self.with_for_update and not other.with_for_update else self.plain()\n",
        title="A flag of that name:",
    ),
    Valid(
        "job = Job.objects.select_for_update().get(pk=job_id)\n",
        title="Django's lock, as long as nobody asks for it:",
    ),
    Valid(
        "async with database.session_context(begin_transaction=True, with_for_update=True) as session:\n"
        '    await database.begin(session, **{"with_for_update": True})\n',
        title="The same keyword of a function of the project's own:",
    ),
    Invalid(
        "from functools import partial\n"
        "\n"
        "load = partial(session.get, with_for_update=True)\n"
        'options = {"with_for_update": {"nowait": True}, "populate_existing": True}\n'
        "job = asyncio.to_thread(session.get, Job, 1, with_for_update=True)\n",
        Expect(3, 29, 44, _ORM),
        Expect(4, 12, 29, _ORM),
        Expect(5, 46, 61, _ORM),
    ),
    Valid(
        'options = {"with_for_update": None}\n'
        'wanted = "with_for_update" in options and options.pop("with_for_update")\n',
    ),
    Valid(
        "messages = {\n"
        '    "description": "SELECT id FROM jobs FOR UPDATE",\n'
        '    "wait": "Please wait for update 12 to finish",\n'
        "}\n"
        'title = "Ready for update"\n',
    ),
    Valid(
        'hint = "Select rows from the list for update."\nlabel = f"{count} items are ready for share holders"\n',
    ),
    Valid(
        'cursor.execute("SELECT substring(name FOR 3), position FROM jobs WHERE updated FOR")\n'
        'cursor.execute(f"SELECT substring(name FROM 1 FOR {length}) FROM jobs")\n',
    ),
    Valid(
        'def describe(lock: Literal["FOR UPDATE", "FOR SHARE"], reason="SELECT id FROM jobs FOR UPDATE"):\n'
        "    match lock:\n"
        '        case "FOR UPDATE":\n'
        '            return {"FOR UPDATE", "FOR SHARE"}\n',
    ),
)
