"""`MIGRATION_APPROVED: reason` in comments, whatever language the comment is of.

The grammar is that of the project's other exceptions: words are the reason (`reason:` may stand before them), and parts
are `key=value`, each up to the next key or `;`: `MIGRATION_APPROVED: data is in display_name; ticket=OPS-7;
until=2027-01-31; backup=snapshot-311; rollback=restore; by=ana`. A reason goes on, and parts may stand, on the comment
lines below. An approval begins its line or sentence, for "this needs MIGRATION_APPROVED" is none.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from relcheck.sources.migration.migration import Annotation
from relcheck.sources.migration.operation import Approval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from relcheck.model.finding import Region

WORD = "MIGRATION_APPROVED"

PLACEHOLDERS = frozenset(
    [
        "ok",
        "okay",
        "k",
        "tbd",
        "todo",
        "fixme",
        "xxx",
        "wip",
        "n/a",
        "na",
        "none",
        "null",
        "nil",
        "yes",
        "y",
        "true",
        "fine",
        "good",
        "done",
        "approved",
        "approve",
        "sure",
        "reason",
        "why",
        "because",
        "test",
        "testing",
        "temp",
        "tmp",
        "foo",
        "bar",
        "lgtm",
        "reviewed",
        "signed",
        "safe",
        "needed",
        "required",
        "see",
        "above",
        "below",
        "later",
        "unknown",
        "whatever",
        "placeholder",
        "justification",
        "explanation",
        "description",
        "asdf",
        "dummy",
    ]
)
"""Words that say nothing: a reason made of them alone is none."""


def read_annotations(comment: str, place: Callable[[int, int], Region]) -> list[Annotation]:
    """What a comment claims; empty for nearly all. `comment` holds one comment, with its marks, or several on lines
    one below the other; `place` gives the region of two offsets in it."""
    if not _MAY_HOLD.search(as_latin(comment)):
        return []
    return list(_read(comment, place))


def as_latin(text: str) -> str:
    """A text with Latin letters in the place of Cyrillic and Greek ones that look like those of the word, one for
    one."""
    return text if text.isascii() else text.translate(_ALIKE)


def rollback_note(comment: str) -> str:
    """What `ROLLBACK: …` in a comment says of the way back; empty where there is none or it says nothing."""
    for match in _ROLLBACK.finditer(comment):
        if not is_placeholder(note := _cleaned(match["note"])):
            return note
    return ""


def is_placeholder(reason: str) -> bool:
    """Whether a reason is empty, or stands where one should be: `ok`, `tbd`, `<reason>`, `...`, `aaaa`."""
    reason = _seen(reason)
    text = reason.strip().strip("\"'`*_.!?-–—()[]").strip()
    if (
        _BRACKETED.fullmatch(reason.strip())
        or len(set(text.lower())) < 2
        or not any(letter.isalpha() for letter in text)
    ):
        return True
    return all(word in PLACEHOLDERS for word in re.split(r"[\s,;:.!?…]+", text.lower()) if word)


def _seen(text: str) -> str:
    """What a reader sees of a text: no letters that draw nothing, and one of those that look alike."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(one for one in plain if unicodedata.category(one) != "Cf" and one not in _BLANK)


_MAY_HOLD = re.compile(r"migration[ _-](?:app?ro|over|allow|ack|waive|skip|ignore|exempt)", re.IGNORECASE)
_MARKER = re.compile(
    r"(?<![\w-])(?P<word>MIGRATION[ _-](?:APP?RO(?:V(?:ED|AL|E)?|ED)|OVERRIDE|OVERRIDDEN|ALLOW(?:ED)?|ACK(?:NOWLEDGED)?"
    r"|WAIVED?|SKIP(?:PED)?|IGNORED?|EXEMPT(?:ED)?))(?![\w-])(?P<sign>\s*(?:[:=]|\s[-–—]))?",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|un|without|isn't|cannot|can't|missing|pending|await\w*)[\s:-]+(?:yet\s+|a\s+)?\Z"
)
_MARKS = re.compile(r"\A[ \t]*(?:--+|/\*+!?|\*+(?!/)|#+|//+)?[ \t]*")
_END_MARK = re.compile(r"[ \t]*\*+/[ \t]*\Z")
_BOUNDARY = re.compile(r"(?:\A|[.;:!?)\]>|—–-]|@)[\s\"'`*_@]*\Z")
_LINES = re.compile(r"[^\r\n]+")
_KEYED = re.compile(r"(?<![^\s;,])(?P<key>ticket|until|backup|rollback|by|reason)\s*(?:=|(?<=reason)\s*:)\s*")
_KEY_LIKE = re.compile(r"(?:\A|[;,])\s*(?P<key>[a-z][a-z_-]*)\s*=\s*\S")
_BRACKETED = re.compile(r"<[^<>]*>|\{[^{}]*\}|\[[^\[\]]*\]")
_AROUND = " \t\r\n;,"
_ROLLBACK = re.compile(r"^[ \t]*(?:--+|/\*+|\*+|#+|//+)?[ \t]*ROLLBACK[ \t]*:[ \t]*(?P<note>[^\r\n]*)", re.MULTILINE)
_BLANK = "\u115f\u1160\u3164\u034f"
"""Letters and marks that draw nothing: the Hangul fillers (U+FFA0 is normalised to one of them), and the joiner."""
_ALIKE = str.maketrans(
    "\u0410\u0412\u0415\u0406\u041c\u041e\u0420\u0422\u0430\u0435\u0456\u043e\u0440"
    "\u0391\u0395\u0399\u039c\u039d\u039f\u03a1\u03a4\u03bf\u03bd",
    "ABEIMOPTaeiopAEIMNOPTov",
)

