"""Which files hold a word: one look over the bytes of many files."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable


def files_with(
    words: Collection[str], paths: Iterable[str], read: Callable[[str], bytes | None]
) -> dict[str, tuple[str, ...]]:
    """For each word the files in which it stands whole (between characters that no identifier has), sorted."""
    found: dict[str, list[str]] = {word: [] for word in words}
    if not found:
        return {}
    alternatives = "|".join(re.escape(word) for word in sorted(found, key=len, reverse=True))
    # Bytes above 127 are letters of some alphabet in UTF-8; \w of a pattern over bytes does not know them.
    pattern = re.compile(rf"(?<![\w$\x80-\xff])(?:{alternatives})(?![\w$\x80-\xff])".encode())
    for path in sorted(paths):
        data = read(path)
        for word in {match[0].decode() for match in pattern.finditer(data)} if data is not None else ():
            found[word].append(path)
    return {word: tuple(files) for word, files in found.items()}
