"""Where the rules of a repository of its own are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from relcheck.engine.ground import Ground


def ground_around(cwd: Path) -> Ground:
    """The repository and configuration that a scan finds from a folder. Raises ConfigError, GitError and RuleError."""
    from relcheck.engine.ground import Request, find_ground

    return find_ground(Request(cwd=cwd, today=datetime.now(UTC).date()))


def local_folder(ground: Ground) -> Path:
    """The folder from which `relcheck scan --allow-local-code` loads rules, whether it is there or not. Raises
    ConfigError where it lies elsewhere."""
    from relcheck.engine.ground import refuse_rules_elsewhere

    refuse_rules_elsewhere(ground.root, ground.local_rules)
    return ground.local_rules


def allowed_folder(cwd: Path) -> Path | None:
    """The same for a command that may load them; None where there is none."""
    folder = local_folder(ground_around(cwd))
    return folder if folder.is_dir() else None
