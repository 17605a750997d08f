"""relcheck.toml, or [tool.relcheck] in pyproject.toml: read, checked, merged, and asked for by the engine."""

from relcheck.config.config import Config, Level, Override, RuleSettings
from relcheck.config.document import MAX_BYTES, Origin
from relcheck.config.errors import ConfigError, Problem
from relcheck.config.extends import preset_names
from relcheck.config.find import find_config
from relcheck.config.load import load_config

__all__ = [
    "MAX_BYTES",
    "Config",
    "ConfigError",
    "Level",
    "Origin",
    "Override",
    "Problem",
    "RuleSettings",
    "find_config",
    "load_config",
    "preset_names",
]
