r"""The baseline as text: the findings that were there when the team adopted relcheck, a line for each.

    # relcheck baseline, format 1, fingerprints 1
    app/jobs.py	transactions/raw-row-lock	3f2a9c1b7d0e5f6a8b9c	reason: INC-204; until=2027-01-31

Four fields between tabs: the path (from the folder that the configuration governs), the rule, the fingerprint, and what
inline waivers say behind their bracket; the last one is left out where nothing is said. Of equal findings in one file
the second has the fingerprint `3f2a9c1b7d0e5f6a8b9c:2`, and so on. So no two lines are the same, and a merge that takes
the lines of both sides (`merge=union`) neither loses one nor counts one twice: lines may stand in any order, and the
same line twice is one. What cannot be seen in a path, and bytes of it that are no UTF-8, are written as escapes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from relcheck.config import ConfigError, Problem
from relcheck.config.errors import raise_all
from relcheck.config.spelling import quote, shorten
from relcheck.engine.exceptions.stated import Stated, parse_stated, render_stated
from relcheck.model import fingerprint

FORMAT = 1
MAX_BYTES = 64 * 1024 * 1024

_ABOUT = (
    "# `relcheck baseline write` and `prune` keep this file; comments are lost, reasons stay. "
    "In .gitattributes: {name} merge=union\n"
)
_HEADER = re.compile(r"# relcheck baseline, format ([0-9]{1,9}), fingerprints ([0-9]{1,9})")
_FINGERPRINT = re.compile(r"([0-9a-f]{6,64})(?::([1-9][0-9]{0,8}))?")
_PLAIN = re.compile(r"([^#\t\\\r][^\t\\\r]*)\t([^\t\\\r]+)\t([0-9a-f]{6,64})(?::([1-9][0-9]{0,8}))?(?:\t([^\t\r]*))?")
"""A line without an escape, as nearly all are: read in one go, since there may be ten thousand."""

_MARKER = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: [^\t]*)?")

_ESCAPED = re.compile(r"^#|[\\\x00-\x1f\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
"""Fixed, rather than what this Python's Unicode calls printable: the file must not depend on who writes it."""

_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([\\tnr])|(.?))", re.DOTALL)
_SHORT = {"\\": "\\", "\t": "t", "\n": "n", "\r": "r"}
_LONG = {letter: character for character, letter in _SHORT.items()}
_BYTES = range(0xDC80, 0xDD00)
"""How Python stands for the bytes 0x80 to 0xff where they are no UTF-8 (PEP 383)."""


class Line(msgspec.Struct, frozen=True):
    """One accepted finding. `path` is relative to the governed folder. Of equal findings in a file the first has the
    `occurrence` 1. `number` is the line in the file, 0 for one that is not written yet."""

    path: str
    rule: str
    fingerprint: str
    occurrence: int = 1
    stated: Stated = Stated()
    number: int = 0

    @property
    def identity(self) -> tuple[str, str, str, int]:
        """What no two lines of a baseline share."""
        return self.path, self.rule, self.fingerprint, self.occurrence


class Baseline(msgspec.Struct, frozen=True):
    """All accepted findings. `version` is that of the fingerprints, `shown` the file's name for people."""

    shown: str
    lines: tuple[Line, ...] = ()
    version: int = msgspec.field(default_factory=lambda: fingerprint.VERSION)


def load_baseline(text: str | bytes, *, shown_as: str) -> Baseline:
    """What a baseline says; `shown_as` is its name in messages. Raises ConfigError with all that is wrong in it."""
    if isinstance(text, bytes):
        text = _decoded(text, shown_as)
    reading = _Reading(shown_as)
    lines = tuple(reading.lines(text))
    if not reading.versions:  # some other file: what it holds is not for anybody's log
        raise ConfigError(Problem(_NO_HEADER, shown_as, 1))
    raise_all(reading.problems)
    return Baseline(shown_as, lines, reading.versions.pop())


def render_baseline(lines: Iterable[Line], version: int, *, name: str = "relcheck.baseline") -> str:
    """The text of these lines: sorted, and equals counted anew from 1. `name` is that of the file."""
    groups: dict[tuple[str, str, str], list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.path, line.rule, line.fingerprint].append(line)
    written = []
    for group in groups.values():
        ordered = sorted(group, key=lambda line: (line.occurrence, render_stated(line.stated)))
        written += [_rendered(line, occurrence) for occurrence, line in enumerate(ordered, 1)]
    header = f"# relcheck baseline, format {FORMAT}, fingerprints {version}\n"
    return header + _ABOUT.format(name=_escape(name)) + "".join(f"{line}\n" for line in sorted(written))


