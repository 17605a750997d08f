"""What a person has reviewed of a row: its text, and the tokens of the code that it is about.

The lock file keeps it between runs, a row a line, so that branches that review different rows merge.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from relcheck.sources.matrix.model import Row
from relcheck.sources.matrix.named import Named
from relcheck.sources.stubs.code import Code

NAME = "relcheck.matrix.lock"
"""The file beside the configuration."""

LARGEST = 8 * 1024 * 1024
_HEADER = (
    "# relcheck matrix lock, version 1: rows of matrices as they were reviewed, each with its code.\n"
    "# `relcheck matrix review` keeps this file. Of a conflict keep both sides, and review the rows again.\n"
)
_GONE = "gone"
_LENGTH = 20


class Reviewed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row as it is, or as it was reviewed: hashes of its text, and of its code by place."""

    matrix: str
    row: str
    text: str
    code: dict[str, str] = {}

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others."""
        return self.matrix, self.row


class LockError(Exception):
    """The lock file cannot be read. `line` is where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def as_it_is(
    row: Row, named: Sequence[Named], code: Callable[[str], Code], read: Callable[[str], bytes | None]
) -> Reviewed:
    """A row and its code today. Comments and layout of the code are no part of it, and neither is the order of the
    columns; markup of the row is none."""
    said = sorted(f"{cell.column}={' '.join(cell.text.split())}" for cell in row.cells)
    places = {str(one): _of_code(one, code(one.path), read) for one in named}
    return Reviewed(row.matrix, row.id or row.key, _hashed(said), places)


def changes(then: Reviewed, now: Reviewed) -> tuple[str, ...]:
    """What differs, in words."""
    found = ["its row"] if then.text != now.text else []
    for place in sorted({*then.code, *now.code}):
        if place not in then.code:
            found.append(f"{place} (new)")
        elif place not in now.code:
            found.append(f"{place} (gone)")
        elif then.code[place] != now.code[place]:
            found.append(place)
    return tuple(found)


def read_lock(data: bytes) -> dict[tuple[str, str], tuple[Reviewed, int]]:
    """The reviewed rows of a lock file, each with its line. Of a row that stands in it twice, as after a merge, the
    first counts only where both say the same. Raises LockError."""
    if len(data) > LARGEST:
        raise LockError(f"{len(data):,} bytes are more than any lock file has", 1)
    decoder = msgspec.json.Decoder(Reviewed)
    found: dict[tuple[str, str], tuple[Reviewed, int]] = {}
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip() or line.startswith(b"#"):
            continue
        if line.startswith((b"<<<<<<<", b"=======", b">>>>>>>")):
            raise LockError("a merge was not finished here: keep the lines of both sides", number)
        try:
            one = decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise LockError(f"no line of a lock file ({error})", number) from None
        before = found.get(one.key)
        if before is not None and before[0] != one:
            one = Reviewed(one.matrix, one.row, "", {})  # two reviews: neither saw what the other did
        found[one.key] = one, number
    return found


def written(rows: Iterable[Reviewed]) -> str:
    """The text of a lock file."""
    lines = sorted(msgspec.json.encode(one, order="sorted").decode() for one in rows)
    return _HEADER + "".join(f"{line}\n" for line in lines)


def _of_code(one: Named, code: Code, read: Callable[[str], bytes | None]) -> str:
    if code.problem is None and code.symbols:
        wanted = [each for each in code.symbols if one.symbol is None or each.name == one.symbol] or [
            each for each in code.symbols if each.name.endswith(f".{one.symbol}")
        ]
        return _hashed(sorted(f"{each.name}={each.digest}" for each in wanted)) if wanted else _GONE
    data = read(one.path)
    return _hashed([re.sub(r"\s+", " ", data.decode("utf-8", "replace")).strip()]) if data is not None else _GONE


def _hashed(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


Locked = Mapping[tuple[str, str], tuple[Reviewed, int]]
