"""What a report shows in place of characters that nobody can see.

Every string of a finding may come from a hostile repository. A control character can rewrite the terminal, a
bidirectional one can reorder the line (CVE-2021-42574), a newline in a file's name can forge a finding, and an
invisible one hides code. They are shown as the escapes that Python would write for them, never dropped: a reader should
see that they are there.
"""

from __future__ import annotations

import re

# The categories Cc, Cf, Cs, Zl and Zp of Unicode 16, and what else it names Default_Ignorable_Code_Point: fillers,
# variation selectors, tags. A test compares this table with `unicodedata`.
_C0 = r"\x00-\x1f"
_OTHERS = (
    r"\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    r"\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Not compiled here: re does that at the first need and keeps it, and most reports are plain ASCII.
_UNSEEN = f"[{_C0}{_OTHERS}]"
_UNSEEN_IN_JSON = f"[{_OTHERS}]"
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

ELLIPSIS = "..."
_LONGEST = 4_000
"""Characters of a message in a report for another program."""

# Compiled at the first need: most reports hold nothing that looks like a command.
_LINE_COMMAND = r"(?m)^([^\S\n]*):(?=:)"
_COLOUR = r"(?:\x1b\[[0-9;]*m)*"
_COMMAND = rf"#({_COLOUR})#(?={_COLOUR}\[)"


def visible(text: str) -> str:
    """The text on one line, safe for a terminal: what cannot be seen becomes `\\n`, `\\x1b` or `\\u202e`.

    The result holds no lone surrogate, so it can be encoded.
    """
    if text.isascii() and text.isprintable():
        return text
    return re.sub(_UNSEEN, _escape, text)


def one_line(message: str) -> str:
    """A message as one line: its lines joined by a space, the rest made visible."""
    if "\n" in message or "\r" in message:
        lines = (line.strip() for line in re.split(r"[\r\n]+", message))
        message = " ".join(line for line in lines if line)
    return visible(message)


def shortened(text: str, most: int) -> str:
    """The text, cut to so many characters."""
    return text if len(text) <= most else text[: most - len(ELLIPSIS)] + ELLIPSIS


def brief(message: str) -> str:
    """A message as one line, no longer than anybody reads."""
    return shortened(one_line(shortened(message, _LONGEST)), _LONGEST)


def as_json(value: object, *, indent: int | None = None) -> str:
    """A JSON document of what the standard library can write, with everything in it to be seen.

    The standard library, because msgspec refuses lone surrogates, which names of files and literals may hold.
    """
    import json

    return visible_json(json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False))


def visible_json(document: str) -> str:
    """A JSON document with the same values, in which what cannot be seen is escaped (RFC 8259, section 7).

    `document` is what an encoder wrote: it has escaped the characters below U+0020 already.
    """
    if not document.isascii() or "\x7f" in document:
        document = re.sub(_UNSEEN_IN_JSON, _escape_json, document)
    return document.replace("##[", r"#\u0023[")  # see `no_commands`


def encodable(text: str) -> str:
    """The same text, its lone surrogates written as escapes. Programs that read JSON disagree on what they mean."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def shown_path(path: str) -> str:
    """A path at the beginning of a line. One that GitHub's runner would take for a command (`::name::`) says where it
    begins; the root is a dot."""
    shown = visible(path or ".")
    return f"./{shown}" if shown.lstrip().startswith(":") else shown


def no_commands(report: str) -> str:
    """A report for people, without what GitHub's runner takes for a command: `::name::` at the beginning of a line, and
    `##[name]` wherever it stands.

    The code of a pull request could hide or forge what comes after it (`ActionCommand.cs` of actions/runner).
    """
    if "::" in report:
        report = re.sub(_LINE_COMMAND, r"\1\\x3a", report)
    if report.count("#") > 1:
        report = re.sub(_COMMAND, r"#\1\\x23", report)
    return report


def as_escape(character: str) -> str:
    """A character as Python would write it."""
    code = ord(character)
    if code <= 0xFF:
        return _SHORT.get(character) or f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _escape(match: re.Match[str]) -> str:
    return as_escape(match[0])


def _escape_json(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