def _rendered(line: Line, occurrence: int) -> str:
    suffix = f":{occurrence}" if occurrence > 1 else ""
    fields = (_escape(line.path), _escape(line.rule), line.fingerprint + suffix, render_stated(line.stated))
    return "\t".join(fields).rstrip("\t")


_NO_HEADER = (
    "this is no baseline: its first line is not `# relcheck baseline, format …`. "
    "Restore it from git, or remove it and run `relcheck baseline write`"
)
_CONFLICT = (
    "a merge has left both sides here. Remove the markers and keep the lines of both; "
    "with `merge=union` for this file in .gitattributes git does that by itself"
)


class _Reading:
    """Reads the lines, and collects what is wrong."""

    def __init__(self, shown: str) -> None:
        self.problems: list[Problem] = []
        self.versions: set[int] = set()
        self._shown = shown
        self._stated: dict[str, Stated] = {"": Stated()}
        self._known: dict[tuple[str, str, str, int], Line] = {}

    def lines(self, text: str) -> Iterator[Line]:
        for number, written in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
            content = written.rstrip("\r")
            if plain := _PLAIN.fullmatch(content):
                path, rule, identity, occurrence, stated = plain.groups()
                yield from self._kept(path, rule, identity, occurrence, stated, number)
            elif content.startswith("#"):
                self._header(content, number)
            elif _MARKER.fullmatch(content):
                self._wrong(_CONFLICT, number)
            elif content.strip():
                yield from self._line(content, number)

    def _header(self, content: str, number: int) -> None:
        header = _HEADER.fullmatch(content)
        if header is None:
            return
        form, version = int(header[1]), int(header[2])
        if form != FORMAT:
            self._wrong(f"the format {form} is not known here, only {FORMAT}: {_UPGRADE}", number)
        elif version not in fingerprint.VERSIONS:
            known = ", ".join(map(str, sorted(fingerprint.VERSIONS)))
            self._wrong(f"fingerprints of version {version} are not known here, only of {known}: {_UPGRADE}", number)
        elif self.versions - {version}:
            self._wrong(
                "a second header, with another version: a merge has put two baselines into one. "
                "Take the file of one side (git checkout --ours or --theirs) and run `relcheck baseline write`",
                number,
            )
        self.versions.add(version)

    def _line(self, content: str, number: int) -> Iterator[Line]:
        path, rule, identity, stated = (*content.split("\t"), "", "", "")[:4]
        found = _FINGERPRINT.fullmatch(identity)
        if found is None or not rule or content.count("\t") > 3:
            self._wrong(
                f"{quote(shorten(content))} is no line of a baseline (path, rule and fingerprint, with a tab between "
                "them). Restore it from git, or remove it",
                number,
            )
            return
        try:
            yield from self._kept(_unescape(path), _unescape(rule), found[1], found[2], stated, number)
        except ValueError as error:
            self._wrong(f"{error}. Restore the line from git, or remove it", number)

    def _kept(
        self, path: str, rule: str, identity: str, occurrence: str | None, stated: str | None, number: int
    ) -> tuple[Line, ...]:
        """The line, unless it stands there already."""
        line = Line(path, rule, identity, int(occurrence or 1), self._says(stated or "", number), number)
        first = self._known.setdefault((path, rule, identity, line.occurrence), line)
        if first is line:
            return (line,)
        if first.stated != line.stated:
            self._wrong(
                f"the finding of line {first.number} again, with other words, as after a merge: keep one of the two",
                number,
            )
        return ()

    def _says(self, text: str, number: int) -> Stated:
        if text not in self._stated:
            self._stated[text], problem = parse_stated(text)
            if problem is not None:
                self._wrong(problem, number)
        return self._stated[text]

    def _wrong(self, message: str, number: int) -> None:
        self.problems.append(Problem(message, self._shown, number))


_UPGRADE = "a newer relcheck wrote this. Upgrade relcheck to that version"


def _decoded(data: bytes, shown: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(Problem("this is no UTF-8, and so no baseline. Restore it from git", shown, line)) from None


def _escape(text: str) -> str:
    return _ESCAPED.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character in _SHORT:
        return f"\\{_SHORT[character]}"
    if code in _BYTES:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}"


def _unescape(text: str) -> str:
    """Raises ValueError for an escape that is none."""
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    byte, code, letter, _ = match.groups()
    if byte is not None:
        value = int(byte, 16)
        return chr(value if value < 0x80 else 0xDC00 + value)
    if code is not None:
        return chr(int(code, 16))
    if letter is not None:
        return _LONG[letter]
    raise ValueError(f"{quote(match[0])} is no escape that a path can hold")
