"""relcheck and squawk on the same statements: what squawk finds relcheck finds too, or it is said why not.

`docs/beside-squawk.md` shows it; with `--snapshot-update` this writes it anew.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import msgspec
import pytest

from relcheck.engine.catalog import load_catalog
from relcheck.engine.harness import findings_in
from shown_page import check_page

CATALOG = load_catalog()
SQUAWK = Path(sys.executable).with_name("squawk")
_HEAD = """\
# Beside squawk

What squawk {version} says of a statement beside what relcheck says, each found by running both. A statement follows the
migration that makes what it changes. Rules that are off until they are asked for are *in italics*.

`make test` holds both against this table; with `ARGS=--snapshot-update` it writes it anew.

| statement | squawk | relcheck |
|---|---|---|
"""
BEFORE = (
    "CREATE TABLE shop_order (id bigint PRIMARY KEY, number text, total int, note text NOT NULL);\n"
    "CREATE TABLE shop_line (id bigint PRIMARY KEY, order_id bigint);\n"
    "CREATE UNIQUE INDEX shop_order_number ON shop_order (number);\n"
    "CREATE TYPE shop_state AS ENUM ('new');\n"
    "CREATE DOMAIN shop_count AS int;\n"
    "CREATE TABLE shop_year (id bigint) PARTITION BY LIST (id);\n"
)


class Case(msgspec.Struct, frozen=True):
    """A statement that a rule of squawk is about, and the rules of relcheck that find it. Without any, `reason` says
    why nothing is to be found."""

    squawk: str
    sql: str
    relcheck: tuple[str, ...] = ()
    reason: str = ""


CASES = [
    Case("adding-required-field", "ALTER TABLE shop_order ADD COLUMN a bigint NOT NULL;", ("add-required-column",)),
    Case(
        "adding-field-with-default",
        "ALTER TABLE shop_order ADD COLUMN a uuid DEFAULT gen_random_uuid();",
        ("volatile-default-rewrite",),
    ),
    Case(
        "adding-foreign-key-constraint",
        "ALTER TABLE shop_line ADD CONSTRAINT f FOREIGN KEY (order_id) REFERENCES shop_order (id);",
        ("add-foreign-key-validating",),
    ),
    Case(
        "adding-not-nullable-field",
        "ALTER TABLE shop_order ALTER COLUMN total SET NOT NULL;",
        ("set-not-null-scan", "set-not-null-breaks-writers"),
    ),
    Case(
        "adding-serial-primary-key-field",
        "ALTER TABLE shop_year ADD COLUMN a bigserial PRIMARY KEY;",
        ("add-serial-or-identity-column",),
    ),
    Case(
        "ban-alter-domain-with-add-constraint",
        "ALTER DOMAIN shop_count ADD CONSTRAINT c CHECK (value > 0);",
        ("domain-constraint",),
    ),
    Case(
        "ban-create-domain-with-constraint",
        "CREATE DOMAIN shop_size AS int CHECK (value > 0);",
        reason="no column is of a new domain yet: its check has nothing to look at",
    ),
    Case("ban-char-field", "ALTER TABLE shop_order ADD COLUMN a char(3);", ("ban-char",)),
    Case(
        "ban-concurrent-index-creation-in-transaction",
        "BEGIN;\nCREATE INDEX CONCURRENTLY i ON shop_order (total);\nCOMMIT;",
        ("concurrent-in-transaction",),
    ),
    Case("ban-drop-column", "ALTER TABLE shop_order DROP COLUMN total;", ("drop-column",)),
    Case("ban-drop-database", "DROP DATABASE shop;", ("drop-database",)),
    Case("ban-drop-not-null", "ALTER TABLE shop_order ALTER COLUMN note DROP NOT NULL;", ("drop-not-null",)),
    Case("ban-drop-table", "DROP TABLE shop_order;", ("drop-table",)),
    Case("ban-truncate-cascade", "TRUNCATE shop_order CASCADE;", ("truncate-cascade",)),
    Case(
        "ban-uncommitted-transaction",
        "BEGIN;\nALTER TABLE shop_order ADD COLUMN a bigint;",
        ("uncommitted-transaction",),
    ),
    Case(
        "changing-column-type",
        "ALTER TABLE shop_order ALTER COLUMN total TYPE bigint;",
        ("change-column-type-breaks", "column-type-rewrite"),
    ),
    Case(
        "constraint-missing-not-valid",
        "ALTER TABLE shop_order ADD CONSTRAINT c CHECK (total > 0);",
        ("add-check-validating",),
    ),
    Case(
        "disallowed-unique-constraint",
        "ALTER TABLE shop_order ADD CONSTRAINT u UNIQUE (total);",
        ("add-unique-constraint-direct",),
    ),
    Case("prefer-bigint-over-int", "ALTER TABLE shop_order ADD COLUMN a int;", ("prefer-bigint-over-int",)),
    Case("prefer-bigint-over-smallint", "ALTER TABLE shop_order ADD COLUMN a int2;", ("prefer-bigint-over-smallint",)),
    Case("prefer-identity", "CREATE TABLE shop_note (id bigserial PRIMARY KEY);", ("prefer-identity",)),
    Case(
        "prefer-robust-stmts",
        "ALTER TABLE shop_order ADD COLUMN a bigint;",
        reason="the tool's transaction takes back what was done, and outside of one a single statement is tried again",
    ),
    Case("prefer-text-field", "ALTER TABLE shop_order ADD COLUMN a varchar(9);", ("prefer-text",)),
    Case("prefer-timestamp-tz", "ALTER TABLE shop_order ADD COLUMN a timestamp;", ("prefer-timestamptz",)),
    Case("renaming-column", "ALTER TABLE shop_order RENAME COLUMN total TO sum;", ("rename-column",)),
    Case("renaming-table", "ALTER TABLE shop_order RENAME TO orders;", ("rename-table",)),
    Case(
        "require-concurrent-index-creation",
        "CREATE INDEX i ON shop_order (total);",
        ("index-not-concurrent",),
    ),
    Case(
        "require-concurrent-index-creation",
        "CREATE TABLE shop_tag (id bigint PRIMARY KEY, name text);\nCREATE INDEX i ON shop_tag (name);",
        reason="nobody else knows the table yet, so that nobody waits",
    ),
    Case("require-concurrent-index-deletion", "DROP INDEX shop_order_number;", ("drop-index-not-concurrent",)),
    Case(
        "require-concurrent-partition-detach",
        "ALTER TABLE shop_year DETACH PARTITION shop_2025;",
        ("partition-detach-not-concurrent",),
    ),
    Case("require-concurrent-reindex", "REINDEX TABLE shop_order;", ("reindex-not-concurrent",)),
    Case("require-enum-value-ordering", "ALTER TYPE shop_state ADD VALUE 'paid';", ("enum-value-ordering",)),
    Case("require-lock-timeout", "ALTER TABLE shop_order ADD COLUMN a bigint;", ("missing-lock-timeout",)),
    Case("require-statement-timeout", "CREATE INDEX i ON shop_order (total);", ("missing-statement-timeout",)),
    Case(
        "require-statement-timeout",
        "ALTER TABLE shop_order ADD COLUMN a bigint;",
        reason="it takes no time once it has its lock, for which there is lock_timeout",
    ),
    Case("require-table-schema", "ALTER TABLE shop_order ADD COLUMN a bigint;", ("require-schema-qualified",)),
    Case("syntax-error", "ALTER TABLE shop_order DROP COLUMN;", ("unparseable-sql",)),
    Case(
        "transaction-nesting",
        "BEGIN;\nBEGIN;\nALTER TABLE shop_order ADD COLUMN a bigint;\nCOMMIT;",
        ("transaction-nesting",),
    ),
    Case(
        "ban-duplicate-column-assignments",
        "UPDATE shop_order SET total = 1, total = 2 WHERE id = 1;",
        ("duplicate-column",),
    ),
    Case(
        "identifier-too-long",
        "ALTER TABLE shop_order ADD COLUMN a_column_whose_name_tells_all_that_anybody_will_ever_want_to_know text;",
        ("identifier-too-long",),
    ),
]
IN_PRISMA = {
    "prisma/migrations/1_before/migration.sql": BEFORE,
    "prisma/schema.prisma": 'datasource db {\n  provider = "postgresql"\n}\n',
}


@pytest.mark.parametrize("case", CASES, ids=[f"{one.squawk}-{number}" for number, one in enumerate(CASES)])
def test_what_squawk_finds_is_found_or_it_is_said_why_not(case: Case) -> None:
    assert case.squawk in _found_by_squawk(case.sql), _found_by_squawk(case.sql)
    assert bool(case.relcheck) != bool(case.reason)
    for name in case.relcheck:
        assert _found_by_relcheck(f"migrations/{name}", case.sql), name


def test_what_is_left_alone_is_left_alone_by_every_rule_that_could_mean_it() -> None:
    for case in CASES:
        if case.squawk == "require-concurrent-index-creation" and case.reason:
            assert not _found_by_relcheck("migrations/index-not-concurrent", case.sql)
        if case.squawk == "require-statement-timeout" and case.reason:
            assert not _found_by_relcheck("migrations/missing-statement-timeout", case.sql)
        if case.squawk == "prefer-robust-stmts":
            assert not _found_by_relcheck("migrations/non-idempotent-outside-transaction", case.sql)


def test_the_page_shows_it(request: pytest.FixtureRequest) -> None:
    squawk = version("squawk-cli")
    page = _HEAD.format(version=squawk) + "".join(map(_line, CASES))
    check_page("beside-squawk.md", page, f"squawk {squawk}", request)


def _line(case: Case) -> str:
    said = ", ".join(map(_named, case.relcheck)) or f"nothing: {case.reason}"
    return f"| `{' '.join(case.sql.split())}` | `{case.squawk}` | {said} |\n"


def _named(rule: str) -> str:
    mark = "" if CATALOG.rules[f"migrations/{rule}"].default else "*"
    return f"{mark}`{rule}`{mark}"


def _found_by_squawk(sql: str) -> set[str]:
    extra = ["--include=require-table-schema", "--include=require-enum-value-ordering"]
    done = subprocess.run(
        [SQUAWK, "--reporter", "json", *extra], input=sql, capture_output=True, text=True, check=False
    )
    return {one["rule_name"] for one in json.loads(done.stdout or "[]")}


def _found_by_relcheck(name: str, sql: str) -> bool:
    files = {**IN_PRISMA, "prisma/migrations/2_change/migration.sql": f"{sql}\n"}
    found = findings_in(CATALOG.rules[name], files, {}, CATALOG, settings="[migrations]\nhistory = true\n")
    return any(one.rule == name and "2_change" in one.path for one in found)
