"""What `relcheck config` prints."""

from __future__ import annotations

import json
from pathlib import Path

import tomli
from config_case import CATALOG, load

from relcheck.config import load_config
from relcheck.config.json_schema import json_schema
from relcheck.config.show import as_json, as_text

TEXT = """
[relcheck]
extends = ["preset:django"]
exclude = ["vendor/**"]
roots = { app = "backend/app", "x.y" = "z" }

[rules."transactions/no-intent"]
severity = "off"
required_in = ["app/**"]

[rules."transactions/raw-row-lock"]
names = { "a b" = "c" }
word = "a\\"b\\\\c\\u202e"

[rules.layers]
enabled = true

[[waivers]]
rule = ["transactions", "local/x"]
path = "a"
reason = "because"
until = 2027-01-31

[[overrides]]
paths = ["tests/**"]
severity = "info"
rules."transactions/raw-row-lock".enabled = false
"""

SHOWN = r"""# relcheck.toml, over the defaults

[relcheck]
extends = ["preset:django"]                  # relcheck.toml:3
exclude = ["vendor/**"]                      # relcheck.toml:4
roots = { app = "backend/app", "x.y" = "z" }  # relcheck.toml:5
fail_on = "error"                            # default
max_file_size = 5000000                      # default
require_reason = true                        # default
baseline = "relcheck.baseline"               # default

[rules."layers/star-import"]
enabled = true       # relcheck.toml:16
severity = "error"   # default
paths = ["**/*.py"]  # default

[rules."relcheck/vacuous-rule"]
enabled = true      # default
severity = "error"  # default

[rules."transactions/missing-intent"]
enabled = false            # relcheck.toml:8
severity = "warning"       # default
paths = ["**/*.py"]        # default
allowed_in = []            # default
required_in = ["app/**"]   # relcheck.toml:9

[rules."transactions/raw-row-lock"]
enabled = true                                    # default
severity = "error"                                # default
paths = ["**/*.py"]                               # default
locks = ["with_for_update", "with_lockmode", "select_for_update"]  # preset:django
allowed_in = []                                   # default
primitives = ["lock_row"]                         # default
sql = true                                        # default
depth = 3                                         # default
ratio = 0.5                                       # default
word = "a\"b\\c\u202e"                            # relcheck.toml:13
names = { "a b" = "c" }                           # relcheck.toml:12

[[waivers]]
rule = ["transactions", "local/x"]  # relcheck.toml:18
paths = ["a"]                       # relcheck.toml:18
reason = "because"                  # relcheck.toml:18
until = 2027-01-31                  # relcheck.toml:18

[[overrides]]
paths = ["tests/**"]                                 # relcheck.toml:24
severity = "info"                                    # relcheck.toml:24
rules."transactions/raw-row-lock".enabled = false    # relcheck.toml:24
"""


def squeezed(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_every_value_is_shown_with_where_it_comes_from(tmp_path: Path) -> None:
    assert squeezed(as_text(load(tmp_path, TEXT), CATALOG)) == squeezed(SHOWN)


def test_what_is_shown_reads_back_as_the_same(tmp_path: Path) -> None:
    config = load(tmp_path, TEXT)
    again = load(tmp_path, as_text(config, CATALOG))
    assert again.exclude == config.exclude
    assert again.roots == config.roots
    assert [one.globs for one in again.waivers] == [one.globs for one in config.waivers]
    for spec in CATALOG.rules.values():
        bound = {option.name: option.default for option in spec.options}
        assert bound | dict(again.rule(spec).options) == bound | dict(config.rule(spec).options)


def test_without_a_configuration_the_defaults_are_shown() -> None:
    shown = as_text(load_config(None, shown_as="", catalog=CATALOG), CATALOG)
    assert shown.startswith("# no configuration: the defaults\n")
    assert tomli.loads(shown)["rules"]["transactions/raw-row-lock"]["depth"] == 3


def test_as_json_each_value_has_its_key_and_origin(tmp_path: Path) -> None:
    shown = json.loads(as_json(load(tmp_path, TEXT), CATALOG))
    assert shown["file"] == "relcheck.toml"
    values = {one["key"]: (one["value"], one["origin"]) for one in shown["values"]}
    assert values["relcheck.roots"] == ({"app": "backend/app", "x.y": "z"}, "relcheck.toml:5")
    assert values["relcheck.fail_on"] == ("error", "default")
    assert values['rules."transactions/raw-row-lock".locks'] == (
        ["with_for_update", "with_lockmode", "select_for_update"],
        "preset:django",
    )
    assert values["waivers[0].until"] == ("2027-01-31", "relcheck.toml:18")
    assert values['overrides[0].rules."transactions/raw-row-lock".enabled'] == (False, "relcheck.toml:24")


def test_the_schema_knows_every_rule_option_and_section() -> None:
    schema = json.loads(json_schema(CATALOG))
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert set(schema["properties"]) == {
        "relcheck",
        "rules",
        "waivers",
        "overrides",
        "layers",
        "migrations",
        "matrix",
        "gate",
    }
    assert schema["additionalProperties"] is False
    rules = schema["properties"]["rules"]
    assert set(rules["properties"]) == {*CATALOG.rules, *CATALOG.packs, "transactions/no-intent"}
    assert rules["additionalProperties"] is False
    assert list(rules["patternProperties"]) == ["^local(/|$)"]
    lock = rules["properties"]["transactions/raw-row-lock"]
    assert lock["description"] == "Row locks go through the blessed primitive."
    assert lock["properties"]["locks"] == {"type": "array", "items": {"type": "string"}, "default": ["with_for_update"]}
    assert lock["properties"]["ratio"] == {"type": "number", "default": 0.5}
    assert set(lock["properties"]["severity"]["enum"]) == {"error", "warning", "info", "off"}
    assert set(rules["properties"]["transactions"]["properties"]) >= {"locks", "required_in", "severity"}
    assert schema["definitions"]["WaiverEntry"]["required"] == ["rule"]
    assert "description" in schema["definitions"]["Settings"]["properties"]["exclude"]


def test_the_schema_says_nothing_of_null_and_every_reference_leads_somewhere() -> None:
    text = json_schema(CATALOG)
    assert "null" not in text
    schema = json.loads(text)
    named = {part.split('"')[0] for part in text.split('"#/definitions/')[1:]}
    assert named <= set(schema["definitions"])


LAYERS = """
[layers.define]
L1 = ["app/a/**"]

[[layers.contract]]
id = "onion"
kind = "layers"
layers = ["app", { modules = ["b"], closed = true }]
allow = [{ edge = "a -> b", reason = "x", until = 2027-01-31 }]
"""
LAYERS_SHOWN = """
[layers]
define = { L1 = ["app/a/**"] }  # relcheck.toml:2

[[layers.contract]]
id = "onion"                                                  # relcheck.toml:6
kind = "layers"                                               # relcheck.toml:7
allow = [{ edge = "a -> b", reason = "x", until = 2027-01-31 }]  # relcheck.toml:9
layers = ["app", { modules = ["b"], closed = true }]          # relcheck.toml:8
"""


def test_layers_and_contracts_are_shown_as_they_are_written(tmp_path: Path) -> None:
    shown = as_text(load(tmp_path, LAYERS), CATALOG)

    assert LAYERS_SHOWN in shown
    assert tomli.loads(shown)["layers"] == tomli.loads(LAYERS)["layers"]
