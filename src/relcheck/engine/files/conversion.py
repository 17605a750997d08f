"""Whether a file of the work tree may differ from its blob although git calls it unchanged.

Line endings, filters, keyword expansion and re-encoding are applied on the way between the two: see gitattributes(5)
and core.autocrlf in git-config(1). The answer is yes wherever that is not ruled out: it costs one reading of the
file, where a wrong no would give the file another content's results. It judges by the settings of today; a file that
was checked out under others, and not touched since, is taken for what git takes it for.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from relcheck.engine.files import git
from relcheck.engine.files.worktree import ContentError, WorkTree, decoded, read_regular_file
from relcheck.sources.globs import Globs, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

ATTRIBUTES = b".gitattributes"

_CONVERTING = frozenset({"text", "crlf", "eol", "filter", "ident", "working-tree-encoding"})
_SETTINGS_THAT_MATTER = re.compile(rb"autocrlf|attributesfile|include", re.IGNORECASE)
_EVERYTHING = "**"
_DOUBT = b"** filter"
_MOST_LINES = 3_000
"""Lines of all attributes from which none is looked at: it is cheaper to hash every file."""


def conversion(repository: git.Repository, tree: WorkTree, tracked: Collection[bytes]) -> Callable[[str], bool]:
    """A test that says of a path, relative to the root, whether git may convert the file.

    `tree` is what has been seen of the work tree: attributes are looked for in its folders. `tracked` are the paths of
    the index's own attribute files, which hold where the work tree has none. No git runs unless its configuration says
    more than the files that are read here. Raises GitError.
    """
    settings = _settings(repository)
    if settings.get("core.autocrlf", "false").lower() not in ("false", "no", "off", "0", ""):
        return lambda _: True
    patterns = _patterns([*_shared_attributes(repository, settings), *_attributes_in_tree(tree, tracked)])
    if not patterns:
        return lambda _: False
    globs = Globs(patterns)
    return lambda path: globs.matches(path.casefold())


def _settings(repository: git.Repository) -> dict[str, str]:
    """git's settings; empty where no file mentions one that matters here, which needs no git to know."""
    known = sys.platform == "linux" and not {"GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS"} & os.environ.keys()
    if known and not any(_SETTINGS_THAT_MATTER.search(text) for text in _configurations(repository)):
        return {}
    return git.configuration(repository)


def _configurations(repository: git.Repository) -> Iterator[bytes]:
    yield repository.local_config()
    system, user = os.environ.get("GIT_CONFIG_SYSTEM"), os.environ.get("GIT_CONFIG_GLOBAL")
    files = [Path(user)] if user else _user_files("config", ".gitconfig")
    if os.environ.get("GIT_CONFIG_NOSYSTEM", "0").lower() in ("", "0", "false", "no", "off"):
        files += [Path(system)] if system else _system_files(repository, "gitconfig")
    for path in files:
        yield _optional(path, doubt=b"include")


def _shared_attributes(repository: git.Repository, settings: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Folder and text of the attribute files outside of the tree; they hold for all of it."""
    own = settings.get("core.attributesfile")
    # The function of os.path, as it leaves the name of an unknown user alone.
    user = [Path(os.path.expanduser(own))] if own else _user_files("attributes")  # noqa: PTH111
    files = [*_system_files(repository, "gitattributes"), *user, repository.common_dir / "info" / "attributes"]
    for path in files:
        yield "", decoded(_optional(path, doubt=_DOUBT))


def _attributes_in_tree(tree: WorkTree, tracked: Collection[bytes]) -> Iterator[tuple[str, str]]:
    """Folder (with `/` at its end) and text. One that cannot be read may say anything of all below."""
    missing = set(tracked)
    for folder in tree.folders:
        path = folder + b"/" + ATTRIBUTES if folder else ATTRIBUTES
        try:
            text = decoded(tree.read(path))
        except FileNotFoundError:
            continue
        except (OSError, ContentError):
            text = decoded(_DOUBT)
        missing.discard(path)
        yield decoded(path.removesuffix(ATTRIBUTES)), text
    for path in missing:
        yield decoded(path.removesuffix(ATTRIBUTES)), decoded(_DOUBT)


def _patterns(attributes: list[tuple[str, str]]) -> list[str]:
    """What the lines that can cause a conversion match, and more: later lines that take it back are not heeded."""
    if sum(text.count("\n") for _, text in attributes) > _MOST_LINES:
        return [_EVERYTHING]
    lines = [(folder, *_split(line)) for folder, text in attributes for line in text.removeprefix("\ufeff").split("\n")]
    converting = set(_CONVERTING)
    macros = {name.removeprefix("[attr]"): names for _, name, names in lines if name.startswith("[attr]")}
    while more := {name for name, names in macros.items() if not converting.isdisjoint(names)} - converting:
        converting |= more
    return [
        _pattern(folder, written)
        for folder, written, names in lines
        if not written.startswith("[attr]") and not converting.isdisjoint(names)
    ]


def _split(line: str) -> tuple[str, frozenset[str]]:
    """Pattern and the names of the attributes that the line sets; those it unsets are left out."""
    line = line.strip(" \t\r")
    if not line or line.startswith("#"):
        return "", frozenset()
    if line.startswith('"'):
        return _EVERYTHING, frozenset(_CONVERTING)
    written, *attributes = re.split(r"[ \t\r]+", line)
    return written, frozenset(name.partition("=")[0] for name in attributes if name[0] not in "-!")


def _pattern(folder: str, written: str) -> str:
    """Our pattern for git's, matching at least as much; in small letters, as a file system may not tell case."""
    anchored = quote(folder.casefold())
    name = written.casefold().replace("?", "*").lstrip("/")
    if re.search(r"[\\\[{}]", name):
        return anchored + _EVERYTHING
    pattern = f"{anchored}{name}" if "/" in written.rstrip("/") else f"{anchored}**/{name}"
    try:
        Globs([pattern])
    except ValueError:
        return anchored + _EVERYTHING
    return pattern


def _user_files(name: str, *at_home: str) -> list[Path]:
    """The person's files of git: below the XDG folder, and those that lie in the home folder itself."""
    home, folder = os.environ.get("HOME"), os.environ.get("XDG_CONFIG_HOME")
    files = [Path(folder) / "git" / name] if folder else []
    if home:
        files += [Path(home) / each for each in (*at_home, *(() if folder else (f".config/git/{name}",)))]
    return files


def _system_files(repository: git.Repository, name: str) -> list[Path]:
    """Where distributions and private builds keep git's files for the whole machine."""
    prefixes = {Path("/")}
    with suppress(git.GitMissing):
        program = git.find_git(repository.root)
        prefixes |= {Path(program).parent.parent, Path(os.path.realpath(program)).parent.parent}
    return [prefix / "etc" / name for prefix in sorted(prefixes)]


def _optional(path: Path, *, doubt: bytes) -> bytes:
    """The content; nothing where there is no file, `doubt` where there is one that cannot be read."""
    try:
        return b"" if str(path) == os.devnull else read_regular_file(os.fsencode(path))
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError:
        return doubt
