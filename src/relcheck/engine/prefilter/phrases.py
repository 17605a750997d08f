"""Phrases of a `text` selector, on the three levels at which they are looked for: bytes, literals, folded text.

The last is exact, the others promise to miss nothing that it finds. Between two words of a phrase stands only white
space, SQL comments or unknown parts. So in the literal of the first word the other one follows after white space
(*direct*), or else there comes what starts an unknown part or a comment, or the literal's end: the first word is a
*tail*. Then the other one is a *head*: before it, in its own literal, stands what ends such a thing, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relcheck.sources.python.folded import Folded

HOLE_WORD = "{}"
_HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"

_END = r"(?![\w(=])"
"""Behind a word: it is no part of a longer one, no call's name and no keyword."""


def words_of(phrase: tuple[str, ...]) -> tuple[str, ...]:
    """The words that stand in the source; a hole is none."""
    return tuple(word for word in phrase if word != HOLE_WORD)


# --- folded text


def in_folded(phrase: tuple[str, ...], folded: Folded) -> bool:
    """Whether the phrase stands in a folded text, each of its words whole in one literal."""
    words = words_of(phrase)
    return any(
        all(_is_whole(word, folded, found.start(group), found.end(group)) for group, word in enumerate(words, 1))
        for found in _folded(phrase).finditer(folded.text)
    )


def _is_whole(word: str, folded: Folded, start: int, end: int) -> bool:
    place = folded.span(start, end)
    if place is None:
        return False
    spelled = _spelled(word).match(place.node.value, place.start)
    return spelled is not None and spelled.end() == place.end


@lru_cache(maxsize=256)
def _folded(phrase: tuple[str, ...]) -> re.Pattern[str]:
    comment = r"--[^\n]*(?:\n|$)|/\*.*?\*/"
    pattern = ""
    for position, word in enumerate(phrase):
        if word == HOLE_WORD:
            pattern += rf"(?:\s|{comment})*{_HOLE}"
        else:
            gap = rf"(?:\s|{comment}|{_HOLE})+" if position else ""
            pattern += rf"{gap}(?<![\w.])({re.escape(word)}){_END}"
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=256)
def _spelled(word: str) -> re.Pattern[str]:
    return re.compile(_word(word), re.IGNORECASE | re.ASCII | re.DOTALL)


def _word(word: str, following: str = "") -> str:
    """A word as it may stand in a literal's source, with `following` behind it. An escape or a conversion before it is
    no part of it: `%sfor`."""
    length = len(word)
    before = (
        *(r"\\[abfnrtv]", r"%[a-z]", r"\)[a-z]", r"\\x[0-9a-f][0-9a-f]"),
        *(r"\\[0-7]", r"\\[0-7][0-7]", r"\\[0-7][0-7][0-7]"),
    )
    # The word comes first, so that the search is one for its letters; what stands before it is the costly question.
    behind = "|".join((rf"(?<![\w.].{{{length}}})", *(rf"(?<={one}.{{{length}}})" for one in before)))
    return rf"{re.escape(word)}{_END}(?={following})(?:{behind})"


# --- values of literals, in lower case


def word_in_literal(word: str, value: str) -> bool:
    """Whether a word may stand whole in a text that this literal is put into."""
    return word in value and _in_value(word).search(value) is not None


def in_literals(phrase: tuple[str, ...], values: Iterable[str]) -> bool:
    """Whether the phrase may stand in a text that is put together of these literals, in any order."""
    values = tuple(values)
    return all(_pair_in_literals(word, following, values) for word, following in pairwise(phrase)) and (
        len(phrase) > 1 or any(word_in_literal(word, value) for word in phrase for value in values)
    )


def _pair_in_literals(word: str, following: str, values: tuple[str, ...]) -> bool:
    if any(_direct_in_value(word, following).search(value) for value in values):
        return True
    return any(_tail_of_value(word).search(value) for value in values) and (
        following == HOLE_WORD or any(_head_of_value(following).search(value) for value in values)
    )


_IN_VALUE = r"(?:(?<![\w.])|(?<=[%)][a-z]))"
_CONVERSION = r"[%)][#0 +\-*.\dhl]*[a-z]"


