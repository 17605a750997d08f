"""Fixes, written into files."""

from __future__ import annotations

from pathlib import Path

from relcheck.engine.fixing import Applied, apply_fixes
from relcheck.model.finding import Edit, Finding, Fix, Region, Status
from relcheck.model.severity import Severity

_CODE = "a = 1\nb = 2\n"


def _finding(*edits: Edit, safe: bool = True, status: Status = Status.NEW) -> Finding:
    fix = Fix(safe, "mend it", edits)
    return Finding("p/r", "k", "m", "a.py", Region(1, 1, 1, 2), Severity.ERROR, fix=fix, status=status)


def _edit(line: int, column: int, end: int, text: str, path: str = "a.py") -> Edit:
    return Edit(path, Region(line, column, line, end), text)


def _applied(root: Path, *findings: Finding, unsafe: bool = False, code: str = _CODE) -> tuple[Applied, str]:
    (root / "a.py").write_bytes(code.encode())
    applied = apply_fixes(findings, root, unsafe=unsafe)
    return applied, (root / "a.py").read_bytes().decode()


def test_edits_are_put_in_from_the_end_so_that_places_hold(tmp_path: Path) -> None:
    applied, text = _applied(tmp_path, _finding(_edit(1, 5, 6, "100")), _finding(_edit(2, 1, 2, "c")))
    assert text == "a = 100\nc = 2\n"
    assert len(applied.done) == 2


def test_an_unsafe_fix_waits_to_be_asked_for(tmp_path: Path) -> None:
    unsafe = _finding(_edit(1, 5, 6, "100"), safe=False)
    applied, text = _applied(tmp_path, unsafe)
    assert (text, applied.unsafe, applied.done) == (_CODE, (unsafe,), ())
    assert _applied(tmp_path, unsafe, unsafe=True)[1] == "a = 100\nb = 2\n"


def test_what_is_waived_is_left_alone(tmp_path: Path) -> None:
    assert _applied(tmp_path, _finding(_edit(1, 5, 6, "100"), status=Status.WAIVED))[1] == _CODE


def test_of_two_that_change_the_same_text_the_second_waits(tmp_path: Path) -> None:
    applied, text = _applied(tmp_path, _finding(_edit(1, 1, 6, "x = 9")), _finding(_edit(1, 5, 6, "100")))
    assert text == "x = 9\nb = 2\n"
    assert applied.failed[0][1] == "another fix changes the same text; run it again"


def test_what_two_fixes_need_alike_is_written_once(tmp_path: Path) -> None:
    imported = _edit(1, 1, 1, "import os\n")
    _, text = _applied(tmp_path, _finding(imported, _edit(1, 5, 6, "3")), _finding(imported, _edit(2, 5, 6, "4")))
    assert text == "import os\na = 3\nb = 4\n"


def test_a_file_keeps_its_line_ends_and_its_byte_order_mark(tmp_path: Path) -> None:
    code = "\ufeffa = 1\r\nb = 2\r\n"
    assert _applied(tmp_path, _finding(_edit(2, 1, 1, "# b\n")), code=code)[1] == "\ufeffa = 1\r\n# b\r\nb = 2\r\n"


def test_a_file_that_could_not_be_parsed_any_more_stays_as_it_is(tmp_path: Path) -> None:
    applied, text = _applied(tmp_path, _finding(_edit(1, 5, 6, "(")))
    assert text == _CODE
    assert applied.failed[0][1] == "with it the file could not be parsed"
    assert not applied.files
