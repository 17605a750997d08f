"""The one place that starts git, and what is known of a repository without it.

The repository is untrusted. Only plumbing runs, with everything off by which a repository's own configuration could
start a program or reach the network; the repository is always named, so that git's own search (and with it a bare
repository planted in the tree) plays no part. Ownership is not asked for (`safe.directory`): in containers it often
differs, and nothing that we run obeys the repository.
"""

from __future__ import annotations

import os
import re
import threading
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, NamedTuple, Self

import msgspec

from relcheck.engine.files.index import SKIP_WORKTREE, Entry
from relcheck.engine.files.worktree import decoded, encoded, read_regular_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from subprocess import Popen
    from typing import IO

_HARDENED = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "--literal-pathspecs",
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
)
# No protocol has this name: where git is older than GIT_NO_LAZY_FETCH, a fetch is refused all the same.
_ENVIRONMENT = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}
# The person's own settings; every other GIT_ variable belongs to the git that called us, or would change answers.
_KEPT = re.compile(r"GIT_(CONFIG_\w+|EXEC_PATH|ATTR_NOSYSTEM)")
_OBJECT_STORES = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH")
_NO_FILES = "there are no files to read. Scan a clone or a worktree of it"
_FETCH = "A partial clone has all objects after `git fetch --refetch`; otherwise `git fsck` says what is damaged"
_SLOW = "A .gitignore with many stars in one pattern can be the cause: git tries them all"
_LONGEST = 120.0
"""Seconds that git may take for one list; a repository of a million files needs ten."""

_OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class GitError(Exception):
    """git or the repository cannot answer; the message says why and what to do."""


class GitMissing(GitError):  # noqa: N818 - reads as what is wrong
    """There is no git program."""


class Repository(msgspec.Struct, frozen=True):
    """A work tree and its git folders. In a linked worktree `git_dir` is its own, `common_dir` is shared by all."""

    root: Path
    git_dir: Path
    common_dir: Path
    index_file: Path

    def uses_sha256(self) -> bool:
        return re.search(rb"(?im)^\s*objectformat\s*=\s*\"?sha256", self.local_config()) is not None

    def is_shallow(self) -> bool:
        """Whether the history ends where it was cut off, not where it began."""
        return bool(self.cut_off())

    def cut_off(self) -> bytes:
        """The commits whose parents this clone does not have, a line each."""
        return _text(self.common_dir / "shallow").strip()

    def local_config(self) -> bytes:
        """The text of the repository's own configuration; empty where there is none."""
        return b"\n".join(
            _text(folder / name) for folder, name in ((self.common_dir, "config"), (self.git_dir, "config.worktree"))
        )


def find_repository(start: Path) -> Repository | None:
    """The repository whose work tree holds this folder, found without starting git; None outside of any.

    Raises GitError where something that claims to be a repository is none, or has no work tree.
    """
    start = Path(os.path.realpath(start))
    for folder in (start, *start.parents):
        marker = folder / ".git"
        if os.path.lexists(marker):
            return _repository(folder, marker)
        if _is_git_folder(folder):
            raise GitError(f"{folder} is a bare repository or git's own folder: {_NO_FILES}")
    return None


class Untracked:
    """The files that are neither tracked nor ignored, listed by a git that runs while something else is done."""

    def __init__(self, repository: Repository, folder: str) -> None:
        """`folder` is relative to the root, with `/` at its end, or empty. Raises GitMissing and GitError."""
        scope = [encoded(folder)] if folder else []
        self._run = _Run(repository, "ls-files", "--others", "--exclude-standard", "-z", "--", *scope)

    def paths(self) -> list[bytes]:
        """Relative to the root; a repository inside ends with `/`. Raises GitError."""
        return _fields(self._run.output())

    @property
    def warnings(self) -> tuple[str, ...]:
        """What git had to say, such as a folder that it may not read; known after `paths`."""
        return self._run.messages

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._run.stop()


def tracked(repository: Repository) -> list[Entry]:
    """The entries of the index as git itself reads them, without what lstat said. Raises GitMissing and GitError."""
    entries: list[Entry] = []
    for line in _fields(_Run(repository, "ls-files", "--stage", "-t", "-z").output()):
        facts, _, path = line.partition(b"\t")
        tag, mode, object_id, stage = facts.decode("ascii").split(" ")
        flags = SKIP_WORKTREE if tag == "S" else 0
        entries.append(Entry(path, int(mode, 8), object_id, int(stage), 0, 0, 0, 0, flags))
    return entries


