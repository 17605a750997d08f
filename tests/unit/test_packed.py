"""Results as bytes: read back as they were, or refused, whatever has become of them on the disk."""

from __future__ import annotations

import msgspec
import pytest

from relcheck.engine.examining.examiner import Examined, RuleCrash
from relcheck.engine.examining.packed import pack, unpack


@pytest.mark.parametrize("error", ["plain", "café", "\udcff", "a\ud800b", "\0"])
def test_what_is_packed_is_read_back(error: str) -> None:
    examined = Examined(crashes=(RuleCrash("pack/rule", 1, error),))

    assert unpack(pack(examined), Examined) == examined


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"\xc1",
        pack(Examined(crashes=(RuleCrash("pack/rule", 1, "text"),))).replace(b"text", b"te\xa4t"),
        b'{"parsed": 1}',
        b'{"parsed": ' + b"[" * 100_000,
        b"\x81\xa8findings" + b"\x91" * 100_000,
    ],
    ids=["nothing", "no MessagePack", "text that is no UTF-8", "JSON of another kind", "deep JSON", "deep MessagePack"],
)
def test_what_is_damaged_is_refused(packed: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        unpack(packed, Examined)
