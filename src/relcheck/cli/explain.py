"""`relcheck explain`."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

_FINGERPRINT = re.compile(r"[0-9a-f]{6,}")


@click.command()
@click.argument("what", metavar="RULE|FINGERPRINT")
@click.option("--pack", "packs", multiple=True, metavar="NAME", help="Also the rules of this installed package.")
@click.option("--allow-local-code", is_flag=True, help="Also the rules in .relcheck/rules of this repository.")
def explain(what: str, packs: tuple[str, ...], *, allow_local_code: bool) -> None:
    """Tell what a rule is about, why, and what to do instead; for a finding's fingerprint, show the finding first."""
    from relcheck.cli.local_folder import allowed_folder
    from relcheck.engine.catalog import load_catalog
    from relcheck.engine.page import rule_page
    from relcheck.engine.plan import rules_named

    catalog = load_catalog(packs, local=allowed_folder(Path.cwd()) if allow_local_code else None)
    if _FINGERPRINT.fullmatch(what):
        what = _show_finding(what, packs, allow_local_code=allow_local_code)
    pages = [rule_page(spec) for spec in rules_named(catalog, what)]
    if not pages:
        hint = "no file of .relcheck/rules holds it" if allow_local_code else "--allow-local-code loads it"
        raise click.UsageError(f"{what} is a name for rules of this repository: {hint}")
    _show("\n\n---\n\n".join(pages))


def _show_finding(fingerprint: str, packs: tuple[str, ...], *, allow_local_code: bool) -> str:
    """Scan, show the findings with this fingerprint (its first digits will do), and name their rule."""
    from dataclasses import replace

    from relcheck.engine.run import Request, scan
    from relcheck.report.formats import FORMATS
    from relcheck.report.terminal import style_for

    today = datetime.now(UTC).date()
    outcome, _ = scan(Request(cwd=Path.cwd(), packs=packs, allow_local_code=allow_local_code, today=today))
    found = tuple(one for one in outcome.findings if one.fingerprint.startswith(fingerprint))
    if not found:
        raise click.UsageError(f"no finding of this repository has the fingerprint {fingerprint}")
    style = style_for(sys.stdout, {})
    click.echo(FORMATS["text"](replace(outcome, findings=found), style, show_all=True))
    return found[0].rule


def _show(page: str) -> None:
    if not sys.stdout.isatty():
        click.echo(page)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(page))
