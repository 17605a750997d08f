"""The comments of a file, told from its strings, in the languages that people mark code in."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

from msgspec import Struct

_HASH = (".sh", ".bash", ".rb", ".tf")
_SLASHES = (
    *(".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".go", ".rs", ".java", ".kt", ".kts", ".scala"),
    *(".swift", ".cs", ".c", ".h", ".cc", ".cpp", ".hpp", ".php", ".prisma"),
)
PYTHON = (".py", ".pyi")
ENDINGS = (*PYTHON, *_SLASHES, ".sql", *_HASH)
"""Of the names of files whose comments are read."""

_QUOTED = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
# One token at a time, the first that begins: what stands in a string is no comment, and no string begins in a comment.
_C = re.compile(rf"(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))|{_QUOTED}|`(?:\\.|[^`\\])*`", re.DOTALL)
# What stands between dollar signs is the body of a function more often than a string, so comments in it count.
_SQL = re.compile(r"(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))|'(?:''|[^'])*'|\"(?:\"\"|[^\"])*\"|`[^`]*`", re.DOTALL)
_SHELL = re.compile(rf"(?P<comment>(?<![^\s;])#[^\n]*)|{_QUOTED}", re.DOTALL)


class Comment(Struct, frozen=True):
    """A comment with its signs. `start` and `end` are offsets into the text."""

    text: str
    start: int
    end: int


def comments_of(path: str, text: str) -> Iterator[Comment]:
    """The comments of a file, by the ending of its name. What cannot be read to its end gives what was read so far."""
    name = path.lower()
    if name.endswith(PYTHON):
        yield from _of_python(text)
        return
    pattern = _SQL if name.endswith(".sql") else _SHELL if name.endswith(_HASH) else _C
    for found in pattern.finditer(text):
        if found["comment"] is not None:
            yield Comment(found["comment"], *found.span("comment"))


def _of_python(text: str) -> Iterator[Comment]:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline=None).readline):
            if token.type == tokenize.COMMENT and token.start[0] <= len(starts):
                start = starts[token.start[0] - 1] + token.start[1]
                yield Comment(token.string, start, start + len(token.string))
    except (tokenize.TokenError, SyntaxError):
        return
