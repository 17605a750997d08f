"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

from relcheck.config.spelling import visible

_LONGEST = 80
_LISTED = 8


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that resembles the word most, None where none does."""
    if len(word) > _LONGEST:
        return None
    from difflib import get_close_matches  # late: only an error needs it

    spellings = {_plain(name): name for name in sorted(names, reverse=True)}
    matches = get_close_matches(_plain(word), sorted(spellings), n=1)
    return spellings[matches[0]] if matches else None


def hint(word: str, names: Iterable[str], otherwise: str = "") -> str:
    """What to append to a message about an unknown word: the nearest name, else what is said otherwise."""
    near = nearest(word, names)
    return f"; did you mean `{visible(near)}`?" if near else f"; {otherwise}" if otherwise else ""


def listed(names: Iterable[str]) -> str:
    """Names for a message, the first few."""
    ordered = sorted(names)
    text = ", ".join(f"`{visible(name)}`" for name in ordered[:_LISTED])
    return f"{text} and {len(ordered) - _LISTED} more" if len(ordered) > _LISTED else text


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")
