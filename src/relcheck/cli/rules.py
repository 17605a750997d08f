"""`relcheck rules`."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from relcheck.sdk.spec import Catalog

_ABOUT = {
    "deploy": "What a deployment has to wait for; `relcheck gate deploy` runs these.",
    "docs": "Links and names of files in documents.",
    "layers": "Who may import whom.",
    "matrix": "Guarantees, what keeps them, and the code behind them.",
    "migrations": "What migrations do to data, to locks and to running code, and who has agreed to it.",
    "relcheck": "The gate's own work: what checked nothing, could not be read, or is excepted without need.",
    "transactions": "Row locks, and what functions declare to do to the database.",
}

_HEAD = (
    "`relcheck explain RULE` prints the page of a rule: what it finds, why that is bad, an example, and what to write",
    "instead. Rules that are off run when the configuration switches them on, or `--select` names them.",
)


@click.command()
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "markdown"]), default="text", help="Output format."
)
@click.option("--pack", "packs", multiple=True, metavar="NAME", help="Also the rules of this installed package.")
@click.option("--allow-local-code", is_flag=True, help="Also the rules in .relcheck/rules of this repository.")
def rules(format_: str, packs: tuple[str, ...], *, allow_local_code: bool) -> None:
    """List the rules, by pack."""
    from relcheck.cli.local_folder import allowed_folder
    from relcheck.engine.catalog import load_catalog

    catalog = load_catalog(packs, local=allowed_folder(Path.cwd()) if allow_local_code else None)
    if format_ == "json":
        listed = [
            {
                "name": rule.name,
                "pack": rule.pack,
                "summary": rule.summary,
                "severity": rule.severity.value,
                "default": rule.default,
                "fixable": rule.fixable,
                "upholds": rule.upholds,
            }
            for rule in catalog.rules.values()
        ]
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    if format_ == "markdown":
        click.echo(_page(catalog), nl=False)
        return
    width = max(len(name) for name in catalog.rules)
    for rule in catalog.rules.values():
        click.echo(f"{rule.name:<{width}}  {rule.severity.value:<7}  {rule.summary}")


def _page(catalog: Catalog) -> str:
    """The rules as a page, a table for each pack."""
    lines = ["# Rules", "", *_HEAD, ""]
    for pack, rules in groupby(catalog.rules.values(), key=lambda one: one.pack):
        lines += [f"## {pack}", "", *([_ABOUT[pack], ""] if pack in _ABOUT else [])]
        lines += ["| rule | severity | what it asks for |", "|---|---|---|"]
        for rule in rules:
            severity = rule.severity.value if rule.default else f"{rule.severity.value}, off"
            lines.append(f"| `{rule.name}` | {severity} | {rule.summary} |")
        lines.append("")
    return "\n".join(lines)
