"""A folder with a given number of findings: functions that take a row lock, fifty to a file."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from bench.repository import commit_all

if TYPE_CHECKING:
    from pathlib import Path

_EACH = 50
_PRIMITIVE = "def single_connection_transaction():\n    yield\n"
_FUNCTION = """\
def claim_{number}(session, job):
    row = session.query(job).filter_by(id={number}).with_for_update(skip_locked=True).first()
    return row


"""


def locks(trees: Path, number: int) -> Path:
    """The folder below `trees`, committed with git; it is made once. `number` is a multiple of fifty."""
    root = trees / "locks" / str(number)
    if not (root / ".git").is_dir():
        shutil.rmtree(root, ignore_errors=True)
        for index in range(number // _EACH):
            file = root / "app" / f"part_{index // 10}" / f"claims_{index}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(_FUNCTION.format(number=each) for each in range(_EACH)), encoding="utf-8")
        (root / "app" / "infra.py").write_text(_PRIMITIVE, encoding="utf-8")
        # A configuration of its own ends the search for one in the folders above.
        (root / "relcheck.toml").write_text("[relcheck]\n", encoding="utf-8")
        commit_all(root)
    return root
