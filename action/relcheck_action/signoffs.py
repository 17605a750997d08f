"""The step before the scan: who has signed for the change, from the reviews of its pull request.

What is written is what `relcheck scan --signoffs` takes (docs/signoffs.md). It lies in the runner's temporary folder,
where no change can have written it. The token is asked for reading only, and nothing of the tree is looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from relcheck_action.event import Event
from relcheck_action.plan import event_of
from relcheck_action.runner import Environment, Stop, folder, given, say, set_output, switch

Fetch = Callable[[str], object]
"""The JSON at a path of GitHub's REST API. Raises Refused."""

_PAGE = 100
_MOST_PAGES = 50
_PATIENCE = 30.0
_LARGEST = 20_000_000
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_LOGIN = re.compile(r"[\w-]+(?:\[bot\])?")
_TEAM = re.compile(r"(?P<org>[\w.-]+)/(?P<team>[\w.-]+)")
_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_DECIDES = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")
"""States of a review that replace an earlier one of the same person; a mere comment does not."""


class Refused(Exception):  # noqa: N818 - reads as what it does
    """GitHub did not answer; `status` is that of HTTP, 0 where there was none."""

    def __init__(self, path: str, status: int, reason: str) -> None:
        super().__init__(path, status, reason)
        self.path = path
        self.status = status
        self.reason = reason


def signoffs(environment: Environment) -> int:
    """Write the file where the input `signoffs` asks for it. Raises Stop where GitHub does not say who has reviewed."""
    if not switch(environment, "SIGNOFFS"):
        return 0
    event = event_of(environment)
    if not event.number:
        say(f"{event.name} is about no pull request, so nobody has signed")
        return 0
    repository = environment.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(repository):
        raise Stop("GITHUB_REPOSITORY is not set: this runs as a step of a GitHub Actions job")
    fetch = api(environment.get("GITHUB_API_URL", "https://api.github.com"), given(environment, "TOKEN"))
    teams = [line.strip() for line in given(environment, "SIGNOFF_TEAMS").split("\n") if line.strip()]
    try:
        written = reviewed(event, repository, teams, fetch)
    except Refused as refused:
        raise Stop(
            f"GitHub does not say who has reviewed this change ({refused.path}: {refused.status or refused.reason}). "
            "Give the job `permissions: pull-requests: read`"
        ) from None
    file = folder(environment, "FOLDER") / "signoffs.json"
    file.write_text(json.dumps(written, indent=2), encoding="utf-8")
    set_output(environment, "signoffs-file", str(file))
    return 0


def reviewed(event: Event, repository: str, teams: Sequence[str], fetch: Fetch) -> dict[str, object]:
    """The sign-offs of a pull request: those whose last word is an approval, each with the commit that it was given
    for. Raises Refused and Stop."""
    last: dict[str, tuple[str, str]] = {}
    for one in _all(fetch, f"/repos/{repository}/pulls/{event.number}/reviews"):
        login, state, commit = _text(one, "user", "login"), _text(one, "state"), _text(one, "commit_id")
        if _LOGIN.fullmatch(login) and state in _DECIDES:
            last[login] = (state, commit)
    approving = {
        login: commit for login, (state, commit) in last.items() if state == "APPROVED" and _COMMIT.fullmatch(commit)
    }
    members = {team: _members(team, fetch) for team in teams} if approving else {}
    reviews = [
        {
            "reviewer": login,
            "commit": commit,
            "teams": [team for team, people in members.items() if login.lower() in people],
        }
        for login, commit in sorted(approving.items())
    ]
    return {"version": 1, "head": event.head, "author": event.author, "reviews": reviews}


def _members(team: str, fetch: Fetch) -> frozenset[str]:
    """Who is in a team, in small letters. A token that may not know (that of a job seldom may) leaves it empty."""
    named = _TEAM.fullmatch(team)
    if named is None:
        raise Stop(f"the input `signoff-teams` names {team!r}. Write one team a line, as org/team")
    path = f"/orgs/{named['org']}/teams/{named['team']}/members"
    try:
        return frozenset(_text(one, "login").lower() for one in _all(fetch, path))
    except Refused as refused:
        say(f"who is in {team} is not known ({refused.status or refused.reason}), so nobody signs for it")
        return frozenset()


def _all(fetch: Fetch, path: str) -> Iterator[object]:
    for page in range(1, _MOST_PAGES + 1):
        found = fetch(f"{path}?per_page={_PAGE}&page={page}")
        if not isinstance(found, list):
            raise Refused(path, 0, "the answer is no list")
        yield from found
        if len(found) < _PAGE:
            return
    raise Refused(path, 0, "there is no end to it")


def api(address: str, token: str) -> Fetch:
    """GitHub's REST API. A redirect is not followed: the token is for one host."""
    opener = build_opener(_NoRedirect)
    headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28", "User-Agent": "relcheck"}
    if token:
        headers["Authorization"] = f"Bearer {token}"

    def fetch(path: str) -> object:
        try:
            with opener.open(Request(f"{address}{path}", headers=headers), timeout=_PATIENCE) as answer:  # noqa: S310 - the runner's own address
                return json.loads(answer.read(_LARGEST))
        except HTTPError as error:
            raise Refused(path, error.code, "") from None
        except (URLError, OSError, ValueError) as error:
            raise Refused(path, 0, type(error).__name__) from None

    return fetch


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _text(value: object, *keys: str) -> str:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
