"""What an exception says of itself, in the words that inline waivers and the baseline share:
`reason: …; until=YYYY-MM-DD; owner=…`.
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

_PART = re.compile(r"(?<![^\s;,])(?:(?P<key>until|owner)\s*=|(?P<reason>reason)\s*[=:])\s*", re.ASCII)
_KEYS = ("reason", "until", "owner")
_SEPARATOR = re.compile(r"([;,])")
_LEADING = re.compile(r"(?P<word>[^\W\d_][\w-]*+)\s*+(?P<sign>:|=(?!=))")
_WITHIN = re.compile(r"(?<=\s)(?P<word>[^\W\d_][\w-]*+)\s*+=(?!=)")
_LONGEST_KEY = 9
_AROUND_VALUE = " \t\r\n\v\f;,"
_AROUND_LOOSE = f"{_AROUND_VALUE}-–—:"


class StatedError(ValueError):
    """Words of which no exception can be written so that it reads as it was meant; the message says why."""


class Stated(msgspec.Struct, frozen=True):
    """Why an exception is right, the last day on which it holds, and who answers for it."""

    reason: str | None = None
    until: date | None = None
    owner: str | None = None


def parse_stated(text: str) -> tuple[Stated, str | None]:
    """What a text says, and what is wrong with it. One with a key that there is not says nothing: a reason or a last
    day that was meant would be missing."""
    if (unknown := _unknown(text)) is not None:
        return Stated(), unknown
    parts = _parts(text)
    problem = until = None
    if (written := parts.get("until")) is not None:
        try:
            until = date.fromisoformat(written)
        except ValueError:
            problem = f"{written!r} is no date: write until=YYYY-MM-DD"
    return Stated(parts.get("reason") or None, until, parts.get("owner") or None), problem


def render_stated(stated: Stated) -> str:
    """The text that says this; empty where there is nothing to say."""
    parts = (
        f"reason: {stated.reason}" if stated.reason else "",
        f"until={stated.until}" if stated.until else "",
        f"owner={stated.owner}" if stated.owner else "",
    )
    return "; ".join(part for part in parts if part)


def stated_by(reason: str | None, until: date | None, owner: str | None) -> Stated:
    """What a person gives on the command line. Raises StatedError where it would be read as something else."""
    stated = Stated(_plain("reason", reason), until, _plain("owner", owner))
    read, problem = parse_stated(render_stated(stated))
    if problem is not None:
        raise StatedError(f"the reason or the owner would be read as something else: {problem}. Say it in other words")
    if read != stated:
        raise StatedError("a reason or an owner cannot hold `until=`, `owner=` or `reason:`: say it in other words")
    return stated


def _plain(name: str, given: str | None) -> str | None:
    text = " ".join((given or "").split()).strip(_AROUND_VALUE)
    if not text.isprintable():
        raise StatedError(f"the {name} holds a character that cannot be seen: leave it out")
    if given is not None and not any(one.isalnum() for one in text):
        wrong = "says nothing" if text else "is empty"
        raise StatedError(f"the {name} {wrong}: say it in words, or leave the option out")
    return text or None


def _parts(rest: str) -> dict[str, str]:
    """`reason: a; until=2027-01-31` by key. What stands before any key is a reason too: people write `ignore[x]
    because …`."""
    parts: dict[str, str] = {}
    rest = rest.lstrip(_AROUND_LOOSE)
    pieces = list(_PART.finditer(rest))
    head = rest[: pieces[0].start()] if pieces else rest
    if loose := head.strip(_AROUND_LOOSE):
        parts["reason"] = loose
    for number, piece in enumerate(pieces, 1):
        value = rest[piece.end() : pieces[number].start() if number < len(pieces) else len(rest)]
        parts.setdefault(piece["key"] or "reason", value.strip(_AROUND_VALUE))
    return parts


def _unknown(text: str) -> str | None:
    """What is wrong with a word that stands where a key does: `untl=` behind `;` or at the start, and anywhere what
    looks like a key that is misspelled."""
    if "=" not in text and ":" not in text:
        return None
    behind = ";"
    for part in _SEPARATOR.split(text.lstrip(_AROUND_LOOSE)):
        if part in (";", ","):
            behind = part
            continue
        rest = part.lstrip(_AROUND_LOOSE)
        if (found := _LEADING.match(rest)) and (problem := _wrong(found["word"], found["sign"], sure=behind == ";")):
            return problem
        for found in _WITHIN.finditer(rest):
            if problem := _wrong(found["word"], "=", sure=False):
                return problem
    return None


def _wrong(word: str, sign: str, *, sure: bool) -> str | None:
    """What is wrong with a key. Where it is not `sure` that the word was meant as one, it must resemble one."""
    if word == "reason" or (word in _KEYS and sign == "="):
        return None
    if word in _KEYS:
        return f"`{word}:` is no part of an exception: write {word}="
    near = _nearest(word)
    if sign == "=" and sure:
        return f"{word} is no part of an exception; " + (
            f"did you mean {near}?" if near else "there are reason, until and owner"
        )
    if near is None or (sign == ":" and word.lower() == near == "reason"):
        return None
    return f"{word} is no part of an exception; did you mean {near}?"


def _nearest(word: str) -> str | None:
    if len(word) > _LONGEST_KEY:
        return None
    from difflib import get_close_matches  # late: few exceptions need it

    return next(iter(get_close_matches(word.lower(), _KEYS, n=1, cutoff=0.8)), None)
