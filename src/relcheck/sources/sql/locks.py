"""Row locks in SQL text: `FOR UPDATE`, `FOR NO KEY UPDATE`, `FOR SHARE`, `FOR KEY SHARE`, `LOCK IN SHARE MODE`.

The same words stand in help texts, log messages and templates, so the question is always: is this text SQL with a
locking clause, or nothing but such a clause? Grammar decides where there is some (a SELECT with its FROM, what may
follow the clause), then the signs of SQL (operators, parameters, the case of keywords) and of prose. Sources:
PostgreSQL, SELECT, "The Locking Clause"; MySQL, "Locking Reads".
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from relcheck.sources.python.rope import HOLE
from relcheck.sources.sql.levels import Level
from relcheck.sources.sql.prose import VERBS, is_prose, words
from relcheck.sources.sql.text import blank, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relcheck.sources.sql.text import Token


class LockingClause(msgspec.Struct, frozen=True):
    """A clause that locks rows: from the word FOR (or LOCK) to behind the last word of its strength, as text offsets.

    `strength` is UPDATE, NO KEY UPDATE, SHARE or KEY SHARE; `LOCK IN SHARE MODE` is SHARE. Where a hole stands inside
    (`FOR {…} UPDATE`), it is the strength that is written.
    """

    start: int
    end: int
    strength: str


def locking_clauses(text: str, *, executed: bool = False, function_bodies: bool = False) -> tuple[LockingClause, ...]:
    """The locking clauses of a text that may be SQL, a fragment of SQL, or prose; holes stand for its unknown parts.

    `executed` says that the text reaches a database: then signs of prose count nothing. Bodies of routines are read
    only where `function_bodies` asks for it; the body of a DO block always, for it runs at once.
    """
    if not (_FOR.search(text) and _UPDATE.search(text)):
        return ()
    found = _Reading(text, _CLAUSE, executed=executed, function_bodies=function_bodies).accepted()
    return tuple(
        LockingClause(match.start(), match.end(), " ".join((match["strength"] or "SHARE").upper().split()))
        for match in found
    )


def unknown_strength(text: str, *, executed: bool = False, function_bodies: bool = False) -> tuple[int, ...]:
    """Offsets of each FOR that ends a SELECT … FROM and has a hole behind it: a lock of unknown strength."""
    if HOLE not in text and "{" not in text:
        return ()
    found = _Reading(text, _UNKNOWN, executed=executed, function_bodies=function_bodies).accepted()
    return tuple(match.start() for match in found)


_FOR = re.compile(r"\b(?:FOR|LOCK)\b", re.IGNORECASE)
_UPDATE = re.compile(r"(?:UPDATE|SHARE)\b", re.IGNORECASE)
_BEFORE = r"(?<![\w$.:@#/\\-])"
_STRENGTH = r"(?P<strength>NO\s+KEY\s+UPDATE|UPDATE|KEY\s+SHARE|SHARE)"
_CLAUSE = re.compile(
    rf"{_BEFORE}(?:FOR(?:\s+|(?={HOLE}))(?P<gap>{HOLE}+\s*)?{_STRENGTH}|LOCK\s+IN\s+SHARE\s+MODE)(?![\w$-])",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(rf"{_BEFORE}FOR\s+{HOLE}+(?![\w$.{HOLE}-]|\s*(?:UPDATE|SHARE)\b)", re.IGNORECASE)

_NAME = rf"[\w${HOLE}]++(?:\s*\.\s*[\w${HOLE}]++)*+"
_MODIFIERS = re.compile(
    rf"(?:\s*+(?:OF\s+{_NAME}(?:\s*,\s*{_NAME})*+|NOWAIT\b|SKIP\s+LOCKED\b|WAIT\s+[\d:%$?{HOLE}]\w*))*+\s*+",
    re.IGNORECASE,
)
_NEXT = (
    rf"(?:\Z|[;){HOLE}]|(?:LIMIT|OFFSET|FETCH)\s*[\d:%$?@({HOLE}A-Z]|(?:UNION|EXCEPT|INTERSECT|MINUS|RETURNING)\b"
    r"|FOR\s+(?:UPDATE|NO\s|SHARE|KEY\s)|INTO\s+[\w@:]|ON\s+(?:CONFLICT|DUPLICATE)\b"
)
_END = re.compile(_NEXT + ")", re.IGNORECASE)
_END_IN_BODY = re.compile(_NEXT + r"|LOOP\b)", re.IGNORECASE)
_DO_BLOCK = re.compile(r"\bDO(?:\s+LANGUAGE\s+\w+)?\s*\$", re.IGNORECASE)
_END_OF_ROUTINE = re.compile(r"\bEND\b", re.IGNORECASE)

_NEAR = 200
_POLICIES = words("POLICY")
_ROUTINES = words("FUNCTION PROCEDURE TRIGGER EVENT")
_OTHER_OBJECTS = words("TABLE VIEW INDEX SEQUENCE TYPE RULE AS ON")
_QUERY_STARTS = words("SELECT WITH TABLE VALUES PERFORM EXPLAIN")
_CLAUSES = words("FROM WHERE HAVING LIMIT OFFSET ORDER GROUP JOIN INNER LEFT RIGHT FULL CROSS NATURAL WINDOW")
_CONDITIONS = words("AND OR ON USING NOT IS IN LIKE ILIKE BETWEEN UNION EXCEPT INTERSECT")
_BEHIND_OPERAND = words("IS IN LIKE ILIKE BETWEEN NOT FROM . ,")
_LAST_IN_ORDER = words("ASC DESC FIRST LAST")
_CLOSING = words(") ' \" `")
_TABLES = words("FROM JOIN")
_INFIX = words("= <> != <= >= || * , . ]")
_MIDDLES = _CLAUSES | _CONDITIONS | _INFIX | _CLOSING
_EXECUTED_STARTS = _CONDITIONS | _LAST_IN_ORDER | _CLOSING | {",", "."}


class _Reading:
    """Reads one text and judges every place where the pattern of a clause matches."""

    def __init__(self, text: str, pattern: re.Pattern[str], *, executed: bool, function_bodies: bool) -> None:
        self._text = text
        self._blanked = blank(text, function_bodies=function_bodies)
        self._places = {match.start(): match for match in pattern.finditer(self._blanked)}
        self._executed = executed
        self._bodies = function_bodies
        self._in_body = function_bodies or _DO_BLOCK.search(text) is not None
        self._levels = [Level()]
        self._first_statement = True

    def accepted(self) -> list[re.Match[str]]:
        found = list(self._read()) if self._places else []
        if found and not self._executed and is_prose(self._text, self._blanked, procedural=self._in_body):
            return []
        return found

    def _read(self) -> Iterator[re.Match[str]]:
        skipped = 0
        for token in tokens(self._blanked):
            if token.start < skipped:
                continue
            match = self._places.get(token.start)
            if match is None:
                skipped = self._take(token)
                continue
            skipped = match.end()
            if self._is_followed_well(match) and self._is_lock(match):
                self._levels[-1].locked = match.end()
                yield match

    def _take(self, token: Token) -> int:
        """Add a token where it belongs. Returns the offset up to which the text is left out: a routine's body."""
        level = self._levels[-1]
        if token.key == ";":
            self._levels = [Level()]
            self._first_statement = False
        elif token.key == "(":
            level.add(token._replace(kind="group"))
            self._levels.append(Level())
        elif token.key == ")" and len(self._levels) > 1:
            self._levels.pop()
            self._levels[-1].close(token, level)
        else:
            level.add(token)
            if token.key == "BEGIN" and not self._bodies and self._makes(_ROUTINES):
                return self._last_end
        return 0

    @cached_property
    def _last_end(self) -> int:
        return max((end.end() for end in _END_OF_ROUTINE.finditer(self._blanked)), default=0)

    def _makes(self, kinds: frozenset[str]) -> bool:
        """Whether the statement creates or alters an object of one of these kinds."""
        head = [token.key for token in self._levels[0].head]
        kind = next((key for key in head if key in kinds or key in _OTHER_OBJECTS), "")
        return head[:1] in (["CREATE"], ["ALTER"]) and kind in kinds

    def _is_followed_well(self, match: re.Match[str]) -> bool:
        end = match.end() + len(_modifiers(match))
        return (_END_IN_BODY if self._in_body else _END).match(self._blanked, end) is not None

    def _is_lock(self, match: re.Match[str]) -> bool:
        level, top = self._levels[-1], self._levels[0]
        if level.locked and _MODIFIERS.fullmatch(self._blanked, level.locked, match.start()):
            return True
        if self._makes(_POLICIES) or (not self._bodies and self._makes(_ROUTINES)):
            return False
        if match.re is _UNKNOWN and level.source is None:
            return False
        if level is not top and not level.selects and not level.is_hole:
            return False
        if self._executed:
            return level.selects or _is_executed_fragment(level)
        if level.selects:
            return self._starts_well(top) and _is_query(level, top, match)
        before = self._text[max(match.start() - _NEAR, 0) : match.start()].rstrip()
        return self._first_statement and _is_fragment(level, match, before)

    def _starts_well(self, top: Level) -> bool:
        """Whether a statement starts as SQL does, or, where the text may begin amid a statement, as its parts do."""
        lead = top.lead
        if lead is None or lead.kind == "group" or lead.key in VERBS or self._in_body:
            return True
        if not self._first_statement:
            return False
        return lead.kind in {"number", "parameter"} or lead.key in _MIDDLES or _is_operand(top)


