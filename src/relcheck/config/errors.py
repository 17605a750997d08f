"""What is wrong in a configuration, with its place and the way to it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from relcheck.config.spelling import visible

MAX_PROBLEMS = 50


class Problem(Struct, frozen=True):
    """One thing that is wrong. `path` is the file as people see it, `line` counts from 1, `key` leads to the value."""

    message: str
    path: str
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        place = visible(self.path) if self.line is None else f"{visible(self.path)}:{self.line}"
        return f"{place}: {self.message}" if self.key is None else f"{place}: {self.key}: {self.message}"


class ConfigError(Exception):
    """A configuration that cannot be used, with everything that is wrong in it (at most the first fifty).

    `str(error)` has a line for each problem. `message`, `path`, `line` and `key` are those of the first.
    """

    def __init__(self, first: Problem, *others: Problem) -> None:
        self.problems = (first, *others)
        super().__init__("\n".join(map(str, self.problems)))

    @property
    def message(self) -> str:
        return self.problems[0].message

    @property
    def path(self) -> str:
        return self.problems[0].path

    @property
    def line(self) -> int | None:
        return self.problems[0].line

    @property
    def key(self) -> str | None:
        return self.problems[0].key


def raise_all(problems: Iterable[Problem]) -> None:
    """Raise ConfigError where there is a problem. Of very many only the first are asked for: nobody reads the rest."""
    found: list[Problem] = []
    more: list[Problem] = []
    for problem in problems:
        if len(found) == MAX_PROBLEMS:
            more.append(Problem("more is wrong; mend the above first", problem.path))
            break
        if problem not in found:
            found.append(problem)
    if found:
        files = list(dict.fromkeys(problem.path for problem in found))
        raise ConfigError(*sorted(found, key=lambda problem: (files.index(problem.path), problem.line or 0)), *more)
