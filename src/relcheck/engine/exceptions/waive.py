"""A waiver written beside a finding, and proven by another scan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from relcheck.config.spelling import quote
from relcheck.engine.exceptions.baseline_file import replace_file
from relcheck.engine.exceptions.inline_writing import NoPlaceError, with_python_waiver
from relcheck.engine.exceptions.markdown_writing import with_markdown_waiver
from relcheck.engine.exceptions.sql_writing import with_sql_waiver
from relcheck.engine.exceptions.stated import Stated
from relcheck.engine.files.worktree import ContentError, WorkTree, encoded
from relcheck.engine.ground import Request
from relcheck.engine.own_rules import UNPARSEABLE_FILE
from relcheck.engine.run import Survey, survey
from relcheck.model.finding import Finding, Status
from relcheck.sources.globs import quote as glob_quote
from relcheck.sources.python.syntax import Source

_WRITERS: Mapping[str, Callable[[bytes, int, str, Stated], bytes]] = {
    ".py": with_python_waiver,
    ".pyi": with_python_waiver,
    **dict.fromkeys((".md", ".markdown", ".mdx"), with_markdown_waiver),
    ".sql": with_sql_waiver,
}
"""How a waiver is written, by the ending of a file: for languages whose waivers are read."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class WaiveError(Exception):
    """A waiver that cannot be written; the message says why. Nothing has changed."""


class Written(msgspec.Struct, frozen=True):
    """The line of the file that holds the waiver now, and what else it covers."""

    line: int
    text: str
    also: tuple[Finding, ...]


def can_be_waived(finding: Finding) -> bool:
    """Findings about exceptions and about relcheck's own work are mended, not waived."""
    return not finding.rule.startswith("relcheck/") or finding.rule == UNPARSEABLE_FILE.name


def write_waiver(request: Request, before: Survey, finding: Finding, stated: Stated) -> Written:
    """Write the comment, and scan again: the finding is waived and no other has changed, or the file is as it was.

    Raises NoPlaceError where a comment is not possible, and WaiveError.
    """
    if finding.rule == UNPARSEABLE_FILE.name:
        raise NoPlaceError("comments of a file that cannot be read are not read either")
    writer = _WRITERS.get(Path(finding.path).suffix)
    if writer is None:
        raise NoPlaceError("no comment is written into such files")
    file = before.ground.root / finding.path
    try:
        data = WorkTree(before.ground.root).read(encoded(finding.path))
        changed = writer(data, finding.region.line, finding.rule, stated)
        replace_file(file, changed)
    except (OSError, ContentError) as error:
        raise WaiveError(f"{finding.path} cannot be changed: {error}") from None
    try:
        after = survey(request).outcome.findings
        text = Source(changed.decode("utf-8", "replace"))
        lines_before = len(Source(data.decode("utf-8", "replace")).starts)
        problem, covered = _compared(before.outcome.findings, after, finding, len(text.starts) - lines_before)
    except BaseException:
        _restore(file, data, changed)
        raise
    if problem is not None:
        _restore(file, data, changed)
        raise WaiveError(f"{problem}. {finding.path} is as it was; write the waiver by hand")
    line = covered[0].waiver.line if covered[0].waiver is not None else finding.region.line
    return Written(line, text.line(line), covered[1:])


def config_entry(finding: Finding, stated: Stated, *, prefix: str, pyproject: bool) -> str:
    """The same exception as an entry of the configuration."""
    pattern = _SURROGATE.sub("?", glob_quote(finding.path.removeprefix(prefix)))
    lines = [
        "[[tool.relcheck.waivers]]" if pyproject else "[[waivers]]",
        f"rule = {quote(finding.rule)}",
        f"path = {quote(pattern)}",
        f"reason = {quote(stated.reason or '')}",
    ]
    if stated.until is not None:
        lines.append(f"until = {stated.until}")
    if stated.owner is not None:
        lines.append(f"owner = {quote(stated.owner)}")
    return "".join(f"{line}\n" for line in lines)


def _compared(
    before: Sequence[Finding], after: Sequence[Finding], wanted: Finding, lines: int
) -> tuple[str | None, tuple[Finding, ...]]:
    """What is wrong; and the finding as it is waived now, `lines` further down, with others of its rule that the waiver
    covers too, being in the same statement."""
    place = (wanted.region.line + lines, wanted.region.column)
    here = [one for one in after if (one.path, one.rule) == (wanted.path, wanted.rule)]
    target = next((one for one in here if (one.region.line, one.region.column) == place), None)
    if target is None or target.status is not Status.WAIVED or target.waiver is None:
        return "the finding is still there with the comment", ()
    written = target.waiver
    was = {
        (one.region.line + lines, one.region.column): one.status
        for one in before
        if (one.path, one.rule) == (wanted.path, wanted.rule)
    }
    covered = [
        one
        for one in here
        if one.waiver == written and was.get((one.region.line, one.region.column)) is Status.NEW and one is not target
    ]
    expected = Counter(map(_identity, before))
    for one in (target, *covered):
        expected[one.path, one.rule, one.fingerprint, Status.NEW] -= 1
        expected[_identity(one)] += 1
    found = Counter(map(_identity, after))
    if found != expected:
        path, rule, *_ = next(iter((found - expected) or (expected - found)))
        return f"the comment changes a finding of {rule} in {path}", ()
    return None, (target, *covered)


def _identity(finding: Finding) -> tuple[str, str, str, Status]:
    return finding.path, finding.rule, finding.fingerprint, finding.status


def _restore(file: Path, data: bytes, written: bytes) -> None:
    """The file as it was, unless someone else has changed it meanwhile."""
    with suppress(OSError):
        if file.read_bytes() == written:
            replace_file(file, data)
