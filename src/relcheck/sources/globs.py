"""Glob patterns over paths of the project, in linear time.

Paths are written with `/` and are relative to one folder, where patterns are anchored too. `**` stands for any folders,
also none; `*` and `?` stay within a segment; `[...]` is one character of a set (`!` or `^` negates); `{a,b}` is either.
A pattern without wildcards names a file or a folder: `vendor` matches `vendor` and all below it, `vendor/` only what is
below. A leading `/` or `./` is dropped; `.` is the folder itself, that is everything. Case counts; a leading dot is an
ordinary character.

Patterns come from the configuration of a repository that nobody has to trust, so a match must not backtrack. What
stands between two stars is looked for at the leftmost place and never again (an atomic group): were there a match
with a later place, the star behind would cover the difference. The same holds for the folders between two `**`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_LENGTH = 1024
MAX_WILDCARDS = 64
MAX_ALTERNATIVES = 256
_KIND_OF_FILE = re.compile(r"\*\*/\*(\.[A-Za-z0-9_]{1,40})")
"""Most patterns are of this kind: all files with this ending, wherever they are."""


class Globs:
    """Several patterns that are asked as one.

    Raises ValueError, with the pattern in the message, for a pattern that has no meaning here.
    """

    __slots__ = ("_endings", "_pattern", "patterns")

    patterns: tuple[str, ...]

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = tuple(patterns)
        kinds = {pattern: _KIND_OF_FILE.fullmatch(pattern) for pattern in self.patterns}
        self._endings = tuple(kind[1] for kind in kinds.values() if kind is not None)
        expressions = [f"(?:{_expression(pattern)})" for pattern, kind in kinds.items() if kind is None]
        self._pattern = re.compile("|".join(expressions), re.DOTALL) if expressions else None

    def matches(self, path: str) -> bool:
        """Whether any of the patterns matches; no pattern matches nothing."""
        return path.endswith(self._endings) or (self._pattern is not None and self._pattern.fullmatch(path) is not None)

    def unmatched(self, paths: Iterable[str]) -> tuple[str, ...]:
        """The patterns that match none of the paths, in their order."""
        listed = paths if isinstance(paths, (list, tuple)) else list(paths)
        return tuple(pattern for pattern in self.patterns if not _matches_any(pattern, listed))

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Globs) and self.patterns == other.patterns

    def __hash__(self) -> int:
        return hash(self.patterns)

    def __repr__(self) -> str:
        return f"Globs({list(self.patterns)!r})"


def quote(path: str) -> str:
    """The pattern that means this path and nothing else."""
    return re.sub(r"[*?\[{}\\]", lambda special: f"[{special.group()}]", path)


def _matches_any(pattern: str, paths: Iterable[str]) -> bool:
    matches = re.compile(_expression(pattern), re.DOTALL).fullmatch
    return any(matches(path) for path in paths)


@lru_cache(maxsize=4096)
def _expression(pattern: str) -> str:
    """The regular expression, for `fullmatch` with DOTALL, that means what the pattern means."""
    if len(pattern) > MAX_LENGTH:
        raise ValueError(f"pattern {pattern[:40]!r}… is longer than {MAX_LENGTH} characters")
    if not pattern:
        raise ValueError("an empty pattern matches nothing; write ** for everything")
    alternatives = _alternatives(pattern)
    return "|".join(_path_expression(alternative, pattern) for alternative in alternatives)


def _alternatives(pattern: str) -> list[str]:
    """The pattern with every `{a,b}` written out. Braces without a comma or without their partner are characters."""
    done: list[str] = []
    todo = [pattern]
    while todo:
        current = todo.pop()
        braces = _first_braces(current)
        if braces is None:
            done.append(current)
        else:
            start, end, choices = braces
            todo.extend(current[:start] + choice + current[end:] for choice in reversed(choices))
        if len(done) + len(todo) > MAX_ALTERNATIVES:
            raise ValueError(f"pattern {pattern!r} has more than {MAX_ALTERNATIVES} alternatives")
    return done


def _first_braces(pattern: str) -> tuple[int, int, list[str]] | None:
    """Start, end and choices of the first `{a,b}` outside of a set."""
    opened: list[tuple[int, list[int]]] = []
    found: tuple[int, int, list[str]] | None = None
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "[":
            position = _set_end(pattern, position) or position
        elif character == "{":
            opened.append((position, []))
        elif character == "," and opened:
            opened[-1][1].append(position)
        elif character == "}" and opened:
            start, commas = opened.pop()
            if commas and (found is None or start < found[0]):
                edges = [start, *commas, position]
                choices = [pattern[a + 1 : b] for a, b in pairwise(edges)]
                found = start, position + 1, choices
        position += 1
    return found


def _path_expression(pattern: str, written: str) -> str:
    if "\\" in _outside_sets(pattern):
        raise ValueError(f"pattern {written!r} holds a backslash: write / between folders, and [*] for a plain *")
    segments = [segment for segment in pattern.split("/") if segment not in ("", ".")]
    if ".." in segments:
        raise ValueError(f"pattern {written!r} holds '..': a pattern cannot leave its folder")
    below = pattern.endswith(("/", "/.")) or not segments
    if below:
        segments.append("**")
    groups = _between_double_stars(segments)
    wildcards = len(groups) - 1 + sum(_wildcards(segment) for group in groups for segment in group)
    if wildcards > MAX_WILDCARDS:
        raise ValueError(f"pattern {written!r} has more than {MAX_WILDCARDS} wildcards")
    return "".join(_joined(groups, literal=wildcards == 0, written=written))


def _between_double_stars(segments: list[str]) -> list[list[str]]:
    """The segments, cut at every `**`; several in a row are one."""
    groups: list[list[str]] = [[]]
    for position, segment in enumerate(segments):
        if segment != "**":
            groups[-1].append(segment)
        elif position == 0 or segments[position - 1] != "**":
            groups.append([])
    return groups


def _joined(groups: list[list[str]], *, literal: bool, written: str) -> Iterator[str]:
    first, *rest = ("/".join(_segment_expression(segment, written) for segment in group) for group in groups)
    yield first
    if not rest:
        if literal:
            yield "(?:/.*)?"
        return
    if first:
        yield "/"
    for middle in rest[:-1]:
        yield f"(?>(?:.*?/)??{middle}/)"
    yield f"(?:.*/)?{rest[-1]}" if rest[-1] else ".+"


def _segment_expression(segment: str, written: str) -> str:
    """One segment, atomic: it has one beginning and one end, so a second way to match it changes nothing."""
    first, *rest = (_characters(part, written) for part in _cut_at_stars(segment))
    if not rest:
        return first
    middle = "".join(f"(?>[^/]*?{part})" for part in rest[:-1] if part)
    last = f"[^/]*{rest[-1]}(?![^/])" if rest[-1] else "[^/]*+"
    return f"(?>{first}{middle}{last})"


def _cut_at_stars(segment: str) -> list[str]:
    """What stands between the stars, sets kept whole."""
    parts = [""]
    for piece in _pieces(segment):
        if piece == "*":
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _characters(part: str, written: str) -> str:
    """A sequence of single characters: plain ones, `?` and sets."""
    return "".join(
        "[^/]" if piece == "?" else _set_expression(piece, written) if len(piece) > 1 else re.escape(piece)
        for piece in _pieces(part)
    )


def _set_expression(piece: str, written: str) -> str:
    inner = piece[1:-1]
    negated = inner[0] in "!^"
    members = inner[1:] if negated else inner
    if "[:" in members:
        raise ValueError(f"pattern {written!r} holds a named set such as [:alpha:]; write the characters, as in [a-z]")
    ranges: list[str] = []
    position = 0
    while position < len(members):
        first, last = members[position], members[position : position + 3][-1]
        if members[position + 1 : position + 2] == "-" and position + 2 < len(members):
            if first > last:
                raise ValueError(f"pattern {written!r} holds the range {first}-{last}, which is empty")
            ranges.append(f"{re.escape(first)}-{re.escape(last)}")
            position += 3
        else:
            ranges.append(re.escape(first))
            position += 1
    return f"(?!/)[{'^' if negated else ''}{''.join(ranges)}]"


def _wildcards(segment: str) -> int:
    return sum(piece in ("*", "?") or len(piece) > 1 for piece in _pieces(segment))


def _outside_sets(pattern: str) -> str:
    return "".join(piece for piece in _pieces(pattern) if len(piece) == 1)


def _pieces(pattern: str) -> Iterator[str]:
    """Single characters, and sets as a whole. A `[` that nothing closes is a character."""
    position = 0
    while position < len(pattern):
        end = _set_end(pattern, position) if pattern[position] == "[" else None
        yield pattern[position : (end or position) + 1]
        position = (end or position) + 1


def _set_end(pattern: str, start: int) -> int | None:
    """Where the set that opens at `start` closes; a `]` directly behind the opening is a member. None: nowhere."""
    first = start + 1
    if pattern[first : first + 1] in ("!", "^"):
        first += 1
    end = pattern.find("]", first + 1)
    return None if end < 0 or "/" in pattern[start:end] else end
