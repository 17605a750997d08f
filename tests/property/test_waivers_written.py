"""A waiver can be written beside any line of any file, and leaves every other byte as it was."""

from __future__ import annotations

from contextlib import suppress

from generated_code import files, is_readable
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from relcheck.engine.catalog import load_catalog
from relcheck.engine.exceptions.inline import python_waivers
from relcheck.engine.exceptions.inline_writing import NoPlaceError, with_python_waiver
from relcheck.engine.exceptions.stated import Stated
from relcheck.engine.harness import findings_in
from relcheck.model.finding import Finding, Status
from relcheck.sources.python.syntax import Source

quick = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
CATALOG = load_catalog()
RULE = "transactions/raw-row-lock"
PATH = "app/service.py"
STATED = Stated("INC-204")


def found(data: bytes) -> list[Finding]:
    return findings_in(CATALOG.rules[RULE], {PATH: data.decode("utf-8-sig")}, {}, CATALOG)


def is_inserted(before: bytes, after: bytes) -> bool:
    """Whether `after` is `before` with something put in at one place."""
    added = len(after) - len(before)
    at = next((index for index, byte in enumerate(before) if after[index] != byte), len(before))
    return any(after[:place] + after[place + added :] == before for place in range(max(at - added, 0), at + 1))


@quick
@given(files(), st.data(), st.sampled_from((b"", b"\xef\xbb\xbf")))
def test_a_waiver_beside_any_line_leaves_all_else(text: str, data: st.DataObject, start: bytes) -> None:
    assume(is_readable(text))
    line = data.draw(st.integers(1, len(Source(text).starts)))
    before = start + text.encode("utf-8", "surrogatepass")
    with suppress(NoPlaceError):
        after = with_python_waiver(before, line, RULE, STATED)
        assert is_inserted(before, after)
        moved = line + len(Source(after.decode()).starts) - len(Source(before.decode()).starts)
        assert any(
            one.waiver.first <= moved <= one.waiver.last and RULE in one.waiver.rules and one.waiver.reason == "INC-204"
            for one in python_waivers(after.decode("utf-8-sig"), PATH)
        )


@quick
@given(files())
def test_each_finding_of_a_file_can_be_waived(text: str) -> None:
    assume(is_readable(text))
    data = text.encode("utf-8", "surrogatepass")
    findings = [one for one in found(data) if one.rule == RULE and one.status is Status.NEW]
    for one in findings[:3]:
        changed = with_python_waiver(data, one.region.line, RULE, STATED)
        lines = len(Source(changed.decode()).starts) - len(Source(text).starts)
        again = [
            other
            for other in found(changed)
            if (other.region.line, other.region.column) == (one.region.line + lines, one.region.column)
        ]
        assert [other.status for other in again if other.rule == RULE] == [Status.WAIVED]
        assert sum(other.rule == RULE for other in found(changed)) == sum(other.rule == RULE for other in found(data))
