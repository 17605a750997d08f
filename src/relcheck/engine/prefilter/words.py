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
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from relcheck.engine.bind import Bound
from relcheck.engine.prefilter.phrases import pair_in_source, word_in_source, words_of
from relcheck.sdk.selectors import (
    Assign,
    Call,
    Class,
    Decorated,
    Except,
    Function,
    Import,
    Names,
    Noun,
    Raise,
    Ref,
    Selector,
    Text,
    With,
    nouns,
)
from relcheck.sources.python.names import last
from relcheck.sources.python.syntax import UnparseableError, decode, searchable


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
    found: list[Need] = []
    for noun in nouns(selector):
        here = _here(noun, options)
        if isinstance(noun, Function) and noun.contains is not None:
            here = both(here, _any_here(noun.contains, options))
        found.extend(here)
    return tuple(found)


def both(one: Needs, other: Needs) -> Needs:
    """Both hold."""
    return tuple((*left, *right) for left in one for right in other)


class Words:
    """The words of one file, looked up once each. A file in an encoding that hides them may hold any."""

    def __init__(self, data: bytes) -> None:
        text = searchable(data) if b"\0" not in data else None  # as UTF-16 has them, which hides every word
        self._hides = text is None
        self._data = data if text is None else text
        self._identifiers = _normalised(self._data)
        self._had: dict[str, bool] = {}

    def allow(self, found: Needs) -> bool:
        """Whether what is needed may hold in this file."""
        return self._hides or any(map(self._holds, found))

    def has(self, word: str) -> bool:
        """Whether an identifier may stand in the file."""
        known = self._had.get(word)
        if known is None:
            known = self._had[word] = self._hides or word.encode() in self._identifiers
        return known

    def may_define(self, word: str) -> bool:
        """Whether a function, a class or a variable of this name may be defined in the file."""
        return self.has(word) and (self._hides or _definition(word).search(self._identifiers) is not None)

    def _holds(self, need: Need) -> bool:
        """The cheapest test comes first: words as mere letters, then as words, then within the literals."""
        for clause in need:
            if not any(map(self._everywhere.has_letters if clause.in_text else self.has, clause.words)):
                return False
        told = [clause for clause in need if clause.in_text]
        return not told or (all(map(self._everywhere.holds, told)) and all(map(self._in_literals.holds, told)))

    @cached_property
    def _everywhere(self) -> _Text:
        return _Text(self._data.lower())

    @cached_property
    def _in_literals(self) -> _Text:
        from relcheck.engine.prefilter.quoted import quoted

        literals = quoted(self._everywhere.lower)
        return self._everywhere if literals is None else _Text(literals)


class _Text:
    """Bytes in lower case in which the words of a text may stand."""

    def __init__(self, lower: bytes) -> None:
        self.lower = lower
        self._lettered: dict[str, bool] = {}
        self._told: dict[str, bool] = {}

    def has_letters(self, word: str) -> bool:
        known = self._lettered.get(word)
        if known is None:
            known = self._lettered[word] = not word.isascii() or word.encode() in self.lower
        return known

    def holds(self, clause: Clause) -> bool:
        if clause.following is None:
            return any(map(self._has_word, clause.words))
        return self._has_word(clause.words[0]) and pair_in_source(clause.words[0], clause.following, self.lower)

    def _has_word(self, word: str) -> bool:
        known = self._told.get(word)
        if known is None:
            known = self._told[word] = word_in_source(word, self.lower)
        return known


@lru_cache(maxsize=256)
def _definition(word: str) -> re.Pattern[bytes]:
    """`def NAME`, `class NAME`, `NAME =`, `NAME: …`, each with what the language allows in between."""
    name = re.escape(word.encode())
    return re.compile(rb"(?:def|class)[\s\\]+%(name)s|%(name)s(?:[\s\\)]|#[^\r\n]*)*(?::|=(?!=))" % {b"name": name})


def _normalised(data: bytes) -> bytes:
    if data.isascii():
        return data
    try:
        text = decode(data)
    except UnparseableError:
        text = data.decode("latin-1")
    return nfkc(text).encode("utf-8", "surrogatepass")


def nfkc(text: str) -> str:
    """The text in NFKC. A line by itself, since nothing combines with a line's end, and most are ASCII."""
    normalize = unicodedata.normalize
    return "\n".join(line if line.isascii() else normalize("NFKC", line) for line in text.split("\n"))


def _any_here(selector: Selector, options: Bound) -> Needs:
    return tuple(need for noun in nouns(selector) for need in _here(noun, options))


def _here(noun: Noun, options: Bound) -> Needs:
    """What must stand in a file for a node to match, whatever the node contains."""
    found = _own(noun, options)
    return found if noun.inside is None else both(found, _any_here(noun.inside, options))


def _own(noun: Noun, options: Bound) -> Needs:
    match noun:
        case Text(phrases=phrases, words=words):
            grouped = tuple(Clause(group, in_text=True) for group in words)
            return tuple((*grouped, *_phrase(phrase)) for phrase in phrases) or (grouped,)
        case Function(decorated=decorated):
            return _identifiers(decorated, options) if decorated != () else ALWAYS
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
            raise TypeError(f"not a selector: {noun!r}")


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
