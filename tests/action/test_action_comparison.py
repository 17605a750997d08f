"""The first step of the action: what a run is compared with, and whose policy holds, for each event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from actions_job import Job, Result
from origin import NOTHING, Happened, Origin

if TYPE_CHECKING:
    from pathlib import Path


class Planner:
    """Checks an event out and runs the first step of the action."""

    def __init__(self, folder: Path, origin: Origin) -> None:
        self.folder = folder
        self.origin = origin

    def plan(self, event: Happened, *, depth: int = 0, **inputs: str) -> Result:
        clone = self.origin.check_out(event, self.folder / "work", depth=depth)
        return Job(self.folder, clone.root, event).run(until="plan", **inputs)

    def decided(self, event: Happened, *, depth: int = 0, **inputs: str) -> tuple[str, str]:
        """(base, policy) of a run that can be made."""
        result = self.plan(event, depth=depth, **inputs)
        assert result.code == 0, result.log
        return result.steps["plan"]["base"], result.steps["plan"]["policy"]

    def refused(self, event: Happened, *, depth: int = 0, **inputs: str) -> str:
        """The message of a run that cannot be made."""
        result = self.plan(event, depth=depth, **inputs)
        assert result.code == 2, result.log
        (error,) = result.errors
        return error


@pytest.fixture
def planner(tmp_path: Path, origin: Origin) -> Planner:
    return Planner(tmp_path, origin)


@pytest.fixture
def change(origin: Origin) -> str:
    """A branch with one commit."""
    origin.commit_on("change", {"new.py": "x = 1\n"})
    return "change"


def test_a_push_is_compared_with_what_was_there_before(planner: Planner, origin: Origin) -> None:
    before = origin.git("rev-parse", "main")
    origin.commit_on("main", {"a.py": "x = 1\n"})
    origin.commit_on("main", {"b.py": "x = 1\n"})

    assert planner.decided(origin.push(before=before)) == (before, "")


def test_the_first_commit_is_compared_with_nothing(planner: Planner, origin: Origin) -> None:
    assert planner.decided(origin.push(before=NOTHING)) == ("", "")


def test_the_first_commit_needs_no_history(planner: Planner, origin: Origin) -> None:
    assert planner.decided(origin.push(before=NOTHING), depth=1) == ("", "")


def test_a_new_branch_is_compared_with_the_default_branch(planner: Planner, origin: Origin, change: str) -> None:
    made_from = origin.git("rev-parse", "main")
    origin.commit_on("main", {"later.py": "x = 1\n"})

    assert planner.decided(origin.push(change, before=NOTHING)) == (made_from, "")


def test_a_tag_is_compared_with_nothing(planner: Planner, origin: Origin) -> None:
    pushed = origin.push(before=NOTHING)

    assert planner.decided(Happened("push", pushed.sha, "refs/tags/v1", pushed.payload)) == ("", "")


def test_a_forced_push_to_the_default_branch_is_compared_with_nothing(planner: Planner, origin: Origin) -> None:
    assert planner.decided(origin.push(before="ab" * 20)) == ("", "")


def test_a_forced_push_to_a_branch_is_compared_with_the_default_branch(
    planner: Planner, origin: Origin, change: str
) -> None:
    assert planner.decided(origin.push(change, before="ab" * 20)) == (origin.git("rev-parse", "main"), "")


def test_a_push_to_a_shallow_clone_is_refused(planner: Planner, origin: Origin) -> None:
    origin.commit_on("main", {"a.py": "x = 1\n"})
    event = origin.push()

    message = planner.refused(event, depth=1)

    assert message == (
        f"the commit before the push ({event.payload['before']}) is not in the clone, so there is nothing to compare "
        "with. The clone is shallow. Give actions/checkout `fetch-depth: 0`"
    )


def test_a_new_branch_in_a_shallow_clone_is_refused(planner: Planner, origin: Origin, change: str) -> None:
    assert "fetch-depth: 0" in planner.refused(origin.push(change, before=NOTHING), depth=1)


def test_a_pull_request_is_compared_with_the_base_branch(planner: Planner, origin: Origin, change: str) -> None:
    assert planner.decided(origin.pull_request(change)) == (origin.git("rev-parse", "main"), "")


def test_a_pull_request_is_compared_with_the_base_branch_that_it_was_merged_into(
    planner: Planner, origin: Origin, change: str
) -> None:
    """GitHub's event may name an older commit of the base branch than the one that its merge was made with."""
    stale = origin.git("rev-parse", "main")
    origin.commit_on("main", {"later.py": "x = 1\n"})
    event = origin.pull_request(change)
    event.payload["pull_request"]["base"]["sha"] = stale  # type: ignore[index]  # a mapping

    assert planner.decided(event) == (origin.git("rev-parse", "main"), "")


