"""`relcheck baseline`: accept what is there, and block what comes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, Unpack

import click

from relcheck.cli.exits import EXIT_CLEAN, EXIT_FAULT
from relcheck.cli.stated import stated
from relcheck.cli.streams import put, say
from relcheck.cli.whole_scan import ScanOptions, request_of, scan_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relcheck.engine.exceptions.baseline_changes import Change
    from relcheck.engine.exceptions.baselined import JudgedLine
    from relcheck.engine.ground import Request
    from relcheck.engine.run import Survey


@click.group()
def baseline() -> None:
    """Accept the findings that are there, so that only new ones fail the gate.

    They stand in relcheck.baseline, a line each, beside the configuration. A line whose finding is gone is a finding
    itself (relcheck/stale-baseline), so the file only shrinks, until someone writes it again.
    """


@baseline.command()
@click.option("--reason", metavar="TEXT", help="Why what is added, or has no reason yet, may stay.")
@click.option("--owner", metavar="NAME", help="Who answers for what is added.")
@click.option("--until", metavar="YYYY-MM-DD", help="The last day on which what is added holds; renews expired lines.")
@scan_options
def write(reason: str | None, owner: str | None, until: str | None, **options: Unpack[ScanOptions]) -> int:
    """Accept every finding that is new.

    Lines that are still needed keep their reason, owner and last day, and get the reason where they have none; stale
    ones go.
    """
    from relcheck.engine.exceptions.baseline_changes import written
    from relcheck.engine.exceptions.baseline_file import merge_proposal

    request = request_of(**options)
    says = stated(reason, until, owner, today=request.today)
    surveyed = _surveyed(request)
    findings = surveyed.outcome.findings
    change = written(surveyed.baseline, surveyed.lines, findings, says, surveyed.ground.prefix)
    if surveyed.baseline is None and not change.lines:
        put("no baseline was written: there is no finding to accept\n")
    else:
        put(f"{_save(surveyed, change)[0]}\n")
    if change.unexplained:
        say(
            f"note: without a reason: {_lines(change.unexplained)}. `relcheck baseline write --reason TEXT` fills it in"
        )
    if change.left_expired:
        say(f"note: expired and left as they are: {_lines(change.left_expired)}. --until gives them a new last day")
    if change.not_migrated:
        say(
            f"note: the rules of {_lines(change.not_migrated)} did not run, so fingerprints stay at version "
            f"{change.version}. Run this again with all rules"
        )
    if (surveyed.baseline is not None or change.lines) and (proposal := merge_proposal(surveyed.ground)):
        say(f"note: {proposal}")
    return _ending(surveyed)


@baseline.command()
@scan_options
def prune(**options: Unpack[ScanOptions]) -> int:
    """Remove the lines whose finding is gone. Nothing is added."""
    surveyed = _surveyed(request_of(**options))
    if surveyed.baseline is None:
        put(_none(surveyed))
        return EXIT_CLEAN
    put(f"{_pruned(surveyed)[0]}\n")
    return _ending(surveyed)


@baseline.command()
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@scan_options
def show(style: Literal["text", "json"], **options: Unpack[ScanOptions]) -> int:
    """List the lines, and whether each is in use, stale, expired, or not judged because its rule did not run."""
    surveyed = _surveyed(request_of(**options))
    if style == "json":
        put(_as_json(surveyed))
    elif surveyed.baseline is None:
        put(_none(surveyed))
    else:
        put(_as_text(surveyed.lines))
    return _ending(surveyed)


def prune_after(surveyed: Survey, request: Request) -> Survey:
    """`scan --prune`: prune, and scan again if that has changed anything. Raises click.UsageError for a partial scan,
    which cannot tell what is stale."""
    from relcheck.engine.run import survey

    if surveyed.outcome.partial:
        raise click.UsageError("--prune needs a complete scan: leave out the paths, --staged and --stdin-filename")
    if request.policy_from is not None:
        raise click.UsageError("--prune changes the baseline of the work tree: leave out --policy-from")
    if surveyed.baseline is None:
        return surveyed
    text, changed = _pruned(surveyed)
    say(f"note: {text}")
    return survey(request) if changed else surveyed


def _surveyed(request: Request) -> Survey:
    from relcheck.engine.run import survey

    surveyed = survey(request)
    for note in surveyed.outcome.notes:
        say(f"note: {_visible(note)}")
    return surveyed


def _pruned(surveyed: Survey) -> tuple[str, bool]:
    from relcheck.engine.exceptions.baseline_changes import pruned

    if surveyed.baseline is None:
        raise ValueError("there is no baseline")
    return _save(surveyed, pruned(surveyed.baseline, surveyed.lines))


def _save(surveyed: Survey, change: Change) -> tuple[str, bool]:
    """Write the lines; what was done, and whether that has changed the file."""
    from relcheck.engine.exceptions.baseline_file import shown_name, write_baseline

    changed = write_baseline(surveyed.ground, change.lines, change.version)
    counts = {
        "added": change.added,
        "removed": change.removed,
        "renewed": change.renewed,
        "given the reason": change.explained,
        "moved with their file": change.moved,
    }
    done = ", ".join(f"{number} {what}" for what, number in counts.items() if number)
    state = done or ("written anew" if changed else "nothing to change")
    return f"{_visible(shown_name(surveyed.ground))}: {_lines(len(change.lines))} ({state})", changed


def _ending(surveyed: Survey) -> int:
    """A rule that crashed has not said all; as with `scan`, that is the exit code."""
    crashed = sorted({one.path for one in surveyed.outcome.findings if one.rule == "relcheck/rule-crashed"})
    if not crashed:
        return EXIT_CLEAN
    say(f"note: a rule crashed at {_visible(crashed[0])}, so this is not all. `relcheck scan` tells more")
    return EXIT_FAULT


def _none(surveyed: Survey) -> str:
    from relcheck.engine.exceptions.baseline_file import shown_name

    return f"there is no {_visible(shown_name(surveyed.ground))}; `relcheck baseline write` makes one\n"


def _as_text(lines: Sequence[JudgedLine]) -> str:
    from relcheck.engine.exceptions.baselined import Standing
    from relcheck.engine.exceptions.stated import render_stated

    shown = []
    for one in lines:
        line = one.line
        says = render_stated(line.stated)
        moved = f" (now in {_visible(one.moved_to)})" if one.moved_to is not None else ""
        identity = f"{line.fingerprint}:{line.occurrence}" if line.occurrence > 1 else line.fingerprint
        place = f"{_visible(line.path)} {_visible(line.rule)} {identity}"
        shown.append(f"{one.standing.value:<10}  {place}{f'  {_visible(says)}' if says else ''}{moved}")
    counts = [(sum(one.standing is each for one in lines), each.value) for each in Standing]
    total = ", ".join(f"{number} {name}" for number, name in counts if number)
    shown.append(f"{_lines(len(lines))}{f': {total}' if total else ''}")
    return "".join(f"{line}\n" for line in shown)


def _as_json(surveyed: Survey) -> str:
    from relcheck.engine.exceptions.baselined import Standing
    from relcheck.report.escape import visible_json

    known = surveyed.baseline
    document = {
        "version": 1,
        "path": known.shown if known is not None else None,
        "fingerprints": known.version if known is not None else None,
        "summary": {
            each.value.replace(" ", "_"): sum(one.standing is each for one in surveyed.lines) for each in Standing
        },
        "lines": [
            {
                "path": one.line.path,
                "rule": one.line.rule,
                "fingerprint": one.line.fingerprint,
                "occurrence": one.line.occurrence,
                "reason": one.line.stated.reason,
                "until": one.line.stated.until.isoformat() if one.line.stated.until is not None else None,
                "owner": one.line.stated.owner,
                "line": one.line.number,
                "state": one.standing.value,
                "moved_to": one.moved_to,
            }
            for one in surveyed.lines
        ],
    }
    return visible_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _lines(number: int) -> str:
    return f"{number} line" if number == 1 else f"{number} lines"


def _visible(text: str) -> str:
    from relcheck.report.escape import visible

    return visible(text)
