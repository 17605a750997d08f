"""Cases of stubs, read from Markdown: a heading, what each symbol does, and the files in fences."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from relcheck.sources.stubs.behaviour import Behaviour, behaviours
from relcheck.sources.stubs.collect import collect
from relcheck.sources.stubs.linked import Linked

FOLDER = Path(__file__).parent / "stubs"
_EXPECTED = re.compile(
    r"- (?P<symbol>[^:]+): (?P<verdict>[a-z-]+)(?P<env>(?: (?:settings\.)?[A-Z][A-Z0-9_]*)*)(?P<value> .+)?"
)
_NAMES = {"ts": "src/guard.ts", "py": "guard.py", "go": "guard/guard.go", "js": "src/guard.js"}


class Case(msgspec.Struct, frozen=True):
    """The first of `files` is the one that is asked about. Expected are verdict, settings, and the value as JSON."""

    title: str
    files: Mapping[str, str]
    expected: Mapping[str, tuple[str, tuple[str, ...], str]]


def cases(language: str) -> Iterator[Case]:
    text = (FOLDER / f"{language}.md").read_text()
    for section in text.split("\n## ")[1:]:
        title, _, rest = section.partition("\n")
        expected = {
            found["symbol"]: (found["verdict"], tuple(found["env"].split()), (found["value"] or "").strip())
            for found in map(_EXPECTED.fullmatch, rest.splitlines())
            if found is not None
        }
        files: dict[str, str] = {}
        first = ""
        for kind, name, code in re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", rest, re.MULTILINE | re.DOTALL):
            path = name or _NAMES[kind]
            if first and name:
                path = posixpath.normpath(posixpath.join(posixpath.dirname(first), name))
            files[path] = code
            first = first or path
        yield Case(title, files, expected)


def linked(files: Mapping[str, str | bytes]) -> Linked:
    """A project of these files."""
    content = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    return Linked(content, lambda path: collect(path, content[path]), content.get)


def told(found: Behaviour) -> tuple[str, tuple[str, ...], str]:
    value = "" if found.constant is msgspec.UNSET else json.dumps(found.constant)
    return found.verdict, found.env, value


def judged(case: Case) -> dict[str, tuple[str, tuple[str, ...], str]]:
    """What the symbols of the case's first file do; values only where the case names one."""
    found = behaviours(linked(case.files), next(iter(case.files)))
    return {
        name: (*told(one)[:2], told(one)[2] if case.expected.get(name, ("", (), ""))[2] else "")
        for name, one in found.items()
        if name in case.expected
    }
