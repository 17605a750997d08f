"""Inputs made out of real ones: bytes flipped, cut and repeated, tokens exchanged, lines of two files put together.

What is made depends on the random numbers alone, so the same seed gives the same inputs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

_LARGEST = 4_000
"""Bytes of a real input that are used at once: small inputs are many inputs."""

_WHOLE = 0.01
"""How often all of a real input is used all the same."""

_MOST_REPEATS = 3_000
_TOKEN = re.compile(rb"\w+|[ \t]+|\r?\n|[^\w\s]|.", re.DOTALL)
_BYTES = (b"\0", b"\n", b"\r", b"\r\n", b"\t", b"\f", b"\x1b", b" ", b"\\", b'"', b"'", b"\x7f", b"\x80", b"\xff")
_TEXT = (
    *("\ufeff", "\u202e", "\u2028", "\u00a0", "\ufffc", "\u0130", "\u212a", "\u017f", "\U0001d430", "\U000e0041"),
    *("e\u0301", "\ufb01"),
)
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
_BRACKETS = (b"(", b"[", b"{", b"f(", b"-", b"not ", b"a.", b"x,", b"if 1:\n ", b'"', b"lambda:", b"**/", b"*", b"@a\n")

INTERESTING = (*_BYTES, *(text.encode() for text in _TEXT))


def mutated(random: Random, seeds: Sequence[bytes], tokens: Sequence[bytes], *, keep: int = 0) -> bytes:
    """An input like the seeds. `tokens` are words that mean something there; the first `keep` bytes stay."""
    seed = random.choice(seeds)
    head, data = seed[:keep], seed[keep:] if random.random() < _WHOLE else _part(random, seed[keep:])
    for _ in range(min(int(random.expovariate(0.8)) + 1, 10)):
        change = random.choice(_CHANGES)
        data = change(random, data, tokens, seeds)
    return head + data


def _part(random: Random, data: bytes) -> bytes:
    """All of it, or, of a long text, lines that begin at the margin, so that they can still be read."""
    if len(data) <= _LARGEST or b"\0" in data:
        return data
    lines = data.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if line.strip() and not line[:1].isspace()] or [0]
    start = random.choice(starts)
    return b"".join(lines[start : start + random.randint(5, 80)])[: _LARGEST * 2]


def _span(random: Random, length: int, most: int = 40) -> tuple[int, int]:
    start = random.randint(0, length)
    return start, min(length, start + random.randint(0, most))


def _flip(random: Random, data: bytes, _tokens: Sequence[bytes], _seeds: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]


def _cut(random: Random, data: bytes, _tokens: Sequence[bytes], _seeds: Sequence[bytes]) -> bytes:
    start, end = _span(random, len(data), 200)
    return data[:start] if random.random() < 0.1 else data[:start] + data[end:]


def _repeat(random: Random, data: bytes, _tokens: Sequence[bytes], _seeds: Sequence[bytes]) -> bytes:
    start, end = _span(random, len(data))
    return data[:end] + data[start:end] * random.choice((1, 1, 2, 10)) + data[end:]


def _nest(random: Random, data: bytes, _tokens: Sequence[bytes], _seeds: Sequence[bytes]) -> bytes:
    """A bracket, or what else may stand within itself, many times; closed in half of the cases."""
    at = random.randint(0, len(data))
    many = random.choice((2, 10, 50, 100, 200, _MOST_REPEATS if random.random() < 0.1 else 20))
    opening = random.choice(_BRACKETS)
    closing = {b"(": b")", b"[": b"]", b"{": b"}"}.get(opening[-1:], b"") if random.random() < 0.7 else b""
    end = at + random.randint(0, 30)
    return data[:at] + opening * many + data[at:end] + closing * many + data[end:]


def _insert(random: Random, data: bytes, tokens: Sequence[bytes], _seeds: Sequence[bytes]) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.choice(random.choice((INTERESTING, tokens))) + data[at:]


def _number(random: Random, data: bytes, _tokens: Sequence[bytes], _seeds: Sequence[bytes]) -> bytes:
    """A length or a count in a binary format, or in a text."""
    at, number = random.randint(0, len(data)), random.choice(_NUMBERS)
    written = str(number).encode() if random.random() < 0.5 else number.to_bytes(4, random.choice(("big", "little")))
    return data[:at] + written + data[at + len(written) :]


def _exchange(random: Random, data: bytes, tokens: Sequence[bytes], _seeds: Sequence[bytes]) -> bytes:
    """One token for another of its kind: the result can often still be read."""
    found = list(_TOKEN.finditer(data))
    if not found:
        return data
    one = random.choice(found)
    is_word = one.group()[:1].isalnum()
    others = [other.group() for other in found if other.group()[:1].isalnum() == is_word]
    known = [token for token in tokens if token[:1].isalnum() == is_word] or others
    new = random.choice(random.choice((others, known)))
    return data[: one.start()] + new + data[one.end() :]


def _swap(random: Random, data: bytes, _tokens: Sequence[bytes], _seeds: Sequence[bytes]) -> bytes:
    found = _TOKEN.findall(data)
    if found:
        one, other = random.randrange(len(found)), random.randrange(len(found))
        found[one], found[other] = found[other], found[one]
    return b"".join(found)


def _drop(random: Random, data: bytes, _tokens: Sequence[bytes], _seeds: Sequence[bytes]) -> bytes:
    found = _TOKEN.findall(data)
    start, end = _span(random, len(found), 3)
    return b"".join(found[:start] + found[end:])


def _lines(random: Random, data: bytes, _tokens: Sequence[bytes], seeds: Sequence[bytes]) -> bytes:
    """Lines left out, moved, or taken from another seed."""
    lines = data.splitlines(keepends=True)
    start, end = _span(random, len(lines), 6)
    taken = lines[start:end]
    kind = random.randrange(3)
    if kind < 2:
        del lines[start:end]
    if kind == 0:
        taken = []
    elif kind == 2:
        taken = _part(random, random.choice(seeds)).splitlines(keepends=True)[: random.randint(1, 20)]
    at = random.randint(0, len(lines))
    return b"".join(lines[:at] + taken + lines[at:])


_CHANGES: tuple[Callable[[Random, bytes, Sequence[bytes], Sequence[bytes]], bytes], ...] = (
    *(_exchange, _exchange, _exchange, _exchange, _lines, _lines, _lines, _swap, _drop, _insert),
    *(_flip, _cut, _repeat, _nest, _number),
)
