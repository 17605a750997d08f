from __future__ import annotations

import hashlib
import os
import struct
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcheck.engine.files.index import (
    ASSUME_VALID,
    INTENT_TO_ADD,
    REGULAR,
    SKIP_WORKTREE,
    SUBMODULE,
    SYMBOLIC_LINK,
    DamagedIndexError,
    Entry,
    blob_id,
    parse_index,
)

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["a.py", "b/c d.py", "b/ü.py", "b/line\nbreak.py", "b/" + "long" * 60 + ".py", "b/deep/er/x.py", "zz"]


pytestmark = pytest.mark.usefixtures("alone")


def git(folder: Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, input=stdin, capture_output=True, check=True)
    return done.stdout


def repository(folder: Path, *, object_format: str = "sha1", names: list[str] = NAMES) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet", f"--object-format={object_format}")
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name!r}\n", encoding="utf-8")
    git(folder, "add", "--all")
    return folder


def index_of(folder: Path) -> bytes:
    return (folder / ".git/index").read_bytes()


def listed(folder: Path) -> list[tuple[bytes, str, str, str]]:
    """Path, mode, object id and stage as git itself says."""
    lines = git(folder, "ls-files", "--stage", "-z").split(b"\0")[:-1]
    return [(path, *facts.decode().split(" ")) for facts, _, path in (line.partition(b"\t") for line in lines)]  # type: ignore[misc]  # three facts


def said(entries: tuple[Entry, ...]) -> list[tuple[bytes, str, str, str]]:
    return [(entry.path, f"{entry.mode:06o}", entry.object_id, str(entry.stage)) for entry in entries]


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("version", [2, 3, 4])
def test_entries_are_those_that_git_lists(tmp_path: Path, version: int, object_format: str) -> None:
    folder = repository(tmp_path / "r", object_format=object_format)
    if version == 3:
        (folder / "later.py").touch()
        git(folder, "add", "--intent-to-add", "later.py")
    git(folder, "update-index", "--index-version", str(version))
    data = index_of(folder)
    assert struct.unpack(">I", data[4:8]) == (version,)
    index = parse_index(data, sha256=object_format == "sha256")
    assert index.only_git_reads is None
    assert said(index.entries) == listed(folder)


