"""Fixes, written into the files that they mend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from relcheck.engine.exceptions.baseline_file import replace_file
from relcheck.engine.files.worktree import ContentError, WorkTree, encoded
from relcheck.model.finding import Edit, Finding, Fix, Region, Status
from relcheck.sources.python.syntax import Source, UnparseableError, parse_ast


class Applied(msgspec.Struct, frozen=True):
    """What was mended, what waits for `--unsafe-fixes`, and what could not be written, with why."""

    done: tuple[Finding, ...]
    unsafe: tuple[Finding, ...]
    failed: tuple[tuple[Finding, str], ...]
    files: tuple[str, ...]


def apply_fixes(findings: Iterable[Finding], root: Path, *, unsafe: bool) -> Applied:
    """Write the fixes of new findings. A fix is written whole or not at all; of two that change the same text the
    second waits for the next run. A Python file that could not be parsed any more stays as it is."""
    fixable = [(one, one.fix) for one in findings if one.fix is not None and one.status is Status.NEW]
    chosen: list[tuple[Finding, Fix]] = []
    taken: dict[str, list[Edit]] = {}
    failed: list[tuple[Finding, str]] = []
    for finding, fix in fixable:
        if not fix.safe and not unsafe:
            continue
        if any(_overlaps(edit, taken.get(edit.path, ())) for edit in fix.edits):
            failed.append((finding, "another fix changes the same text; run it again"))
            continue
        for edit in fix.edits:
            taken.setdefault(edit.path, []).append(edit)
        chosen.append((finding, fix))
    written: dict[str, str] = {path: _write(root, path, edits) for path, edits in sorted(taken.items())}
    done = []
    for finding, fix in chosen:
        reason = next((written[edit.path] for edit in fix.edits if written[edit.path]), "")
        if reason:
            failed.append((finding, reason))
        else:
            done.append(finding)
    waiting = tuple(finding for finding, fix in fixable if not fix.safe and not unsafe)
    return Applied(tuple(done), waiting, tuple(failed), tuple(path for path, reason in written.items() if not reason))


def _overlaps(edit: Edit, others: Sequence[Edit]) -> bool:
    """Whether an edit touches the text of another. Two that say the same at the same place are one."""
    start, end = _span(edit.region)
    for other in others:
        if other == edit:
            continue
        first, last = _span(other.region)
        if (start, end) == (first, last) or (start < last and first < end):
            return True
    return False


def _span(region: Region) -> tuple[tuple[int, int], tuple[int, int]]:
    return (region.line, region.column), (region.end_line, region.end_column)


def _write(root: Path, path: str, edits: Sequence[Edit]) -> str:
    """Change one file. Why it could not be changed; empty where it was."""
    try:
        data = WorkTree(root).read(encoded(path))
        text = data.decode("utf-8-sig")
    except (ContentError, UnicodeDecodeError) as error:
        return f"the file cannot be read: {error}"
    changed = edited(text, edits)
    if path.endswith((".py", ".pyi")) and _can_be_parsed(text) and not _can_be_parsed(changed):
        return "with it the file could not be parsed"
    start = data[: len(data) - len(text.encode())]
    try:
        replace_file(root / path, start + changed.encode())
    except OSError as error:
        return f"the file cannot be written: {error.strerror}"
    return ""


def _can_be_parsed(text: str) -> bool:
    try:
        return parse_ast(text) is not None
    except UnparseableError:
        return False


def edited(text: str, edits: Sequence[Edit]) -> str:
    """A text with edits made."""
    source = Source(text)
    line_end = "\r\n" if "\r\n" in text else "\n"
    for edit in sorted(dict.fromkeys(edits), key=lambda one: one.region, reverse=True):
        start = source.starts[edit.region.line - 1] + edit.region.column - 1
        end = source.starts[edit.region.end_line - 1] + edit.region.end_column - 1
        text = text[:start] + edit.text.replace("\n", line_end) + text[end:]
    return text
