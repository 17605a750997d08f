"""The identity of a finding across edits.

A fingerprint holds no line number, no path and no message: moving code, reformatting it, renaming its file or
rewording a rule makes no new finding. The path is part of a finding's identity beside it, so that a copy of a file is
new; base comparison follows renames. Equal fingerprints in one file are told apart by count.
"""

from __future__ import annotations

VERSION = 1
_LENGTH = 20


def fingerprint(rule: str, kind: str, contract: str | None, symbol: str | None, identity: str) -> str:
    """Hash the parts that make a finding this finding; 20 hexadecimal digits."""
    import hashlib  # 3 ms that a run without findings need not pay

    parts = (str(VERSION), rule, kind, contract or "", symbol or "", identity)
    framed = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(framed.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]
