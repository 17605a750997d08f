"""A waiver put into a document as a comment of HTML: at the end of its line, in a table within the last cell."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.engine.exceptions.inline import markdown_waivers
from relcheck.engine.exceptions.inline_writing import NoPlaceError
from relcheck.engine.exceptions.stated import Stated, render_stated
from relcheck.sources.markdown.lines import lines_of
from relcheck.sources.python.syntax import UnparseableError, decode_utf8


def with_markdown_waiver(data: bytes, line: int, rule: str, stated: Stated) -> bytes:
    """The file with a waiver of the rule for the row, the paragraph or the item that stands in a line; every other byte
    is the same. Raises NoPlaceError."""
    try:
        text = decode_utf8(data)
    except UnparseableError as error:
        raise NoPlaceError(error.message) from None
    said = render_stated(stated)
    if "-->" in said or "--!>" in said:
        raise NoPlaceError("its reason holds -->, which ends a comment")
    comment = f"<!-- relcheck: ignore[{rule}] {said}".rstrip() + " -->"
    before = len(markdown_waivers(text, ""))
    for at, added in _places(text, line, comment):
        changed = text[:at] + added + text[at:]
        waivers = markdown_waivers(changed, "")
        covering = [one.waiver for one in waivers if one.problem is None and one.waiver.line == line]
        right = any(rule in one.rules and Stated(one.reason, one.until, one.owner) == stated for one in covering)
        if len(waivers) == before + 1 and right and _fields(text, line) == _fields(changed, line):
            start = data[: len(data) - len(text.encode())]
            return start + changed.encode()
    raise NoPlaceError("there is no place for a comment that changes nothing else")


def _places(text: str, line: int, comment: str) -> Iterator[tuple[int, str]]:
    """Offsets with what would be put there, the best first."""
    end = 0
    for number, one in enumerate(lines_of(text).texts, 1):
        if number == line:
            stripped = one.rstrip()
            if stripped.endswith("|") and not stripped.endswith("\\|"):
                yield end + len(stripped) - 1, f"{'' if stripped[:-1].endswith(' ') else ' '}{comment} "
            yield end + len(stripped), f" {comment}"
            return
        end += len(one) + (2 if text.startswith("\r\n", end + len(one)) else 1)


def _fields(text: str, line: int) -> int:
    """Pipes of a line that end a field."""
    one = lines_of(text).texts[line - 1]
    return one.count("|") - one.count("\\|")
