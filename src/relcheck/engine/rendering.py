"""SQL that a team has rendered from its migrations, as the command line names it."""

from __future__ import annotations

from pathlib import Path

from relcheck.sdk.rendered import Rendered

_LARGEST = 50_000_000


class RenderedError(Exception):
    """A file of rendered SQL that cannot be used. Says what to do; exit code 2."""


def read_rendered(folder: Path, file: Path) -> Rendered:
    """The SQL in a file. Raises RenderedError for one that cannot be read, and for one without a statement: nothing
    would be compared with it."""
    try:
        data = (folder / file).read_bytes()
    except OSError as error:
        raise RenderedError(f"{file} cannot be read: {error.strerror}") from None
    if len(data) > _LARGEST:
        raise RenderedError(f"{file} is larger than {_LARGEST:,} bytes. Render only what is reviewed")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RenderedError(f"{file} is not UTF-8 at byte {error.start}. Save it as UTF-8") from None
    if "\0" in text:
        raise RenderedError(f"{file} holds a NUL character: it is no SQL")
    if not text.strip():
        raise RenderedError(f"{file} is empty, so nothing would be compared with it. Render the migrations into it")
    return Rendered(str(file), text)