@lru_cache(maxsize=256)
def _in_value(word: str) -> re.Pattern[str]:
    return re.compile(rf"{_IN_VALUE}{re.escape(word)}{_END}")


@lru_cache(maxsize=256)
def _direct_in_value(word: str, following: str) -> re.Pattern[str]:
    return re.compile(rf"{_IN_VALUE}{re.escape(word)}\s+{re.escape(following)}{_END}")


@lru_cache(maxsize=256)
def _tail_of_value(word: str) -> re.Pattern[str]:
    return re.compile(rf"{_IN_VALUE}{re.escape(word)}\s*(?:[%{{{_HOLE}]|--|/\*|[-/](?:\Z|[%{{])|\Z)")


@lru_cache(maxsize=256)
def _head_of_value(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?:\A|[}}/\n{_HOLE}]|{_CONVERSION})\s*{re.escape(word)}{_END}")


# --- bytes of a file, in lower case


def word_in_source(word: str, lower: bytes) -> bool:
    """Whether a word may stand whole in a literal of the file. Of one that is not ASCII the bytes say nothing."""
    return not word.isascii() or (word.encode() in lower and _in_source(word).search(lower) is not None)


def pair_in_source(word: str, following: str, lower: bytes) -> bool:
    """Whether two words may follow one another in a text of the file."""
    if not (word.isascii() and following.isascii()) or _direct_in_source(word, following).search(lower):
        return True
    return _tail_in_source(word).search(lower) is not None and (
        following == HOLE_WORD or _is_head_in_source(following, lower)
    )


_SPACE = r"[\s\x1c-\x1f]"
"""White space of a text; what is not ASCII is never told apart in bytes."""

_ESCAPE = r"\\(?:[abfnrtv]|\r?\n|\r|x[0-9a-f]{2}|[0-7]{1,3}|u[0-9a-f]{4}|u[0-9a-f]{8})"
_CLOSING = r"[\"'](?:(?!\w)|(?=[bfrtu]{1,2}[\"'])|(?=(?:and|else|for|if|in|is|not|or)\b))"
"""A quote that may close a literal: an opening one would mostly be followed by a letter (`"waiting for 'x'"`)."""


@lru_cache(maxsize=256)
def _in_source(word: str) -> re.Pattern[bytes]:
    return re.compile(_word(word).encode(), re.DOTALL)


@lru_cache(maxsize=256)
def _direct_in_source(word: str, following: str) -> re.Pattern[bytes]:
    return re.compile(_word(word, rf"{_SPACE}+{re.escape(following)}{_END}").encode("latin-1"), re.DOTALL)


@lru_cache(maxsize=256)
def _tail_in_source(word: str) -> re.Pattern[bytes]:
    behind = rf"[%{{\\\x80-\xff]|--|/\*|[-/][\"'%{{\\]|{_CLOSING}"
    return re.compile(_word(word, rf"{_SPACE}*(?:{behind})").encode("latin-1"), re.DOTALL)


def _is_head_in_source(word: str, lower: bytes) -> bool:
    """Whether the word stands somewhere behind what may end an unknown part or a comment, or begin a literal.

    Looked for backwards from the word, which is rarer than what may stand before it.
    """
    for found in _whole_in_source(word).finditer(lower):
        end = found.start()
        while end and lower[end - 1] in _SPACES:
            if lower[end - 1] in b"\r\n":
                return True
            end -= 1
        if _BEFORE_HEAD.search(lower[max(0, end - _LOOKED_AT) : end]) is not None:
            return True
    return False


@lru_cache(maxsize=256)
def _whole_in_source(word: str) -> re.Pattern[bytes]:
    return re.compile(rf"{re.escape(word)}{_END}".encode("latin-1"))


_SPACES = b" \t\n\r\f\v\x1c\x1d\x1e\x1f"
_LOOKED_AT = 64
"""Bytes before a word. A conversion that is longer is taken for one by its end."""

_BEFORE_HEAD = re.compile(
    rf"(?:[\"'}}/\r\n\x80-\xff]|(?:\A|[%)])[#0 +\-*.\dhl]*[a-z]|{_ESCAPE})\Z".encode("latin-1"), re.DOTALL
)
