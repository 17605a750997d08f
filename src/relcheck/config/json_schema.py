"""The JSON Schema of `relcheck.toml`, for editors. Draft 7, which is what they know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from relcheck.config.schema import OPTION_TYPES, RuleKeys, Sections
from relcheck.sdk.spec import Catalog, RuleSpec

Schema: TypeAlias = dict[str, object]

_DIALECT = "http://json-schema.org/draft-07/schema#"
_REFERENCE = "#/definitions/{name}"


def json_schema(catalog: Catalog) -> str:
    """The schema of a configuration, with a table for every rule of the catalog and every pack."""
    _, parts = msgspec.json.schema_components([Sections, RuleKeys], ref_template=_REFERENCE)
    definitions = {name: _without_null(part) for name, part in parts.items()}
    sections, engine = definitions.pop("Sections"), definitions.pop("RuleKeys")
    properties = _properties(sections)
    for name in properties:
        _table(properties[name]).pop("default", None)
    _table(properties["rules"]).update(_rules(catalog, _properties(engine)))
    whole = {"$schema": _DIALECT, **sections, "title": "relcheck.toml", "definitions": definitions}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"


def _rules(catalog: Catalog, engine: Schema) -> Schema:
    rules: Schema = {}
    shared: dict[str, Schema] = {}
    for name, spec in sorted(catalog.rules.items()):
        options = _options(spec)
        shared.setdefault(spec.pack, {}).update(options)
        rules[name] = _rule_table(spec.summary, options, engine)
        rules |= {former: _rule_table(f"A former name of {name}.", options, engine) for former in spec.aliases}
    packs = {
        pack: _rule_table(f"What the rules of the pack {pack} share.", options, engine)
        for pack, options in sorted(shared.items())
    }
    local = {"^local(/|$)": {"type": "object", "properties": engine}}
    return {"properties": packs | rules, "patternProperties": local, "additionalProperties": False}


def _rule_table(description: str, options: Schema, engine: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": options | engine,
        "additionalProperties": False,
    }


def _options(spec: RuleSpec) -> Schema:
    return {
        option.name: msgspec.json.schema(OPTION_TYPES[option.type]) | {"default": option.default}
        for option in spec.options
    }


def _without_null(part: Mapping[str, object]) -> Schema:
    """A part of a schema without null, which TOML cannot say."""
    kept = {key: _value_without_null(value) for key, value in part.items() if (key, value) != ("default", None)}
    match kept.pop("anyOf", None):
        case [dict(only), {"type": "null"}]:
            return only | kept
        case list(options):
            return kept | {"anyOf": [one for one in options if one != {"type": "null"}]}
    return kept


def _value_without_null(value: object) -> object:
    if isinstance(value, Mapping):
        return _without_null(value)
    if isinstance(value, list | tuple):
        return [_value_without_null(item) for item in value]
    return value


def _properties(schema: Schema) -> Schema:
    return _table(schema["properties"])


def _table(value: object) -> Schema:
    if not isinstance(value, dict):
        raise TypeError(f"expected a part of a schema, got {value!r}")
    return value
