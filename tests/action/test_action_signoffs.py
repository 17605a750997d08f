"""Who has signed: the action asks GitHub for the reviews of the pull request. Its answers are canned."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from actions_job import Job, Result
from origin import Origin

from relcheck_action.event import Event
from relcheck_action.runner import Stop
from relcheck_action.signoffs import Fetch, Refused, reviewed

HEAD, OLDER = "a" * 40, "b" * 40
EVENT = Event("pull_request", head=HEAD, number=7, author="mallory")
TOKEN = "shown-to-github-alone"  # noqa: S105  # none that anybody has
REVIEWS = "/repos/team/shop/pulls/7/reviews"


def review(login: str, state: str = "APPROVED", commit: str = HEAD) -> dict[str, object]:
    return {"user": {"login": login}, "state": state, "commit_id": commit}


def answering(answers: dict[str, object]) -> Fetch:
    """GitHub, which knows these lists and refuses the rest. They are given out page by page."""

    def fetch(path: str) -> object:
        where, _, query = path.partition("?")
        if where not in answers:
            raise Refused(where, 403, "")
        answer = answers[where]
        number = int(query.rpartition("page=")[2])
        return answer[(number - 1) * 100 : number * 100] if isinstance(answer, list) else answer

    return fetch


def signed(
    *reviews: object, teams: tuple[str, ...] = (), **members: list[str]
) -> list[tuple[str, str, tuple[str, ...]]]:
    """(reviewer, commit, teams) of those who sign."""
    answers: dict[str, object] = {REVIEWS: list(reviews)}
    for team, people in members.items():
        answers[f"/orgs/acme/teams/{team}/members"] = [{"login": one} for one in people]
    written = reviewed(EVENT, "team/shop", teams, answering(answers))
    assert (written["version"], written["head"], written["author"]) == (1, HEAD, "mallory")
    found = written["reviews"]
    assert isinstance(found, list)
    return [(one["reviewer"], one["commit"], tuple(one["teams"])) for one in found]


def test_an_approving_review_signs_for_the_commit_that_was_looked_at() -> None:
    assert signed(review("ada"), review("ken", commit=OLDER)) == [("ada", HEAD, ()), ("ken", OLDER, ())]


@pytest.mark.parametrize(("last", "signs"), [("CHANGES_REQUESTED", False), ("DISMISSED", False), ("COMMENTED", True)])
def test_the_last_word_of_a_reviewer_counts(last: str, signs: bool) -> None:
    assert bool(signed(review("ada"), review("ada", last))) is signs


def test_there_may_be_more_reviews_than_fit_on_a_page() -> None:
    assert signed(*(review("ada", "COMMENTED") for _ in range(250)), review("ken")) == [("ken", HEAD, ())]


def test_members_sign_for_their_team() -> None:
    found = signed(review("Ken"), review("ada"), teams=("acme/storage",), storage=["ken"])
    assert found == [("Ken", HEAD, ("acme/storage",)), ("ada", HEAD, ())]


def test_where_members_may_not_be_listed_nobody_signs_for_the_team(capsys: pytest.CaptureFixture[str]) -> None:
    assert signed(review("ken"), teams=("acme/storage",)) == [("ken", HEAD, ())]
    assert "who is in acme/storage is not known (403)" in capsys.readouterr().out


@pytest.mark.parametrize("team", ["storage", "acme/../../repos/x", "acme/storage?x=1", "a/b/c"])
def test_a_team_that_is_no_name_is_refused(team: str) -> None:
    with pytest.raises(Stop):
        signed(review("ken"), teams=(team,))


@pytest.mark.parametrize("hostile", [None, [], 1, {}, {"user": None}, review("a b"), review("ada", commit="HEAD")])
def test_what_is_no_review_signs_nothing(hostile: object) -> None:
    assert signed(hostile) == []


@pytest.mark.parametrize("answer", [{}, None, "reviews"])
def test_an_answer_that_is_no_list_is_no_answer(answer: object) -> None:
    with pytest.raises(Refused):
        reviewed(EVENT, "team/shop", (), answering({REVIEWS: answer}))


@contextmanager
def github(answers: dict[str, tuple[int, object]]) -> Iterator[tuple[str, list[str | None]]]:
    """GitHub on this machine: its address, and the tokens that it was shown."""
    tokens: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server calls
            tokens.append(self.headers["Authorization"])
            status, answer = answers.get(self.path.partition("?")[0], (404, {}))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", str(answer))
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Nothing is written."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", tokens
    finally:
        server.shutdown()
        server.server_close()


ROLES = '[migrations.signoffs]\nroles = { "System Owner" = ["ada"], "Backup/Recovery Owner" = ["ken"] }\n'
DROP = "-- MIGRATION_APPROVED: nobody reads it\nDROP TABLE note;\n"


@pytest.fixture
def shop(origin: Origin) -> Origin:
    origin.commit_on(
        "main", {"relcheck.toml": ROLES, "db/migration/V1__a.sql": "CREATE TABLE note (id bigint PRIMARY KEY);\n"}
    )
    origin.commit_on("change", {"db/migration/V2__b.sql": f"SET lock_timeout = '2s';\n{DROP}"})
    return origin


def job(shop: Origin, folder: Path, installed: Path | None, answer: tuple[int, object], **inputs: str) -> Result:
    event = shop.pull_request("change")
    with github({"/repos/team/shop/pulls/1/reviews": answer}) as (address, tokens):
        run = Job(folder / "job", shop.check_out(event, folder / "work").root, event, GITHUB_API_URL=address)
        until = "" if installed is not None else "signoffs"
        result = run.run(installed=installed or folder, until=until, token=TOKEN, **inputs)
    assert set(tokens) <= {f"Bearer {TOKEN}"}
    assert TOKEN not in result.log
    return result


def test_a_migration_passes_when_those_who_must_have_approved_the_pull_request(
    shop: Origin, tmp_path: Path, installed: Path
) -> None:
    head = shop.git("rev-parse", "change")
    both = [review("ada", commit=head), review("ken", commit=head)]
    passed = job(shop, tmp_path / "both", installed, (200, both), signoffs="true", migration_review="true")
    assert passed.code == 0, passed.log
    assert "drops the table note" in passed.summary

    failed = job(shop, tmp_path / "one", installed, (200, both[:1]), signoffs="true")
    assert failed.code == 1
    assert "migrations/drop-table" in failed.log


def test_reviews_that_cannot_be_read_stop_the_check(shop: Origin, tmp_path: Path) -> None:
    for number, answer in enumerate(((403, {}), (302, "http://127.0.0.1:9/elsewhere"), (200, {"message": "no"}))):
        result = job(shop, tmp_path / str(number), None, answer, signoffs="true")
        assert result.code == 2
        assert "pull-requests: read" in result.errors[0]


def test_nobody_is_asked_unless_the_workflow_wants_it(shop: Origin, tmp_path: Path) -> None:
    result = job(shop, tmp_path, None, (500, {}))
    assert (result.code, result.steps["signoffs"]) == (0, {})
    assert job(shop, tmp_path / "typo", None, (500, {}), signoffs="yes").code == 2


def test_a_push_has_no_reviews(shop: Origin, tmp_path: Path) -> None:
    event = shop.push("change")
    result = Job(tmp_path / "job", shop.check_out(event, tmp_path / "work").root, event).run(
        installed=tmp_path, until="signoffs", signoffs="true"
    )
    assert (result.code, result.steps["signoffs"]) == (0, {})
    assert "nobody has signed" in result.log
