"""Reading one file: bytes to `Code`, whatever they hold."""

from __future__ import annotations

import posixpath

import msgspec

from relcheck.sources.python.syntax import UnparseableError
from relcheck.sources.stubs.changes import changed_names
from relcheck.sources.stubs.code import Code

LANGUAGES = {
    ".py": "python",
    ".pyi": "python",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "typescript",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".jsx": "javascript",
    ".go": "go",
}
"""Endings of files, and the languages that relcheck reads behaviour in."""

LARGEST = 1024 * 1024
"""Bytes of a file that is read at all."""


def language_of(path: str) -> str | None:
    """The language of a file by its name; None for one that relcheck does not read."""
    return LANGUAGES.get(posixpath.splitext(path)[1].lower())


def relatives(path: str) -> tuple[str, ...]:
    """Globs of the files that can import a file: those in its language, or in one that goes with it."""
    own = language_of(path)
    family = {"typescript", "javascript"} if own in ("typescript", "javascript") else {own}
    return tuple(f"**/*{ending}" for ending, language in LANGUAGES.items() if language in family)


def collect(path: str, data: bytes) -> Code:
    """What a file holds. Of the path only the ending counts. What cannot be read has a `problem`."""
    language = language_of(path)
    if language is None:
        supported = "Python, TypeScript, JavaScript and Go"
        return Code("", problem=f"relcheck reads behaviour in {supported}, not in {posixpath.basename(path)}")
    try:
        if len(data) > LARGEST:
            raise UnparseableError(f"it holds {len(data):,} bytes, and code is read up to {LARGEST:,}")
        code = _read(path, data, language)
    except UnparseableError as error:
        return Code(language, problem=error.message, line=error.line)
    return msgspec.structs.replace(code, changes=tuple(sorted(changed_names(code))))


def _read(path: str, data: bytes, language: str) -> Code:
    if language == "python":
        from relcheck.sources.stubs.python import python_code

        return python_code(data)
    if language == "go":
        from relcheck.sources.stubs.go import go_code

        return go_code(data)
    from relcheck.sources.stubs.script import script_code

    # The grammar of TypeScript with JSX does not know `<T>x`, so it is for files that may hold JSX.
    grammar = "tsx" if path.lower().endswith(".tsx") else language
    return script_code(data, grammar, language)
