"""What every form of a review says of an operation, in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from relcheck.model.finding import Status
from relcheck.model.migration_review import Remark, Review, ReviewedMigration, ReviewedOperation
from relcheck.model.severity import Severity

_WAIT = {"reads": "reads", "writes": "writes", "ddl": "changes of the schema"}
_LOST = {
    "rows": "rows",
    "columns": "columns with what they hold",
    "values": "parts of values",
    "definition": "a definition",
    "guarantee": "a guarantee",
}


class Row(NamedTuple):
    """One line about an operation. `bad` says that something is missing or lost."""

    name: str
    said: str
    bad: bool = False


def rows(operation: ReviewedOperation) -> Iterator[Row]:
    """What there is to say of an operation, what matters most first."""
    if operation.loss:
        gone = bool({"rows", "columns", "values"} & set(operation.loss))
        yield Row("lost", _listed([_LOST[one] for one in operation.loss]), gone)
    if operation.lock is not None:
        yield Row(
            "lock",
            _lock(operation),
            "reads" in operation.blocks and _takes_long(operation),
        )
    yield Row("phase", operation.phase if operation.phase != "none" else "neither expand nor contract")
    yield Row("way back", operation.rollback)
    for guard in operation.guards:
        yield Row("runs only", f"if {guard}")
    if operation.unknown:
        yield Row("unknown", f"its {_listed(operation.unknown)} cannot be determined", bad=True)
    if operation.remarks:
        approval = operation.facets.get("approval", "missing")
        yield Row("approval", approval, approval == "missing" or approval.startswith(("ended", "until=")))
    for name in ("ticket", "lock timeout"):
        if operation.remarks and name in operation.facets:
            yield Row(name, operation.facets[name], operation.facets[name] == "missing")
    if operation.signs:
        signed = [role for role in operation.signs if role not in operation.unsigned]
        parts = [f"missing: {_listed(operation.unsigned)}"] if operation.unsigned else []
        parts += [f"given: {_listed(signed)}"] if signed else []
        yield Row("sign-off", "; ".join(parts), bool(operation.unsigned))


def verdict(review: Review) -> str:
    """What the review comes to, in one line."""
    if not review.migrations:
        return "no migration to review"
    count = len(review.migrations)
    what = "1 migration" if count == 1 else f"{count} migrations"
    found = [_counted(review.errors, "error"), _counted(review.warnings, "warning")]
    told = ", ".join(one for one in found if one) or "no findings"
    approved = f", {review.approved} approved" if review.approved else ""
    return f"{what}: {told}{approved}. {'The gate fails' if review.fails else 'The gate passes'}"


def heading(migration: ReviewedMigration) -> str:
    """The migration with what it is."""
    return f"{migration.framework}, {migration.dialect}, {migration.transaction}"


def is_open(remark: Remark) -> bool:
    """Whether a finding still decides."""
    return remark.status == Status.NEW


def gravest(operation: ReviewedOperation) -> Severity | None:
    """The severity of what is open about an operation."""
    return max((one.severity for one in operation.remarks if is_open(one)), key=lambda one: one.rank, default=None)


def _takes_long(operation: ReviewedOperation) -> bool:
    return bool(operation.rewrite or operation.scan or operation.build)


def _lock(operation: ReviewedOperation) -> str:
    waits = _listed([_WAIT[one] for one in operation.blocks])
    work = [
        *(["the table is rewritten"] if operation.rewrite else []),
        *(["all rows are read"] if operation.scan else []),
        *(["an index is built"] if operation.build else []),
        *(["the table may be rewritten"] if operation.rewrite is None else []),
        *(["all rows may be read"] if operation.scan is None else []),
        *(["an index may be built"] if operation.build is None else []),
    ]
    held = f" while {_listed(work)}" if work else ""
    return f"{operation.lock}: {waits or 'nothing'} {'wait' if waits else 'waits'}{held or ' for a moment'}"


def _counted(number: int, noun: str) -> str:
    return "" if not number else f"1 {noun}" if number == 1 else f"{number} {noun}s"


def _listed(words: Sequence[str]) -> str:
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)
