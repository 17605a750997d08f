"""`relcheck migrations`: what migrations do, for those who sign for them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relcheck.cli.exits import EXIT_CLEAN, EXIT_FINDINGS
from relcheck.cli.streams import put, say
from relcheck.cli.today import today as date_of

if TYPE_CHECKING:
    from relcheck.model.migration_review import Review
    from relcheck.report.terminal import ColourFlag


@click.group()
def migrations() -> None:
    """Tell what migrations do to data, locks and running code."""


@migrations.command(short_help="tell what each migration does, and who signs")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--base", metavar="REF", help="Review what the merge base of REF and HEAD does not have.")
@click.option("--history", is_flag=True, help="Review migrations that were there before, too.")
@click.option("--rendered", type=click.Path(path_type=Path), metavar="FILE", help="SQL rendered from the migrations.")
@click.option("--signoffs", type=click.Path(path_type=Path), metavar="FILE", help="Who has signed for the change.")
@click.option("--config", type=click.Path(path_type=Path), envvar="RELCHECK_CONFIG", help="The configuration to use.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json", "html"]),
    default="text",
    show_default=True,
    help="How it is printed: markdown is a comment for a pull request, html a page in one file.",
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours.")
@click.option("--today", metavar="YYYY-MM-DD", envvar="RELCHECK_TODAY", help="The date by which approvals expire.")
def review(
    paths: tuple[Path, ...],
    base: str | None,
    rendered: Path | None,
    signoffs: Path | None,
    config: Path | None,
    form: str,
    color: ColourFlag,
    today: str | None,
    *,
    history: bool,
) -> int:
    """Print, for each migration, what it does: operation by operation the lock that it takes, what is lost, how it is
    taken back, who must sign, what in the code still uses it, and the way that is safe.

    The exit code is that of a scan.
    """
    from relcheck.engine.ground import Request
    from relcheck.engine.migration_review import review as review_of
    from relcheck.engine.run import survey
    from relcheck.report.escape import visible

    surveyed = survey(
        Request(
            cwd=Path.cwd(),
            paths=paths,
            config=config,
            select=("migrations",),
            today=date_of(today),
            base=base,
            history=history,
            signoffs=signoffs,
            rendered=rendered,
        )
    )
    for note in surveyed.outcome.notes:
        say(f"note: {visible(note)}")
    found = review_of(surveyed.project, surveyed.outcome, surveyed.targets)
    put(_rendered(found, form, color))
    return EXIT_FINDINGS if found.fails else EXIT_CLEAN


def _rendered(found: Review, form: str, color: ColourFlag) -> str:
    if form == "json":
        from relcheck.report.review import json_v1

        return json_v1.render(found)
    if form == "markdown":
        from relcheck.report.review import markdown

        return markdown.render(found)
    if form == "html":
        from relcheck.report.html.migration_review import as_html

        return as_html(found)
    from relcheck.report.review import text
    from relcheck.report.terminal import style_for

    return text.render(found, style_for(sys.stdout, os.environ, color))
