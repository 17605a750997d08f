"""`relcheck gate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relcheck.cli.exits import EXIT_CLEAN, EXIT_FAULT, EXIT_FINDINGS
from relcheck.cli.reports import targets_of, write_all
from relcheck.cli.streams import put, say
from relcheck.cli.today import today as date_of

if TYPE_CHECKING:
    from relcheck.engine.ground import Request
    from relcheck.report.terminal import ColourFlag


@click.command()
@click.argument("stage", required=False)
@click.option("--config", type=click.Path(path_type=Path), envvar="RELCHECK_CONFIG", help="The configuration to use.")
@click.option("--policy-from", metavar="REF", help="Configuration and waivers as REF has them.")
@click.option("--fail-on", type=click.Choice(["error", "warning", "info"]), help="Exit 1 at or above this severity.")
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[:FILE]",
    help="text, json, markdown and so on, as for scan; may be repeated. Without STAGE: text or json.",
)
@click.option("--show-waived", is_flag=True, help="List findings that are not new, too.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write .relcheck_cache.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours.")
@click.option("--today", metavar="YYYY-MM-DD", envvar="RELCHECK_TODAY", help="The date by which waivers expire.")
def gate(
    stage: str | None,
    config: Path | None,
    policy_from: str | None,
    fail_on: str | None,
    outputs: tuple[str, ...],
    color: ColourFlag,
    today: str | None,
    *,
    show_waived: bool,
    no_cache: bool,
) -> int:
    """Check what a stage needs, as `relcheck gate deploy` before a deployment.

    Without STAGE, list the stages and what each would check here. It judges the whole project, and never a scan's
    rules: run `relcheck scan` beside it.
    """
    from relcheck.engine.ground import Request
    from relcheck.model.severity import Severity

    request = Request(
        cwd=Path.cwd(),
        config=config,
        cache=not no_cache,
        today=date_of(today),
        policy_from=policy_from,
        fail_on=Severity(fail_on) if fail_on else None,
        stage=stage or "",
    )
    if stage is None:
        _list(request, outputs)
        return EXIT_CLEAN
    _refuse_unknown(stage)
    return _judge(request, outputs, color, show_all=show_waived)


def _judge(request: Request, outputs: tuple[str, ...], color: ColourFlag, *, show_all: bool) -> int:
    from relcheck.engine.run import scan
    from relcheck.report.escape import visible

    targets = targets_of(outputs)
    outcome, _ = scan(request)
    for note in outcome.notes:
        say(f"note: {visible(note)}")
    write_all(targets, outcome, color, show_all=show_all)
    if any(finding.rule == "relcheck/rule-crashed" for finding in outcome.findings):
        return EXIT_FAULT
    return EXIT_FINDINGS if outcome.fails else EXIT_CLEAN


def _list(request: Request, outputs: tuple[str, ...]) -> None:
    from relcheck.engine.stages import stages
    from relcheck.report.stages import stages_as_json, stages_as_text

    if len(outputs) > 1 or any(one not in ("text", "json") for one in outputs):
        raise click.UsageError("--output: the list of stages is text or json; name a STAGE for a report")
    put((stages_as_json if outputs == ("json",) else stages_as_text)(stages(request)))


def _refuse_unknown(stage: str) -> None:
    from relcheck.config.suggest import hint
    from relcheck.engine.catalog import load_catalog
    from relcheck.engine.stages import stage_names
    from relcheck.report.escape import visible

    known = stage_names(load_catalog())
    if stage not in known:
        raise click.UsageError(
            f"no stage is named {visible(stage)!r}{hint(stage, known, 'there is ' + ', '.join(known))}"
        )
