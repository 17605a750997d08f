from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcheck.sources.python.folded import HOLE
from relcheck.sources.sql import LockingClause, blank, locking_clauses, unknown_strength


def text_of(marked: str) -> str:
    return marked.replace("¤", HOLE).replace("«", "").replace("»", "")


def marked(text: str, clauses: tuple[LockingClause, ...]) -> str:
    for clause in reversed(clauses):
        text = text[: clause.start] + "«" + text[clause.start : clause.end] + "»" + text[clause.end :]
    return text.replace(HOLE, "¤")


# ¤ is a hole; « » stand around each clause that must be found.
LOCKS = [
    # whole statements
    "SELECT id FROM t «FOR UPDATE»",
    "SELECT * FROM accounts WHERE id = %s «FOR UPDATE»",
    "SELECT id FROM t «FOR NO KEY UPDATE»",
    "SELECT id FROM t «FOR SHARE»",
    "SELECT id FROM t «FOR KEY SHARE»",
    "SELECT id FROM t WHERE a = 1 «LOCK IN SHARE MODE»;",
    "select id from jobs where state = 'new' order by id limit 1 «for update» skip locked",
    "select * from accounts where id = :id «for update»",
    "select id from items «for update»",
    "select id\n  from items\n «for   update»\n",
    "Select * From accounts Where id = ? «For Update»",
    "SELECT id FROM t «FOR\n\tUPDATE»",
    "SELECT id FROM t «FOR /* why */ UPDATE»",
    "SELECT id FROM t «FOR -- why\n UPDATE»",
    "SELECT id FROM t «for update»",
    "select id from t «FOR UPDATE»",
    "\n    SELECT id, name\n    FROM accounts\n    WHERE id = :id\n    «FOR UPDATE»\n    ",
    "SELECT id FROM t «FOR UPDATE»;",
    "SELECT id FROM t «FOR UPDATE» ; ",
    # what may follow
    "SELECT id FROM t «FOR UPDATE» OF t",
    "SELECT id FROM t, u «FOR UPDATE» OF t, u NOWAIT",
    "SELECT id FROM a.t «FOR UPDATE» OF a.t SKIP LOCKED",
    'SELECT id FROM "Order" «FOR UPDATE» OF "Order"',
    "SELECT id FROM t «FOR UPDATE» NOWAIT",
    "SELECT id FROM t «FOR UPDATE» SKIP LOCKED",
    "SELECT id FROM t «FOR UPDATE» SKIP LOCKED LIMIT 1",
    "SELECT id FROM t «FOR UPDATE» LIMIT :n",
    "SELECT id FROM t «FOR UPDATE» OFFSET 5",
    "SELECT id FROM t «FOR UPDATE» FETCH FIRST 5 ROWS ONLY",
    "SELECT id FROM t «FOR UPDATE» WAIT 5",
    "SELECT id FROM t, u «FOR UPDATE» OF t «FOR SHARE» OF u NOWAIT",
    "SELECT id FROM t «FOR UPDATE»¤",
    "SELECT id FROM t «FOR UPDATE» ¤",
    "SELECT id FROM t «FOR UPDATE» OF ¤ SKIP LOCKED",
    "SELECT id FROM t «FOR UPDATE» {suffix}",
    "SELECT id INTO v FROM t «FOR UPDATE» INTO @v",
    "(SELECT id FROM t «FOR UPDATE») UNION ALL (SELECT id FROM u «FOR SHARE»)",
    "(SELECT id FROM t) «FOR UPDATE»",
    "INSERT INTO a SELECT * FROM b «FOR UPDATE» ON CONFLICT DO NOTHING RETURNING id",
    "INSERT INTO a (id) SELECT id FROM b «FOR UPDATE» RETURNING id",
    # inside other statements
    "WITH c AS (SELECT id FROM t «FOR UPDATE» SKIP LOCKED) UPDATE t SET a = 1 FROM c WHERE c.id = t.id",
    "WITH c AS (SELECT id FROM t) SELECT * FROM c «FOR UPDATE»",
    "with c as (select id from t limit 5 «for update» skip locked) delete from t using c where t.id = c.id",
    "UPDATE jobs SET state = 'run' WHERE id = (SELECT id FROM jobs LIMIT 1 «FOR UPDATE» SKIP LOCKED) RETURNING *",
    "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs «FOR UPDATE»)",
    "BEGIN; SELECT id FROM t «FOR UPDATE»; UPDATE t SET a = 1; COMMIT;",
    "SET LOCAL lock_timeout = '2s'; SELECT id FROM t «FOR UPDATE»",
    "DECLARE c CURSOR FOR SELECT * FROM t «FOR UPDATE»",
    "EXPLAIN ANALYZE SELECT id FROM t «FOR UPDATE»",
    "CREATE TABLE x AS SELECT id FROM t «FOR UPDATE»",
    "CREATE TABLE policy AS SELECT id FROM event «FOR UPDATE»",
    "CREATE VIEW v AS SELECT function, trigger FROM event «FOR UPDATE»",
    "select key, value, type from settings «for update»",
    "PREPARE p (int) AS SELECT id FROM t WHERE id = $1 «FOR UPDATE»",
    "SELECT EXISTS (SELECT 1 FROM t WHERE id = 1 «FOR UPDATE»)",
    "TABLE accounts «FOR UPDATE»",
    "TABLE ONLY app.accounts «FOR UPDATE» NOWAIT",
    "SELECT FROM t WHERE id = 1 «FOR UPDATE»",
    "SELECT a FROM t JOIN u ON t.id = u.id LEFT JOIN v USING (id) GROUP BY a HAVING x > 1 ORDER BY 1 «FOR UPDATE» OF t",
    "SELECT substring(name FROM 2 FOR 3) FROM t «FOR UPDATE»",
    "SELECT x::timestamp without time zone AT TIME ZONE 'utc' FROM t «FOR UPDATE»",
    "DO $$ BEGIN PERFORM 1 FROM t «FOR UPDATE»; END $$",
    "DO LANGUAGE plpgsql $x$ BEGIN FOR r IN SELECT id FROM t «FOR UPDATE» LOOP NULL; END LOOP; END $x$",
    "/* app:queue */ SELECT id FROM t «FOR UPDATE»",
    "-- claim a job\nSELECT id FROM t «FOR UPDATE»",
    "SELECT 'don''t', \"it's\" FROM t «FOR UPDATE»",
    "SELECT id FROM t WHERE name = E'it\\'s' «FOR UPDATE»",
    "SELECT id FROM t WHERE name = 'it\\'s' «FOR UPDATE»",
    "SELECT id FROM t WHERE note LIKE '%for update%' «FOR SHARE»",
    "SELECT id FROM t WHERE data->>'a' = 'b' AND tags @> '{x}' AND k ? 'z' «FOR UPDATE»",
    "SELECT $$for share$$ FROM t «FOR UPDATE»",
    "SELECT id FROM `orders` o WHERE o.`key`=1 «FOR UPDATE»",
    'select"id"from"t"where"a"=1 «for update»',
    "SELECT id FROM t WHERE a=DATE'2020-01-01' «FOR UPDATE»",
    "SELECT it.id, this.name FROM items it JOIN tree this ON it.id = this.id «FOR UPDATE»",
    "SELECT the.id FROM t the WHERE the.a = 1 «FOR UPDATE»",
    # holes
    "SELECT ¤ FROM ¤ WHERE ¤ «FOR UPDATE»",
    "select ¤ from ¤ «for update»",
    "¤ FROM t «FOR UPDATE»",
    "¤ WHERE id = ¤ «FOR UPDATE»",
    "¤ where id = ¤ «for update»",
    "¤ order by id «for update»",
    "SELECT ¤ «FOR UPDATE»",
    "¤SELECT id FROM t «FOR UPDATE»",
    "SELECT id FROM t¤«FOR UPDATE»",
    "SELECT id FROM t «FOR ¤UPDATE»",
    "SELECT id FROM t «FOR¤ UPDATE»",
    "«FOR¤ UPDATE»¤¤",
    "SELECT id FROM t «FOR ¤ SHARE» NOWAIT",
    "SELECT id FROM tbl_¤_x WHERE name = '¤' «FOR UPDATE»",
    "SELECT id FROM {table} WHERE a = {a!r} «FOR UPDATE»",
    "SELECT {fields} FROM {table} «FOR UPDATE»",
    "{} «FOR UPDATE»",
    "SELECT id FROM {{ table }} «FOR UPDATE»",
    "SELECT id FROM t {% if lock %} «FOR UPDATE» {% endif %}",
    "SELECT id FROM ${schema}.t «FOR UPDATE»",
    "SELECT id FROM %(table)s WHERE a = %%s «FOR UPDATE»",
    "(¤ «FOR UPDATE»)",
    "(¤) «FOR UPDATE»",
    # fragments
    "«FOR UPDATE»",
    " «FOR UPDATE»",
    " «for update»",
    "\n«FOR UPDATE»\n",
    "«FOR NO KEY UPDATE» ",
    "«FOR SHARE» OF t",
    "«for key share»",
    "«FOR UPDATE» SKIP LOCKED",
    "«LOCK IN SHARE MODE»",
    " «lock in share mode»",
    "«FOR UPDATE» OF ¤",
    "¤ «FOR UPDATE»",
    "¤ «for update»",
    "¤ «for share» nowait",
    "¤«FOR UPDATE» SKIP LOCKED",
    "¤ ¤\n«FOR UPDATE» ¤",
    " FROM t «FOR UPDATE»",
    " from {table} «for update»",
    " WHERE id = %s «FOR UPDATE»",
    " where id = %s «for update»",
    "WHERE id IN (SELECT id FROM t «FOR UPDATE» SKIP LOCKED)",
    "id = (SELECT id FROM t «FOR UPDATE»)",
    "ORDER BY id «FOR UPDATE»",
    "order by created_at desc «for update»",
    "GROUP BY a «FOR UPDATE»",
    "LIMIT 1 «FOR UPDATE» SKIP LOCKED",
    "limit 1 «for update»",
    "LIMIT ¤ «FOR UPDATE»",
    "JOIN u ON u.id = t.id «FOR UPDATE» OF t",
    "LEFT JOIN u USING (id) «FOR UPDATE» OF t",
    "AND state = 'new' «FOR UPDATE»",
    "and state = 'new' «for update»",
    " AND id = ANY(%s) ORDER BY id «FOR UPDATE»",
    "DESC «FOR UPDATE»",
    ") «FOR UPDATE»",
    ") AS sub «for update»",
    "1 «FOR UPDATE»",
    "%s «FOR UPDATE»",
    "id = %s «FOR UPDATE»",
    "t.id = 5 AND x «FOR UPDATE»",
    "id, name FROM t «FOR UPDATE»",
    "count(*) FROM t «FOR UPDATE»",
    "= %s «FOR UPDATE»",
    "= '¤' «FOR UPDATE»",
    "'x' «FOR UPDATE»",
    " where ¤ and ¤ «for update»",
    "from app.accounts «for update»",
    "from ¤.accounts a «for update»",
    "from user_accounts ua «for update»",
    "join ¤ on ¤ «for update»",
    "¤ WHERE name = '¤' «for update»",
    "' «FOR UPDATE»",
    "' AND name = 'x' «FOR UPDATE»",
]


