"""Every example of every rule that ships, as it is written and in changed form."""

from __future__ import annotations

from functools import cache

import pytest

from relcheck.engine.catalog import load_catalog, load_rule
from relcheck.engine.harness import check_rule, findings_in
from relcheck.sdk.spec import Catalog

CATALOG: Catalog = load_catalog()
RULES = [spec.name for spec in CATALOG.rules.values() if spec.type != "engine"]

LONG = "\n\ndef padding(rows):\n" + "    rows.append('a row that nobody looks at')\n" * 60


@cache
def failures(name: str) -> dict[int, list[str]]:
    """What is wrong with a rule, by the number of the example; 0 stands for the rule itself."""
    spec = CATALOG.rules[name]
    found: dict[int, list[str]] = {}
    for failure in check_rule(spec, tuple(load_rule(spec).examples), CATALOG):
        found.setdefault(failure.example, []).append(failure.message)
    return found


def examples() -> list[tuple[str, int]]:
    return [(name, number) for name in RULES for number in range(1, len(load_rule(CATALOG.rules[name]).examples) + 1)]


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_a_page_and_examples_of_both_kinds(name: str) -> None:
    assert failures(name).get(0, []) == []


@pytest.mark.parametrize(("name", "number"), examples())
def test_an_example_holds_as_written_and_in_changed_form(name: str, number: int) -> None:
    messages = failures(name).get(number, [])
    assert not messages, "\n".join((str(load_rule(CATALOG.rules[name]).examples[number - 1].code), *messages))


def examples_in_python() -> list[tuple[str, int]]:
    return [
        (name, number)
        for name, number in examples()
        if (example := load_rule(CATALOG.rules[name]).examples[number - 1]).code and example.path.endswith(".py")
    ]


@pytest.mark.parametrize(("name", "number"), examples_in_python())
def test_an_example_holds_in_a_file_of_which_only_parts_are_parsed(name: str, number: int) -> None:
    spec = CATALOG.rules[name]
    example = load_rule(spec).examples[number - 1]
    options = {key: tuple(value) if isinstance(value, list) else value for key, value in example.options.items()}

    def found(code: str) -> list[tuple[str, int, int, str]]:
        files = {example.path: code, **example.files}
        findings = findings_in(spec, files, options, CATALOG)
        return [(one.path, one.region.line, one.region.column, one.message) for one in findings]

    assert found(example.code + LONG) == found(example.code)
