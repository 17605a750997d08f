"""The cache of the action: pull requests take from it, the default branch alone puts into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from actions_job import Job
from origin import NOTHING, Happened, Origin

if TYPE_CHECKING:
    from pathlib import Path


def _job(folder: Path, origin: Origin, event: Happened) -> Job:
    return Job(folder, origin.check_out(event, folder / "work").root, event)


def test_a_push_to_the_default_branch_saves_and_a_pull_request_restores(
    tmp_path: Path, origin: Origin, installed: Path
) -> None:
    main = _job(tmp_path / "main", origin, origin.push(before=NOTHING))
    saved = main.run(installed=installed).used["actions/cache/save"]
    origin.commit_on("change", {"new.py": "x = 1\n"})
    change = _job(tmp_path / "change", origin, origin.pull_request("change"))
    change.caches = main.caches

    result = change.run(installed=installed)

    restored = result.used["actions/cache/restore"]
    assert saved["key"].startswith(restored["restore-keys"])
    assert (change.workspace / ".relcheck_cache" / "results.sqlite").is_file()
    assert "actions/cache/save" not in result.used


def test_results_are_saved_when_the_check_fails_too(tmp_path: Path, origin: Origin, installed: Path) -> None:
    result = _job(tmp_path, origin, origin.push(before=NOTHING)).run(installed=installed)

    assert result.code == 1
    assert "actions/cache/save" in result.used


@pytest.mark.parametrize("where", ["a branch", "a tag", "a fork", "a merge queue"])
def test_nothing_else_saves(tmp_path: Path, origin: Origin, where: str) -> None:
    origin.commit_on("change", {"new.py": "x = 1\n"})
    pushed = origin.push("change", before=NOTHING)
    event = {
        "a branch": pushed,
        "a tag": Happened("push", pushed.sha, "refs/tags/main", pushed.payload),
        "a fork": origin.pull_request("change", fork="someone/shop"),
        "a merge queue": origin.merge_group("change"),
    }[where]

    planned = _job(tmp_path, origin, event).run(until="plan").steps["plan"]

    assert planned["save-cache"] == "false"
    assert planned["cache-path"] != ""


def test_a_workflow_may_do_without(tmp_path: Path, origin: Origin, installed: Path) -> None:
    result = _job(tmp_path, origin, origin.push(before=NOTHING)).run(installed=installed, cache="false")

    assert [name for name in result.used if "cache" in name] == []


@pytest.mark.parametrize("how", ["tracked", "linked"])
def test_a_cache_that_the_tree_brings_along_is_not_restored_into(tmp_path: Path, origin: Origin, how: str) -> None:
    """Through a link, what is restored would land anywhere on the runner."""
    if how == "linked":
        (origin.root / ".relcheck_cache").symlink_to(tmp_path)
    else:
        origin.write(".relcheck_cache/results.sqlite", "")
    origin.commit("a cache")

    planned = _job(tmp_path, origin, origin.push()).run(until="plan").steps["plan"]

    assert (planned["cache-path"], planned["save-cache"]) == ("", "false")


def test_two_folders_of_a_workspace_do_not_share_one(tmp_path: Path, origin: Origin) -> None:
    event = origin.push(before=NOTHING)
    prefixes = set()
    for name in ("one", "two"):
        origin.check_out(event, tmp_path / "work" / name)
        job = Job(tmp_path, tmp_path / "work", event)
        prefixes.add(job.run(until="plan", working_directory=name).steps["plan"]["cache-prefix"])

    assert len(prefixes) == 2


def test_a_release_does_not_restore_what_another_has_saved(tmp_path: Path, origin: Origin) -> None:
    job = _job(tmp_path, origin, origin.push(before=NOTHING))
    prefixes = {
        job.run(until="plan", version=version).steps["plan"]["cache-prefix"] for version in ("", "0.1.0", "0.2.0")
    }

    assert len(prefixes) == 3
