"""The date by which exceptions expire."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

import click


def today(given: str | None) -> date:
    """`--today`, else SOURCE_DATE_EPOCH, else the date in UTC. Raises click.UsageError for what is no date."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        if given is not None:
            return date.fromisoformat(given)
        if epoch:
            return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise click.UsageError(f"{given or epoch!r} is no date: give --today YYYY-MM-DD") from None
    return datetime.now(UTC).date()