@pytest.mark.parametrize("sql", LOCKS)
def test_a_lock_is_found_where_it_stands(sql: str) -> None:
    text = text_of(sql)
    assert marked(text, locking_clauses(text)) == sql


@pytest.mark.parametrize("sql", LOCKS)
def test_a_lock_in_executed_text_is_found_too(sql: str) -> None:
    text = text_of(sql)
    assert marked(text, locking_clauses(text, executed=True)) == sql


PROSE = [
    "",
    "update",
    "rows selected for update operations",
    "Select the plan from the list for update.",
    "Select the plan from the list for update",
    "select an item from the list for update",
    "Select items from list for update",
    "Select your accounts from your providers for update",
    "select rows from table for update",
    "select items to copy from source for update",
    "select one of many from source for update",
    "At least one field must be provided for update",
    "id is required for update",
    "Order not found for update",
    "Error Not Found contract data for update",
    "Waiting for update",
    "waiting for update...",
    "check for update",
    "Check for updates",
    "check for update; exit",
    "Looking for update (attempt 3)",
    "For update",
    "For Update",
    "For share",
    "for update: see below",
    "for update, insert and delete",
    "for update and delete",
    "For updates, select the row from the table.",
    "read on file opened for update failed %r",
    "integer keys required for update. Got ¤",
    "opened for update",
    "¤ opened for update",
    "¤ is not locked for update",
    "could not lock ¤ for update",
    "¤ for share",
    "¤: for update",
    "for ¤ update",
    "waiting ¤ seconds for update",
    "¤ from ¤ for update",
    "from the server for update",
    "from peers for update",
    "and wait for update",
    "where to look for update",
    "or wait for share",
    "on for update",
    "limit for update",
    "ORDER FOR UPDATE",
    "LEFT FOR UPDATE",
    "NOT FOR UPDATE",
    "ON HOLD FOR UPDATE",
    "CHECK FOR UPDATE",
    "SELECT FOR UPDATE",
    "select for update",
    "SELECT FOR UPDATE SKIP LOCKED",
    "SELECT 1 FOR UPDATE",
    "SELECT ... FOR UPDATE",
    "SELECT … FROM t FOR UPDATE",
    "SELECT ... FROM jobs FOR UPDATE SKIP LOCKED",
    "Row lock with FOR UPDATE",
    "Uses FOR UPDATE SKIP LOCKED",
    "claims jobs with FOR UPDATE SKIP LOCKED",
    "FOR UPDATE is not supported on this database backend.",
    "FOR UPDATE OF is not supported on this database backend.",
    "FOR UPDATE locks are released on commit",
    "FOR UPDATE; release it soon",
    "Acquire FOR UPDATE lock",
    "LOCKED ROW FOR UPDATE",
    "Don't run SELECT id FROM t FOR UPDATE",
    "You can't SELECT id FROM t FOR UPDATE",
    "Error: SELECT id FROM t WHERE id = 1 FOR UPDATE",
    "Running query: SELECT id FROM t FOR UPDATE",
    "query failed: SELECT id FROM t FOR UPDATE",
    "¤: SELECT id FROM t FOR UPDATE",
    "[%s] SELECT id FROM t FOR UPDATE is slow",
    "Run SELECT id FROM t FOR UPDATE",
    "Run `SELECT id FROM t FOR UPDATE`",
    "Run 'SELECT id FROM t FOR UPDATE' first",
    'Run "SELECT id FROM t FOR UPDATE" first',
    "Lock the row (SELECT id FROM t FOR UPDATE) before you write",
    "Locks the row (SELECT id FROM t FOR UPDATE)",
    "Update the row (SELECT id FROM t FOR UPDATE)",
    "Take a lock first; SELECT id FROM t FOR UPDATE",
    "SELECT id FROM t FOR UPDATE is used to claim a job",
    "SELECT id FROM t FOR UPDATE SKIP LOCKED is used to claim a job",
    "SELECT id FROM t FOR UPDATE; then write and commit",
    "SELECT id FROM t FOR UPDATE\n\nThen write the row.",
    "Claim rows with\n\n    SELECT id FROM t FOR UPDATE\n\nand write them.",
    "```sql\nSELECT id FROM t FOR UPDATE\n```",
    "Write SQL for this: select id from t for update",
    "You are a DBA. SELECT id FROM t FOR UPDATE",
    "e.g. SELECT id FROM t FOR UPDATE",
    "Select a plan (from the list) for update",
    "(select an item from the list for update)",
    "select {item} for update",
    "Select {item} from {menu} for update",
    "SELECT FOR UPDATE on hot rows creates queueing under concurrency.",
    "SELECT FOR UPDATE goes to primary (writer)",
    "get the record from the database for update",
    "Fetch the tracked entity from the database for update",
    "Failed to collect data from the database for update!",
    "Use values from the database for update",
    "^SELECT .* FOR UPDATE$",
    "SELECT .* FROM .* FOR UPDATE",
    "SELECT .+ FROM .+ FOR UPDATE",
    "'status' for update",
    "' is not free for update",
    ") not found for update",
    "') as keys for update",
    "` is required for update",
    "¤ (Enter to select) for update",
    ", name= for update",
    "and name= for update",
    "left, right, a_b for update",
    "from ¤ and wait for update",
    "10m FOR UPDATE",
    "¤, ¤ and ¤ for update",
    "¤/¤ for update",
    "{name} for update",
    "{{ title }} for update",
    "{% trans %} for update",
    "<b>New</b> for update",
    "<li>SELECT id FROM t FOR UPDATE",
    "<code>SELECT id FROM t</code> FOR UPDATE",
    "/jobs/<int:pk> for update",
    "/jobs/?state=new for update",
    "¤=¤ for update",
    "state=¤ for update",
    "?state=new for update",
    "=> for update",
    "-> FOR UPDATE",
    "~/.cache for update",
    ":) for update",
    "[new] for update",
    "[Group By] for update",
    "From example.org for update",
    "127.0.0.1 FOR UPDATE",
    # SQL with the words, but no lock
    "SELECT id FROM t",
    "SELECT id FROM t -- FOR UPDATE",
    "SELECT id FROM t /* FOR UPDATE */",
    "SELECT id FROM t /* a /* FOR UPDATE */ FOR UPDATE */",
    "SELECT id FROM t WHERE a = 'x FOR UPDATE'",
    "SELECT id FROM t WHERE a = 'it''s FOR UPDATE'",
    "SELECT id FROM t WHERE a = E'it\\'s FOR UPDATE'",
    "SELECT id FROM t WHERE a = $$ FOR UPDATE $$",
    "SELECT id FROM t WHERE a = $q$ $$ FOR UPDATE $q$",
    'SELECT "x FOR UPDATE" FROM t',
    "SELECT `for update` FROM t",
    "'FOR UPDATE'",
    '"FOR UPDATE"',
    "-- FOR UPDATE",
    "/* FOR UPDATE */",
    "INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1",
    "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1",
    "CREATE TRIGGER g BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
    "CREATE TRIGGER g ON t FOR UPDATE AS SELECT 1",
    "CREATE TRIGGER g ON t FOR UPDATE",
    "CREATE POLICY p ON t FOR UPDATE USING (owner = current_user)",
    "CREATE POLICY p ON t FOR UPDATE TO writer WITH CHECK (true)",
    "CREATE POLICY p ON t FOR UPDATE WITH CHECK (id IN (SELECT id FROM u))",
    "CREATE POLICY p ON t AS PERMISSIVE FOR UPDATE",
    "create policy p on t for update",
    "CREATE POLICY ¤ ON ¤ FOR UPDATE",
    "CREATE POLICY p ON t FOR SELECT USING (a); CREATE POLICY q ON t FOR UPDATE USING (b)",
    "DROP POLICY p ON t; CREATE POLICY p ON t FOR UPDATE;",
    "FOR UPDATE USING (true)",
    " FOR UPDATE TO authenticated USING (owner = auth.uid())",
    "GRANT SELECT, UPDATE ON t TO r",
    "ALTER DEFAULT PRIVILEGES FOR ROLE r GRANT UPDATE ON TABLES TO x",
    "SELECT substring(name FROM 1 FOR share) FROM t",
    "SELECT overlay(a PLACING b FROM 2 FOR share) FROM t",
    "SELECT * FROM t WHERE for_update = 1",
    "SELECT id FROM t WHERE a = :for UPDATE",
    "LOCK TABLE t IN SHARE MODE",
    "LOCK t IN SHARE ROW EXCLUSIVE MODE",
    "UPDATE t SET a = 1 WHERE b = 2",
    "CREATE FUNCTION f() RETURNS void AS $$ BEGIN PERFORM 1 FROM t FOR UPDATE; END $$ LANGUAGE plpgsql",
    "CREATE OR REPLACE FUNCTION f() RETURNS int AS $f$ SELECT id FROM t FOR UPDATE $f$ LANGUAGE sql; SELECT 1",
    "CREATE PROCEDURE p() BEGIN SELECT id FROM t FOR UPDATE; UPDATE t SET a = 1; END",
    "CREATE FUNCTION f() RETURNS int RETURN (SELECT id FROM t FOR UPDATE)",
    "SELECT XMLTABLE('/a' PASSING x COLUMNS id int PATH '@id') FROM t",
    "SELECT id FROM t FOR UPDATED",
    "SELECT id FROM t FOR UPDATE_ALL",
    "SELECT id FROM t FOR SYSTEM_TIME AS OF now()",
    "ALL AND AS FOR UPDATE WHERE CHECK SMALLINT WITH DELETE BY",
    # other languages
    "{% for update in updates %}{{ update }}{% endfor %}",
    "{% for update %}",
    "<% for update in updates %>",
    "% for update in updates:",
    "for update in updates:\n    print(update)",
    "[update for update in updates]",
    "for share in shares",
    "for update in $(ls); do echo $update; done",
    "for (update of updates) {",
    '<label for="update">',
    '<label for="update">Update</label>',
    "https://example.org/for/update",
    "https://example.org/?for=update",
    "/for update",
    "--for update",
    "with-for update",
    "select.with_for_update()",
    "for_update",
    "FOR  ",
    "for-update",
    "for update-only runs",
    "for update/insert",
    '{"for": "update"}',
    '{"sql": "SELECT id FROM t FOR UPDATE"}',
    "- FOR UPDATE",
    "* FOR UPDATE",
    "=== FOR UPDATE ===",
    "it's time for update",
    "the customer's request for update",
    "usage: tool [--from FILE] [--where EXPR] FOR UPDATE",
    "state = ready for update",
    "id=%s not found for update",
    "%s for update",
    "%s rows locked FOR UPDATE",
    "%d for share",
]


