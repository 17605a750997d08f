"""Whatever GitHub's event or a workflow's inputs hold, it stays data."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from relcheck_action.event import read_event
from relcheck_action.runner import Stop
from relcheck_action.scan import arguments

_FOLDER = Path("/reports")
_HOSTILE = st.text(alphabet=st.sampled_from("ab -'\"\\\n\r\t$(`;&|*é\u2028")) | st.sampled_from(
    ["--exit-zero", "--", "-"]
)
_KEYS = st.sampled_from(
    ["pull_request", "merge_group", "head", "base", "repo", "sha", "full_name", "before", "repository"]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS | st.text(), inner, max_size=4),
)


@given(name=st.sampled_from(["push", "pull_request", "merge_group", "schedule"]), payload=_JSON)
def test_every_event_can_be_read(name: str, payload: object) -> None:
    event = read_event(name, payload, commit="c", ref="refs/heads/main")

    assert all(isinstance(part, str) for part in (event.head, event.base, event.branch, event.default_branch))


@given(payload=_JSON)
def test_a_pull_request_that_does_not_say_where_it_comes_from_is_one_from_a_fork(payload: object) -> None:
    event = read_event("pull_request", {"pull_request": {"head": payload}}, commit="c", ref="refs/pull/1/merge")

    assert event.from_fork


@given(paths=_HOSTILE)
def test_a_path_stands_behind_the_options(paths: str) -> None:
    words = arguments({"INPUT_SARIF": "false", "INPUT_PATHS": paths}, _FOLDER)

    assert words[words.index("--") + 1 :] == [line.strip() for line in paths.split("\n") if line.strip()]


@given(more=_HOSTILE)
def test_arguments_change_nothing_that_the_action_says_before_them(more: str) -> None:
    ours = {"INPUT_SARIF": "true", "BASE": "b", "POLICY": "p"}
    plain = arguments(ours, _FOLDER)
    try:
        words = arguments(ours | {"INPUT_ARGS": more}, _FOLDER)
    except Stop:
        words = plain

    assert words[: len(plain) - 1] == plain[:-1]


def test_what_relcheck_is_called_with() -> None:
    given_all = {
        "BASE": "1" * 40,
        "POLICY": "2" * 40,
        "INPUT_ARGS": "--select 'a/b' --jobs 2",
        "INPUT_FAIL_ON": "warning",
        "INPUT_PATHS": "one\ntwo words\n",
        "INPUT_SARIF": "true",
    }

    assert arguments(given_all, _FOLDER) == [
        "scan",
        *("--base", "1" * 40, "--policy-from", "2" * 40, "--fail-on", "warning"),
        *("--output", "text", "--output", "github:/reports/annotations.txt"),
        *("--output", "markdown:/reports/summary.md", "--output", "json:/reports/findings.json"),
        *("--output", "sarif:/reports/relcheck.sarif", "--select", "a/b", "--jobs", "2", "--", "one", "two words"),
    ]
