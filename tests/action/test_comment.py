"""The workflow that comments on pull requests: whatever the artifact holds, it is shown as text and does nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import cast

import pytest
from actions_job import read_yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from project import environment
from test_action_files import WORKFLOWS

COMMIT = "c0ffee" * 6 + "c0ff"

_GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$FAKE/calls"
case "$*" in
  *--method?GET*) cat "$FAKE/pulls.json" ;;
  *--paginate*) cat "$FAKE/comments.json" ;;
  *) cp "$RUNNER_TEMP/comment.md" "$FAKE/posted.md" ;;
esac
"""


class Commenter:
    """The script of the second workflow's last step, with a `gh` that answers what GitHub would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.report = folder / "report" / "relcheck.txt"
        self.report.parent.mkdir()
        self.report.write_text("app/a.py:1:1: error[x/y] wrong\n", encoding="utf-8")
        self.pulls: list[dict[str, object]] = [{"number": 7, "head": {"sha": COMMIT}}]
        self.comments: list[dict[str, object]] = []
        program = folder / "bin" / "gh"
        program.parent.mkdir()
        program.write_text(_GH, encoding="utf-8")
        program.chmod(0o755)
        assert shutil.which("jq"), "this test needs jq, as GitHub's runners have it: install it"

    def run(self, **variables: str) -> int:
        (self.folder / "pulls.json").write_text(json.dumps(self.pulls), encoding="utf-8")
        (self.folder / "comments.json").write_text(json.dumps(self.comments), encoding="utf-8")
        jobs = cast("dict[str, dict[str, list[dict[str, str]]]]", read_yaml(WORKFLOWS["relcheck-comment.yml"])["jobs"])
        known = environment()
        given = {
            "PATH": f"{self.folder / 'bin'}:{known['PATH']}",
            "FAKE": str(self.folder),
            "RUNNER_TEMP": str(self.folder),
            "REPOSITORY": "team/shop",
            "OWNER": "someone",
            "BRANCH": "change",
            "COMMIT": COMMIT,
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-c", jobs["comment"]["steps"][-1]["run"]],
            cwd=self.folder,
            env=known | given | variables,
            capture_output=True,
            check=False,
        )
        return done.returncode

    @property
    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text(encoding="utf-8").splitlines()

    @property
    def posted(self) -> str | None:
        file = self.folder / "posted.md"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else None


@pytest.fixture
def commenter(tmp_path: Path) -> Commenter:
    return Commenter(tmp_path)


def test_the_report_is_posted_as_a_block_of_code(commenter: Commenter) -> None:
    assert commenter.run() == 0

    assert commenter.posted == (
        f"<!-- relcheck -->\nrelcheck on {COMMIT}, as the run of the pull request tells it:\n\n"
        "    app/a.py:1:1: error[x/y] wrong\n\n"
    )
    assert commenter.calls[-1].startswith("api --silent --method POST repos/team/shop/issues/7/comments ")


def test_an_earlier_comment_is_replaced(commenter: Commenter) -> None:
    commenter.comments = [
        {"id": 1, "user": {"login": "someone"}, "body": "<!-- relcheck --> mine"},
        {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "of another workflow"},
        {"id": 3, "user": {"login": "github-actions[bot]"}, "body": "<!-- relcheck -->\nearlier"},
    ]

    assert commenter.run() == 0

    assert commenter.calls[-1].startswith("api --silent --method PATCH repos/team/shop/issues/comments/3 ")


def test_a_pull_request_that_has_moved_on_gets_no_comment(commenter: Commenter) -> None:
    commenter.pulls = [{"number": 7, "head": {"sha": "0" * 40}}]

    assert commenter.run() == 0
    assert commenter.posted is None


def test_names_of_owners_and_branches_are_only_text(commenter: Commenter) -> None:
    hostile = "$(touch owned);`touch owned`\"' --jq x"

    assert commenter.run(OWNER=hostile, BRANCH=hostile) == 0
    assert commenter.calls[0] == f"api --method GET repos/team/shop/pulls -f state=open -f head={hostile}:{hostile}"
    assert not (commenter.folder / "owned").exists()


def test_an_artifact_that_links_elsewhere_is_not_followed(commenter: Commenter) -> None:
    secret = commenter.folder / "secret"
    secret.write_text("a token", encoding="utf-8")
    commenter.report.unlink()
    commenter.report.symlink_to(secret)

    assert commenter.run() == 1
    assert commenter.posted is None


def test_a_long_report_fits_into_a_comment(commenter: Commenter) -> None:
    commenter.report.write_text("x\n" * 100_000, encoding="utf-8")

    assert commenter.run() == 0
    assert commenter.posted is not None
    assert len(commenter.posted) < 65_536


def test_a_report_of_one_letter_lines_fits_into_a_comment(commenter: Commenter) -> None:
    commenter.report.write_text("\n" * 100_000, encoding="utf-8")

    assert commenter.run() == 0
    assert commenter.posted is not None
    assert len(commenter.posted) < 65_536


@pytest.mark.parametrize(
    "report",
    [
        b"@everyone ![x](http://127.0.0.1/x.png) [link](http://127.0.0.1)\n",
        b"```\n@team\n```\n~~~\n<img src=x onerror=y>\n",
        b"one\r@team\rtwo\r\n\r\n@team\n\n\n@team",
        b"one\x0b@team\x0c@team\x1c\x85\xe2\x80\xa8@team\n",
        b"\t@team\n\n- @team\n1. @team\n",
        b"\xff\xfe\x00@team\n",
        b"</code></pre>@team\n",
        b"",
    ],
)
def test_nothing_in_a_report_is_markdown(commenter: Commenter, report: bytes) -> None:
    commenter.report.write_bytes(report)

    assert commenter.run() == 0
    assert commenter.posted is not None
    _is_one_block_of_code(commenter.posted)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(report=st.text(alphabet=st.sampled_from("@a`~<>\r\n\t \x0b\x0c\x00\u2028![](-*#")).map(str.encode) | st.binary())
def test_no_report_is_markdown(commenter: Commenter, report: bytes) -> None:
    commenter.report.write_bytes(report)

    assert commenter.run() == 0
    assert commenter.posted is not None
    _is_one_block_of_code(commenter.posted)


def _is_one_block_of_code(comment: str) -> None:
    kinds = [token.type for token in MarkdownIt("commonmark").parse(comment)]

    assert kinds[:4] == ["html_block", "paragraph_open", "inline", "paragraph_close"]
    assert kinds[4:] in (["code_block"], [])