@pytest.mark.parametrize("text", PROSE)
def test_what_is_no_lock_is_none(text: str) -> None:
    assert marked(text_of(text), locking_clauses(text_of(text))) == text


EXECUTED = [
    "Select id From accounts «For Update»",
    "«For Update»",
    "«For share»",
    "¤ «for share»",
    "«for ¤ update»",
    "SELECT ¤ «for update»",
    "from items «for update»",
    "from ¤ «For Update»",
    "%s «for update»",
    "SELECT a b c FROM t «FOR UPDATE»",
    "select a from t where this that «for update»",
    "WARM UP SELECT id FROM t «FOR UPDATE»",
    "on a.id = b.id «for update»",
    "table accounts «for update»",
    "select rows from items; select id from t «for update»",
]


@pytest.mark.parametrize("sql", EXECUTED)
def test_executed_text_is_read_generously(sql: str) -> None:
    text = text_of(sql)
    assert marked(text, locking_clauses(text, executed=True)) == sql


@pytest.mark.parametrize(
    "text",
    [
        "check for update",
        "wait for update",
        "Checking {name} for update",
        "SELECT FOR UPDATE",
        "SELECT 1 FOR UPDATE",
        "SELECT id FROM t -- FOR UPDATE",
        "SELECT 'FOR UPDATE' FROM t",
        "CREATE POLICY p ON t FOR UPDATE",
        "CREATE POLICY p ON t FOR UPDATE USING (id IN (SELECT id FROM u))",
        "CREATE TRIGGER g ON t FOR UPDATE AS SELECT 1",
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN PERFORM 1 FROM t FOR UPDATE; END $$ LANGUAGE plpgsql",
        "SELECT substring(name FROM 1 FOR share) FROM t",
        "LOCK TABLE t IN SHARE MODE",
        "INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1",
    ],
)
def test_executed_text_without_a_lock_has_none(text: str) -> None:
    assert locking_clauses(text, executed=True) == ()


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN PERFORM 1 FROM t «FOR UPDATE»; END $$ LANGUAGE plpgsql",
        "CREATE FUNCTION f() RETURNS void AS $x$ DECLARE c CURSOR FOR SELECT id FROM t «FOR UPDATE»; BEGIN END $x$",
        "CREATE FUNCTION f() AS $$ BEGIN FOR r IN SELECT id FROM t «FOR UPDATE» LOOP NULL; END LOOP; END $$",
        "CREATE FUNCTION f() AS $$ DECLARE v int; w text; BEGIN v := (SELECT id FROM t «FOR UPDATE»); END $$",
        "CREATE FUNCTION f() AS $a$ BEGIN EXECUTE $b$ SELECT id FROM t «FOR UPDATE» $b$; END $a$",
        "CREATE PROCEDURE p() BEGIN SELECT id FROM t «FOR UPDATE»; END",
        "FOR r IN SELECT id FROM t «FOR UPDATE» LOOP",
    ],
)
def test_bodies_of_routines_are_read_where_asked_for(sql: str) -> None:
    text = text_of(sql)
    assert marked(text, locking_clauses(text, function_bodies=True)) == sql
    assert locking_clauses(text) == ()


