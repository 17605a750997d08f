"""What links to a heading name it: https://docs.github.com/en/get-started/writing-on-github (section links)."""

from __future__ import annotations

import re
import unicodedata

_EXPLICIT = re.compile(r"\s*\{:?\s*#([\w.:-]+)[^{}]*\}\s*$")
_LOOSE = re.compile(r"[\W_]+")


class Anchors:
    """Gives anchors to the headings of one document, in their order."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def of(self, text: str) -> tuple[str, str]:
        """The text without an anchor that is written behind it (`{#name}`), and the anchor."""
        explicit = _EXPLICIT.search(text)
        if explicit is not None:
            return text[: explicit.start()], explicit[1]
        slug = slug_of(text)
        again = self._taken.get(slug)
        self._taken[slug] = 0 if again is None else again + 1
        if again is None:
            return text, slug
        numbered = f"{slug}-{again + 1}"
        self._taken.setdefault(numbered, 0)
        return text, numbered


def slug_of(text: str) -> str:
    """Letters, digits, marks, `_` and `-` in lower case, with `-` for spaces."""
    kept = (sign for sign in text.strip().lower() if sign.isalnum() or sign in "-_ " or _is_mark(sign))
    return "".join(kept).replace(" ", "-")


def loosely(anchor: str) -> str:
    """What is the same in the anchors of all renderers: MkDocs, Docusaurus and GitLab join and trim dashes."""
    return _LOOSE.sub("-", anchor.lower()).strip("-")


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign).startswith("M")
