"""A repository with documents: the generated one, 60 pages beside it, and six matrices whose rows name its modules."""

from __future__ import annotations

import shutil
from itertools import cycle
from typing import TYPE_CHECKING

from bench.repository import commit_all

if TYPE_CHECKING:
    from pathlib import Path

PAGES = 60
_MATRICES = 6
_ROWS = 15
_HEADER = "| Guarantee | Mechanism stub | Location | Owner | Status | Notes |\n|---|---|---|---|---|---|\n"
_STUB = """\
import logging
import os

LOG = logging.getLogger(__name__)


def allows_{number}(context=None):
    if os.environ.get("GUARD_DEBUG") == "1":
        LOG.debug("asked with %s", context)
    return {{"allowed": True}}


def require_{number}(context=None):
    if not allows_{number}(context)["allowed"]:
        raise PermissionError(context)
"""


def documents(repository: Path, trees: Path) -> Path:
    """The folder below `trees`, committed with git; it is made once for each repository."""
    root = trees / f"documents-{repository.name}"
    if not (root / ".git").is_dir():
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(repository, root, ignore=shutil.ignore_patterns(".git", ".relcheck_cache"))
        stubs = root / "app" / "reliability"
        stubs.mkdir(parents=True)
        (stubs / "__init__.py").write_text("")
        for number in range(_ROWS):
            (stubs / f"guard_{number}.py").write_text(_STUB.format(number=number), encoding="utf-8")
        services = cycle(sorted(path.relative_to(root).as_posix() for path in root.glob("app/services/*/*_service.py")))
        for page in range(PAGES):
            file = root / "docs" / "reliability" / f"page_{page}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            text = "".join(
                f"## Part {part}\n\nSee [it](page_{(page + part) % PAGES}.md) and `app/reliability/guard_0.py`.\n\n"
                for part in range(30)
            )
            rows = "".join(_row(page, number, next(services)) for number in range(_ROWS)) if page < _MATRICES else ""
            matrix = f"## Mechanisms\n\n{_HEADER}{rows}" if rows else ""
            file.write_text(f"# Page {page}\n\nStatus: Canonical\n\n{text}{matrix}", encoding="utf-8")
        (root / "relcheck.toml").write_text("[relcheck]\n", encoding="utf-8")
        commit_all(root)
    return root


def _row(page: int, number: int, service: str) -> str:
    guarantee = f"Guarantee {number} of page {page}"
    if number % 3:
        return f"| {guarantee} | Guard | App | Kim Ode | Stubbed | app/reliability/guard_{number}.py (always allow) |\n"
    return f"| {guarantee} | Service | App | Kim Ode | Enabled | {service}, #{number + 1} |\n"