_REFUSED = re.compile(
    r"(?:not|never|isn't|isn’t|wasn't|un)[ -]*(?:yet |been |really )*(?:approved|agreed|reviewed|signed|safe|ok)\b"
    r"|(?:rejected|refused|denied|vetoed) by\b"
    r"|(?:awaiting|pending|waiting for) (?:an |the )?(?:approval|review|sign-?off)\b",
    re.IGNORECASE,
)
_NOTHING = frozenset({"no", "false", "pending", "not yet", "denied", "refused", "rejected"})


def _read(comment: str, place: Callable[[int, int], Region]) -> Iterator[Annotation]:
    lines = [(match.start(), _stripped(match.group())) for match in _LINES.finditer(comment)]
    texts = [(start + skipped, text) for start, (skipped, text) in lines]
    for number, (start, text) in enumerate(texts):
        for marker in _MARKER.finditer(as_latin(text)):
            before, sign = text[: marker.start()], marker["sign"]
            rest = text[marker.end() :]
            following = _MARKER.search(rest)
            said = [rest[: following.start()] if following else rest]
            end = start + marker.end() + len(said[0].rstrip())
            for below, line in texts[number + 1 :] if not following else ():
                if not line.strip() or _MARKER.search(line) or _ROLLBACK.match(line):
                    break
                said.append(line)
                end = below + len(line.rstrip())
            found = _judged(marker["word"], before, sign, said, place(start + marker.start(), end))
            if found is not None and text[marker.start("word") : marker.end("word")] != marker["word"]:
                found = msgspec.structs.replace(found, approval=None, problem="alike")
            if found is not None:
                yield found


def _stripped(line: str) -> tuple[int, str]:
    """How many characters of marks a line of a comment begins with, and its text."""
    marks = _MARKS.match(line)
    skipped = marks.end() if marks else 0
    return skipped, _END_MARK.sub("", line[skipped:])


def _judged(word: str, before: str, sign: str | None, said: list[str], region: Region) -> Annotation | None:
    if _NEGATION.search(before.lower()):
        return Annotation(region=region, word=word, problem="negated")
    if not _BOUNDARY.search(before) or (sign is None and any(letter.isalpha() for letter in said[0])):
        # Prose about approvals, unless its sign says that it was meant as one.
        return Annotation(region=region, word=word, problem="in-prose") if sign and sign.strip() == ":" else None
    if word != WORD:
        return Annotation(region=region, word=word, problem="foreign")
    approval, problem = _approval(said, region)
    return Annotation(region=region, word=word, approval=approval, problem=problem)


def _approval(said: list[str], region: Region) -> tuple[Approval | None, str]:
    text = " ".join(line.strip() for line in said)
    pieces = list(_KEYED.finditer(text))
    parts: dict[str, str] = {}
    reason = _cleaned(text[: pieces[0].start()] if pieces else text)
    for number, piece in enumerate(pieces, 1):
        value = text[piece.end() : pieces[number].start() if number < len(pieces) else len(text)]
        value, _, loose = value.partition(";")
        parts.setdefault(piece["key"], _cleaned(value))
        reason = f"{reason} {_cleaned(loose)}".strip()
    reason = parts.pop("reason", "") or reason
    if (wrong := _KEY_LIKE.search(reason)) is not None:
        return None, f"unknown-part {wrong['key']}"
    if is_placeholder(reason):
        return None, "empty-reason"
    if reason.lower() in _NOTHING or _REFUSED.match(reason):
        return None, "negated"
    until = parts.get("until")
    if until is not None and not _is_date(until):
        return None, "bad-until"
    approval = Approval(
        region=region,
        reason=reason,
        ticket=parts.get("ticket") or None,
        until=until or None,
        backup=parts.get("backup") or None,
        rollback=parts.get("rollback") or None,
        by=parts.get("by") or None,
    )
    return approval, ""


def _cleaned(text: str) -> str:
    return " ".join(text.strip(_AROUND).split())


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
