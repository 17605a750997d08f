"""Examples of a rule: at once its tests and part of its page."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from relcheck.sdk.options import OptionValue


class Expect(msgspec.Struct, frozen=True):
    """One finding that an example must yield, exactly. `end` is the column behind the last character."""

    line: int
    column: int
    end: int
    message: str
    path: str | None = None
    kind: str | None = None


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A small file (`code` at `path`), with the other files that it needs and the options that it is about.

    `title` says what the reader should see in it. `files` are further files of the project by path, `settings` is its
    `relcheck.toml`.
    """

    code: str
    title: str = ""
    path: str = "app/service.py"
    options: Mapping[str, OptionValue | list[str]] = msgspec.field(default_factory=dict)
    files: Mapping[str, str] = msgspec.field(default_factory=dict)
    expect: tuple[Expect, ...] = ()
    fixed: str | None = None
    settings: str = ""


def Valid(  # noqa: N802  # reads as a class in a list of examples
    code: str,
    *,
    title: str = "",
    path: str = "app/service.py",
    options: Mapping[str, OptionValue | list[str]] | None = None,
    files: Mapping[str, str] | None = None,
    settings: str = "",
) -> Example:
    """Code in which the rule finds nothing."""
    return Example(code=code, title=title, path=path, options=options or {}, files=files or {}, settings=settings)


def Invalid(  # noqa: N802  # reads as a class in a list of examples
    code: str,
    *expect: Expect,
    title: str = "",
    path: str = "app/service.py",
    options: Mapping[str, OptionValue | list[str]] | None = None,
    files: Mapping[str, str] | None = None,
    fixed: str | None = None,
    settings: str = "",
) -> Example:
    """Code in which the rule finds exactly what is expected, in this order."""
    if not expect:
        raise ValueError("an invalid example expects at least one finding")
    return Example(
        code=code,
        title=title,
        path=path,
        options=options or {},
        files=files or {},
        expect=expect,
        fixed=fixed,
        settings=settings,
    )
