"""Code of every language whose behaviour is read."""

from __future__ import annotations

import msgspec

from relcheck.sources.stubs.behaviour import behaviours
from relcheck.sources.stubs.callers import callers
from relcheck.sources.stubs.code import Code
from relcheck.sources.stubs.collect import collect
from relcheck.sources.stubs.linked import Linked

CODE_TOKENS = tuple(
    b"export default function async const let class extends => ?. ?? `${ } package func defer go chan <- := interface{}"
    b" switch case default: module.exports require( import * as from process.env. os.Getenv( global yield @ #".split()
)


def behaviour(data: bytes) -> str:
    """Code of every language: it is read within limits, can be kept, and what it does is told."""
    outcomes = set()
    for path in ("a.py", "a.ts", "a.tsx", "a.js", "a.go"):
        code = collect(path, data)
        if msgspec.msgpack.decode(msgspec.msgpack.encode(code), type=Code) != code:
            raise ValueError(f"what was kept of {path} is not what was read")
        linked = Linked([path], lambda _, held=code: held, lambda _: data)  # type: ignore[misc]  # one loop, one code
        told = behaviours(linked, path)
        for name, found in told.items():
            if found.verdict == "unknown" and not found.reach:
                raise ValueError(f"{name} of {path} is unknown for no reason")
            callers(linked, path, name, lambda words, at=path: {word: [at] for word in words})  # type: ignore[misc]
        outcomes.add("unreadable" if code.problem is not None else "told" if told else "nothing offered")
    return "told" if "told" in outcomes else min(outcomes)
