"""`relcheck rules`."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Output format.")
@click.option("--pack", "packs", multiple=True, metavar="NAME", help="Also the rules of this installed package.")
def rules(format_: str, packs: tuple[str, ...]) -> None:
    """List the rules, by pack."""
    from relcheck.engine.catalog import load_catalog

    catalog = load_catalog(packs)
    if format_ == "json":
        listed = [
            {
                "name": rule.name,
                "pack": rule.pack,
                "summary": rule.summary,
                "severity": rule.severity.value,
                "default": rule.enabled and not rule.preview,
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
