"""What a person says of an exception on the command line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from relcheck.engine.exceptions.stated import Stated


def stated(reason: str | None, until: str | None, owner: str | None, *, today: date) -> Stated:
    """The exception's words. Raises click.UsageError."""
    from relcheck.engine.exceptions.stated import StatedError, stated_by

    try:
        last = date.fromisoformat(until) if until is not None else None
    except ValueError:
        raise click.UsageError(f"--until {until}: this is no date; write YYYY-MM-DD") from None
    if last is not None and last < today:
        raise click.UsageError(f"--until {until}: this day has passed")
    try:
        return stated_by(reason, last, owner)
    except StatedError as error:
        raise click.UsageError(str(error)) from None
