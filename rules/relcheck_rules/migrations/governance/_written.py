"""Whether a migration says the same as it did before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relcheck.sdk.migration import Migration, Operation

CHECKSUMS = ("flyway", "prisma")
"""Tools that keep a checksum of each file, and refuse to go on when it has changed."""


def does_the_same(one: Migration, other: Migration) -> bool:
    """Whether two texts of a migration change a database in the same way, from the same place in the chain."""
    return (one.id, one.parents, _done(one.operations), _done(one.down or ())) == (
        other.id,
        other.parents,
        _done(other.operations),
        _done(other.down or ()),
    )


def _done(operations: Sequence[Operation]) -> list[tuple[str, str, str]]:
    return [(one.subject, " ".join(one.sql.split()), " ".join(one.code.split())) for one in operations]
