"""What the place that a report is written to can show: colours, links, and how wide it is."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple, TextIO, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from relcheck.model.severity import Severity

ColourFlag: TypeAlias = Literal["auto", "always", "never"]

_DEFAULT_WIDTH = 120
_NARROWEST = 60


class Ink(StrEnum):
    """The colours of a report, as parameters of the control sequence SGR (ECMA-48, 8.3.117)."""

    ERROR = "1;31"
    WARNING = "1;33"
    INFO = "1;36"
    GOOD = "32"
    STRONG = "1"
    FAINT = "2"


class Style(NamedTuple):
    """How a report may look. `width` is in cells; without `hyperlinks` addresses are printed in full."""

    colour: bool
    hyperlinks: bool
    width: int

    def paint(self, text: str, ink: Ink) -> str:
        return f"\x1b[{ink}m{text}\x1b[0m" if self.colour and text else text

    def link(self, text: str, url: str | None) -> str:
        """The text, as a link (OSC 8) where links can be shown and the address is one that needs no escape."""
        if not self.hyperlinks or url is None or not _is_plain_address(url):
            return text
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"


PLAIN = Style(colour=False, hyperlinks=False, width=_DEFAULT_WIDTH)
"""For a report that goes to a file: the same bytes wherever it is made."""


def style_for(stream: TextIO, environ: Mapping[str, str], colour_flag: ColourFlag = "auto") -> Style:
    """The style for a stream: the flag, then `NO_COLOR`, `FORCE_COLOR`, `CLICOLOR_FORCE`, `TERM=dumb`, then the stream.

    A variable that is set but empty counts as not set (no-color.org, force-color.org). `CI` turns links off, since its
    logs are read in browsers that print the sequence.
    """
    terminal = stream.isatty()
    colour = _colour(environ, colour_flag, terminal=terminal)
    hyperlinks = colour and terminal and not environ.get("CI") and environ.get("TERM") != "dumb"
    return Style(colour=colour, hyperlinks=hyperlinks, width=_width(stream, environ) if terminal else _DEFAULT_WIDTH)


def severity_ink(severity: Severity) -> Ink:
    return Ink[severity.name]


def _colour(environ: Mapping[str, str], flag: ColourFlag, *, terminal: bool) -> bool:
    if flag != "auto":
        return flag == "always"
    if environ.get("NO_COLOR"):
        return False
    if force := environ.get("FORCE_COLOR"):
        return force != "0"
    if environ.get("CLICOLOR_FORCE", "0") not in {"", "0"}:
        return True
    return terminal and environ.get("TERM") != "dumb"


def _width(stream: TextIO, environ: Mapping[str, str]) -> int:
    columns = environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return max(int(columns), _NARROWEST)
    try:
        width = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):  # a stream without a descriptor, or a terminal that does not tell
        return _DEFAULT_WIDTH
    return max(width, _NARROWEST) if width else _DEFAULT_WIDTH


def _is_plain_address(url: str) -> bool:
    return url.startswith(("https://", "http://")) and url.isascii() and url.isprintable() and " " not in url
