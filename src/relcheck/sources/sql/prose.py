"""Tells English about SQL from SQL.

Help texts, log messages and prompts quote SQL and use its words. A whole text is prose where it shows what no SQL
shows: three plain words in a row that are no keywords (two at its start), an article before a word, a sentence mark
behind a word, a contraction, an ellipsis, a regular expression, a tag, or a statement that starts with no verb of SQL.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from relcheck.sources.python.rope import HOLE
from relcheck.sources.sql.text import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relcheck.sources.sql.text import Token


def is_prose(text: str, blanked: str, *, procedural: bool = False) -> bool:
    """Whether a text is English with SQL in it. `blanked` is what `blank` makes of it.

    In SQL every statement but the first, which may be a fragment, starts with a verb; in `procedural` code not.
    """
    if _FOREIGN.search(blanked):
        return True
    # The mark must stand before white space in the text itself: blanked, `a?'key'` looks like a question.
    if any(text[mark.end() : mark.end() + 1].strip() == "" for mark in _SENTENCE_MARK.finditer(blanked)):
        return True
    return _reads_as_english(tokens(blanked), procedural=procedural)


# A contraction, an ellipsis, the `.*` of a regular expression, a closing tag of HTML.
_FOREIGN = re.compile(rf"(?<=[a-z])'(?:t|s|re|ve|ll|d|m)\b|\.\.\.|…|(?<![\w{HOLE})\]])\.[*+]|</[a-z]", re.IGNORECASE)
_SENTENCE_MARK = re.compile(rf"(?<=[\w{HOLE})])[.!?:](?=\s|\Z)")


def _reads_as_english(stream: Iterable[Token], *, procedural: bool) -> bool:
    run: list[str] = []
    before = ""
    for number, token in enumerate(stream):
        if before == ";" and not procedural and token.kind == "word" and token.key not in VERBS:
            return True
        if before in _DETERMINERS and len(run) == 1 and token.kind == "word" and token.key not in _BEHIND_ALIAS:
            return True
        before = token.key
        if not _is_plain(token):
            run = []
            continue
        run.append(token.key)
        if len(run) == _RUN or (len(run) == 2 and number == 1 and not procedural):
            return True
    return False


_RUN = 3


def _is_plain(token: Token) -> bool:
    """Whether a word could stand in an English text and is no keyword, nor what stands for a quoted identifier."""
    text = token.text
    return token.kind == "word" and token.key not in _KEYWORDS and text.isalpha() and text.strip("x") != ""


def words(text: str) -> frozenset[str]:
    """A set of words out of a text."""
    return frozenset(text.split())


VERBS = words(
    "SELECT WITH INSERT UPDATE DELETE MERGE REPLACE CREATE ALTER DROP TRUNCATE GRANT REVOKE COMMENT EXPLAIN DESCRIBE"
    " DECLARE OPEN FETCH CLOSE MOVE COPY TABLE VALUES BEGIN START COMMIT END ROLLBACK SAVEPOINT RELEASE PREPARE EXECUTE"
    " DEALLOCATE PERFORM RETURN FOR IF ELSE ELSIF LOOP WHILE EXIT RAISE SET RESET CALL DO LOCK ANALYZE VACUUM USE"
    " PRAGMA SHOW NOTIFY LISTEN UNLISTEN DISCARD UPSERT REFRESH REINDEX CLUSTER DELIMITER"
)
"""Words that start a statement, of SQL or of its procedural languages."""

_DETERMINERS = words(
    "THE AN THIS THAT THESE THOSE YOUR OUR THEIR ITS MY HIS HER SOME SUCH EVERY WHICH IT WE YOU THEY THERE PLEASE"
)

_BEHIND_ALIAS = words(
    "AND AS ASC CROSS DESC EXCEPT FETCH FOR FROM FULL GROUP HAVING IN INNER INTERSECT INTO IS JOIN LEFT LIKE LIMIT LOCK"
    " NATURAL NOT OFFSET ON OR ORDER RIGHT SET UNION USING WHERE WINDOW"
)
"""Words that may stand behind a table or alias that happens to be named `this`."""

_KEYWORDS = VERBS | words(
    """
    ABORT ABSOLUTE ACCESS ACTION ADD AFTER AGGREGATE ALL ALLOW ALWAYS AND ANY APPLY ARRAY AS ASC ASENSITIVE ASYMMETRIC
    AT ATOMIC AUTHORIZATION AUTO_INCREMENT BEFORE BERNOULLI BETWEEN BIGINT BINARY BIT BLOB BOOL BOOLEAN BOTH BTREE BY
    BYTEA CASCADE CASE CAST CHAIN CHAR CHARACTER CHARSET CHECK COLLATE COLLATION COLUMN COLUMNS CONCURRENTLY CONDITION
    CONFLICT CONNECT CONNECTION CONSTRAINT CONTINUE COST CROSS CUBE CURRENT CURSOR CYCLE DATA DATABASE DATE DATETIME DAY
    DECIMAL DEFAULT DEFERRABLE DEFERRED DEFINER DELAYED DESC DETACH DIAGNOSTICS DISABLE DISTINCT DISTINCTROW DOMAIN
    DOUBLE DUPLICATE EACH ENABLE ENCODING ENGINE ENUM ESCAPE EVENT EXCEPT EXCEPTION EXCLUDE EXCLUSIVE EXISTS EXTENSION
    EXTERNAL FALSE FILTER FINAL FIRST FLOAT FOLLOWING FORCE FOREIGN FOUND FROM FULL FUNCTION FUNCTIONS GENERATED GET
    GIN GIST GLOBAL GROUP GROUPING GROUPS HANDLER HASH HAVING HIGH_PRIORITY HOLD HOUR IDENTITY IGNORE ILIKE IMMEDIATE
    IMMUTABLE IN INCLUDE INCREMENT INDEX INDEXES INHERITS INITIALLY INNER INOUT INSTEAD INT INTEGER INTERSECT INTERVAL
    INTO INVOKER IS ISNULL ISOLATION JOIN JSON JSONB KEY KEYS LANGUAGE LARGE LAST LATERAL LEADING LEAKPROOF LEFT LEVEL
    LIKE LIMIT LOCAL LOCALTIME LOCALTIMESTAMP LOCATION LOCKED LOGGED LOW_PRIORITY MATCH MATCHED MATERIALIZED MAXVALUE
    MINUS MINUTE MINVALUE MODE MODIFY MONTH NATURAL NEW NEXT NO NOT NOTHING NOTNULL NOWAIT NULL NULLS NUMERIC OBJECT OF
    OFF OFFSET OLD ON ONE ONLY OPERATOR OPTION OPTIONS OR ORDER ORDINALITY OTHERS OUT OUTER OVER OVERLAPS OVERLAY
    OVERRIDING OWNED OWNER PARALLEL PARTIAL PARTITION PASSING PERCENT PERMISSIVE PLAN PLPGSQL POLICY POSITION PRECEDING
    PRECISION PRESERVE PRIMARY PRIOR PRIVILEGES PROCEDURE PUBLIC PUBLICATION QUALIFY QUERY RANGE READ READS REAL
    RECURSIVE REFERENCES REFERENCING RELATIVE RENAME REPEATABLE RESTART RESTRICT RESTRICTIVE RETURNING RETURNS RIGHT
    ROLE ROLLUP ROUTINE ROW ROWS RULE SAFE SCHEMA SCROLL SEARCH SECOND SECURITY SEPARATOR SEQUENCE SERIAL SERIALIZABLE
    SESSION SETOF SETS SHARE SIMILAR SIMPLE SKIP SMALLINT SNAPSHOT SQL SQLSTATE STABLE STATEMENT STATISTICS STORAGE
    STORED STRAIGHT_JOIN STRICT SUBSTRING SYMMETRIC SYSTEM TABLES TABLESAMPLE TABLESPACE TEMP TEMPORARY TEXT THEN TIES
    TIME TIMESTAMP TIMESTAMPTZ TO TRAILING TRANSACTION TRIGGER TRIM TRUE TYPE UNBOUNDED UNCOMMITTED UNION UNIQUE UNKNOWN
    UNLOGGED UNNEST UNSIGNED UNTIL USER USING UUID VALID VALIDATE VALUE VARCHAR VARIADIC VARYING VERBOSE VIEW VOLATILE
    WAIT WHEN WHERE WINDOW WITHIN WITHOUT WORK WRITE XML YEAR ZONE
    """
)
