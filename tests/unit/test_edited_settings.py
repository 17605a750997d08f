from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from relcheck.config import Config, load_config
from relcheck.engine.catalog import load_catalog
from relcheck.engine.revisions.settings import edited_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CATALOG = load_catalog()
LOCKS = '[rules."transactions/raw-row-lock"]\n'


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., Config]:
    """A configuration of these texts by the names of their files; the first is the project's own."""

    def load(**texts: str) -> Config:
        names = [name.replace("_", ".") for name in texts]
        for name, text in zip(names, texts.values(), strict=True):
            (tmp_path / name).write_text(text, encoding="utf-8")
        return load_config(tmp_path / names[0], shown_as=names[0], catalog=CATALOG, root=tmp_path)

    return load


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[relcheck]\n", '[relcheck]\nexclude = ["a/**"]\n', (2, 'sets relcheck.exclude to ["a/**"]')),
        ("[relcheck]\nmax_file_size = 1\n", "[relcheck]\n", (1, "removes relcheck.max_file_size")),
        (
            f'{LOCKS}severity = "error"\n',
            f'# less\n{LOCKS}severity = "off"\n',
            (3, 'sets rules."transactions/raw-row-lock".severity to "off"'),
        ),
        ("[relcheck]\n", "[rules.transactions]\nenabled = false\n", (2, "sets rules.transactions.enabled to false")),
        (
            "[relcheck]\n",
            (
                '\n[[waivers]]\nrule = ["transactions", "relcheck"]\npaths = ["a/**", "b.py"]\n'
                'reason = "INC-1"\nuntil = 2030-01-31\n'
            ),
            (2, "waives transactions, relcheck in a/**, b.py until 2030-01-31: INC-1"),
        ),
        (
            '[[waivers]]\nrule = "transactions"\npath = "a"\nreason = "INC-1"\n',
            "[relcheck]\n",
            (1, "no longer waives transactions in a: INC-1"),
        ),
        (
            "[relcheck]\n",
            '[[overrides]]\npaths = ["a/**"]\nseverity = "info"\n',
            (1, "overrides severities in a/**"),
        ),
    ],
)
def test_an_edit_is_said_where_it_was_made(
    config: Callable[..., Config], before: str, after: str, said: tuple[int, str]
) -> None:
    old, new = config(relcheck_toml=before), config(relcheck_toml=after)

    assert list(edited_settings(old, new)) == [("relcheck.toml", *said)]


def test_what_reads_the_same_is_not_said(config: Callable[..., Config]) -> None:
    old = config(relcheck_toml=f'{LOCKS}severity = "error"\n[relcheck]\nexclude = ["a"]\n')
    new = config(relcheck_toml=f'# sorted\n[relcheck]\nexclude = [\n    "a",\n]\n\n{LOCKS}severity = "error"\n')

    assert list(edited_settings(old, new)) == []


def test_an_entry_that_is_moved_is_not_said(config: Callable[..., Config]) -> None:
    entries = [
        '[[waivers]]\nrule = "transactions"\npath = "a"\nreason = "1"\n',
        '[[waivers]]\nrule = "relcheck"\npath = "b"\nreason = "2"\n',
    ]
    old, new = config(relcheck_toml="".join(entries)), config(relcheck_toml="".join(entries[::-1]))

    assert list(edited_settings(old, new)) == []


def test_files_that_are_extended_are_compared_with_themselves(config: Callable[..., Config]) -> None:
    own = '[relcheck]\nextends = ["./team.toml"]\n'
    old = config(relcheck_toml=own, team_toml="[relcheck]\n")
    new = config(relcheck_toml=own, team_toml='[relcheck]\nfail_on = "info"\n')

    assert list(edited_settings(old, new)) == [("team.toml", 2, 'sets relcheck.fail_on to "info"')]


def test_another_file_is_another_configuration(config: Callable[..., Config]) -> None:
    old = config(relcheck_toml="[relcheck]\n")
    new = config(pyproject_toml='[tool.relcheck]\nfail_on = "info"\n')

    assert list(edited_settings(old, new)) == [
        ("pyproject.toml", 1, "adds this configuration"),
        ("relcheck.toml", 1, "removes this configuration"),
    ]


def test_what_is_long_or_invisible_is_cut_and_written_as_its_code(config: Callable[..., Config]) -> None:
    old = config(relcheck_toml="[relcheck]\n")
    new = config(relcheck_toml=f'[relcheck]\nexclude = ["\\u202e{"a" * 500}"]\n')

    ((_, _, said),) = edited_settings(old, new)
    assert "\\u202e" in said
    assert len(said) < 200
