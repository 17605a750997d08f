"""`relcheck rules`."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Output format.")
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
    width = max(len(name) for name in catalog.rules)
    for rule in catalog.rules.values():
        click.echo(f"{rule.name:<{width}}  {rule.severity.value:<7}  {rule.summary}")