def _is_query(level: Level, top: Level, match: re.Match[str]) -> bool:
    """Whether what has SELECT, FROM and the clause is SQL: "Select items from the list for update" has them too."""
    strong = level.strong or top.strong
    start = level.head[0] if level.is_table_command else level.select
    cases = {_case(match.group()), *(_case(token.text) for token in (start, level.source) if token)}
    if match.re is _UNKNOWN or level.source is None:
        return strong or cases == {"upper"}
    if not strong and ("title" in cases or (level.wordy and "upper" not in cases)):
        return False
    if level.lead is None or level.lead.kind == "group" or level.lead.key in _QUERY_STARTS:
        return True
    return level is top and ("upper" in cases or strong or level.weak)


def _is_fragment(level: Level, match: re.Match[str], before: str) -> bool:
    """Whether a text without SELECT ends a statement that begins elsewhere; `before` stands near it."""
    lead, case = level.lead, _case(match.group())
    if lead is None:
        return _is_bare_clause(level, match, case, before)
    cut = level.last is not None and level.last.kind in {"operator", "cast"} and not before.endswith(("'", "*", "$"))
    if case == "title" or lead.key in VERBS or cut:
        return False
    begun = level.head[0].kind == "hole"
    proven = level.sorted or level.upper_clause or (level.compared and (case == "upper" or level.clause))
    if proven and (begun or lead.key in _MIDDLES or lead.kind in {"group", "number", "parameter"}):
        return True
    if lead.key in _CLAUSES and level.clause and level.count > 1 and not begun:
        return level.strong or (level.weak and _case(lead.text) != "title" and level.loose <= (lead.key in _TABLES))
    if lead.kind in {"number", "parameter"} or lead.key in _LAST_IN_ORDER:
        return case == "upper" and level.count == 1 and (lead.kind != "number" or lead.text.isdigit())
    if lead.key in _CLOSING:
        return level.count == 1 or (level.beside is not None and level.beside.key == "AS")
    return proven and case == "upper" and _is_operand(level)


