"""A baseline reads as it was written, and its bytes depend on nothing but the lines."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from relcheck.config import ConfigError
from relcheck.engine.exceptions.baseline import Line, load_baseline, render_baseline
from relcheck.engine.exceptions.stated import Stated, StatedError, parse_stated, render_stated, stated_by

quick = settings(deadline=None, max_examples=150)

PATHS = st.one_of(
    st.text(min_size=1, max_size=8),
    st.binary(min_size=1, max_size=8).map(lambda name: name.decode("utf-8", "surrogateescape")),
    st.sampled_from(("a.py", "a b.py", "#", "\\", "\\x41", "<<<<<<< a", "=======", "\ufeffa", "a\r")),
)
WORDS = st.text(st.sampled_from("ab ;,:=-é\r\x0b\u2028")).map(lambda text: f"{text}until=2027-01-31 owner=x reason: ")
SAID = st.one_of(st.text(max_size=20), WORDS).map(
    lambda text: parse_stated(text.replace("\t", " ").replace("\n", " "))[0]
)
STATED = st.one_of(st.just(Stated()), st.builds(Stated, st.just("INC-204"), st.one_of(st.none(), st.dates())), SAID)
LINES = st.lists(
    st.builds(
        Line,
        PATHS,
        st.sampled_from(("a/b", "local/größe", "x/y z")),
        st.sampled_from(("abcdef", "0123456789abcdef0123")),
        st.integers(1, 3),
        STATED,
    ),
    max_size=12,
)


def said(lines: list[Line] | tuple[Line, ...]) -> Counter[tuple[str, str, str, Stated]]:
    return Counter((line.path, line.rule, line.fingerprint, line.stated) for line in lines)


@quick
@given(LINES)
def test_what_is_written_is_what_is_read(lines: list[Line]) -> None:
    text = render_baseline(lines, 1)
    read = load_baseline(text.encode(), shown_as="relcheck.baseline")
    assert said(read.lines) == said(lines)
    assert render_baseline(read.lines, read.version) == text


@quick
@given(LINES, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_byte(lines: list[Line], random: Random) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)
    assert render_baseline(shuffled, 1) == render_baseline(lines, 1)


@quick
@given(st.one_of(st.text(), st.binary()))
def test_any_content_is_read_or_refused(content: str | bytes) -> None:
    head = "# relcheck baseline, format 1, fingerprints 1\n"
    for text in (content, head + content if isinstance(content, str) else head.encode() + content):
        with suppress(ConfigError):
            load_baseline(text, shown_as="relcheck.baseline")


@quick
@given(st.text(), st.one_of(st.none(), st.dates()), st.one_of(st.none(), st.text()))
def test_what_a_person_says_reads_as_it_was_meant_or_is_refused(
    reason: str, until: date | None, owner: str | None
) -> None:
    try:
        stated = stated_by(reason, until, owner)
    except StatedError:
        return
    assert parse_stated(render_stated(stated)) == (stated, None)
    assert (stated.reason or "").split() == reason.strip(" \t;,").split() or ";" in reason or "," in reason
