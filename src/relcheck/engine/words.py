"""The first prefilter: words that must stand in a file for a rule to find anything in it.

The test is derived from a rule's selectors and over-approximates: a file that it rejects can hold no match.
Identifiers stand whole in the bytes of a file; only non-ASCII ones can be spelled otherwise (Python NFKC-normalises
them), so a file with non-ASCII text is tested in normalised form. A `text` selector promises words that stand whole
in one literal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from relcheck.engine.bind import Bound
from relcheck.engine.phrases import in_source, words_of
from relcheck.sdk.selectors import (
    AnyOf,
    Assign,
    Call,
    Class,
    Decorated,
    Except,
    Function,
    Import,
    Names,
    Raise,
    Ref,
    Selector,
    Text,
    With,
)
from relcheck.sources.python.names import last


class Clause(NamedTuple):
    """One of these words stands in the file: as (part of) an identifier, or in either case within a string; where
    `following` is given, with that word, or what may lead to it, behind it."""

    words: tuple[str, ...]
    in_text: bool = False
    following: str | None = None


Need: TypeAlias = tuple[Clause, ...]
"""All of these clauses hold."""

Needs: TypeAlias = tuple[Need, ...]
"""Any of these; `()` can never hold, `((),)` always does."""

ALWAYS: Needs = ((),)
NEVER: Needs = ()


def needs(selector: Selector, options: Bound) -> Needs:
    """What a file must hold for the selector to match anywhere in it."""
    if isinstance(selector, AnyOf):
        return tuple(need for one in selector.selectors for need in needs(one, options))
    found = _own(selector, options)
    if selector.inside is not None:
        found = both(found, needs(selector.inside, options))
    return found


def both(one: Needs, other: Needs) -> Needs:
    """Both hold."""
    return tuple((*left, *right) for left in one for right in other)


class Words:
    """The words of one file, looked up once each."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._identifiers = _normalised(data)
        self._lower: bytes | None = None
        self._seen: dict[tuple[str, bool], bool] = {}

    def allow(self, found: Needs) -> bool:
        """Whether what is needed may hold in this file."""
        return any(
            all(self._plausible(clause) for clause in need) and all(self._clause(clause) for clause in need)
            for need in found
        )

    def has(self, word: str) -> bool:
        """Whether an identifier may stand in the file."""
        key = (word, False)
        if key not in self._seen:
            self._seen[key] = word.encode() in self._identifiers
        return self._seen[key]

    def _plausible(self, clause: Clause) -> bool:
        """The cheapest test first: the words as mere letters, before a pattern has to be compiled."""
        if clause.in_text:
            return any(word.encode() in self._lowered() for word in clause.words)
        return any(self.has(word) for word in clause.words)

    def _clause(self, clause: Clause) -> bool:
        if clause.following is not None:
            return self._followed(clause.words[0], clause.following)
        if clause.in_text:
            return any(self._in_text(word) for word in clause.words)
        return any(self.has(word) for word in clause.words)

    def _in_text(self, word: str) -> bool:
        key = (word, True)
        if key not in self._seen:
            self._seen[key] = stands_in(word, self._lowered())
        return self._seen[key]

    def _followed(self, word: str, following: str) -> bool:
        return self._in_text(word) and in_source(word, following).search(self._lowered()) is not None

    def _lowered(self) -> bytes:
        if self._lower is None:
            self._lower = self._data.lower()
        return self._lower


def stands_in(word: str, lower: bytes) -> bool:
    """Whether a word stands whole in lower-cased source: not within a longer word, and not as an attribute or a
    call's name.

    An escape or a `%s` before it ends no word (`\\nfor`); `(` and `=` behind it do (`.update(`, `update=`).
    """
    return word.encode() in lower and _whole(word).search(lower) is not None


@lru_cache(maxsize=256)
def _whole(word: str) -> re.Pattern[bytes]:
    length = len(word)
    before = (
        rf"(?:(?<![\w.].{{{length}}})|(?<=\\[abfnrtv].{{{length}}})|(?<=%[a-z].{{{length}}})|(?<=\)[a-z].{{{length}}})"
        rf"|(?<=\\x[0-9a-f][0-9a-f].{{{length}}})|(?<=\\[0-7][0-7][0-7].{{{length}}})|(?<=\\[0-7][0-7].{{{length}}}))"
    )
    return re.compile(rf"{re.escape(word)}(?s:{before})(?![\w(=])".encode())


def _normalised(data: bytes) -> bytes:
    if data.isascii():
        return data
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return unicodedata.normalize("NFKC", text).encode("utf-8", "surrogatepass")


def _own(selector: Selector, options: Bound) -> Needs:
    match selector:
        case Text(phrases=phrases, words=words):
            grouped = tuple(Clause(group, in_text=True) for group in words)
            return tuple((*_phrase(phrase), *grouped) for phrase in phrases) or (grouped,)
        case Function(decorated=decorated, contains=contains):
            found = _identifiers(decorated, options) if decorated != () else ALWAYS
            return found if contains is None else both(found, needs(contains, options))
        case Call(names=names, method=method, keyword=keyword, args=args):
            groups: Sequence[Names] = [
                group for group in (names, method, keyword, *(value for _, value in args)) if group != ()
            ]
            return _all(groups, options)
        case Ref(names=names, attribute=attribute):
            return _all([group for group in (names, attribute) if group != ()], options)
        case Class(bases=bases, decorated=decorated):
            return _all([group for group in (bases, decorated) if group != ()], options)
        case (
            Import(names=names)
            | Assign(names=names)
            | Raise(names=names)
            | Except(names=names)
            | With(names=names)
            | Decorated(names=names)
        ):
            return _all([names] if names != () else [], options)
        case _:
            raise TypeError(f"not a selector: {selector!r}")


def _phrase(phrase: tuple[str, ...]) -> Need:
    """The rarest words first: `update` rules out more files than `for`."""
    words = tuple(Clause((word,), in_text=True) for word in reversed(words_of(phrase)))
    return (*words, *(Clause((word,), in_text=True, following=behind) for word, behind in pairwise(phrase)))


def _all(groups: Iterable[Names], options: Bound) -> Needs:
    found = ALWAYS
    for group in groups:
        found = both(found, _identifiers(group, options))
    return found


def _identifiers(names: Names, options: Bound) -> Needs:
    words = tuple(dict.fromkeys(last(name).strip("*") for name in options.names(names)))
    if not words:
        return NEVER
    return ALWAYS if "" in words else ((Clause(words),),)
