"""`relcheck matrix`: from guarantees to code and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relcheck.cli.exits import EXIT_CLEAN, EXIT_FINDINGS
from relcheck.cli.streams import put, say
from relcheck.cli.today import today

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from relcheck.engine.ground import Ground
    from relcheck.engine.project import ProjectView
    from relcheck.engine.reviewing import Standing, Standings
    from relcheck.engine.tracing.evidence import Evidence

_CONFIG = click.option(
    "--config", type=click.Path(path_type=Path), envvar="RELCHECK_CONFIG", help="The configuration to use."
)

_JUNIT = click.option(
    "--junit", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Results of tests, as JUnit XML."
)
_COVERAGE = click.option(
    "--coverage",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Coverage, as coverage.py's JSON, Cobertura XML or LCOV.",
)

_NO_MATRIX = "there is no matrix here: no table has a column of guarantees and three more that are known"


@click.group()
def matrix() -> None:
    """Follow a guarantee to its code, review rows, and write the report."""


@matrix.command(short_help="accept rows as they are, or list those that wait")
@click.argument("rows", metavar="[ROW]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Accept every row.")
@click.option("--prune", is_flag=True, help="Forget rows that are gone, and accept nothing.")
@_CONFIG
def review(rows: tuple[str, ...], config: Path | None, *, every: bool, prune: bool) -> int:
    """Accept rows as they are: ROW is a guarantee, its number, or PATH:LINE.

    relcheck.matrix.lock then has their text and the tokens of their code, and matrix/suspect-row tells when either
    changes. Without ROW, list the rows that wait for a review; the exit code is 1 where there are any.
    """
    from relcheck.engine.reviewing import UnknownRow, accept, chosen, standings

    if every and rows:
        raise click.UsageError("--all accepts every row: name none beside it")
    with _opened(config) as (ground, project):
        known = standings(project)
        if not known.rows:
            raise click.UsageError(
                "there is no matrix here: no table has a column of guarantees beside three known ones"
            )
        if not (rows or every or prune):
            return _waiting(known)
        try:
            accepted = known.rows if every else chosen(known.rows, rows)
        except UnknownRow as error:
            raise click.UsageError(str(error)) from None
        changed = accept(ground, known, accepted)
        _tell(accepted, known, changed=changed)
    return EXIT_CLEAN


@matrix.command(short_help="print what hangs on one guarantee")
@click.argument("guarantee")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_JUNIT
@_COVERAGE
@_CONFIG
def trace(guarantee: str, style: str, junit: tuple[Path, ...], coverage: tuple[Path, ...], config: Path | None) -> int:
    """Print what hangs on GUARANTEE, a text or a number.

    From its rows to the paths that they name, the symbols there, what these do and who calls them; the code that marks
    itself as upholding it, the rules that enforce it, its tests, and what these have shown; then what is missing.
    """
    from relcheck.config.suggest import hint
    from relcheck.engine.tracing.tracer import Tracer, UnknownGuarantee
    from relcheck.report.trace import trace_as_json, trace_as_text

    with _opened(config) as (ground, project):
        tracer = Tracer(project, _evidence(junit, coverage, ground, project))
        try:
            chain = tracer.chain(guarantee)
        except UnknownGuarantee:
            near = hint(guarantee, tracer.guarantees(), "`relcheck matrix report` lists all")
            raise click.UsageError(f"no matrix has a row {guarantee!r}{near}") from None
    put((trace_as_json if style == "json" else trace_as_text)(chain))
    return EXIT_CLEAN


@matrix.command(short_help="write a page about all guarantees")
@click.option("--format", "style", type=click.Choice(["html", "markdown", "json"]), default="html", show_default=True)
@_JUNIT
@_COVERAGE
@_CONFIG
@click.option("--today", "day", metavar="YYYY-MM-DD", envvar="RELCHECK_TODAY", help="The day of the last point.")
def report(
    style: str, junit: tuple[Path, ...], coverage: tuple[Path, ...], config: Path | None, day: str | None
) -> int:
    """Write the report over all guarantees: status, behaviour of the code, tests and gaps of each, and a trend.

    html is a page in one file that loads nothing, with a search, a graph and the statuses over time.
    """
    from importlib import import_module

    from relcheck.engine.tracing.report import matrix_report

    with _opened(config, day) as (ground, project):
        if not project.documents.matrices:
            raise click.UsageError(_NO_MATRIX)
        found = matrix_report(ground, project, _evidence(junit, coverage, ground, project))
    module, function = {
        "html": ("relcheck.report.html.matrix_report", "as_html"),
        "markdown": ("relcheck.report.matrix_report", "report_as_markdown"),
        "json": ("relcheck.report.matrix_report", "report_as_json"),
    }[style]
    put(getattr(import_module(module), function)(found))
    return EXIT_CLEAN


def _evidence(junit: tuple[Path, ...], coverage: tuple[Path, ...], ground: Ground, project: ProjectView) -> Evidence:
    from relcheck.engine.tracing.evidence import EvidenceError, read_evidence

    try:
        return read_evidence(junit, coverage, project.paths, ground.root)
    except EvidenceError as error:
        raise click.UsageError(str(error)) from None


def _opened(config: Path | None, day: str | None = None) -> AbstractContextManager[tuple[Ground, ProjectView]]:
    """The project of the working folder, with its documents and markers."""
    from relcheck.engine.ground import Request
    from relcheck.engine.run import open_project

    names = ("matrix/suspect-row", "matrix/unknown-marker")
    return open_project(Request(cwd=Path.cwd(), config=config, select=names, today=today(day)))


def _waiting(known: Standings) -> int:
    from relcheck.report.escape import visible

    waiting = [one for one in known.rows if one.suspect or one.was is None]
    lines = []
    for one in waiting:
        said = f"changed: {', '.join(one.changed)}" if one.was is not None else "never reviewed"
        lines.append(visible(f"{one.row.path}:{one.row.place.line}  {one.row.guarantee}  ({said})") + "\n")
    lines += [visible(f"{gone.matrix}  {gone.row}  (gone; --prune forgets it)") + "\n" for gone in known.gone]
    put("".join(lines))
    reviewed = sum(one.was is not None and not one.suspect for one in known.rows)
    say(f"{reviewed} of {len(known.rows)} rows are as they were reviewed")
    return EXIT_FINDINGS if waiting or known.gone else EXIT_CLEAN


def _tell(accepted: tuple[Standing, ...] | list[Standing], known: Standings, *, changed: bool) -> None:
    from relcheck.report.escape import visible
    from relcheck.sources.matrix.review import NAME

    for one in accepted:
        if one.was is None or one.suspect:
            count = len(one.now.code)
            places = "1 place" if count == 1 else f"{count} places"
            put(visible(f"{one.row.guarantee}: reviewed, with {places} in the code") + "\n")
    for gone in known.gone if changed else ():
        put(visible(f"{gone.row}: forgotten, its row is gone") + "\n")
    say(f"{NAME} is written; commit it" if changed else f"{NAME} says this already")
