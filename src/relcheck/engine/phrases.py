"""Phrases of a `text` selector, on the three levels at which they are looked for: bytes, literals, folded text.

Each level over-approximates the one behind it. In the source, a word of a phrase is followed by white space and then
by the next word, by what starts an escape, a placeholder or a comment, or by the end of its literal. In the values of
literals, a phrase stands whole in one, or one literal ends with a word of it and another one starts with the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

HOLE_WORD = "{}"
_HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
_LITERAL_END = r"[\"'](?=[\"']|\s*(?:[rbfut]{0,2}[\"']|[+%.,)\]}#\\\r\n]|$))"
"""A quote behind which no text goes on: another literal, an operator, a method, the end of an argument or line."""

_START = r"(?<![\w.])"
_END = r"(?![\w(=])"
_COMMENT = r"--[^\n]*(?:\n|$)|/\*.*?\*/"
_PLACEHOLDER = r"%\(?\w*\)?\w?|\{[^{}]*\}"


def words_of(phrase: tuple[str, ...]) -> tuple[str, ...]:
    """The words that stand in the source; a hole is none."""
    return tuple(word for word in phrase if word != HOLE_WORD)


@lru_cache(maxsize=256)
def in_source(word: str, following: str) -> re.Pattern[bytes]:
    """For lower-cased source: the word with what may stand behind it where `following` is the next word."""
    length = len(word)
    start = rf"{re.escape(word)}(?:(?<![\w.].{{{length}}})|(?<=[\\%)][a-z].{{{length}}})|(?<=[0-9a-f].{{{length}}}))"
    if following == HOLE_WORD:
        behind = rf"\s*(?:[{{%\\]|--|/\*|[\x80-\xff]|{_LITERAL_END})"
    else:
        unknown = r"(?:(?:\{[^{}]*\}|%[^\s\"'%]*|\\[nrtfv]|\\\r?\n)\s*)*"
        opened = r"--|/\*|\{[^{}]*\{|\\[^nrtfv\r\n]|[\x80-\xff]"
        behind = rf"\s*{unknown}(?:{re.escape(following)}(?!\w)|{opened}|{_LITERAL_END})"
    return re.compile(f"(?s:{start}){behind}".encode("latin-1"))


def in_folded(phrase: tuple[str, ...], text: str) -> bool:
    """Whether the phrase stands in a folded text."""
    return _folded(phrase).search(text) is not None


def word_in_folded(word: str, text: str) -> bool:
    """Whether a word stands whole in a folded text."""
    return _folded((word,)).search(text) is not None


def word_in_literal(word: str, value: str) -> bool:
    """Whether a word may stand whole in a text that this literal is put into: a conversion (`%sfor`) ends no word
    there."""
    return word in value and _value_word(word).search(value) is not None


def in_literals(phrase: tuple[str, ...], values: Iterable[str]) -> bool:
    """Whether the phrase may stand in a text that is put together of these literals, in any order."""
    values = tuple(values)
    if any(_literal(phrase).search(value) for value in values):
        return True
    for word, following in pairwise(phrase):
        if any(_tail(word).search(value) for value in values) and (
            following == HOLE_WORD or any(_head(following).search(value) for value in values)
        ):
            return True
    return False


@lru_cache(maxsize=256)
def _folded(phrase: tuple[str, ...]) -> re.Pattern[str]:
    return _compiled(phrase, rf"(?:\s|{_COMMENT}|{_HOLE})", rf"(?:\s|{_COMMENT})*{_HOLE}")


@lru_cache(maxsize=256)
def _literal(phrase: tuple[str, ...]) -> re.Pattern[str]:
    return _compiled(phrase, rf"(?:\s|{_COMMENT}|{_PLACEHOLDER})", rf"(?:\s|{_COMMENT})*(?:{_PLACEHOLDER})")


def _compiled(phrase: tuple[str, ...], gap: str, hole: str) -> re.Pattern[str]:
    pattern = ""
    for position, word in enumerate(phrase):
        if word == HOLE_WORD:
            pattern += hole
        else:
            pattern += (f"{gap}+" if position else "") + f"{_START}{re.escape(word)}{_END}"
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=256)
def _value_word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{_START}|(?<=%[a-z])|(?<=\)[a-z])){re.escape(word)}{_END}")


@lru_cache(maxsize=256)
def _tail(word: str) -> re.Pattern[str]:
    """A literal that ends with the word, but for white space, comments and a comment that goes on in the next one."""
    gap = rf"(?:\s|{_COMMENT}|{_PLACEHOLDER}|/\*.*|--.*)*"
    return re.compile(rf"{_START}{re.escape(word)}{gap}$", re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=256)
def _head(word: str) -> re.Pattern[str]:
    """A literal that starts with the word, but for white space, comments and the rest of a comment."""
    gap = rf"(?:\s|{_COMMENT}|{_PLACEHOLDER})*"
    return re.compile(rf"(?:^|\*/|\n){gap}{re.escape(word)}{_END}", re.IGNORECASE | re.DOTALL)
