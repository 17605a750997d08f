"""Commands of psql (`\\i file`, `\\if`, `\\copy`): most set the scene, and some do what cannot be seen from here.

Source: psql, "Meta-Commands".
"""

from __future__ import annotations

import re

from relcheck.sources.migration.operation import Kind, Operation
from relcheck.sources.migration.sql.statement import NOWHERE

_NAME = re.compile(r"\\(?P<name>!|;|\?|\w+)\s*(?P<rest>.*)", re.DOTALL)
_ELSEWHERE = {
    "i": "it runs another file",
    "ir": "it runs another file",
    "include": "it runs another file",
    "include_relative": "it runs another file",
    "gexec": "it runs what a query gives",
    "!": "it runs a program",
    "c": "it goes on in another database",
    "connect": "it goes on in another database",
    "lo_import": "it writes large objects",
    "lo_unlink": "it removes large objects",
}
_COPY = re.compile(r"(?P<table>[\w.\"]+)\s*(?:\([^)]*\))?\s+(?P<way>from|to)\b", re.IGNORECASE)


def command(text: str, guards: list[str]) -> Operation | None:
    """What a command does to the database; None for one that does nothing. `\\if` and its like change `guards`."""
    match = _NAME.match(text)
    if match is None:
        return None
    name, rest = match["name"], match["rest"].strip()
    if name == "if":
        guards.append(rest)
    elif name in ("elif", "else") and guards:
        guards[-1] = rest if name == "elif" else f"not ({guards[-1]})"
    elif name == "endif" and guards:
        guards.pop()
    elif name == "copy":
        return _copied(rest)
    elif name in _ELSEWHERE:
        reason = f"{_ELSEWHERE[name]}, which is not read here"
        return Operation(kind=Kind.OPAQUE, region=NOWHERE, name=rest or None, object_type=f"\\{name}", reason=reason)
    return None


def _copied(rest: str) -> Operation | None:
    found = _COPY.match(rest)
    if found is None:
        return Operation(kind=Kind.READ, region=NOWHERE, object_type="copy") if rest.startswith("(") else None
    reads = found["way"].lower() == "to"
    table = found["table"].replace('"', "")
    return Operation(
        kind=Kind.READ if reads else Kind.COPY, region=NOWHERE, table=table, object_type="copy" if reads else ""
    )
