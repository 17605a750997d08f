"""Who has signed for a change: a file that is made outside of the change, from the reviews of a pull request.

What counts is said for the scanned commit by somebody who is not its author. A file in the repository itself would be a
part of the change, so it is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from relcheck.engine.files import git

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relcheck.sdk.governance import Signature

_LARGEST = 10_000_000


class SignoffsError(Exception):
    """A file of sign-offs that cannot be used. Says what to do; exit code 2."""


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One person who approves the change as it was at a commit."""

    reviewer: Annotated[str, Meta(min_length=1, description="The name of the account that has approved.")]
    commit: Annotated[str, Meta(pattern="^[0-9a-f]{40,64}$", description="The commit that was looked at, in full.")]
    teams: Annotated[tuple[str, ...], Meta(description="Teams that the reviewer speaks for, as `org/team`.")] = ()
    operations: Annotated[
        tuple[str, ...],
        Meta(description="The `operation_hash` of each operation that was signed for; empty: all of them."),
    ] = ()


class Signoffs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sign-offs of a change."""

    version: Annotated[Literal[1], Meta(description="The version of this format.")]
    head: Annotated[str, Meta(pattern="^[0-9a-f]{40,64}$", description="The last commit of the change, in full.")]
    author: Annotated[str, Meta(min_length=1, description="The account whose change it is; it cannot sign.")]
    reviews: Annotated[tuple[Review, ...], Meta(description="Who approves.")] = ()


def read_signoffs(file: Path, repository: git.Repository | None) -> Signoffs:
    """The sign-offs in a file. Raises SignoffsError."""
    if repository is not None and file.resolve().is_relative_to(repository.root):
        raise SignoffsError(
            f"{file} lies in the repository, so the change could have written it. Have it written elsewhere, from the "
            "reviews of the pull request"
        )
    try:
        if file.stat().st_size > _LARGEST:
            raise SignoffsError(f"{file} is larger than {_LARGEST:,} bytes")
        return msgspec.json.decode(file.read_bytes(), type=Signoffs)
    except OSError as error:
        raise SignoffsError(f"{file} cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SignoffsError(f"{file} is no file of sign-offs: {error}. docs/signoffs.md says what is in it") from None


def signatures(signoffs: Signoffs, repository: git.Repository | None) -> Sequence[Signature] | None:
    """Those that count: given for the last commit of the change, by others than its author. None where that commit is
    not what is scanned. Raises GitError."""
    from relcheck.sdk.governance import Signature

    if repository is None or signoffs.head not in _scanned(repository):
        return None
    author = signoffs.author.lower()
    return [
        Signature(one.reviewer, one.teams, one.operations)
        for one in signoffs.reviews
        if one.commit == signoffs.head and one.reviewer.lower() != author
    ]


def _scanned(repository: git.Repository) -> set[str | None]:
    """What is scanned: HEAD, and where that is a merge made for the check, the change that it merges."""
    return {git.commit_id(repository, "HEAD"), git.commit_id(repository, "HEAD^2")}


def schema() -> bytes:
    """The JSON Schema of the format."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Signoffs)), indent=2)
