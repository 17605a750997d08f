from __future__ import annotations

import io
import os

import pytest

from relcheck.report.terminal import PLAIN, ColourFlag, Style, style_for

URL = "https://relcheck.example/rules/x"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "flag", "terminal", "expected"),
    [
        ({}, "auto", True, True),
        ({}, "auto", False, False),
        ({"NO_COLOR": "1"}, "auto", True, False),
        ({"NO_COLOR": ""}, "auto", True, True),
        ({"NO_COLOR": "1"}, "always", False, True),
        ({"FORCE_COLOR": "1"}, "never", True, False),
        ({"FORCE_COLOR": "1"}, "auto", False, True),
        ({"FORCE_COLOR": "0"}, "auto", True, False),
        ({"FORCE_COLOR": ""}, "auto", False, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, "auto", True, False),
        ({"FORCE_COLOR": "0", "CLICOLOR_FORCE": "1"}, "auto", True, False),
        ({"CLICOLOR_FORCE": "1"}, "auto", False, True),
        ({"CLICOLOR_FORCE": "0"}, "auto", False, False),
        ({"TERM": "dumb"}, "auto", True, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, "auto", True, True),
        ({"TERM": "xterm"}, "auto", True, True),
        ({"CI": "true"}, "auto", True, True),
    ],
)
def test_colour_follows_the_flag_then_the_environment_then_the_stream(
    *, environ: dict[str, str], flag: ColourFlag, terminal: bool, expected: bool
) -> None:
    stream = Terminal() if terminal else io.StringIO()
    assert style_for(stream, environ, flag).colour is expected


@pytest.mark.parametrize(
    ("environ", "terminal", "expected"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"FORCE_COLOR": "1"}, False, False),
        ({"CI": "true"}, True, False),
        ({"CI": ""}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, False),
    ],
)
def test_links_are_for_terminals_that_may_show_colours(
    *, environ: dict[str, str], terminal: bool, expected: bool
) -> None:
    stream = Terminal() if terminal else io.StringIO()
    assert style_for(stream, environ).hyperlinks is expected


@pytest.mark.parametrize(("columns", "width"), [("100", 100), ("7", 60), ("x", 120), ("", 120), ("0", 120)])
def test_a_terminal_is_as_wide_as_it_says_and_never_too_narrow(columns: str, width: int) -> None:
    assert style_for(Terminal(), {"COLUMNS": columns}).width == width


@pytest.mark.parametrize(("columns", "width"), [(100, 100), (0, 120)])
def test_a_real_terminal_is_asked_for_its_width(columns: int, width: int) -> None:
    termios = pytest.importorskip("termios")
    controller, terminal = os.openpty()
    with os.fdopen(controller, "w"), os.fdopen(terminal, "w") as stream:
        termios.tcsetwinsize(terminal, (24, columns))
        assert style_for(stream, {}) == Style(colour=True, hyperlinks=True, width=width)


def test_a_pipe_has_one_width_everywhere() -> None:
    assert style_for(io.StringIO(), {"COLUMNS": "200"}) == PLAIN


def test_a_link_holds_the_text_and_the_address() -> None:
    style = Style(colour=True, hyperlinks=True, width=80)
    assert style.link("x", URL) == f"\x1b]8;;{URL}\x1b\\x\x1b]8;;\x1b\\"


@pytest.mark.parametrize(
    "url", [None, "", "javascript:alert(1)", "https://a/\x1b\\", "https://a b", "https://ä", "file:///x"]
)
def test_an_address_that_could_end_the_sequence_is_no_link(url: str | None) -> None:
    assert Style(colour=True, hyperlinks=True, width=80).link("x", url) == "x"
