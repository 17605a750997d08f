"""What a change does to its own judge, and where the policy is read from so that it cannot.

The policy is the configuration with all that it extends, the waivers, and the rules of the repository. It is read from
the disk, or from another revision (`--policy-from`).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from relcheck.config import ConfigError, Problem
from relcheck.config.document import read_file
from relcheck.engine import own_rules
from relcheck.engine.files.worktree import decoded
from relcheck.model.finding import Finding, Region

if TYPE_CHECKING:
    from datetime import date

    from relcheck.config import Config
    from relcheck.engine.exceptions.baseline import Baseline, Line
    from relcheck.engine.revisions.revision import Revision


class PolicyFiles:
    """The files that a policy consists of. `revision` None: as they are on the disk."""

    def __init__(self, root: Path | None, revision: Revision | None) -> None:
        self._root = root
        self._revision = revision

    @property
    def reader(self) -> Callable[[Path], bytes] | None:
        """What the configuration is loaded with; None stands for the disk."""
        return self.read if self._revision is not None else None

    def read(self, path: Path) -> bytes:
        """The content of a policy file. Raises OSError where there is none, GitError where it cannot be read."""
        inside = self.inside(path)
        if self._revision is None or inside is None:
            return read_file(path)  # one that the user names elsewhere on the machine is no part of the change
        if inside in self._revision.links:
            raise ConfigError(
                Problem(
                    f"a symbolic link at {self._revision.name}; make it a file, so that it can be read from there",
                    inside,
                )
            )
        if inside not in self._revision.files:
            raise FileNotFoundError(f"{self._revision.name} does not have it")
        return self._revision.read(inside)

    def inside(self, path: Path) -> str | None:
        """The path relative to the repository's root, as git has it; None for one that lies elsewhere.

        Links of the work tree are not followed, they may be the change's; the root itself may have other names.
        """
        if self._root is None:
            return None
        path = Path(os.path.abspath(path))  # noqa: PTH100  # Path.resolve would follow links
        for folder in reversed(path.parents):
            if os.path.realpath(folder) == str(self._root):
                return decoded(os.fsencode(path.relative_to(folder).as_posix()))
        return None

    def rules(self, folder: Path) -> dict[str, bytes]:
        """The Python files below a folder of local rules, by their paths in it. Links are not followed."""
        if self._revision is None:
            if os.path.realpath(folder) != str(folder):
                return {}
            files = (file for file in sorted(folder.rglob("*.py")) if file.is_file() and not file.is_symlink())
            return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
        start = f"{self.inside(folder)}/"
        names = [path for path in self._revision.files if path.startswith(start) and path.endswith(".py")]
        return {path.removeprefix(start): self._revision.read(path) for path in sorted(names)}

    def put(self, folder: Path, into: Path) -> None:
        """Write a folder of local rules elsewhere, to be run from there."""
        for name, content in self.rules(folder).items():
            if not {"", ".", ".."} & set(name.split("/")) and "\\" not in name:
                file = into / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)


class Said(msgspec.Struct, frozen=True):
    """A policy as it stands somewhere: its configuration, or why that cannot be read, its local rules and its
    baseline."""

    config: Config | None
    rules: dict[str, bytes]
    folder: str
    problem: str = ""
    baseline: Baseline | None = None


def changes_of(before: Said, after: Said, ref: str, moved: Callable[[str], str], *, applied: bool) -> list[Finding]:
    """What a change does to the policy's files. `applied` says that the policy of before was the judge, `moved` where a
    file of the baseline stood before."""
    found = [*_of_configuration(before, after), *_of_rules(before, after), *_of_baseline(before, after, moved)]
    then = f"It has no effect here: the policy is that of {ref}" if applied else "An owner of the rules should see it"
    return [policy_finding(path, line, f"this change {what}. {then}", key=what) for path, line, what in found]


def _of_configuration(before: Said, after: Said) -> Iterator[tuple[str, int, str]]:
    if after.config is None or before.config is None:
        config = after.config or before.config
        path = (config.file if config is not None else None) or "."
        when = "leaves a configuration that cannot be read" if after.config is None else "mends a broken configuration"
        yield path, 1, f"{when}: {after.problem or before.problem}"
        return
    if before.config.digest == after.config.digest and before.config.file == after.config.file:
        return
    from relcheck.engine.revisions.settings import edited_settings

    yield from edited_settings(before.config, after.config)


def _of_rules(before: Said, after: Said) -> Iterator[tuple[str, int, str]]:
    for folder in dict.fromkeys((before.folder, after.folder)):
        old = before.rules if before.folder == folder else {}
        new = after.rules if after.folder == folder else {}
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                done = "adds" if name not in old else "removes" if name not in new else "edits"
                yield f"{folder}/{name}", 1, f"{done} the local rule {name}"


def _of_baseline(before: Said, after: Said, moved: Callable[[str], str]) -> Iterator[tuple[str, int, str]]:
    """The lines that are added, or hold for longer. One that goes makes the gate stricter, one that goes along with its
    file changes nothing."""
    if after.baseline is None:
        return
    old = before.baseline
    same = old is None or old.version == after.baseline.version

    def key(line: Line) -> tuple[str, str, str, int, date | None]:
        return line.path, line.rule, line.fingerprint if same else "", line.occurrence, line.stated.until

    held = Counter(key(line) for line in old.lines) if old is not None else Counter()
    added: dict[str, list[Line]] = {}
    for line in after.baseline.lines:
        stood = key(line)
        if not held[stood]:
            stood = key(msgspec.structs.replace(line, path=moved(line.path)))
        if held[stood]:
            held[stood] -= 1
        else:
            added.setdefault(line.rule, []).append(line)
    shown = after.baseline.shown
    for rule, lines in added.items():
        if len(lines) > _MANY_LINES:
            yield shown, lines[0].number, f"accepts {len(lines):,} findings of {rule} by lines of the baseline"
            continue
        for line in lines:
            until = f" until {line.stated.until}" if line.stated.until is not None else ""
            what = f"accepts {rule} in {line.path} ({line.fingerprint}){until} by a line of the baseline"
            yield shown, line.number, what


_MANY_LINES = 20
"""Lines of one rule that are said one by one; a baseline that is new has a thousand."""


def policy_finding(path: str, line: int, message: str, *, key: str, column: int = 1, end: int = 1) -> Finding:
    return Finding(
        rule=own_rules.POLICY_CHANGED.name,
        kind="policy-changed",
        message=message,
        path=path,
        region=Region(line, column, line, end),
        severity=own_rules.POLICY_CHANGED.severity,
        identity=key,
    )