def staged(repository: Repository) -> set[bytes] | None:
    """The paths whose index entry differs from HEAD, deleted ones too; None before the first commit: all of them."""
    head = _Run(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD^{tree}")
    tree = head.output(accept=(0, 1)).decode("ascii").strip()
    if not tree:
        return None
    options = ("--cached", "-z", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv")
    return set(_fields(_Run(repository, "diff-index", *options, tree, "--").output()))


def commit_id(repository: Repository, ref: str) -> str | None:
    """The commit that a ref names, as its object id; None where it names none. Nothing but the id goes any further."""
    if not ref or "\0" in ref:
        return None
    asked = f"{ref}^{{commit}}".encode("utf-8", "surrogateescape")
    run = _Run(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", asked)
    found = run.output(accept=(0, 1, 128)).decode("ascii", "replace").strip()
    return found if _OBJECT_ID.fullmatch(found) else None


def commits_of(repository: Repository, refs: Sequence[str]) -> dict[str, str]:
    """The object ids of those branches that there are, by their full names."""
    options = ("--format=%(objectname) %(refname)", "--")
    lines = _Run(repository, "for-each-ref", *options, *refs).output().decode("utf-8", "surrogateescape").splitlines()
    found = {name: commit for commit, _, name in (line.partition(" ") for line in lines)}
    return {ref: found[ref] for ref in refs if ref in found}


def merge_base(repository: Repository, one: str, other: str) -> str | None:
    """The best common ancestor of two commits by their object ids, of several the one that git names first."""
    found = _Run(repository, "merge-base", one, other).output(accept=(0, 1)).decode("ascii").strip()
    return found or None


def commit_before(repository: Repository, moment: str) -> str | None:
    """The last commit of HEAD's history up to a moment (RFC 3339), following first parents: what the branch was then.
    None where the history begins later, or there is none."""
    run = _Run(repository, "rev-list", "--max-count=1", "--first-parent", f"--before={moment}", "HEAD", "--")
    return run.output(accept=(0, 128)).decode("ascii").strip() or None


class Touched(NamedTuple):
    """A commit that changed what was asked for. `seconds` is its committer's time since 1970."""

    commit: str
    seconds: int


def commits_touching(repository: Repository, paths: Sequence[str], most: int) -> list[Touched]:
    """The commits of HEAD's history, following first parents, that change one of some paths, the oldest first; of more
    than `most` the newest. None before the first commit. Raises GitMissing and GitError."""
    options = ("--first-parent", "--timestamp", f"--max-count={most}", "HEAD", "--")
    run = _Run(repository, "rev-list", *options, *map(encoded, paths))
    lines = run.output(accept=(0, 128)).decode("ascii", "replace").split("\n")
    found = [line.split(" ") for line in lines if line]
    return [Touched(commit, int(seconds)) for seconds, commit in reversed(found)]


def blobs_at(repository: Repository, commit: str, paths: Sequence[str]) -> dict[str, str]:
    """The regular files among some paths that a commit has, with the object ids of their contents. Raises GitError."""
    options = ("-z", "--full-tree", commit, "--")
    found: dict[str, str] = {}
    for field in _fields(_Run(repository, "ls-tree", *options, *(encoded(path) for path in paths)).output()):
        facts, _, path = field.partition(b"\t")
        mode, kind, object_id = facts.decode("ascii").split(" ")
        if kind == "blob" and mode.startswith("100"):
            found[decoded(path)] = object_id
    return found


def tagged_commits(repository: Repository, count: int) -> list[tuple[str, str]]:
    """The newest tags of HEAD's history, with the commits that they stand for, the newest first."""
    run = _Run(
        repository,
        "for-each-ref",
        f"--count={count}",
        "--sort=-creatordate",
        "--merged=HEAD",
        "--format=%(refname:short) %(objectname) %(*objectname)",
        "refs/tags",
    )
    lines = run.output(accept=(0, 128, 129)).decode("utf-8", "replace").splitlines()
    return [(name, (peeled or commit)) for name, commit, peeled in (line.split(" ", 2) for line in lines)]


class Change(NamedTuple):
    """How the index differs from a commit in one path. `source` is the path in the commit, None for a file that it
    does not have; `mode` and `object_id` are the commit's. `path` is None for a file that the index does not have."""

    path: bytes | None
    source: bytes | None
    mode: int
    object_id: str


class Changes:
    """What the index has changed since a commit, with renames, listed by a git that runs while something else is
    done. Only objects are compared: no filter of the repository sees a file of the work tree."""

    def __init__(self, repository: Repository, commit: str) -> None:
        """Raises GitMissing and GitError."""
        options = ("--cached", "--raw", "-z", "--no-abbrev", "--find-renames", "-l2000", "--no-ext-diff")
        self._run = _Run(repository, "diff-index", *options, "--no-textconv", commit, "--")

    def all(self) -> list[Change]:
        """Raises GitError."""
        changes: list[Change] = []
        fields = iter(_fields(self._run.output(advice=_FETCH)))
        for facts in fields:
            mode, _, object_id, _, kind = facts.removeprefix(b":").decode("ascii").split(" ")
            source = next(fields)
            path = next(fields) if kind[0] in "RC" else source
            absent = kind[0] in "AC" or not int(mode, 8)
            changes.append(Change(None if kind == "D" else path, None if absent else source, int(mode, 8), object_id))
        return changes

    def stop(self) -> None:
        self._run.stop()


def configuration(repository: Repository) -> dict[str, str]:
    """Every setting that holds, by its name in small letters; a name without a value is `true`."""
    settings: dict[str, str] = {}
    for field in _fields(_Run(repository, "config", "--list", "-z").output()):
        name, has_value, value = field.decode("utf-8", "surrogateescape").partition("\n")
        settings[name.lower()] = value if has_value else "true"
    return settings


class BlobReader:
    """Contents by object id, from one git that is started by the first question. May be used by several threads."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._lock = threading.Lock()
        self._process: Popen[bytes] | None = None
        self._owner = 0

    def read(self, object_id: str) -> bytes:
        """The content of a blob. Raises GitMissing, and GitError where there is no such blob."""
        if not _OBJECT_ID.fullmatch(object_id):
            raise GitError(f"{object_id!r} is no object id")
        with self._lock:
            return self._ask(object_id)

    def close(self) -> None:
        if self._process is not None and self._owner == os.getpid():
            _end(self._process)
        self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, object_id: str) -> bytes:
        if self._process is None or self._owner != os.getpid():
            # After a fork the pipes are shared with the parent, whose answers they would take.
            self._process = _start(self._repository, "cat-file", "--batch", talks=True)
            self._owner = os.getpid()
        questions, answers = _pipes(self._process)
        header = b""
        with suppress(BrokenPipeError):
            questions.write(object_id.encode("ascii") + b"\n")
            questions.flush()
            header = answers.readline()
        if header.endswith(b" missing\n"):
            raise GitError(f"object {object_id} is not in the repository {self._repository.root}. {_FETCH}")
        found = re.fullmatch(rb"[0-9a-f]+ blob (\d+)\n", header)
        size = int(found[1]) if found else 0
        content = answers.read(size) if found else b""
        if found is None or len(content) != size or answers.read(1) != b"\n":
            self.close()
            raise GitError(f"git could not read object {object_id} of {self._repository.root}. {_FETCH}")
        return content


class _Run:
    """One git process whose output is asked for later."""

    def __init__(self, repository: Repository, *arguments: str | bytes) -> None:
        self.messages: tuple[str, ...] = ()
        self._repository = repository
        self._name = f"git {os.fsdecode(arguments[0])}"
        self._process = _start(repository, *arguments)

    def output(self, *, accept: tuple[int, ...] = (0,), advice: str | None = None) -> bytes:
        from subprocess import TimeoutExpired

        try:
            output, errors = self._process.communicate(timeout=_LONGEST)
        except TimeoutExpired:
            self.stop()
            raise GitError(f"{self._name} took longer than {_LONGEST:.0f} seconds. {_SLOW}") from None
        self.messages = tuple(f"{self._name}: {_printable(line)}" for line in errors.splitlines() if line.strip())
        if self._process.returncode not in accept:
            said = self.messages[-1] if self.messages else f"{self._name} ended with {self._process.returncode}"
            advice = advice or f"`git status` in {self._repository.root} shows whether the repository is sound"
            raise GitError(f"{said}. {advice}")
        return output

    def stop(self) -> None:
        _end(self._process)


def _start(repository: Repository, *arguments: str | bytes, talks: bool = False) -> Popen[bytes]:
    from subprocess import DEVNULL, PIPE, Popen  # 10 ms that a hook over a few files does not need

    place = [b"--git-dir=" + os.fsencode(repository.git_dir), b"--work-tree=" + os.fsencode(repository.root)]
    program = find_git(repository.root)
    command = [program, *_HARDENED, *place, *arguments]
    try:
        return Popen(
            command,
            cwd=repository.root,
            env=_environment(repository),
            stdin=PIPE if talks else DEVNULL,
            stdout=PIPE,
            stderr=DEVNULL if talks else PIPE,
        )
    except OSError as problem:
        raise GitError(f"{program} cannot be started: {problem.strerror}") from problem


def _end(process: Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
    process.wait()


def _pipes(process: Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise GitError("git was started without pipes")
    return process.stdin, process.stdout


def find_git(root: Path) -> str:
    """The git program of PATH. Folders that are relative, or inside of the scanned tree, are not looked into."""
    root = Path(os.path.realpath(root))
    for folder in map(Path, os.environ.get("PATH", os.defpath).split(os.pathsep)):
        program = folder / ("git.exe" if os.name == "nt" else "git")
        if (
            folder.is_absolute()
            and _has_kind(program, S_ISREG)
            and os.access(program, os.X_OK)
            and not Path(os.path.realpath(folder)).is_relative_to(root)
        ):
            return str(program)
    raise GitMissing("there is no git program on PATH (one inside the scanned folder is not used). Install git")


def _environment(repository: Repository) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or _KEPT.fullmatch(name)}
    if _called_by_git_for(repository.root, repository.git_dir, repository.common_dir):
        kept |= {name: os.environ[name] for name in _OBJECT_STORES if name in os.environ}
    return kept | _ENVIRONMENT | {"GIT_INDEX_FILE": str(repository.index_file)}


def _repository(root: Path, marker: Path) -> Repository:
    git_dir = _git_folder(root, marker)
    shared = _text(git_dir / "commondir").decode("utf-8", "surrogateescape").strip()
    common_dir = Path(os.path.normpath(git_dir / shared)) if shared else git_dir
    if not _is_git_folder(git_dir, common_dir):
        raise GitError(
            f"{marker} is not the git folder of a repository"
            + (f" (it points to {git_dir})" if git_dir != marker else "")
            + ". A worktree that was moved: `git worktree repair`. A submodule: `git submodule update --init`. "
            "Anything else: mend or remove it"
        )
    repository = Repository(root, git_dir, common_dir, _index_file(root, git_dir, common_dir))
    # A linked worktree of a bare repository reads this setting too, and has files all the same.
    if git_dir == common_dir and re.search(rb"(?im)^\s*bare\s*(=\s*(true|yes|on|1)\s*)?$", repository.local_config()):
        raise GitError(f"{git_dir} is a bare repository: {_NO_FILES}")
    return repository


def _git_folder(root: Path, marker: Path) -> Path:
    """`.git` itself, or where a `.git` file of a worktree or a submodule points."""
    if _has_kind(marker, S_ISDIR):
        return marker
    line = _text(marker) if _has_kind(marker, S_ISREG) else b""
    if not line.startswith(b"gitdir: "):
        raise GitError(f"{marker} is neither a git folder nor a file that points to one. Mend or remove it")
    return Path(os.path.normpath(root / os.fsdecode(line.removeprefix(b"gitdir: ").rstrip(b"\r\n"))))


def _is_git_folder(folder: Path, common: Path | None = None) -> bool:
    common = common or folder
    return os.path.lexists(folder / "HEAD") and all(_has_kind(common / name, S_ISDIR) for name in ("objects", "refs"))


def _has_kind(path: Path, kind: Callable[[int], bool]) -> bool:
    """What stands there once links are followed; nothing has no kind."""
    try:
        return kind(path.stat().st_mode)
    except OSError:
        return False


def _index_file(root: Path, git_dir: Path, common_dir: Path) -> Path:
    """`git commit -a` and `-o` hand their hooks a temporary index, with the content that is being committed."""
    given = os.environ.get("GIT_INDEX_FILE")
    if given and _called_by_git_for(root, git_dir, common_dir):
        index = root / given
        # One that lies in another repository's git folder is of a hook of that repository.
        if index.parent in (git_dir, common_dir) or not _is_git_folder(index.parent):
            return index
    return git_dir / "index"


def _called_by_git_for(root: Path, git_dir: Path, common_dir: Path) -> bool:
    """Whether the variables that git sets for its hooks can be about this repository; hooks start in its root."""
    given = os.environ.get("GIT_DIR")
    if given is None:
        return True
    ours = {os.path.realpath(git_dir), os.path.realpath(common_dir)}
    return not ours.isdisjoint({os.path.realpath(given), os.path.realpath(root / given)})


def _text(path: Path) -> bytes:
    """A small file of git's own; empty where there is none."""
    try:
        return read_regular_file(os.fsencode(path))
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as problem:
        raise GitError(f"{path} cannot be read: {problem.strerror or problem}") from problem


def _fields(output: bytes) -> list[bytes]:
    return output.split(b"\0")[:-1]


def _printable(line: bytes) -> str:
    return "".join(character if character.isprintable() else "?" for character in line.decode("utf-8", "replace"))
