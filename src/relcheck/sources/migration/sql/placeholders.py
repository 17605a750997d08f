"""What tools fill in before SQL is SQL: `${name}` of Flyway and goose, `{{ name }}` and `{% … %}` of Jinja."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from relcheck.sources.python.rope import HOLE

if TYPE_CHECKING:
    from collections.abc import Callable

_FILLED_IN = re.compile(r"(?P<value>\$\{[\w.:-]+\}|\{\{-?\s*[^\W\d][^{}\n]*\}\})|\{%.*?%\}|\{\#.*?\#\}", re.DOTALL)
_LINE = re.compile(r"[^\r\n]+")


def filled(text: str) -> str:
    """The text, of the same length, with holes for what a template's values would stand in, and without its tags."""
    if "${" not in text and "{{" not in text and "{%" not in text and "{#" not in text:
        return text
    return _FILLED_IN.sub(_instead, text)


def _instead(match: re.Match[str]) -> str:
    fill = _holes if match["value"] else _spaces
    return _LINE.sub(fill, match.group())


def _same_length(character: str) -> Callable[[re.Match[str]], str]:
    return lambda match: character * len(match.group())


_holes = _same_length(HOLE)
_spaces = _same_length(" ")