def test_a_lock_behind_a_routine_is_found() -> None:
    sql = "CREATE PROCEDURE p() BEGIN SELECT id FROM t FOR UPDATE; END; SELECT id FROM t «FOR UPDATE»"
    assert marked(text_of(sql), locking_clauses(text_of(sql))) == sql


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("SELECT id FROM t for  update", "UPDATE"),
        ("SELECT id FROM t FOR no\nkey\tupdate", "NO KEY UPDATE"),
        ("SELECT id FROM t FOR SHARE", "SHARE"),
        ("SELECT id FROM t FOR KEY /* x */ SHARE", "KEY SHARE"),
        ("SELECT id FROM t LOCK IN SHARE MODE", "SHARE"),
        (text_of("SELECT id FROM t FOR ¤ UPDATE"), "UPDATE"),
    ],
)
def test_a_lock_has_its_strength(text: str, strength: str) -> None:
    assert [clause.strength for clause in locking_clauses(text)] == [strength]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM t WHERE id = 1 FOR ¤",
        "SELECT id FROM t FOR ¤;",
        "SELECT id FROM t FOR ¤ NOWAIT",
        "SELECT id FROM t FOR ¤ OF t SKIP LOCKED",
        "SELECT id FROM t FOR {strength}",
        "select * from t where id = %s for ¤",
        "UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t FOR ¤)",
    ],
)
def test_a_lock_of_unknown_strength_is_found(sql: str) -> None:
    text = text_of(sql)
    assert unknown_strength(text) == (text.rindex("for" if "for" in text else "FOR"),)
    assert locking_clauses(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Select ¤ from ¤ for ¤",
        "select ¤ from ¤ for ¤",
        "SELECT id FROM t FOR UPDATE ¤",
        "SELECT id FROM t FOR ¤ UPDATE",
        "SELECT substring(a FROM 1 FOR ¤) FROM t",
        "Orders for ¤",
        "No results from ¤ for ¤",
        "SELECT id FROM t FOR ¤ rows",
        "FOR ¤",
        "CREATE POLICY p ON t FOR ¤",
        "Run this: SELECT id FROM t FOR ¤",
        "SELECT 'a FOR ¤' FROM t",
        "SELECT id FROM t",
    ],
)
def test_a_hole_behind_another_for_is_no_lock(text: str) -> None:
    assert unknown_strength(text_of(text)) == ()


