"""Text of a repository as a part of XML, Markdown, an address or a workflow command: it says what it said, and nothing
of it is taken for the syntax around it."""

from __future__ import annotations

import re

from relcheck.report.escape import as_escape, one_line, visible

_XML_TABLE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})
_XML_TABLE |= {ord(character): as_escape(character) for character in "\ufffe\uffff"}  # XML 1.0, section 2.2
_MARKDOWN_TABLE = str.maketrans({character: f"\\{character}" for character in "\\`*_[]<>&~$|"})
# GitHub and GitLab look for mentions and references in what was rendered: an escape is gone there, an element is not.
_MARKDOWN_TABLE |= {ord(character): f"<span>{character}</span>" for character in "@#"}
_REFERENCE = re.compile(r"(?i)[@#]|(?<=:)//|(?<=www)\.|(?<=GH)-(?=\d)")
_LINK = re.compile(r"(?i)(?<=:)//|(?<=www)\.|(?<=GH)-(?=\d)")


def xml_text(text: str) -> str:
    """The text on one line, for an element or an attribute of XML 1.0; what XML cannot hold is made visible."""
    return visible(text).translate(_XML_TABLE).replace("##[", "#&#35;[")  # see `no_commands`


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


def markdown_html(text: str) -> str:
    """The text on one line, within an element of HTML in Markdown, where backslashes escape nothing: no markup, no
    link, no mention, no reference."""
    from html import escape

    return _REFERENCE.sub(r"<span>\g<0></span>", escape(one_line(text), quote=False))


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
