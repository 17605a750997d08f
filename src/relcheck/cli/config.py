"""`relcheck config`: what holds and why, the schema for editors, and whether a file is valid."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Literal

import click

from relcheck.config import Config, ConfigError, find_config, load_config
from relcheck.sdk.spec import Catalog

_WRONG_USAGE = 2


@click.group(name="config")
def config() -> None:
    """Show, describe and check the configuration."""


@config.command()
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path),
    envvar="RELCHECK_CONFIG",
    help="Instead of the file that is found.",
)
def show(style: Literal["text", "json"], file: Path | None) -> None:
    """Print every value that holds, with where it was set."""
    from relcheck.config.show import as_json, as_text

    catalog = _catalog()
    loaded = _load(file or _found(), catalog)
    click.echo((as_json if style == "json" else as_text)(loaded, catalog), nl=False)


@config.command()
def schema() -> None:
    """Print the JSON Schema of relcheck.toml."""
    from relcheck.config.json_schema import json_schema

    click.echo(json_schema(_catalog()), nl=False)


@config.command()
@click.argument("file", type=click.Path(path_type=Path), required=False, envvar="RELCHECK_CONFIG")
def validate(file: Path | None) -> None:
    """Check FILE, else the configuration that is found from here upwards."""
    file = file or _found()
    if file is None:
        raise _Unusable("no relcheck.toml and no [tool.relcheck] from here upwards: nothing to check")
    _load(file, _catalog())
    click.echo(f"{_shown(file)} is valid")


class _Unusable(click.ClickException):
    """A message as it is, and the exit code for wrong usage or configuration."""

    exit_code = _WRONG_USAGE

    def show(self, file: IO[str] | None = None) -> None:
        click.echo(self.message, file=file, err=True)


def _load(file: Path | None, catalog: Catalog) -> Config:
    try:
        return load_config(file, shown_as=_shown(file) if file is not None else "", catalog=catalog, root=_root())
    except ConfigError as error:
        raise _Unusable(str(error)) from None


def _found() -> Path | None:
    try:
        return find_config(Path.cwd(), stop=_root())
    except ConfigError as error:
        raise _Unusable(str(error)) from None


def _root() -> Path | None:
    from relcheck.engine.files.git import GitError, find_repository

    try:
        repository = find_repository(Path.cwd())
    except GitError as error:
        raise _Unusable(str(error)) from None
    return repository.root if repository is not None else None


def _catalog() -> Catalog:
    from relcheck.engine.catalog import RuleError, load_catalog

    try:
        return load_catalog()
    except RuleError as error:
        raise _Unusable(str(error)) from None


def _shown(file: Path) -> str:
    """The path as seen from here, with `/`; one elsewhere as it was given."""
    try:
        return file.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(file)
