"""A hash of a symbol that changes when what it says changes, and not with comments, layout or its place."""

from __future__ import annotations

import hashlib

from relcheck.sources.stubs.code import Code


def symbol_digest(code: Code, symbol: str | None = None) -> str | None:
    """The hash of a symbol (`canWrite`, `Guard.check`), or of all that a file defines; None where it defines no such.

    A symbol that is defined several times (overloads, a property and its setter) has one hash for all of them.
    """
    found = [one for one in code.symbols if symbol is None or one.name == symbol]
    if not found:
        return None
    if len(found) == 1:
        return found[0].digest
    joined = "\n".join(f"{one.name} {one.digest}" for one in found)
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
