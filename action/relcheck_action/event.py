"""What GitHub says of the run: which change it is about, and what that is compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace

_NO_COMMIT = frozenset("0")


@dataclass(frozen=True, slots=True)
class Event:
    """The change that started the run. Empty strings stand for what there is not."""

    name: str
    checked_out: str = ""
    """The commit that GitHub made the run for."""
    head: str = ""
    """The newest commit of the change, which the checked-out tree must hold."""
    base: str = ""
    """The commit that the change is compared with."""
    branch: str = ""
    """The branch that was pushed to."""
    default_branch: str = ""
    from_fork: bool = False
    """Whether those who wrote the change need not have write access to the repository."""

    number: int = 0
    """Of the pull request; 0 where the run is about none."""
    author: str = ""
    """The account whose pull request it is."""

    @property
    def on_default_branch(self) -> bool:
        return self.branch != "" and self.branch == self.default_branch


def read_event(name: str, payload: object, *, commit: str, ref: str) -> Event:
    """The event that GitHub describes by its name, its payload, GITHUB_SHA and GITHUB_REF."""
    branch = ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else ""
    plain = Event(
        name=name,
        checked_out=commit,
        branch=branch,
        default_branch=_text(payload, "repository", "default_branch"),
    )
    if _at(payload, "pull_request") is not None:
        return _pull_request(plain, payload)
    if name == "merge_group":
        return replace(
            plain, head=_text(payload, "merge_group", "head_sha"), base=_text(payload, "merge_group", "base_sha")
        )
    if name == "push":
        before = _text(payload, "before")
        return replace(plain, base="" if set(before) <= _NO_COMMIT else before)
    return plain


def _pull_request(plain: Event, payload: object) -> Event:
    ours = _text(payload, "pull_request", "base", "repo", "full_name")
    theirs = _text(payload, "pull_request", "head", "repo", "full_name")
    number = _at(payload, "pull_request", "number")
    return replace(
        plain,
        head=_text(payload, "pull_request", "head", "sha"),
        base=_text(payload, "pull_request", "base", "sha"),
        from_fork=not theirs or theirs != ours,  # a fork that was deleted has no name
        number=number if isinstance(number, int) and number > 0 else 0,
        author=_text(payload, "pull_request", "user", "login"),
    )


def _text(payload: object, *keys: str) -> str:
    found = _at(payload, *keys)
    return found if isinstance(found, str) else ""


def _at(payload: object, *keys: str) -> object:
    for key in keys:
        payload = payload.get(key) if isinstance(payload, dict) else None
    return payload
