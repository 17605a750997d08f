"""Links, code and HTML in running text, in linear time."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from msgspec import Struct

_TICKS = re.compile(r"`+")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\s]*)>")
_ATTRIBUTE = re.compile(r"""\b(href|src|id|name)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""", re.IGNORECASE)
_TITLE = re.compile(r"""[ \t\r\n]+(?:"[^"]*"|'[^']*'|\([^()]*\))""")
_SPACE = re.compile(r"[ \t]*(?:\r?\n[ \t]*)?")
_UNSPECIAL = re.compile(r"[^\s()\\]*")
_LINKED = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?:\s+\"[^\"]*\")?\)|\[[^\[\]]*\])")
_EMPHASIS = {
    "*": re.compile(r"(?<![\w/*\\])(\*{1,3})(?=\S)([^*]+)(?<=\S)\1(?![\w/*])"),
    "_": re.compile(r"(?<![\w\\])(_{1,3})(?=\S)([^_]+)(?<=\S)\1(?!\w)"),
    "~": re.compile(r"(~~)(?=\S)([^~]+)(?<=\S)\1"),
}
_MARKUP = re.compile(r"[`*_~<&\[\\]")

_LONGEST = 4000
"""Characters of a text of which the markup is taken away."""

_LONGEST_TARGET = 2000
_LONGEST_LABEL = 2000
_DEEPEST = 32
"""Parentheses within each other in a target, as in CommonMark's own implementation."""


class Linked(Struct, frozen=True):
    """A link: its target as written, and where that stands."""

    target: str
    text: str
    start: int
    end: int
    image: bool = False


class Code(Struct, frozen=True):
    """What stands between back quotes, and where."""

    text: str
    start: int
    end: int


class Inline(Struct, frozen=True):
    """What a text holds, by offsets. `bare` is the text with all of that blanked out, and comments too."""

    links: tuple[Linked, ...]
    codes: tuple[Code, ...]
    names: tuple[str, ...]
    bare: str


def read_inline(text: str) -> Inline:
    """The links, the code and the names that HTML gives to places."""
    if not any(sign in text for sign in "`[<"):
        return Inline((), (), (), text)
    text = without_comments(text)
    codes = tuple(_codes(text))
    kept = _without(text, [(one.start, one.end) for one in codes])
    links = list(_links(kept))
    names: list[str] = []
    for tag in _TAG.finditer(kept) if "<" in kept else ():
        for found in _ATTRIBUTE.finditer(tag.group()):
            group = 2 if found[2] is not None else 3
            start = tag.start() + found.start(group)
            if found[1].lower() in ("href", "src"):
                is_image = found[1].lower() == "src"
                links.append(Linked(html.unescape(found[group]), "", start, tag.start() + found.end(group), is_image))
            else:
                names.append(found[group])
    bare = _without(kept, [(one.start, one.end) for one in links])
    return Inline(tuple(links), codes, tuple(names), blank(_TAG, bare) if "<" in bare else bare)


def plain(text: str) -> str:
    """The text without its markup, on one line."""
    text = text[:_LONGEST]
    if _MARKUP.search(text) is None:
        return " ".join(text.split())
    if "<" in text:
        text = _BREAK.sub(" ", without_comments(text))
    kept: list[str] = []
    last = 0
    for code in _codes(text):
        ticks = _ticks_before(text, code.start)
        kept += [_prose(text[last : code.start - ticks]), code.text.replace("\\|", "|").strip()]
        last = code.end + ticks
    kept.append(_prose(text[last:]))
    return " ".join("".join(kept).split())


def without_comments(text: str) -> str:
    """The text with every `<!-- … -->` replaced by spaces; line ends stay."""
    parts: list[tuple[int, int]] = []
    start = text.find("<!--")
    while start >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        parts.append((start, end + 3))
        start = text.find("<!--", end + 3)
    return _without(text, parts)