def test_the_head_of_a_pull_request_is_compared_with_where_it_was_branched_off(
    planner: Planner, origin: Origin, change: str
) -> None:
    branched_off = origin.git("rev-parse", "main")
    origin.commit_on("main", {"later.py": "x = 1\n"})
    event = origin.pull_request(change)
    clone = origin.check_out(event, planner.folder / "work")
    clone.git("checkout", "--quiet", "--detach", origin.git("rev-parse", change))

    result = Job(planner.folder, clone.root, event).run(until="plan")

    assert result.steps["plan"]["base"] == branched_off


def test_the_policy_of_a_pull_request_from_a_fork_is_that_of_the_base(
    planner: Planner, origin: Origin, change: str
) -> None:
    base = origin.git("rev-parse", "main")

    assert planner.decided(origin.pull_request(change, fork="someone/shop")) == (base, base)


def test_a_fork_that_was_deleted_is_a_fork(planner: Planner, origin: Origin, change: str) -> None:
    base = origin.git("rev-parse", "main")
    event = origin.pull_request(change)
    event.payload["pull_request"]["head"]["repo"] = None  # type: ignore[index]  # a mapping

    assert planner.decided(event) == (base, base)


def test_a_fork_without_a_base_is_refused(planner: Planner, origin: Origin, change: str) -> None:
    """An event that does not say what it should must not end in the policy of the fork."""
    event = origin.pull_request(change, fork="someone/shop")
    pull_request = event.payload["pull_request"]
    pull_request["base"]["sha"] = pull_request["head"]["sha"] = ""  # type: ignore[index]  # mappings

    assert planner.refused(event, base="none").startswith("the base of the change ()")


def test_a_branch_of_a_repository_that_is_a_fork_itself_is_no_fork(
    planner: Planner, origin: Origin, change: str
) -> None:
    event = origin.pull_request(change)
    for side in ("base", "head"):
        event.payload["pull_request"][side]["repo"]["fork"] = True  # type: ignore[index]  # a mapping

    assert planner.decided(event) == (origin.git("rev-parse", "main"), "")


def test_the_base_that_a_workflow_names_does_not_name_the_policy_of_a_fork(
    planner: Planner, origin: Origin, change: str
) -> None:
    base = origin.git("rev-parse", "main")
    event = origin.pull_request(change, fork="someone/shop")

    assert planner.decided(event, base="none") == ("", base)
    assert planner.decided(event, base="origin/change") == (origin.git("rev-parse", change), base)


def test_a_team_may_ask_for_the_policy_of_the_base_always(planner: Planner, origin: Origin, change: str) -> None:
    base = origin.git("rev-parse", "main")

    assert planner.decided(origin.pull_request(change), policy_from="base") == (base, base)
    assert planner.decided(origin.pull_request(change), policy_from="base", base="none") == ("", base)


def test_the_policy_may_be_that_of_a_named_revision_or_of_the_tree(
    planner: Planner, origin: Origin, change: str
) -> None:
    base = origin.git("rev-parse", "main")
    event = origin.pull_request(change, fork="someone/shop")

    assert planner.decided(event, policy_from="origin/change") == (base, origin.git("rev-parse", change))
    assert planner.decided(event, policy_from="none") == (base, "")


@pytest.mark.parametrize("fork", [None, "someone/shop"])
def test_a_pull_request_in_a_shallow_clone_is_refused(
    planner: Planner, origin: Origin, change: str, fork: str | None
) -> None:
    assert planner.refused(origin.pull_request(change, fork=fork), depth=1).endswith(
        "is not in the clone, so there is nothing to compare with. The clone is shallow. "
        "Give actions/checkout `fetch-depth: 0`"
    )


def test_the_merge_commit_with_its_two_parents_is_enough(planner: Planner, origin: Origin, change: str) -> None:
    assert planner.decided(origin.pull_request(change), depth=2) == (origin.git("rev-parse", "main"), "")


def test_a_shallow_clone_is_enough_without_a_comparison(planner: Planner, origin: Origin, change: str) -> None:
    assert planner.decided(origin.pull_request(change), depth=1, base="none") == ("", "")


