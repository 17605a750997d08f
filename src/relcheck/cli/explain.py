"""`relcheck explain`."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import click

from relcheck.cli.pointed import folder_of, is_fingerprint, is_place, judged_by, pointed_at
from relcheck.cli.streams import put
from relcheck.cli.today import today as date_of
from relcheck.model.finding import Status


@click.command()
@click.argument("what", metavar="RULE|FINGERPRINT|PATH:LINE")
@click.option("--pack", "packs", multiple=True, metavar="NAME", help="Also the rules of this installed package.")
@click.option("--allow-local-code", is_flag=True, help="Also the rules in .relcheck/rules of this repository.")
@click.option("--today", metavar="YYYY-MM-DD", envvar="RELCHECK_TODAY", help="The date by which exceptions expire.")
def explain(what: str, packs: tuple[str, ...], today: str | None, *, allow_local_code: bool) -> None:
    """Tell what a rule is about, why, and what to do instead.

    For a finding, given by its fingerprint (six digits of it or more) or its place, show the finding first.
    """
    from relcheck.cli.local_folder import allowed_folder
    from relcheck.engine.catalog import load_catalog
    from relcheck.engine.page import rule_page
    from relcheck.engine.plan import rules_named

    folder = folder_of(what, Path.cwd()) if is_place(what) else Path.cwd()
    catalog = load_catalog(packs, local=allowed_folder(folder) if allow_local_code else None)
    names = [what]
    if is_fingerprint(what) or is_place(what):
        names = _show_findings(what, folder, packs, date_of(today), allow_local_code=allow_local_code)
    pages = [rule_page(spec) for name in names for spec in rules_named(catalog, name)]
    if not pages:
        hint = "no file of .relcheck/rules holds it" if allow_local_code else "--allow-local-code loads it"
        raise click.UsageError(f"{what} is a name for rules of this repository: {hint}")
    _show("\n\n---\n\n".join(pages))


def _show_findings(
    what: str, folder: Path, packs: tuple[str, ...], today: date, *, allow_local_code: bool
) -> list[str]:
    """Scan, show the findings that are meant, and name their rules."""
    import shlex

    from msgspec.structs import replace

    from relcheck.engine.ground import Request
    from relcheck.engine.run import survey
    from relcheck.report.escape import visible
    from relcheck.report.formats import FORMATS
    from relcheck.report.terminal import style_for

    surveyed = survey(Request(cwd=folder, packs=packs, allow_local_code=allow_local_code, today=today))
    outcome = surveyed.outcome
    found = tuple(pointed_at(outcome.findings, what, surveyed.ground.root, Path.cwd()))
    if not found:
        kind = "has the fingerprint" if is_fingerprint(what) else "is at"
        raise click.UsageError(f"no finding of this repository {kind} {what} ({judged_by(surveyed.ground)})")
    style = style_for(sys.stdout, os.environ)
    put(FORMATS["text"](replace(outcome, findings=found), style, show_all=True))
    for one in found:
        if one.status is Status.NEW and not one.rule.startswith("relcheck/"):
            where = "" if _found_from_here(folder, surveyed.ground.root) else f" --path {visible(shlex.quote(what))}"
            put(f"relcheck waive {one.fingerprint}{where} --reason TEXT writes an exception beside it\n")
            break
    put("\n")
    return list(dict.fromkeys(one.rule for one in found))


def _found_from_here(folder: Path, root: Path) -> bool:
    """Whether the working folder leads to the same repository and configuration as another one."""
    from relcheck.config import find_config

    here = Path.cwd()
    return here.is_relative_to(root) and find_config(here, stop=root) == find_config(folder, stop=root)


def _show(page: str) -> None:
    if not sys.stdout.isatty():
        click.echo(page)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(page))
