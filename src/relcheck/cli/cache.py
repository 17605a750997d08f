"""`relcheck cache clear`."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def cache() -> None:
    """Manage what relcheck keeps between runs."""


@cache.command()
def clear() -> None:
    """Remove .relcheck_cache of the repository around the working folder. The next scan takes longer, nothing else."""
    from relcheck.engine.examining.cache import FOLDER, clear_cache
    from relcheck.engine.files.git import find_repository

    repository = find_repository(Path.cwd())
    root = repository.root if repository is not None else Path.cwd()
    click.echo(f"removed {root / FOLDER}" if clear_cache(root) else "there is no cache")
