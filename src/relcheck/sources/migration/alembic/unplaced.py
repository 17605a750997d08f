"""Operations before they have a place."""

from __future__ import annotations

from relcheck.model.finding import Region

NOWHERE = Region(1, 1, 1, 1)
"""The region of an operation that was read from a call and is not placed yet."""
