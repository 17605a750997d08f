"""A review of migrations as a page for the person who signs. It needs no script: what is open stands open."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.model.migration_review import Remark, Review, ReviewedMigration, ReviewedOperation
from relcheck.report.html.elements import Html, element, joined, text
from relcheck.report.html.page import page
from relcheck.report.review.rows import gravest, heading, is_open, rows, verdict

_PHASES = ("expand", "migrate", "contract")


def as_html(review: Review) -> str:
    """One document."""
    parts = [
        _summary(review),
        *(_migration(number, one) for number, one in enumerate(review.migrations, 1)),
        *_others(review),
        *([element("p", text(review.history), class_="quiet")] if review.history else []),
    ]
    return page("Migration review", joined(*parts, by="\n"), about=verdict(review), styles=("migration_review.css",))


def _summary(review: Review) -> Html:
    """All migrations at a glance, each with a link to what is said of it."""
    if not review.migrations:
        return element("p", text("There is no migration to review."))
    head = ("Migration", "What it does", "Open", "Approved", "Lost", "Must sign")
    titles = [element("th", text(one), scope="col") for one in head]
    lines = [_line(number, one) for number, one in enumerate(review.migrations, 1)]
    return element(
        "div",
        element(
            "table",
            element("caption", text("All migrations")),
            element("thead", element("tr", *titles)),
            element("tbody", *lines),
        ),
        class_="scroll",
    )


def _line(number: int, migration: ReviewedMigration) -> Html:
    remarks = [*migration.remarks, *(one for each in migration.operations for one in each.remarks)]
    still = sum(map(is_open, remarks))
    lost = any({"rows", "columns", "values"} & set(one.loss) for one in migration.operations)
    signs = dict.fromkeys(role for one in migration.operations for role in one.unsigned)
    return element(
        "tr",
        element("th", element("a", text(migration.id), href=f"#m{number}"), scope="row", class_="name"),
        element("td", text(migration.summary)),
        element("td", element("span", text(str(still)), class_="badge") if still else text("0"), class_="number"),
        element("td", text(str(sum(one.status == "approved" for one in remarks))), class_="number"),
        element("td", text("data" if lost else "–"), class_="bad" if lost else "quiet"),
        element("td", text(", ".join(signs) or "–")),
    )


def _migration(number: int, migration: ReviewedMigration) -> Html:
    return element(
        "section",
        element("h2", text(migration.id), id=f"m{number}"),
        element("p", element("span", text(migration.path), class_="name")),
        element("p", text(f"{migration.summary}. {heading(migration)}. Way back: {migration.way_back}.")),
        *_remarks(migration.remarks),
        _phases(migration),
        *(_operation(one) for one in migration.operations),
        aria_labelledby=f"m{number}",
    )


def _phases(migration: ReviewedMigration) -> Html:
    """How many operations belong to each phase: a migration that expands and contracts is to be seen at once."""
    counts = [(phase, sum(one.phase == phase for one in migration.operations)) for phase in _PHASES]
    items = [
        element("li", text(f"{phase} {count}"), class_=f"phase {phase}{'' if count else ' none'}")
        for phase, count in counts
    ]
    return element("ul", *items, class_="phases", aria_label="Operations by phase")


def _operation(operation: ReviewedOperation) -> Html:
    severity = gravest(operation)
    badge = [element("span", text(severity.value), class_=f"badge {severity.value}")] if severity is not None else []
    approved = any(one.status == "approved" for one in operation.remarks)
    badge += [element("span", text("approved"), class_="badge good")] if approved and severity is None else []
    title = element(
        "summary",
        *badge,
        element("span", text(operation.what), class_="what"),
        element("span", text(f"line {operation.region.line}"), class_="quiet"),
    )
    said = [
        part
        for row in rows(operation)
        for part in (
            element("dt", text(row.name)),
            element("dd", text(row.said), class_="bad" if row.bad else ""),
        )
    ]
    return element(
        "details",
        title,
        *([element("pre", element("code", text(operation.written)), tabindex="0")] if operation.written else []),
        element("dl", *said),
        *_uses(operation),
        *_remarks(operation.remarks),
        *_safe(operation),
        open=severity is not None,
    )


def _uses(operation: ReviewedOperation) -> Iterator[Html]:
    if operation.uses:
        yield element("h3", text("Still used in the code"))
        places = [
            element(
                "li", element("span", text(f"{one.path}:{one.region.line}"), class_="name"), text(f" {one.message}")
            )
            for one in operation.uses
        ]
        yield element("ul", *places)


def _safe(operation: ReviewedOperation) -> Iterator[Html]:
    """The way that is safe, for what is open."""
    if not operation.safe or not any(map(is_open, operation.remarks)):
        return
    yield element("h3", text("Instead"))
    steps = []
    for step in operation.safe:
        note = [element("p", text(step.note))] if step.note else []
        code = [element("pre", element("code", text(step.code)), tabindex="0")] if step.code else []
        steps.append(element("li", *note, *code))
    yield element("ol", *steps, class_="steps")


def _remarks(remarks: tuple[Remark, ...]) -> Iterator[Html]:
    if remarks:
        yield element("ul", *map(_remark, remarks), class_="remarks")


def _remark(remark: Remark) -> Html:
    status = "" if is_open(remark) else f" ({remark.status})"
    return element(
        "li",
        element("span", text(f"{remark.severity.value}{status}"), class_="severity" if is_open(remark) else "quiet"),
        text(" "),
        element("span", text(remark.rule), class_="name"),
        text(f" {remark.message}"),
    )


def _others(review: Review) -> Iterator[Html]:
    if review.others:
        yield element("h2", text("Elsewhere"))
        places = [
            element("li", element("span", text(f"{one.path}:{one.line}"), class_="name"), text(" "), *_said(one))
            for one in review.others
        ]
        yield element("ul", *places, class_="remarks")


def _said(remark: Remark) -> Iterator[Html]:
    yield element("span", text(remark.rule), class_="name")
    yield text(f" {remark.message}")
