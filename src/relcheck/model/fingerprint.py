"""The identity of a finding across edits.

A fingerprint holds no line number, no path and no message: moving code, reformatting it, renaming its file or
rewording a rule makes no new finding. The path is part of a finding's identity beside it, so that a copy of a file is
new; base comparison follows renames. Equal fingerprints in one file are told apart by count.

A change of how they are made is a new version. The function of every version stays, because baselines hold
fingerprints of the version by which they were written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

Parts: TypeAlias = tuple[str, str, str | None, str | None, str]
"""Rule, kind, contract, symbol and identity of a finding."""

_LENGTH = 20


def fingerprint(
    rule: str, kind: str, contract: str | None, symbol: str | None, identity: str, *, version: int | None = None
) -> str:
    """Hash the parts that make a finding this finding; 20 hexadecimal digits. KeyError for an unknown version."""
    return VERSIONS[VERSION if version is None else version]((rule, kind, contract, symbol, identity))


def _first(parts: Parts) -> str:
    import hashlib  # 3 ms that a run without findings need not pay

    framed = "".join(f"{len(part)}:{part}" for part in ("1", *(part or "" for part in parts)))
    return hashlib.sha256(framed.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


VERSION = 1
"""The version of today."""

VERSIONS: Mapping[int, Callable[[Parts], str]] = {1: _first}
"""How fingerprints of each version are made."""
