"""`relcheck test-rules`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relcheck.cli.exits import EXIT_CLEAN, EXIT_FINDINGS

if TYPE_CHECKING:
    from relcheck.engine.harness import Failure
    from relcheck.sdk.examples import Example
    from relcheck.sdk.spec import Catalog, RuleSpec


@click.command(name="test-rules")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--pack", "packs", multiple=True, metavar="NAME", help="Also the rules of this installed package.")
def test_rules(path: Path | None, packs: tuple[str, ...]) -> int:
    """Run the examples of rules, each as it is written and again in changed form.

    PATH is a rule's file or a folder of them; their code is run. Without PATH these are the rules of this repository in
    .relcheck/rules, or all installed ones where it has none.
    """
    from relcheck.engine.catalog import load_rule
    from relcheck.engine.harness import check_rule

    catalog, specs = _chosen(path, packs)
    failures: list[Failure] = []
    total = 0
    for spec in specs:
        examples = tuple(load_rule(spec).examples)
        total += len(examples)
        found = list(check_rule(spec, examples, catalog))
        for number, group in groupby(found, key=lambda failure: failure.example):
            click.echo(_told(spec.name, number, examples, [failure.message for failure in group]))
        failures += found
    click.echo(_verdict(failures, rules=len(specs), examples=total))
    return EXIT_FINDINGS if failures else EXIT_CLEAN


def _chosen(path: Path | None, packs: Sequence[str]) -> tuple[Catalog, list[RuleSpec]]:
    """The rules to test, and the catalog that they are part of."""
    from relcheck.cli.local_folder import ground_around, local_folder
    from relcheck.engine.catalog import LOCAL_PACK, load_catalog

    if path is None:
        path = local_folder(ground_around(Path.cwd()))
        if not path.is_dir():
            catalog = load_catalog(packs)
            return catalog, [spec for spec in catalog.rules.values() if spec.cls]
    if not path.exists():
        raise click.UsageError(f"{path} does not exist: give a rule's file, or a folder of them")
    place = path.resolve()
    catalog = load_catalog(packs)
    installed = [spec for spec in catalog.rules.values() if spec.cls and _file(spec).is_relative_to(place)]
    if installed:
        return catalog, installed
    catalog = load_catalog(packs, local=place if place.is_dir() else place.parent)
    own = [one for one in catalog.rules.values() if one.pack == LOCAL_PACK and Path(one.module).is_relative_to(place)]
    if not own:
        raise click.UsageError(f"{path} holds no rule: one is a .py file whose name does not start with an underscore")
    return catalog, own


def _file(spec: RuleSpec) -> Path:
    """Where an installed rule is written; found without importing it."""
    from importlib.util import find_spec

    found = find_spec(spec.module)
    return Path(found.origin).resolve() if found is not None and found.origin is not None else Path(spec.module)


def _told(rule: str, number: int, examples: Sequence[Example], messages: Sequence[str]) -> str:
    """All that is wrong with one example, or (number 0) with the rule itself."""
    from relcheck.report.escape import visible

    head = rule
    if number:
        title = examples[number - 1].title.strip().rstrip(":")
        head += f", example {number}" + (f" ({title})" if title else "")
    lines = [line for message in messages for line in message.splitlines()]
    return f"{visible(head)}:\n" + "".join(f"  {visible(line)}\n" for line in lines)


def _verdict(failures: Sequence[Failure], *, rules: int, examples: int) -> str:
    """The last line. An example that fails in several forms is one."""
    if not failures:
        return f"{rules} {'rule' if rules == 1 else 'rules'}, {examples} examples: all hold"
    failed = len({(failure.rule, failure.example) for failure in failures if failure.example})
    incomplete = len({failure.rule for failure in failures if not failure.example})
    said = []
    if failed:
        said.append(f"{failed} of {examples} examples {'fails' if failed == 1 else 'fail'}")
    if incomplete:
        said.append(f"{incomplete} of {rules} rules {'is' if incomplete == 1 else 'are'} incomplete")
    return "; ".join(said)