def blank(pattern: re.Pattern[str], text: str) -> str:
    """The text with what a pattern finds replaced by spaces; line ends stay."""
    return pattern.sub(lambda found: re.sub(r"[^\r\n]", " ", found.group()), text)


def _prose(text: str) -> str:
    text = _LINKED.sub(lambda found: found[1], text) if "[" in text else text
    text = _TAG.sub("", _AUTOLINK.sub(r"\1", text)) if "<" in text else text
    for sign, pattern in _EMPHASIS.items():
        text = pattern.sub(r"\2", text) if sign in text else text
    text = _ESCAPED.sub(r"\1", text) if "\\" in text else text
    return html.unescape(text) if "&" in text else text


def _codes(text: str) -> Iterator[Code]:
    """Runs of back quotes that are closed by a run of the same length."""
    if "`" not in text:
        return
    runs = [(found.start(), found.end()) for found in _TICKS.finditer(text) if not _is_escaped(text, found.start())]
    later: dict[int, list[int]] = {}
    for number in range(len(runs) - 1, -1, -1):
        later.setdefault(runs[number][1] - runs[number][0], []).append(number)
    number = 0
    while number < len(runs):
        start, end = runs[number]
        same = later[end - start]
        while same and same[-1] <= number:
            same.pop()
        if same:
            closing = same[-1]
            yield Code(text[end : runs[closing][0]], end, runs[closing][0])
            number = closing
        number += 1


def _ticks_before(text: str, start: int) -> int:
    return start - len(text[:start].rstrip("`"))


def _is_escaped(text: str, at: int) -> bool:
    before = text[max(0, at - 20) : at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _links(text: str) -> Iterator[Linked]:
    at = text.find("](")
    while at >= 0:
        opening = text.rfind("[", max(0, at - _LONGEST_LABEL), at)
        is_link = opening >= 0 and not _is_escaped(text, opening) and not _is_escaped(text, at)
        found = _target(text, at + 2) if is_link else None
        if found is not None:
            start, end, after = found
            label = text[opening + 1 : at]
            image = opening > 0 and text[opening - 1] == "!"
            yield Linked(html.unescape(_ESCAPED.sub(r"\1", text[start:end])), plain(label), start, end, image)
            at = text.find("](", after)
        else:
            at = text.find("](", at + 2)


def _target(text: str, at: int) -> tuple[int, int, int] | None:
    """Start and end of the target of a link whose parenthesis is open, and where the link ends."""
    spaces = _SPACE.match(text, at)
    at = spaces.end() if spaces is not None else at
    if text.startswith("<", at):
        end = text.find(">", at, at + _LONGEST_TARGET)
        if end < 0 or "\n" in text[at:end]:
            return None
        return _closed(text, at + 1, end, end + 1)
    depth, end = 0, at
    while end < len(text) and end - at < _LONGEST_TARGET:
        plain_end = _UNSPECIAL.match(text, end)
        end = plain_end.end() if plain_end is not None else end
        sign = text[end : end + 1]
        if sign == "\\" and end + 1 < len(text):
            end += 2
            continue
        if not sign or sign.isspace() or (sign == ")" and depth == 0):
            break
        depth += (sign == "(") - (sign == ")")
        if depth > _DEEPEST:
            return None
        end += 1
    return _closed(text, at, end, end)


def _closed(text: str, start: int, end: int, at: int) -> tuple[int, int, int] | None:
    title = _TITLE.match(text, at, at + _LONGEST_TARGET)
    at = title.end() if title is not None else at
    spaces = _SPACE.match(text, at)
    at = spaces.end() if spaces is not None else at
    return (start, end, at + 1) if text.startswith(")", at) else None


def _without(text: str, parts: list[tuple[int, int]]) -> str:
    if not parts:
        return text
    kept: list[str] = []
    last = 0
    for start, end in sorted(parts):
        if start < last:
            continue
        kept += [text[last:start], re.sub(r"[^\r\n]", " ", text[start:end])]
        last = end
    return "".join([*kept, text[last:]])
