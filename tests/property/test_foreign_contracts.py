"""Whatever stands in a configuration of import-linter or tach: what relcheck writes for it relcheck can read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relcheck.config import load_config
from relcheck.config.foreign import import_linter, tach
from relcheck.config.foreign.read import as_toml
from relcheck.sdk.spec import Catalog

_KEYS = st.sampled_from(
    [
        *("id", "name", "type", "layers", "containers", "exhaustive", "exhaustive_ignores", "ignore_imports"),
        *("source_modules", "forbidden_modules", "modules", "protected_modules", "allowed_importers", "ancestors"),
        *("depth", "as_packages", "broken_contract_guidance", "path", "paths", "layer", "depends_on", "visibility"),
        *("cannot_depend_on", "utility", "unchecked", "expose", "from", "closed", "deprecated", "interfaces"),
        *("external", "rename", "exclude", "rules", "unused_external_dependencies"),
    ]
)
_WORDS = st.sampled_from(
    [
        *(
            "a",
            "a.b",
            "a.b.c",
            "a.*",
            "a -> b",
            "a.** -> b.*",
            "(x) | y",
            "x : y",
            "",
            "*",
            "**",
            "a b",
            "\x1b",
            "2",
            "@x",
            "a:b",
        ),
        *(
            "layers",
            "forbidden",
            "independence",
            "protected",
            "acyclic_siblings",
            "<root>",
            "ui",
            "a/b",
            "'\"\\",
            ".",
            "é",
        ),
    ]
)
_VALUES = st.recursive(
    _WORDS | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=6,
)
_TABLES = st.dictionaries(_KEYS, _VALUES, max_size=8)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("carried") / "relcheck.toml"


@settings(max_examples=150, deadline=None)
@given(said=_TABLES, contracts=st.lists(st.builds(lambda one, kind: one | {"type": kind}, _TABLES, _WORDS), max_size=3))
def test_what_is_carried_over_from_import_linter_can_be_read(
    file: Path, said: dict[str, object], contracts: list[dict[str, object]]
) -> None:
    text = as_toml([import_linter.from_table(said | {"contracts": contracts}, "pyproject.toml")])
    assert _contracts(file, text) == text.count("[[layers.contract]]\nid = ")


@settings(max_examples=150, deadline=None)
@given(said=_TABLES, modules=st.lists(st.builds(lambda one, path: one | {"path": path}, _TABLES, _WORDS), max_size=4))
def test_what_is_carried_over_from_tach_can_be_read(
    file: Path, said: dict[str, object], modules: list[dict[str, object]]
) -> None:
    text = as_toml([tach.from_table(said | {"modules": modules}, "tach.toml")])
    assert _contracts(file, text) == text.count("[[layers.contract]]\nid = ")


def _contracts(file: Path, text: str) -> int:
    file.write_text(text, encoding="utf-8")
    return len(load_config(file, shown_as="relcheck.toml", catalog=Catalog({})).layering.contract)