def test_executed_text_with_a_hole_behind_for_is_read_generously() -> None:
    assert unknown_strength(text_of("select a from b for ¤"), executed=True) == (16,)


@pytest.mark.parametrize(
    ("sql", "blanked"),
    [
        ("a -- b\nc", "a     \nc"),
        ("a /* b /* c */ d */ e", "a                   e"),
        ("a /* b /* c */ d", "a              d"),
        ("a 'b''c' d", "a        d"),
        ("a='b' d", "a=    d"),
        ("E'a\\'b' c", "E       c"),
        ("x'a' N'b' _utf8'c'", "x    N    _utf8   "),
        ("it's a 'b' c", "it's a     c"),
        ("don't and can't", "don't and can't"),
        ("a 'b", "a 'b"),
        ('a "b c" d', "a xxxxx d"),
        ('a"b c"d', "a xxx d"),
        ("a `b` c", "a xxx c"),
        ('a "b', 'a "b'),
        ("a $$b$$ c", "a       c"),
        ("a $x$b$$c$x$ d", "a            d"),
        ("a $1 $2 b", "a $1 $2 b"),
        ("a $$b", "a $$b"),
        ("DO $$b$$ c", "DO   b   c"),
        ("{% a %} {# b #} c", "                c"),
        ("a {b} c", f"a {HOLE * 3} c"),
        ("a ${b} {c!r:>3} {}", f"a {HOLE * 4} {HOLE * 8} {HOLE * 2}"),
        ("a {{ b|c }} d", f"a {HOLE * 9} d"),
        ("a { b } c", "a { b } c"),
        (f"a {HOLE} 'b{HOLE}' c", f"a {HOLE}      c"),
        (f"{HOLE}'s a 'b'", f"{HOLE}'s a    "),
        ("'a' -- 'b\n'c'", "         \n   "),
        ("' a 'b' c", "' a     c"),
    ],
)
def test_what_only_looks_like_sql_is_blanked(sql: str, blanked: str) -> None:
    assert blank(sql) == blanked


