"""A small catalog and the loading of a configuration that is written in a test."""

from __future__ import annotations

from pathlib import Path

from relcheck.config import Config, ConfigError, load_config
from relcheck.model.severity import Severity
from relcheck.sdk.options import OptionSpec
from relcheck.sdk.spec import Catalog, RuleSpec

LOCK = RuleSpec(
    name="transactions/raw-row-lock",
    module="m",
    cls="C",
    summary="Row locks go through the blessed primitive.",
    files=("**/*.py",),
    options=(
        OptionSpec("locks", "list[str]", ("with_for_update",)),
        OptionSpec("allowed_in", "list[glob]", ()),
        OptionSpec("primitives", "list[symbol]", ("lock_row",)),
        OptionSpec("sql", "bool", True),
        OptionSpec("depth", "int", 3),
        OptionSpec("ratio", "float", 0.5),
        OptionSpec("word", "str", "lock"),
        OptionSpec("names", "dict[str, str]", {}),
    ),
)
INTENT = RuleSpec(
    name="transactions/missing-intent",
    module="m",
    cls="C",
    severity=Severity.WARNING,
    aliases=("transactions/no-intent",),
    files=("**/*.py",),
    options=(OptionSpec("allowed_in", "list[glob]", ()), OptionSpec("required_in", "list[glob]", ())),
)
OPT_IN = RuleSpec(name="layers/star-import", module="m", cls="C", enabled=False, files=("**/*.py",))
VACUOUS = RuleSpec(name="relcheck/vacuous-rule", module="m", cls="C", type="engine")
CATALOG = Catalog({spec.name: spec for spec in (LOCK, INTENT, OPT_IN, VACUOUS)})


def load(folder: Path, text: str | bytes, name: str = "relcheck.toml", root: Path | None = None) -> Config:
    """Write a configuration and load it."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_config(file, shown_as=name, catalog=CATALOG, root=root)


def problems(folder: Path, text: str | bytes, name: str = "relcheck.toml", root: Path | None = None) -> list[str]:
    """What is wrong with a configuration, one line each; empty where nothing is."""
    try:
        load(folder, text, name, root)
    except ConfigError as error:
        return str(error).split("\n")
    return []
