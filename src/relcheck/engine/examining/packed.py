"""Results as bytes, for the cache and between processes.

MessagePack holds UTF-8 only, but the name of a file, and a string with an escape such as `"\\ud800"`, need not be: what
holds such text is packed as JSON, which has escapes for it.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")

_JSON = b"{"
"""No MessagePack of a structure starts with this byte; it is the number 123."""


def pack(value: object) -> bytes:
    """A structure as bytes."""
    try:
        return msgspec.msgpack.encode(value)
    except UnicodeEncodeError:
        import json

        return json.dumps(msgspec.to_builtins(value)).encode("ascii")


def unpack(packed: bytes, kind: type[T]) -> T:
    """What was packed. Raises msgspec.MsgspecError for what was not."""
    try:
        if not packed.startswith(_JSON):
            return msgspec.msgpack.decode(packed, type=kind)
        import json

        return msgspec.convert(json.loads(packed), type=kind)
    except (ValueError, RecursionError) as error:  # text that is no UTF-8 is a ValueError of its own
        raise msgspec.DecodeError(str(error)) from error
