"""Whether a version satisfies what a configuration requires, as PEP 440 has it for release versions."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TypeAlias

from msgspec import Struct

_CLAUSE = re.compile(r"(==|!=|<=|>=|~=|<|>)\s*([0-9]{1,9}(?:\.[0-9]{1,9}){0,7})(\.\*)?")
_VERSION = re.compile(r"([0-9]+(?:\.[0-9]+)*)(.*)")
_BEFORE, _FINAL, _AFTER = -1, 0, 1

Release: TypeAlias = tuple[int, ...]


class Clause(Struct, frozen=True):
    """One comparison of a specifier; `prefix` where the release ends in `.*`."""

    operator: str
    release: Release
    prefix: bool

    def allows(self, version: str) -> bool:
        release, stage = _parts(version)
        order = _compare(release, self.release)
        match self.operator:
            case "==" | "!=":
                same = _within(release, self.release) if self.prefix else order == 0 and stage == _FINAL
                return same == (self.operator == "==")
            case ">":
                return order > 0
            case "<":
                return order < 0
            case ">=":
                return order > 0 or (order == 0 and stage >= _FINAL)
            case "<=":
                return order < 0 or (order == 0 and stage <= _FINAL)
            case _:  # ~=
                return (order > 0 or (order == 0 and stage >= _FINAL)) and _within(release, self.release[:-1])


def parse_specifier(text: str) -> tuple[Clause, ...]:
    """The comparisons of a specifier such as `>=0.1,<1`. ValueError where it is none."""
    return tuple(_clause(part.strip()) for part in text.split(","))


def _clause(text: str) -> Clause:
    match = _CLAUSE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    operator, digits, star = match.groups()
    release = tuple(map(int, digits.split(".")))
    if (star and operator not in ("==", "!=")) or (operator == "~=" and len(release) < 2):
        raise ValueError(text)
    return Clause(operator, release, star is not None)


def _parts(version: str) -> tuple[Release, int]:
    """The release of a version, and whether it comes before that release (`1.0rc1`) or after it (`1.0.post1`)."""
    match = _VERSION.fullmatch(version)
    if match is None:
        raise ValueError(version)
    digits, rest = match.groups()
    stage = _FINAL if not rest or rest.startswith("+") else _AFTER if rest.startswith(".post") else _BEFORE
    return tuple(map(int, digits.split("."))), stage


def _compare(left: Release, right: Release) -> int:
    for a, b in zip_longest(left, right, fillvalue=0):
        if a != b:
            return 1 if a > b else -1
    return 0


def _within(release: Release, prefix: Release) -> bool:
    padded = release + (0,) * (len(prefix) - len(release))
    return padded[: len(prefix)] == prefix
