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
_UNSEEN = re.compile(f"[{_C0}{_OTHERS}]")
_UNSEEN_IN_JSON = re.compile(f"[{_OTHERS}]")
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

ELLIPSIS = "..."

_MARKDOWN = {character: f"\\{character}" for character in "\\`*_[]<>&~$|"}
# GitHub and GitLab look for mentions and references in what was rendered, where an escape is gone but an element ends a
# text.
_MARKDOWN |= {character: f"<span>{character}</span>" for character in "@#"}
_MARKDOWN_TABLE = str.maketrans(_MARKDOWN)
_LINK = re.compile(r"(?i)(?<=:)//|(?<=www)\.|(?<=\bGH)-(?=\d)")
_XML_TABLE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})
_NO_XML = re.compile("[\ufffe\uffff]")
_COLOUR = r"(?:\x1b\[[0-9;]*m)*"
_LINE_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_COMMAND = re.compile(f"#({_COLOUR})#(?={_COLOUR}\\[)")


def visible(text: str) -> str:
    """The text on one line, safe for a terminal: what cannot be seen becomes `\\n`, `\\x1b` or `\\u202e`.

    The result holds no lone surrogate, so it can be encoded.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub(_escape, text)


def one_line(message: str) -> str:
    """A message as one line: its lines joined by a space, the rest made visible."""
    if "\n" in message or "\r" in message:
        lines = (line.strip() for line in re.split(r"[\r\n]+", message))
        message = " ".join(line for line in lines if line)
    return visible(message)


def shortened(text: str, most: int) -> str:
    """The text, cut to so many characters."""
    return text if len(text) <= most else text[: most - len(ELLIPSIS)] + ELLIPSIS


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
        document = _UNSEEN_IN_JSON.sub(_escape_json, document)
    return document.replace("##[", r"#\u0023[")  # see `no_commands`


def encodable(text: str) -> str:
    """The same text, its lone surrogates written as escapes. Programs that read JSON disagree on what they mean."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def uri_path(path: str) -> str:
    """A path as the path of an address (RFC 3986, section 3.3): its bytes, percent-encoded.

    A colon is encoded too, since what stands before one would be a scheme, and so is nothing between two slashes, since
    what stands behind these would be a host.
    """
    from urllib.parse import quote

    try:
        data = path.encode("utf-8", "surrogateescape")  # as `os.fsdecode` has read it
    except UnicodeEncodeError:
        data = path.encode("utf-8", "surrogatepass")
    first, *parts = (quote(part, safe="") for part in data.split(b"/"))
    return "/".join((first, *(part or "%2F" for part in parts))) or "."


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
    report = _LINE_COMMAND.sub(r"\1\\x3a", report)
    return _COMMAND.sub(r"#\1\\x23", report) if "##" in report or "\x1b" in report else report


def xml_text(text: str) -> str:
    """The text on one line, for an element or an attribute of XML 1.0; what XML cannot hold is made visible."""
    return _NO_XML.sub(_escape, visible(text)).translate(_XML_TABLE).replace("##[", "#&#35;[")


def workflow_data(text: str) -> str:
    """The message of a workflow command of GitHub: one line, which the runner decodes once."""
    return one_line(text).replace("%", "%25")


def workflow_property(text: str) -> str:
    """The value of a property of a workflow command of GitHub."""
    return visible(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")


def markdown_text(text: str) -> str:
    """The text on one line, as GitHub and GitLab show it: no markup, no image, no link, no mention, no reference.

    It is meant to stand behind other text, so that what begins a block when it begins a line needs no escape.
    """
    return _LINK.sub(_unlinked, one_line(text).translate(_MARKDOWN_TABLE))


def markdown_code(text: str) -> str:
    """The text on one line, as a code span (CommonMark 0.31, section 6.1)."""
    code = visible(text)
    if not code.strip():
        return "` `"
    fence = "`" * (longest_run(code) + 1)
    pad = " " if code[0] in " `" or code[-1] in " `" else ""
    return f"{fence}{pad}{code}{pad}{fence}"


def longest_run(text: str) -> int:
    """How many backticks stand in a row, at most."""
    return max(map(len, re.findall("`+", text)), default=0)


def _unlinked(match: re.Match[str]) -> str:
    return f"<span>{match[0]}</span>" if match[0] == "-" else "".join(f"\\{character}" for character in match[0])


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if code <= 0xFF:
        return _SHORT.get(character) or f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _escape_json(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
