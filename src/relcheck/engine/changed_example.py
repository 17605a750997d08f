"""Changes of an example under which a rule finds the same: lines put before it, and a waiver for what is found."""

from __future__ import annotations

import re

from relcheck.engine.exceptions.inline import statement_around
from relcheck.sources.comments import SLASHED

_BEFORE_MARKDOWN = "<!-- The lines of this comment move\neverything below them. -->\n\n"
_BEFORE = "# The lines of this comment move\n# everything below them.\n\n"


def moved(code: str, path: str) -> str:
    """The code some lines further down."""
    return (_BEFORE_MARKDOWN if is_markdown(path) else _BEFORE.replace("#", mark(path))) + code


def is_markdown(path: str) -> bool:
    return path.endswith((".md", ".markdown", ".mdx"))


def approved(code: str, path: str, line: int) -> str:
    """Code with an approval directly above a line: in a list of Django's operations that is above the call."""
    return _above(code, path, line, "MIGRATION_APPROVED: shown in an example of the rule")


def waived(code: str, path: str, line: int, rule: str) -> str:
    """Code with a waiver at a line."""
    if is_markdown(path):
        return _with_waiver_in_markdown(code, line, rule)
    first = statement_around(code, line)[0] if path.endswith((".py", ".pyi")) else line
    return _above(code, path, first, f"relcheck: ignore[{rule}] reason: shown in an example")


def _above(code: str, path: str, line: int, comment: str) -> str:
    lines = code.splitlines(keepends=True)
    indent = re.match(r"[ \t]*", lines[line - 1])
    above = f"{indent[0] if indent else ''}{mark(path)} {comment}\n"
    return "".join([*lines[: line - 1], above, *lines[line - 1 :]])


def _with_waiver_in_markdown(code: str, line: int, rule: str) -> str:
    """The text with a waiver at the end of a line; in a row of a table within its last cell."""
    lines = code.split("\n")
    text = lines[line - 1].rstrip()
    comment = f"<!-- relcheck: ignore[{rule}] reason: shown in an example -->"
    lines[line - 1] = f"{text[:-1]}{comment} |" if text.endswith("|") else f"{text} {comment}"
    return "\n".join(lines)


def mark(path: str) -> str:
    """What a comment begins with in a file."""
    return "--" if path.endswith(".sql") else "//" if path.endswith(SLASHED) else "#"