def _is_bare_clause(level: Level, match: re.Match[str], case: str, before: str) -> bool:
    """Whether nothing but the clause is meant as one: `{name} for update`, or `for share` behind a hole, is English."""
    if case != "lower":
        return case == "upper"
    if match["gap"] is not None or "'" in before or "{" in before:
        return False
    return not level.is_hole or match["strength"] != "share" or _modifiers(match).strip() != ""


def _is_executed_fragment(level: Level) -> bool:
    lead = level.lead
    if lead is None:
        return True
    if lead.key in VERBS:
        return False
    return level.clause or level.strong or lead.kind == "number" or lead.key in _EXECUTED_STARTS


def _is_operand(level: Level) -> bool:
    """Whether a text that starts with a plain word goes on as an expression or a list of columns does."""
    if level.lead is None or level.beside is None:
        return False
    return level.beside.kind in {"operator", "cast", "group"} or level.beside.key in _BEHIND_OPERAND


def _modifiers(match: re.Match[str]) -> str:
    """What stands behind a clause and belongs to it, with the white space around it."""
    found = _MODIFIERS.match(match.string, match.end())
    return found.group() if found else ""


def _case(text: str) -> str:
    """How keywords are written: `title` where one has both cases, else `upper` where one is in capitals."""
    parts = text.replace(HOLE, " ").split()
    if not all(part.isupper() or part.islower() for part in parts):
        return "title"
    return "upper" if any(part.isupper() for part in parts) else "lower"