def test_dollar_quoted_bodies_stay_where_asked_for() -> None:
    assert blank("AS $$a 'b' $q$c$q$ -- d\n$$ 'e'", function_bodies=True) == "AS   a        c        \n      "


@pytest.mark.parametrize("sql", [*LOCKS, *PROSE, *EXECUTED])
def test_blanked_text_has_the_same_length(sql: str) -> None:
    assert len(blank(sql)) == len(sql)
    assert len(blank(sql, function_bodies=True)) == len(sql)


SQL_LIKE = st.lists(
    st.one_of(
        st.sampled_from(
            [*"'\"`$-/*(){}%;:.,?=#\n \\¤", "FOR UPDATE", "SELECT ", " FROM ", "$a$", "{%", "%}", "--", "/*"]
        ),
        st.text(max_size=3),
    ),
    max_size=20,
).map(lambda parts: text_of("".join(parts)))


@given(SQL_LIKE, st.booleans())
def test_any_text_is_blanked_in_place(text: str, function_bodies: bool) -> None:
    blanked = blank(text, function_bodies=function_bodies)
    assert len(blanked) == len(text)
    assert all(new in {old, " ", "x", HOLE} for old, new in zip(text, blanked, strict=True))


@given(SQL_LIKE, st.booleans())
def test_any_text_is_judged(text: str, executed: bool) -> None:
    for clause in locking_clauses(text, executed=executed):
        assert text[clause.start : clause.end].upper().startswith("FOR")
    for place in unknown_strength(text, executed=executed):
        assert text[place : place + 3].upper() == "FOR"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a FROM t FOR UPDATE " * 5_000,
        "FOR " * 50_000 + "UPDATE",
        "FOR UPDATE " + "/*" * 20_000,
        "FOR UPDATE " + "/*/**/" * 10_000,
        "FOR UPDATE " + "'" * 20_001,
        "FOR UPDATE " + "' '' " * 10_001,
        "FOR UPDATE " + "".join(f"$a{number}$ " for number in range(10_000)),
        "FOR UPDATE " + "{% " * 20_000,
        "FOR UPDATE " + "{{ {" * 10_000,
        "FOR UPDATE " + "(" * 20_000,
        "FOR UPDATE OF " + "a, " * 20_000,
        "FOR" + " " * 50_000 + "NO" + " " * 50_000,
        "CREATE FUNCTION f BEGIN FOR UPDATE" + " BEGIN" * 20_000,
        "DO $a$ " * 10_000 + "FOR UPDATE",
        "x FOR UPDATE " * 20_000,
        "SELECT FROM FOR " * 5_000 + HOLE,
    ],
)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    start = time.process_time()
    locking_clauses(text, function_bodies=True)
    locking_clauses(text, executed=True)
    unknown_strength(text + HOLE)
    assert time.process_time() - start < 5
