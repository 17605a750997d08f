"""The reports of a verdict: which are asked for, and where each goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from relcheck.cli.streams import OutputError, put

if TYPE_CHECKING:
    from relcheck.model.outcome import Outcome
    from relcheck.report.formats import Format
    from relcheck.report.terminal import ColourFlag

Targets: TypeAlias = "list[tuple[Format, Path | None]]"
"""Formats, each with the file that it is written to; None stands for standard output."""


def targets_of(outputs: Sequence[str]) -> Targets:
    """What `--output FORMAT[:FILE]` asks for; text where it is not given. Raises click.UsageError."""
    from relcheck.report.formats import FORMATS

    found = [_target(output, FORMATS) for output in outputs or ("text",)]
    return [(FORMATS[name], file) for name, file in found]


def write_all(targets: Targets, outcome: Outcome, color: ColourFlag, *, show_all: bool) -> None:
    """Every report, whatever becomes of the others. Raises OutputError."""
    problems: list[str] = []
    for render, file in targets:
        try:
            _write(render, outcome, file, color, show_all=show_all)
        except OutputError as error:
            problems.append(str(error))
    if problems:
        raise OutputError("\n".join(problems))


def _target(output: str, formats: Mapping[str, Format]) -> tuple[str, Path | None]:
    name, colon, file = output.partition(":")
    if name not in formats:
        raise click.UsageError(f"--output {output}: no format is named {name!r}; there are {', '.join(formats)}")
    if colon and not file:
        raise click.UsageError(f"--output {output}: give a file behind the colon")
    if file and not Path(file).parent.is_dir():
        raise click.UsageError(f"--output {output}: there is no folder {Path(file).parent}")
    return name, Path(file) if file else None


def _refuse_link_of_the_tree(file: Path, root: str) -> None:
    """The tree may have brought a link of this name along, to a file that is none of its business."""
    place = os.path.abspath(file)  # noqa: PTH100  # Path.resolve would follow it
    if Path(place).is_relative_to(root) and os.path.realpath(place) != place:
        raise OutputError(f"--output: {file} is a link, or below one, in the scanned tree. Remove it")


def _write(render: Format, outcome: Outcome, file: Path | None, color: ColourFlag, *, show_all: bool) -> None:
    from relcheck.report.terminal import PLAIN, style_for

    if file is None:
        style = style_for(sys.stdout, os.environ, color)
        put(render(outcome, style, show_all=show_all))
        return
    report = render(outcome, PLAIN, show_all=show_all)
    _refuse_link_of_the_tree(file, outcome.root)
    try:
        file.write_bytes(report.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise OutputError(f"--output: {file} cannot be written: {error.strerror}") from None
