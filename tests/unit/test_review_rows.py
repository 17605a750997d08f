"""What a review says of locks: for how long they are held."""

from __future__ import annotations

import msgspec

from relcheck.model.finding import Region
from relcheck.model.migration_review import ReviewedOperation
from relcheck.report.review.rows import rows

INDEX = ReviewedOperation(
    what="builds the index i on orders (id)",
    region=Region(1, 1, 1, 2),
    phase="expand",
    change="",
    lock="SHARE",
    blocks=("writes",),
    rewrite=False,
    scan=False,
    build=True,
    loss=(),
    rollback="",
)


def _lock(operation: ReviewedOperation) -> str:
    return next(row.said for row in rows(operation) if row.name == "lock")


def test_the_lock_of_a_build_is_held_as_long_as_it_takes() -> None:
    assert _lock(INDEX) == "SHARE: writes wait while an index is built"


def test_a_build_that_may_be_needed_is_told_as_such() -> None:
    assert _lock(msgspec.structs.replace(INDEX, build=None)) == "SHARE: writes wait while an index may be built"


def test_what_takes_no_work_is_over_in_a_moment() -> None:
    assert _lock(msgspec.structs.replace(INDEX, build=False)) == "SHARE: writes wait for a moment"
