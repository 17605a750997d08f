"""One file of configuration as it was read: its tables, and the place of everything in it."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import tomli
from msgspec import Struct

from relcheck.config.errors import ConfigError, Problem
from relcheck.config.schema import SECTIONS
from relcheck.config.spelling import Keys, dotted, shorten, visible

MAX_BYTES = 1_000_000
_MAX_KEY_PARTS = 32

_PYPROJECT = ("tool", "relcheck")
_KEY = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_-]){_KEY}(?:[ \t]*+\.[ \t]*+{_KEY}){{{_MAX_KEY_PARTS}}}")
_TOMLI_PLACE = re.compile(r" \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)$")


class Origin(Struct, frozen=True):
    """Where a value was set: in a line of a file (as shown to people), in `preset:NAME`, or nowhere (the default)."""

    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        if self.file is None:
            return "default"
        return visible(self.file) if self.line is None else f"{visible(self.file)}:{self.line}"


class Document(Struct, frozen=True, dict=True):
    """One file of configuration, in the shape of `relcheck.toml` whatever it was read from.

    `text` is what people see when they open it. `pyproject` is true where its tables stand below `[tool.relcheck]`.
    """

    shown: str
    text: str
    tables: Mapping[str, object]
    pyproject: bool = False

    def line(self, keys: Keys) -> int | None:
        """The line of a value; of what holds it where the value itself is not written down."""
        written = self.spelled(keys)
        while written:
            if written in self._lines:
                return self._lines[written]
            written = written[:-1]
        return None

    def origin(self, keys: Keys) -> Origin:
        return Origin(self.shown, None if self.shown.startswith("preset:") else self.line(keys))

    def problem(self, keys: Keys, message: str) -> Problem:
        return Problem(message, self.shown, self.line(keys), dotted(self.spelled(keys)) or None)

    def spelled(self, keys: Keys) -> Keys:
        """The way to a value as the file itself has it."""
        if not self.pyproject:
            return keys
        return _PYPROJECT + (keys[1:] if keys[:1] == ("relcheck",) else keys)

    @cached_property
    def _lines(self) -> dict[Keys, int]:
        from relcheck.config.lines import key_lines  # late: only errors, waivers and origins have places

        return key_lines(self.text)


def parse_document(content: bytes, shown: str, *, pyproject: bool) -> Document | None:
    """Read a file of configuration; None for a `pyproject.toml` that does not configure relcheck.

    ConfigError where the content is no TOML, too large or too deeply nested.
    """
    text = _decode(content, shown)
    tables = _parse(text, shown)
    if not pyproject:
        return Document(shown, text, tables)
    tool = tables.get("tool")
    if not isinstance(tool, dict) or "relcheck" not in tool:
        return None
    document = Document(shown, text, {}, pyproject=True)
    table = tool["relcheck"]
    if not isinstance(table, dict):
        raise ConfigError(document.problem((), "expected a table, as in [tool.relcheck]"))
    sections: dict[str, object] = {name: table[name] for name in table if name in SECTIONS}
    sections["relcheck"] = {name: value for name, value in table.items() if name not in SECTIONS}
    return Document(shown, text, sections, pyproject=True)


def read_file(path: Path) -> bytes:
    """The bytes of a regular file, links followed; of a file that is too large one byte too many. OSError otherwise."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("not a regular file")
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _decode(content: bytes, shown: str) -> str:
    if len(content) > MAX_BYTES:
        raise ConfigError(Problem(f"larger than {MAX_BYTES // 1_000_000} MB, the most that relcheck reads", shown))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Problem(f"not UTF-8 (byte 0x{content[error.start]:02x}); TOML is always UTF-8", shown, line)
        raise ConfigError(problem) from None


def _parse(text: str, shown: str) -> dict[str, object]:
    # Long dotted keys take a parser quadratic time, and what they make is nested as deeply.
    if long := _LONG_KEY.search(text):
        line = text.count("\n", 0, long.start()) + 1
        raise ConfigError(Problem(f"a dotted name of more than {_MAX_KEY_PARTS} parts", shown, line))
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise ConfigError(_syntax_problem(str(error), text, shown)) from None
    except RecursionError:
        raise ConfigError(Problem("arrays or tables are nested too deeply", shown)) from None
    except ValueError as error:  # an integer of thousands of digits
        raise ConfigError(Problem(f"not valid TOML: {error}", shown)) from None


def _syntax_problem(message: str, text: str, shown: str) -> Problem:
    place = _TOMLI_PLACE.search(message)
    if place is None:
        return Problem(f"not valid TOML: {visible(shorten(message))}", shown)
    said = visible(shorten(message[: place.start()]))
    if place.group(1) is None:
        return Problem(f"not valid TOML: {said} (at the end of the file)", shown, text.rstrip("\n").count("\n") + 1)
    return Problem(f"not valid TOML: {said} (column {place.group(2)})", shown, int(place.group(1)))
