from __future__ import annotations

import pytest

from relcheck.engine.prefilter.phrases import in_literals, pair_in_source, word_in_literal, word_in_source


@pytest.mark.parametrize(
    ("source", "stands"),
    [
        ("'for update'", True),
        ("'''\nfor\n'''", True),
        ("'\\nfor'", True),
        ("'\\x20for'", True),
        ("'\\40for'", True),
        ("'%sfor'", True),
        ("'%(a)sfor'", True),
        ("f'{a}for{b}'", True),
        ("'é for'", True),
        ("'éfor'", True),
        ("'before'", False),
        ("'fork'", False),
        ("x.for", False),
        ("'for(x)'", False),
        ("'for=1'", False),
    ],
)
def test_a_word_stands_whole_in_the_source(source: str, stands: bool) -> None:
    assert word_in_source("for", source.encode()) is stands


@pytest.mark.parametrize(
    ("source", "may"),
    [
        ("'for update'", True),
        ("'for\\tupdate'", True),
        ("'for\\u2003update'", True),
        ("'for\x1cupdate'", True),
        ("'for\u00a0update'", True),
        ("'for ' 'update'", True),
        ("'for ' \\\n f'update'", True),
        ("'for 'b'update'", True),
        ("'for ' # so\n 'update'", True),
        ("'for' + ' update'", True),
        ("'%s update' % 'for'if a else b", True),
        ("'for {} update'.format('no')", True),
        ("'for {}'.format('update')", True),
        ("f\"{'for'!s} update\"", True),
        ("f\"{'for':} update\"", True),
        ("'for -- so\\n update'", True),
        ("'for /* so */ update'", True),
        ("'for /' '* so */ update'", True),
        ("'for %s' % '-- so\\nupdate'", True),
        ("'for the update'", False),
        ("'for the' 'update'", False),
        ("'for \"x\" update'", False),
        ("'waiting for x'; update", False),
        ("'for {x}'; the update", False),
    ],
)
def test_two_words_may_follow_one_another_in_a_text_of_the_source(source: str, may: bool) -> None:
    assert pair_in_source("for", "update", source.encode()) is may


def test_a_word_that_is_not_ascii_may_stand_anywhere() -> None:
    assert word_in_source("für", b"")
    assert pair_in_source("für", "update", b"")


@pytest.mark.parametrize(
    ("values", "may"),
    [
        (["for update"], True),
        (["for ", "update"], True),
        (["update", "for"], True),
        (["for %s update"], True),
        (["for {a}update"], True),
        (["for%supdate"], True),
        (["%sfor", "%-5s update"], True),
        (["for /", "* x */ update"], True),
        (["for -- x", "x\nupdate"], True),
        (["for -", "- x\nupdate"], True),
        (["for \ufffc update"], True),
        (["for the update"], False),
        (["for the", "update"], False),
        (["for", "an update"], False),
        (["before", "update"], False),
        (["for"], False),
        (["for x="], False),
    ],
)
def test_a_phrase_may_stand_in_a_text_of_these_literals(values: list[str], may: bool) -> None:
    assert in_literals(("for", "update"), values) is may


def test_a_longer_phrase_may_be_cut_anywhere_and_one_word_nowhere() -> None:
    assert in_literals(("for", "no", "key", "update"), ["for no", "key", "update"])
    assert not in_literals(("for", "no", "key", "update"), ["for no", "update"])
    assert in_literals(("for", "{}"), ["for "])
    assert in_literals(("lock",), ["a lock"])
    assert not in_literals(("lock",), ["clock"])
    assert word_in_literal("for", "%sfor")
    assert not word_in_literal("for", "a.for")