def test_what_lstat_said_stands_in_the_entry(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    for entry in parse_index(index_of(folder)).entries:
        state = os.lstat(os.fsencode(folder) + b"/" + entry.path)
        assert (entry.modified_ns, entry.changed_ns) == (state.st_mtime_ns, state.st_ctime_ns)
        assert (entry.size, entry.inode) == (state.st_size, state.st_ino & 0xFFFFFFFF)


def test_flags_of_entries(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    (folder / "later.py").touch()
    git(folder, "add", "--intent-to-add", "later.py")
    git(folder, "update-index", "--assume-unchanged", "a.py")
    git(folder, "update-index", "--skip-worktree", "zz")
    flags = {entry.path: entry.flags for entry in parse_index(index_of(folder)).entries if entry.flags}
    assert flags == {b"a.py": ASSUME_VALID, b"later.py": INTENT_TO_ADD, b"zz": SKIP_WORKTREE}


def test_links_submodules_and_the_sides_of_a_conflict(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", names=["a.py"])
    blob = git(folder, "hash-object", "-w", "--stdin", stdin=b"x").decode().strip()
    lines = f"120000 {blob} 0\tlink\n160000 {blob} 0\tsub\n100644 {blob} 2\tboth\n100755 {blob} 3\tboth\n"
    git(folder, "update-index", "--index-info", stdin=lines.encode())
    entries = parse_index(index_of(folder)).entries
    assert said(entries) == listed(folder)
    assert {entry.path: entry.kind for entry in entries} == {
        b"a.py": REGULAR,
        b"both": REGULAR,
        b"link": SYMBOLIC_LINK,
        b"sub": SUBMODULE,
    }


def test_an_index_without_a_checksum_is_read(tmp_path: Path) -> None:
    """git leaves zeros there with index.skipHash."""
    data = index_of(repository(tmp_path / "r"))
    assert parse_index(data[:-20] + bytes(20)) == parse_index(data)


def test_a_split_index_is_for_git_to_read(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    git(folder, "update-index", "--split-index")
    (folder / "a.py").write_text("changed", encoding="utf-8")
    git(folder, "add", "a.py")
    assert parse_index(index_of(folder)).only_git_reads == "a split index"


def test_a_sparse_index_is_for_git_to_read(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", names=["in/a.py", "out/b.py", "out/deep/c.py"])
    git(folder, "commit", "--quiet", "--message=x")
    git(folder, "sparse-checkout", "set", "--cone", "--sparse-index", "in")
    assert parse_index(index_of(folder)).only_git_reads == "a sparse index"


def test_a_later_format_is_for_git_to_read() -> None:
    assert parse_index(b"DIRC" + struct.pack(">II", 5, 1) + bytes(80)).only_git_reads == "version 5 of the format"


def test_an_optional_extension_is_passed_over_and_a_required_one_is_named() -> None:
    optional = index(extensions=b"WXYZ" + struct.pack(">I", 3) + b"abc")
    assert parse_index(optional).entries == ()
    required = index(extensions=b"wxyz" + struct.pack(">I", 3) + b"abc")
    assert parse_index(required).only_git_reads == "extension b'wxyz'"
    too_long = index(extensions=b"WXYZ" + struct.pack(">I", 4) + b"abc")
    with pytest.raises(DamagedIndexError, match="out of bounds"):
        parse_index(too_long)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "ends after 0 bytes"),
        (b"DIRC", "ends after 4 bytes"),
        (b"NOPE" + bytes(60), "does not begin with DIRC"),
        (b"DIRC" + struct.pack(">II", 1, 0) + bytes(20), "there is no version 1"),
        (b"DIRC nonsense, and more than enough of it", "there is no version"),
    ],
)
def test_what_is_no_index_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(DamagedIndexError, match=message):
        parse_index(data)


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    data = bytearray(index_of(repository(tmp_path / "r")))
    data[60] ^= 1
    with pytest.raises(DamagedIndexError, match="checksum"):
        parse_index(bytes(data))


def test_a_hash_of_the_wrong_kind_is_noticed(tmp_path: Path) -> None:
    data = index_of(repository(tmp_path / "r", object_format="sha256"))
    with pytest.raises(DamagedIndexError):
        parse_index(data)


@pytest.mark.parametrize(
    "path", ["../outside", "a/../../b", "/etc/passwd", ".git/config", "a/.GIT/x", "a//b", "./a", "a/."]
)
def test_a_path_that_leads_out_of_the_work_tree_is_refused(path: str) -> None:
    with pytest.raises(DamagedIndexError, match="is no path of a work tree"):
        parse_index(index(entry(path.encode())))


@pytest.mark.parametrize("path", ["..a/b", "a/...", ".gitignore", ".github/x", "a/.gitkeep", "a/b.."])
def test_a_path_that_begins_with_a_dot_is_a_path(path: str) -> None:
    assert [each.path for each in parse_index(index(entry(path.encode()))).entries] == [path.encode()]


def test_a_path_cannot_drop_more_than_the_one_before_it_has() -> None:
    data = index(
        entry(b"abc", version=4, dropped=b"\x00") + entry(b"x", version=4, dropped=b"\x09"), version=4, count=2
    )
    with pytest.raises(DamagedIndexError, match="drops 9 of 3 bytes"):
        parse_index(data)


def test_an_entry_that_runs_into_the_checksum_is_refused() -> None:
    whole = entry(b"abc")
    longer = whole[:61] + b"\x0d" + whole[62:]
    with pytest.raises(DamagedIndexError, match="an entry ends at byte 92 of 84"):
        parse_index(index(longer))


def test_a_count_beyond_the_entries_is_refused() -> None:
    with pytest.raises(DamagedIndexError, match="out of bounds"):
        parse_index(index(entry(b"a"), count=4_000_000_000))


@given(st.binary(max_size=300), st.sampled_from([2, 3, 4]), st.integers(0, 3))
def test_any_bytes_are_an_index_or_a_damaged_one(body: bytes, version: int, count: int) -> None:
    try:
        parse_index(index(body, version=version, count=count))
    except DamagedIndexError as damage:
        refused = str(damage)
    else:
        refused = "not"
    assert refused


@given(st.data())
def test_a_real_index_cut_or_changed_is_an_index_or_a_damaged_one(data: st.DataObject) -> None:
    whole = index(entry(b"a/b.py") + entry(b"a/c.py"), count=2)[:-20]
    changed = bytearray(whole[: data.draw(st.integers(12, len(whole)))])
    position = data.draw(st.integers(8, len(changed) - 1))
    changed[position] = data.draw(st.integers(0, 255))
    try:
        parse_index(bytes(changed) + bytes(20))
    except DamagedIndexError as damage:
        refused = str(damage)
    else:
        refused = "not"
    assert refused


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_a_blob_id_is_the_one_of_git(tmp_path: Path, object_format: str) -> None:
    folder = repository(tmp_path / "r", object_format=object_format)
    for content in (b"", b"x\n", bytes(range(256)) * 100):
        stated = git(folder, "hash-object", "--stdin", stdin=content).decode().strip()
        assert blob_id(content, sha256=object_format == "sha256") == stated


def entry(path: bytes, *, version: int = 2, dropped: bytes = b"") -> bytes:
    head = struct.pack(">10I20sH", *[0] * 6, 0o100644, 0, 0, 0, bytes(20), len(path))
    if version == 4:
        return head + dropped + path + b"\0"
    return head + path + bytes(8 - (len(head) + len(path)) % 8)


def index(entries: bytes = b"", *, version: int = 2, count: int | None = None, extensions: bytes = b"") -> bytes:
    count = bool(entries) if count is None else count
    body = b"DIRC" + struct.pack(">II", version, count) + entries + extensions
    return body + hashlib.sha1(body, usedforsecurity=False).digest()
