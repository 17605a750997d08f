"""The options of commands that scan the whole repository for what they do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypedDict, Unpack

import click

if TYPE_CHECKING:
    from relcheck.engine.ground import Request

Command: TypeAlias = Callable[..., int | None]


class ScanOptions(TypedDict):
    """What click gives a command that has these options."""

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    config: Path | None
    no_cache: bool
    today: str | None
    packs: tuple[str, ...]
    allow_local_code: bool


def scan_options(command: Command) -> Command:
    """The options that `request_of` takes, for a click command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def request_of(folder: Path | None = None, **options: Unpack[ScanOptions]) -> Request:
    """A scan of the repository around a folder, the working folder where none is given."""
    from relcheck.cli.today import today as date_of
    from relcheck.engine.ground import Request

    cwd, config = Path.cwd(), options["config"]
    return Request(
        cwd=folder or cwd,
        config=cwd / config if config is not None else None,
        select=options["select"],
        ignore=options["ignore"],
        today=date_of(options["today"]),
        packs=options["packs"],
        allow_local_code=options["allow_local_code"],
        cache=not options["no_cache"],
    )


def names(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Names from an option that may be repeated and may hold several, with commas between them."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


_OPTIONS = (
    click.option("--select", multiple=True, metavar="RULES", callback=names, help="Only these packs or rules (a,b)."),
    click.option("--ignore", multiple=True, metavar="RULES", callback=names, help="Not these packs or rules (a,b)."),
    click.option(
        "--config", type=click.Path(path_type=Path), envvar="RELCHECK_CONFIG", help="The configuration to use."
    ),
    click.option("--no-cache", is_flag=True, help="Neither read nor write .relcheck_cache."),
    click.option("--today", metavar="YYYY-MM-DD", envvar="RELCHECK_TODAY", help="The date by which exceptions expire."),
    click.option("--pack", "packs", multiple=True, metavar="NAME", help="Also the rules of this installed package."),
    click.option("--allow-local-code", is_flag=True, help="Also run the rules in .relcheck/rules of the scanned tree."),
)