def test_a_tree_that_does_not_hold_the_pull_request_is_refused(planner: Planner, origin: Origin, change: str) -> None:
    """A checkout of the base branch would find nothing new, whatever the change does."""
    event = origin.pull_request(change)
    clone = origin.check_out(event, planner.folder / "work")
    clone.git("checkout", "--quiet", "--detach", "origin/main")

    result = Job(planner.folder, clone.root, event).run(until="plan", base="none")

    assert result.code == 2
    assert "does not hold the change" in result.errors[0]


def test_a_commit_made_by_the_job_still_holds_the_change(planner: Planner, origin: Origin, change: str) -> None:
    event = origin.pull_request(change)
    clone = origin.check_out(event, planner.folder / "work")
    clone.write("made.py", "x = 1\n")
    clone.commit()

    result = Job(planner.folder, clone.root, event).run(until="plan")

    assert result.steps["plan"]["base"] == origin.git("rev-parse", "main")


def test_pull_request_target_is_refused(planner: Planner, origin: Origin, change: str) -> None:
    event = origin.pull_request(change, name="pull_request_target")

    assert "Use the event pull_request" in planner.refused(event)


def test_a_merge_queue_is_compared_with_what_it_merges_into(planner: Planner, origin: Origin, change: str) -> None:
    assert planner.decided(origin.merge_group(change)) == (origin.git("rev-parse", "main"), "")


@pytest.mark.parametrize("name", ["workflow_dispatch", "schedule"])
def test_a_run_that_is_about_no_change_is_compared_with_nothing(planner: Planner, origin: Origin, name: str) -> None:
    assert planner.decided(origin.by_hand(name)) == ("", "")
    assert planner.decided(origin.by_hand(name), depth=1, policy_from="base") == ("", "")


def test_a_named_base_means_where_the_histories_part(planner: Planner, origin: Origin, change: str) -> None:
    made_from = origin.git("rev-parse", "main")
    origin.commit_on("main", {"later.py": "x = 1\n"})

    assert planner.decided(origin.push(change, before=NOTHING), base="origin/main") == (made_from, "")


@pytest.mark.parametrize(
    "base", ["origin/nowhere", "--output=x", "--help", "-", "HEAD^{tree}", "$(touch x)", "a b", "x\ny", "HEAD:old.py"]
)
def test_a_base_that_is_no_commit_is_refused(planner: Planner, origin: Origin, base: str) -> None:
    assert planner.refused(origin.by_hand(), base=base).startswith("the base (")
    assert not (planner.folder / "work" / "x").exists()


def test_a_history_of_its_own_has_no_base(planner: Planner, origin: Origin) -> None:
    origin.git("checkout", "--quiet", "--orphan", "other")
    origin.commit("another beginning")
    event = origin.push("other", before=NOTHING)

    assert planner.decided(event) == ("", "")
    assert "no common history" in planner.refused(event, base="origin/main")


def test_a_job_without_a_checkout_is_told_so(tmp_path: Path, origin: Origin) -> None:
    (tmp_path / "work").mkdir()

    result = Job(tmp_path, tmp_path / "work", origin.by_hand()).run(until="plan")

    assert result.code == 2
    assert "Run actions/checkout before this step" in result.errors[0]


def test_the_repository_may_be_checked_out_below_the_workspace(tmp_path: Path, origin: Origin) -> None:
    event = origin.push(before=NOTHING)
    origin.check_out(event, tmp_path / "work" / "shop")

    result = Job(tmp_path, tmp_path / "work", event).run(until="plan", working_directory="shop")

    assert result.steps["plan"]["working-folder"] == str(tmp_path / "work" / "shop")
    assert result.steps["plan"]["cache-path"] == "shop/.relcheck_cache"


@pytest.mark.parametrize("name", ["..", "/", "../origin", "nowhere", "old.py", "out", "link", "$(touch x)", "a\nb"])
def test_a_working_directory_elsewhere_is_refused(planner: Planner, origin: Origin, name: str) -> None:
    (origin.root / "out").symlink_to("..")
    (origin.root / "link").symlink_to(".")
    origin.commit()

    assert "working-directory" in planner.refused(origin.by_hand(), working_directory=name)


@pytest.mark.parametrize("value", ["yes", "True", "1", ""])
def test_a_switch_is_true_or_false(planner: Planner, origin: Origin, value: str) -> None:
    assert planner.refused(origin.by_hand(), cache=value) == f"the input `cache` is {value!r}. Write true or false"
