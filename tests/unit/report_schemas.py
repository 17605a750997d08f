"""Whether a report is what the programs that read it take."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import jsonschema
import xmlschema

_FOLDER = Path(__file__).parent / "schemas"
_JSON = {"gitlab": "gitlab-code-quality.schema.json", "rdjson": "rdjson.schema.json"}


def check(name: str, report: str) -> None:
    """Raises what the validator raises."""
    if name == "junit":
        _xml().validate(report)
    else:
        _json(name).validate(json.loads(report))


@cache
def _xml() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(_FOLDER / "junit.xsd"))


@cache
def _json(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((_FOLDER / _JSON[name]).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)
