"""`relcheck waive`: an exception, written beside the finding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from relcheck.cli.exits import EXIT_CLEAN
from relcheck.cli.stated import stated
from relcheck.cli.streams import put, say
from relcheck.cli.whole_scan import ScanOptions, request_of, scan_options

if TYPE_CHECKING:
    from relcheck.engine.run import Survey
    from relcheck.model.finding import Finding


@click.command()
@click.argument("what", metavar="FINGERPRINT|PATH:LINE")
@click.option("--reason", required=True, metavar="TEXT", help="Why the exception is right.")
@click.option("--until", metavar="YYYY-MM-DD", help="The last day on which it holds.")
@click.option("--owner", metavar="NAME", help="Who answers for it.")
@click.option("--path", "place", metavar="PATH[:LINE]", help="Of several findings the one in this file.")
@scan_options
def waive(
    what: str, reason: str, until: str | None, owner: str | None, place: str | None, **options: Unpack[ScanOptions]
) -> int:
    """Write a waiver beside a finding, in the code.

    FINGERPRINT is that of the finding, as in the JSON report, or its first digits (six or more). The waiver is a
    comment on the statement; another scan proves that it covers the finding and changes nothing else. For a file whose
    comments relcheck does not read, the entry for the configuration is printed instead.
    """
    from relcheck.cli.pointed import folder_of, is_fingerprint, is_place
    from relcheck.engine.exceptions.inline_writing import NoPlaceError
    from relcheck.engine.exceptions.waive import config_entry, write_waiver
    from relcheck.engine.run import survey
    from relcheck.report.escape import visible

    if not is_fingerprint(what) and not is_place(what):
        raise click.UsageError(f"{what} is neither a fingerprint (six digits of it or more) nor PATH:LINE")
    pointed = place if place is not None and is_fingerprint(what) else what
    request = request_of(folder_of(pointed, Path.cwd()), **options)
    says = stated(reason, until, owner, today=request.today)
    surveyed = survey(request)
    finding = _chosen(surveyed, what, place)
    where = f"{visible(finding.path)}:{finding.region.line}"
    try:
        done = write_waiver(request, surveyed, finding, says)
    except NoPlaceError as error:
        config = surveyed.ground.config.file or "relcheck.toml"
        say(f"note: {where}: {error}. Put this into {visible(config)}; it covers the whole file:")
        pyproject = config.endswith("pyproject.toml")
        put(config_entry(finding, says, prefix=surveyed.ground.prefix, pyproject=pyproject))
        return EXIT_CLEAN
    put(f"{visible(finding.path)}:{done.line}: {visible(done.text.strip())}\n")
    for other in done.also:
        say(f"note: it covers this one too: {visible(other.path)}:{other.region.line}:{other.region.column}")
    return EXIT_CLEAN


def _chosen(surveyed: Survey, what: str, place: str | None) -> Finding:
    """The one finding that is meant. Raises click.UsageError."""
    from relcheck.cli.pointed import at, judged_by, listed, pointed_at
    from relcheck.engine.exceptions.waive import can_be_waived

    root, cwd = surveyed.ground.root, Path.cwd()
    found = pointed_at(surveyed.outcome.findings, what, root, cwd)
    if place is not None:
        found = at(found, place, root, cwd)
    new = [one for one in found if one.status.value == "new"]
    new = [one for one in new if can_be_waived(one)] or new
    if not found:
        narrowed = f" in {place}" if place is not None else ""
        raise click.UsageError(
            f"no finding of this repository is {what}{narrowed} ({judged_by(surveyed.ground)}); "
            "`relcheck scan` lists them"
        )
    if not new:
        raise click.UsageError(f"this is excepted already:\n{_excepted(found)}")
    if len({(one.path, one.rule, one.region.line) for one in new}) > 1:  # those in one line have one waiver
        raise click.UsageError(
            f"{what} stands for {len(new)} findings. Give one fingerprint in full, and --path PATH:LINE where they "
            f"share it:\n{listed(new)}"
        )
    if not can_be_waived(new[0]):
        raise click.UsageError(f"{new[0].rule} cannot be waived; `relcheck explain {new[0].rule}` tells what to do")
    return new[0]


def _excepted(findings: list[Finding]) -> str:
    from relcheck.cli.pointed import listed
    from relcheck.report.escape import visible

    lines = listed(findings).splitlines()
    for number, one in enumerate(findings[: len(lines)]):
        if one.waiver is not None:
            lines[number] += f" at {visible(one.waiver.path)}:{one.waiver.line}"
    return "\n".join(lines)
