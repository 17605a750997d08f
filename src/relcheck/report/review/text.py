"""A review of migrations for a terminal.

db/migration/V3__drop_note.sql  3
  flyway, postgres, in a transaction of its own
  drops the column orders.note; data is lost

  1. drops the column orders.note                    line 2
     lost: columns with what they hold
     lock: ACCESS EXCLUSIVE: reads, writes and changes of the schema wait for a moment
     error[migrations/drop-column] …
     instead:
       -- in a later release
       ALTER TABLE orders DROP COLUMN note;
"""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.model.migration_review import Remark, Review, ReviewedMigration, ReviewedOperation
from relcheck.report.escape import no_commands, one_line, shown_path, visible
from relcheck.report.review.rows import heading, is_open, rows, verdict
from relcheck.report.terminal import Ink, Style, severity_ink

_MOST_USES = 10


def render(review: Review, style: Style) -> str:
    """The whole review. It never is empty."""
    lines: list[str] = []
    for migration in review.migrations:
        lines += [*_migration(migration, style), ""]
    if review.others:
        lines += [style.paint("elsewhere", Ink.STRONG), *(_remark(one, style) for one in review.others), ""]
    lines.append(style.paint(verdict(review), Ink.ERROR if review.fails else Ink.GOOD))
    if review.history:
        lines.append(style.paint(one_line(review.history), Ink.FAINT))
    return no_commands("\n".join(lines) + "\n")


def _migration(migration: ReviewedMigration, style: Style) -> Iterator[str]:
    yield f"{style.paint(shown_path(migration.path), Ink.STRONG)}  {visible(migration.id)}"
    yield style.paint(f"  {visible(heading(migration))}", Ink.FAINT)
    yield f"  {one_line(migration.summary)}"
    yield f"  way back: {one_line(migration.way_back)}"
    for remark in migration.remarks:
        yield f"  {_remark(remark, style).strip()}"
    for number, operation in enumerate(migration.operations, 1):
        yield ""
        yield from _operation(number, operation, style)


def _operation(number: int, operation: ReviewedOperation, style: Style) -> Iterator[str]:
    place = style.paint(f"line {operation.region.line}", Ink.FAINT)
    yield f"  {number}. {style.paint(one_line(operation.what), Ink.STRONG)}  {place}"
    for row in rows(operation):
        name = style.paint(row.name, Ink.WARNING) if row.bad else row.name
        yield f"     {name}: {one_line(row.said)}"
    for use in operation.uses[:_MOST_USES]:
        yield f"     still used: {visible(use.path)}:{use.region.line}: {one_line(use.message)}"
    for remark in operation.remarks:
        yield f"   {_remark(remark, style, place=False)}"
    if operation.safe and any(map(is_open, operation.remarks)):
        yield "     instead:"
        for step in operation.safe:
            if step.note:
                mark = "#" if step.language == "python" else "--"
                yield style.paint(f"       {mark} {one_line(step.note)}", Ink.FAINT)
            for line in step.code.splitlines():
                yield f"       {visible(line)}"


def _remark(remark: Remark, style: Style, *, place: bool = True) -> str:
    status = "" if is_open(remark) else f" ({remark.status})"
    where = f"{shown_path(remark.path)}:{remark.line}: " if place else ""
    name = style.paint(f"{remark.severity.value}[{visible(remark.rule)}]", severity_ink(remark.severity))
    return f"  {where}{name}{status} {one_line(remark.message)}"
