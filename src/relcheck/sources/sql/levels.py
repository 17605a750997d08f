"""What was read of a statement so far, bracket by bracket."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from relcheck.sources.sql.prose import words

if TYPE_CHECKING:
    from relcheck.sources.sql.text import Token


class Level(msgspec.Struct):
    """One statement, or one bracketed part of it, up to the last token that was added, without its inner brackets.

    Signs of SQL come in three kinds: `compared` and `sorted` (operators; ORDER BY, LIMIT 1) show in no prose, `bound`
    (parameters) in templates too, `weak` (holes, identifiers) in prose about SQL.
    """

    head: list[Token] = []
    count: int = 0
    lead: Token | None = None
    """The first token that is no hole."""
    beside: Token | None = None
    """The one behind `lead`."""
    last: Token | None = None
    select: Token | None = None
    source: Token | None = None
    """The FROM that belongs to `select`."""
    open_select: bool = False
    """A hole behind `select` may hold its FROM."""
    has_query: bool = False
    """Inner brackets hold a query, or nothing but a hole."""
    clause: bool = False
    upper_clause: bool = False
    compared: bool = False
    sorted: bool = False
    bound: bool = False
    weak: bool = False
    wordy: bool = False
    """A preposition stands behind `select`."""
    loose: int = 0
    """How many words an English text could hold, behind the first one."""
    locked: int = 0
    """Where the last locking clause ends; 0 for none."""

    @property
    def is_hole(self) -> bool:
        return self.count > 0 and self.lead is None

    @property
    def strong(self) -> bool:
        return self.compared or self.sorted or self.bound

    @property
    def is_table_command(self) -> bool:
        """`TABLE name`, which is short for `SELECT * FROM name`."""
        if not self.head or self.head[0].key != "TABLE" or self.count > len(self.head) or self.count == 1:
            return False
        return all(token.kind in {"hole", "word"} or token.key in {".", "*"} for token in self.head[1:])

    @property
    def selects(self) -> bool:
        """Whether this is a query, as far as its tokens say."""
        if self.source is not None:
            return self.last is not None and self.last.key not in {"FROM", "TABLE"}
        bracketed = self.has_query and self.lead is not None and self.lead.kind == "group"
        return bracketed or self.open_select or self.is_table_command

    def add(self, token: Token) -> None:
        self._note(token)
        self.count += 1
        if len(self.head) < _HEAD:
            self.head.append(token)
        if self.lead is None:
            self.lead = None if token.kind == "hole" else token
        elif self.beside is None:
            self.beside = token
        self.last = token

    def close(self, token: Token, inner: Level) -> None:
        """Leave inner brackets with their closing one."""
        self.last = token
        self.has_query |= inner.selects or inner.is_hole
        self.bound |= inner.selects

    def _note(self, token: Token) -> None:
        key, last = token.key, self.last
        before = last.key if last else ""
        touching = last is not None and last.end == token.start
        match token.kind:
            case "hole":
                self.weak = True
                self.open_select |= self.select is not None
            case "parameter" | "cast":
                self.bound = True
            case "operator":
                self.compared |= _COMPARISON.search(key) is not None
                self.bound |= key == "*" and before in {"SELECT", ".", ",", ""}
            case "number":
                self.sorted |= before in {"LIMIT", "OFFSET"}
            case "group":
                self.weak |= touching and last is not None and last.kind == "word"
            case "word":
                self._note_word(token, before)
                self.weak |= not token.text.isalpha() or (before == "." and touching)
                self.loose += before != "." and self._is_loose(token)
            case "other":
                self.loose -= key == "." and last is not None and self._is_loose(last)
        if last is not None and last.text in _CLAUSE_OPENERS:
            self.upper_clause = True

    def _is_loose(self, token: Token) -> bool:
        if self.lead is None or not token.text.isalpha() or token.key in _JOINING:
            return False
        return token.key not in {"AND", "OR"} or self.lead.key == "FROM"

    def _note_word(self, token: Token, before: str) -> None:
        key = token.key
        if key in {"SELECT", "PERFORM"}:
            self.select, self.source, self.open_select = token, None, False
        elif key == "FROM" and self.select is not None and self.source is None:
            self.source = token
        self.wordy |= self.select is not None and key in _PREPOSITIONS
        self.clause |= key in _CLAUSE_OPENERS or key in {"AND", "OR"}
        self.sorted |= (before, key) in _PAIRS


_HEAD = 12
_JOINING = words("ON AS USING ONLY")
_COMPARISON = re.compile(r"[=<>~@!]")
_CLAUSE_OPENERS = words("FROM WHERE HAVING LIMIT OFFSET JOIN BY")
_PREPOSITIONS = words("TO OF WITH BEFORE AFTER UNTIL WHILE IF")
_PAIRS = {("ORDER", "BY"), ("GROUP", "BY"), ("IS", "NULL"), ("NOT", "NULL")}
