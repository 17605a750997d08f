"""Puts modules together: to a length, and with as much prose around the code as real projects have.

Real projects have 3.5 to 5 syntax nodes a line (Airflow, Django, pretix); code without prose has eight, and would make
every parser look slower than it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.source.vocabulary import Words

LONGEST = 800

_LICENCE = """\
# This file is part of the shop. It is written by a generator, so that tools can be measured
# on a repository whose size and faults are known. Nobody has to keep it, and nobody should
# copy from it: the functions look like the ones of a real project, but they do nothing that
# would be of use elsewhere.
#
# Permission is granted to use it for that purpose, for measurements of other tools too, and
# to publish what was measured together with the size and the seed of the repository.

"""

_DOCSTRING = re.compile(r'^(?P<indent> +)"""(?P<text>[^"]+)"""$')
_STATEMENT = re.compile(r"^(?P<indent> +)(if|for|while|with|return|try|raise|[a-z_.]+ [+]?=) ?")


def assemble(head: str, w: Words, more: Callable[[], str], *, blocks: tuple[str, ...] = ()) -> str:
    """The head, the given blocks, and as many more as make the module as long as it shall be (`Words.lines`)."""
    texts = [_LICENCE + head, *(_with_prose(block, w) for block in blocks)]
    size = sum(_height(text) for text in texts) - 2
    target = w.lines(high=LONGEST - 50)
    while size < target:
        block = _with_prose(more(), w)
        if size + _height(block) > LONGEST:
            break
        texts.append(block)
        size += _height(block)
    return "\n\n".join(texts)


def _height(block: str) -> int:
    return block.count("\n") + 2


def _with_prose(block: str, w: Words) -> str:
    return "\n".join(line for given in block.split("\n") for line in _around(given, w))


def _around(line: str, w: Words) -> Iterator[str]:
    """The line, its docstring spoken out, or a comment above it."""
    if found := _DOCSTRING.match(line):
        indent = found["indent"]
        yield f'{indent}"""{found["text"]}'
        for _ in range(w.number(1, 3)):
            yield ""
            yield from (f"{indent}{w.sentence()}" for _ in range(w.number(1, 4)))
        yield f'{indent}"""'
        return
    if (found := _STATEMENT.match(line)) and w.chance(0.25):
        yield from (f"{found['indent']}# {w.sentence()}" for _ in range(w.number(1, 3)))
    yield line
