"""A review of migrations as a comment of a pull request.

What comes from the repository can mark up nothing: it is in code, or each character that means something is escaped.
GitHub takes no comment of more than 65,536 characters, so a long one ends before that and says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.model.migration_review import Remark, Review, ReviewedMigration, ReviewedOperation
from relcheck.model.severity import Severity
from relcheck.report.escape import no_commands, shortened
from relcheck.report.markup import longest_run, markdown_code, markdown_html, markdown_text
from relcheck.report.review.rows import gravest, heading, is_open, rows, verdict

_MOST = 60_000
_LONG = 2_000
_MOST_USES = 10
_SIGN = {Severity.ERROR: "🛑", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}  # as GitHub's own comments


def render(review: Review) -> str:
    """The comment. It never is empty."""
    head = f"## Migration review: {markdown_text(verdict(review))}\n\n"
    foot = f"{markdown_text(review.history)}\n" if review.history else ""
    blocks: list[str] = []
    room = _MOST - len(head) - len(foot)
    for migration in review.migrations:
        block = "".join(_migration(migration))
        room -= len(block)
        if room < 0:
            missing = len(review.migrations) - len(blocks)
            blocks.append(f"**{missing} more are not shown**: `relcheck migrations review` prints all of them.\n\n")
            break
        blocks.append(block)
    others = "".join(f"- {_remark(one, place=True)}\n" for one in review.others[:50])
    return no_commands(head + "".join(blocks) + (f"### Elsewhere\n\n{others}\n" if others else "") + foot)


def _migration(migration: ReviewedMigration) -> Iterator[str]:
    yield f"### {markdown_code(migration.path)}\n\n"
    yield f"{markdown_text(migration.summary)}. {markdown_text(heading(migration))}.\n"
    yield f"Way back: {markdown_text(migration.way_back)}.\n\n"
    for remark in migration.remarks:
        yield f"- {_remark(remark, place=True)}\n"
    if migration.remarks:
        yield "\n"
    for operation in migration.operations:
        yield from _operation(operation)


def _operation(operation: ReviewedOperation) -> Iterator[str]:
    severity = gravest(operation)
    sign = f"{_SIGN[severity]} " if severity is not None else ""
    yield f"<details{' open' if severity is Severity.ERROR else ''}><summary>{sign}"
    yield f"{markdown_html(shortened(operation.what, _LONG))} (line {operation.region.line})</summary>\n\n"
    for row in rows(operation):
        name = f"**{row.name}**" if row.bad else row.name
        yield f"- {name}: {markdown_text(shortened(row.said, _LONG))}\n"
    for use in operation.uses[:_MOST_USES]:
        place = markdown_code(f"{use.path}:{use.region.line}")
        yield f"- **still used**: {place}: {markdown_text(shortened(use.message, _LONG))}\n"
    for remark in operation.remarks:
        yield f"- {_remark(remark)}\n"
    yield "\n"
    if operation.safe and any(map(is_open, operation.remarks)):
        language = next((step.language for step in operation.safe if step.code), "sql")
        mark = "#" if language == "python" else "--"
        code = "\n".join(
            part
            for step in operation.safe
            for part in ((f"{mark} {step.note}" if step.note else ""), step.code)
            if part
        )
        fence = "`" * max(3, longest_run(code) + 1)
        yield f"Instead:\n\n{fence}{language}\n{code}\n{fence}\n\n"
    yield "</details>\n\n"


def _remark(remark: Remark, *, place: bool = False) -> str:
    status = "" if is_open(remark) else f" ({remark.status})"
    where = f"{markdown_code(f'{remark.path}:{remark.line}')}: " if place else ""
    said = markdown_text(shortened(remark.message, _LONG))
    return f"{where}{remark.severity.value}{status} {markdown_code(remark.rule)}: {said}"
