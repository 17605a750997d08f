"""Examples of a rule: at once its tests and part of its page.

An example of a migration rule gives one statement, or a few, as SQL. It is tried as a file of SQL, in Alembic's
`op.execute` and in Django's `RunSQL`; what Alembic and Django have an operation for is given in that form too. `before`
is SQL of an earlier migration, `models` the same as Django operations. Tables in such examples bear names of Django's
app `shop` (`shop_order`), so that all forms speak of the same ones. Where the rule has a fix, what it writes is read
again and has to be clean; `fixed` is what stands there then, whatever the white space.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, Unpack

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


class Found(msgspec.Struct, frozen=True):
    """What is found in an example of a migration rule: the message, and the text of the place. Without `at` that is the
    statement, or in an ALTER TABLE of one action the action."""

    message: str
    at: str = ""


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A small file (`code` at `path`), with the other files that it needs and the options that it is about.

    `title` says what the reader should see in it. `files` are further files of the project by path, `settings` is its
    `relcheck.toml`. `earlier` is the project as it was at the base of the change and in the days before it,
    `rendered` the SQL that the team rendered from its migrations.
    """

    code: str
    title: str = ""
    path: str = "app/service.py"
    options: Mapping[str, OptionValue | list[str]] = msgspec.field(default_factory=dict)
    files: Mapping[str, str] = msgspec.field(default_factory=dict)
    expect: tuple[Expect, ...] = ()
    fixed: str | None = None
    settings: str = ""
    earlier: Mapping[str, str] | None = None
    rendered: str = ""
    sql: str = ""
    alembic: str = ""
    django: str = ""
    before: str = ""
    models: str = ""
    dialect: str = "postgres"
    """What the configuration of the example says; empty: nothing."""
    server: str = ""
    finds: tuple[Found, ...] = ()

    @property
    def invalid(self) -> bool:
        """Whether something is to be found in it."""
        return bool(self.expect or self.finds)


class _Given(TypedDict, total=False):
    """What an example may say beside its code; see `Example`."""

    title: str
    path: str
    options: Mapping[str, OptionValue | list[str]]
    files: Mapping[str, str]
    settings: str
    earlier: Mapping[str, str]
    rendered: str
    sql: str
    alembic: str
    django: str
    before: str
    models: str
    dialect: str
    server: str


def Valid(code: str = "", **given: Unpack[_Given]) -> Example:  # noqa: N802  # reads as a class in a list of examples
    """Code, or a change of a migration, in which the rule finds nothing."""
    return Example(code=code, **given)


def Invalid(  # noqa: N802  # reads as a class in a list of examples
    code: str = "",
    *expect: Expect,
    fixed: str | None = None,
    finds: str | Found | tuple[Found, ...] = (),
    **given: Unpack[_Given],
) -> Example:
    """Code in which the rule finds exactly what is expected, in this order; or a change of a migration in which it
    finds exactly `finds`."""
    if not expect and not finds:
        raise ValueError("an invalid example expects at least one finding")
    found = (Found(finds),) if isinstance(finds, str) else (finds,) if isinstance(finds, Found) else finds
    return Example(code=code, expect=expect, fixed=fixed, finds=found, **given)
