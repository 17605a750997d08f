"""`relcheck scan`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relcheck.cli.exits import EXIT_CLEAN, EXIT_FAULT, EXIT_FINDINGS
from relcheck.cli.reports import targets_of, write_all
from relcheck.cli.streams import say
from relcheck.cli.today import today as date_of
from relcheck.cli.whole_scan import names

if TYPE_CHECKING:
    from relcheck.engine.ground import Request
    from relcheck.engine.run import Survey
    from relcheck.report.terminal import ColourFlag


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--select", multiple=True, metavar="RULES", callback=names, help="Only these packs or rules (a,b).")
@click.option("--ignore", multiple=True, metavar="RULES", callback=names, help="Not these packs or rules (a,b).")
@click.option("--config", type=click.Path(path_type=Path), envvar="RELCHECK_CONFIG", help="The configuration to use.")
@click.option("--staged", is_flag=True, help="What is staged, as it is staged.")
@click.option("--base", metavar="REF", help="Report what the merge base of REF and HEAD does not have.")
@click.option("--history", is_flag=True, help="Gate migrations that were there before, too.")
@click.option("--rendered", type=click.Path(path_type=Path), metavar="FILE", help="SQL rendered from the migrations.")
@click.option("--signoffs", type=click.Path(path_type=Path), metavar="FILE", help="Who has signed for the change.")
@click.option("--policy-from", metavar="REF", help="Configuration, waivers and local rules as REF has them.")
@click.option("--fail-on", type=click.Choice(["error", "warning", "info"]), help="Exit 1 at or above this severity.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 in spite of findings.")
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[:FILE]",
    help="text, concise, json, sarif, github, markdown, gitlab, junit or rdjson; may be repeated.",
)
@click.option("--fix", is_flag=True, help="Write the safe fixes into the files, and check what is left.")
@click.option("--unsafe-fixes", is_flag=True, help="Write those, too, that may change what the code does.")
@click.option("--show-waived", is_flag=True, help="List findings that are not new, too.")
@click.option("--stdin-filename", metavar="PATH", help="Check standard input as if it were this file.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write .relcheck_cache.")
@click.option("--no-prefilter", is_flag=True, help="Parse every file: the same findings, slower.")
@click.option("--jobs", type=click.IntRange(min=0), default=0, metavar="N", help="Processes; 0 lets relcheck choose.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours.")
@click.option("--today", metavar="YYYY-MM-DD", envvar="RELCHECK_TODAY", help="The date by which waivers expire.")
@click.option("--pack", "packs", multiple=True, metavar="NAME", help="Also the rules of this installed package.")
@click.option("--allow-local-code", is_flag=True, help="Also run the rules in .relcheck/rules of the scanned tree.")
@click.option("--prune", is_flag=True, help="Remove stale lines from the baseline; it never adds any.")
@click.option("--stats", is_flag=True, help="Where the time went.")
def scan(
    paths: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    config: Path | None,
    base: str | None,
    rendered: Path | None,
    signoffs: Path | None,
    policy_from: str | None,
    fail_on: str | None,
    outputs: tuple[str, ...],
    stdin_filename: str | None,
    color: ColourFlag,
    today: str | None,
    packs: tuple[str, ...],
    jobs: int,
    **flags: bool,
) -> int:
    """Check a repository (the one around the working folder), or the given files and folders."""
    from relcheck.engine.ground import Request
    from relcheck.engine.run import survey
    from relcheck.model.severity import Severity
    from relcheck.report.escape import visible

    _refuse_rules_as_paths(paths, select, ignore, packs)
    if (flags["fix"] or flags["unsafe_fixes"]) and (flags["staged"] or stdin_filename):
        raise click.UsageError("fixes are written into files: leave --staged and --stdin-filename out")
    targets = targets_of(outputs)
    request = Request(
        cwd=Path.cwd(),
        paths=paths,
        config=config,
        select=select,
        ignore=ignore,
        staged=flags["staged"],
        stdin=(stdin_filename, sys.stdin.buffer.read()) if stdin_filename else None,
        prefilter=not flags["no_prefilter"],
        cache=not flags["no_cache"],
        jobs=jobs,
        today=date_of(today),
        packs=packs,
        allow_local_code=flags["allow_local_code"],
        stats=flags["stats"],
        base=base,
        policy_from=policy_from,
        fail_on=Severity(fail_on) if fail_on else None,
        history=flags["history"],
        signoffs=signoffs,
        rendered=rendered,
    )
    try:
        surveyed = survey(request)
    except BrokenPipeError as error:
        raise RuntimeError("a process of relcheck's own has gone") from error  # not to be taken for a reader's leaving
    if flags["fix"] or flags["unsafe_fixes"]:
        surveyed = _fixed(surveyed, request, unsafe=flags["unsafe_fixes"])
    if flags["prune"]:
        from relcheck.cli.baseline import prune_after

        surveyed = prune_after(surveyed, request)
    outcome = surveyed.outcome
    for note in outcome.notes:
        say(f"note: {visible(note)}")
    write_all(targets, outcome, color, show_all=flags["show_waived"])
    if any(finding.rule == "relcheck/rule-crashed" for finding in outcome.findings):
        return EXIT_FAULT
    return EXIT_FINDINGS if outcome.fails and not flags["exit_zero"] else EXIT_CLEAN


def _fixed(surveyed: Survey, request: Request, *, unsafe: bool) -> Survey:
    """The scan of what is left once the fixes are written."""
    from relcheck.engine.fixing import apply_fixes
    from relcheck.engine.run import survey
    from relcheck.report.escape import one_line, visible

    applied = apply_fixes(surveyed.outcome.findings, surveyed.ground.root, unsafe=unsafe)
    count, files = len(applied.done), len(applied.files)
    if count:
        what = "1 finding" if count == 1 else f"{count} findings"
        say(f"fixed {what} in {'1 file' if files == 1 else f'{files} files'}: {', '.join(map(visible, applied.files))}")
    if applied.unsafe:
        say(f"note: {len(applied.unsafe)} could be fixed in ways that may change what the code does: --unsafe-fixes")
    for finding, reason in applied.failed:
        say(f"note: not fixed: {visible(finding.path)}:{finding.region.line} {finding.rule}: {one_line(reason)}")
    return survey(request) if count else surveyed


def _refuse_rules_as_paths(
    paths: Sequence[Path], select: Sequence[str], ignore: Sequence[str], packs: Sequence[str]
) -> None:
    """`--select a b` is read as the rule a and the path b."""
    missing = [str(path) for path in paths if not os.path.lexists(path)] if select or ignore else []
    if not missing:
        return
    from relcheck.engine.catalog import load_catalog

    catalog = load_catalog(packs)
    rules = [name for name in missing if catalog.named(name) or name.startswith("local/")]
    if rules:
        option, given = ("--select", select) if select else ("--ignore", ignore)
        joined = ",".join((*given, *rules))
        raise click.UsageError(
            f"{rules[0]} names rules, and no path here. Rules are joined by a comma: {option} {joined}"
        )
