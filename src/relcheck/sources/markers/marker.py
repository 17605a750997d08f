"""What a marker is."""

from __future__ import annotations

from msgspec import Struct

from relcheck.model.finding import Region


class Marker(Struct, frozen=True):
    """A guarantee that code says it upholds, by its text or number as written. `symbol` is the function or class that
    it stands above or in, where that is known; `idle` says that no code follows it. A comment that says `upholds` and
    names nothing has the guarantee `""`."""

    guarantee: str
    region: Region
    symbol: str | None = None
    idle: bool = False


class Markers(Struct, frozen=True):
    """The markers of one file, in their order."""

    markers: tuple[Marker, ...]
