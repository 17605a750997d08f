"""Options of a rule: what differs from team to team, with defaults.

The types that an option may have are few on purpose: a configuration is validated against the manifest, so that a run
that concerns no rule imports no rule.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, get_type_hints

import msgspec

Glob: TypeAlias = Annotated[str, "glob"]
"""A pattern of paths below the folder of the configuration. One that matches no file is a finding
(`relcheck/vacuous-rule`)."""

Symbol: TypeAlias = Annotated[str, "symbol"]
"""A name that the project defines or imports. One that it does not is a finding (`relcheck/vacuous-rule`)."""

OptionType: TypeAlias = Literal[
    "bool", "int", "float", "str", "list[str]", "list[glob]", "list[symbol]", "dict[str, str]"
]
OptionValue: TypeAlias = bool | int | float | str | tuple[str, ...] | dict[str, str]


class RuleOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of a rule's `Options`. Every option has a default."""


class OptionSpec(msgspec.Struct, frozen=True):
    """One option as the manifest keeps it."""

    name: str
    type: OptionType
    default: OptionValue


_TYPES: dict[object, OptionType] = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "str",
    tuple[str, ...]: "list[str]",
    tuple[Glob, ...]: "list[glob]",
    tuple[Symbol, ...]: "list[symbol]",
    dict[str, str]: "dict[str, str]",
}


def option_specs(options: type[RuleOptions]) -> tuple[OptionSpec, ...]:
    """The options of a rule, in the order in which they are written. TypeError for a type that cannot be configured."""
    hints = get_type_hints(options, include_extras=True)
    specs = []
    for field in msgspec.structs.fields(options):
        hint = hints[field.name]
        if hint not in _TYPES:
            raise TypeError(f"option {field.name}: {hint} is not one of {', '.join(sorted(set(_TYPES.values())))}")
        made = field.default_factory is not msgspec.NODEFAULT  # msgspec makes an empty table anew for each
        default = field.default_factory() if made else field.default
        if default is msgspec.NODEFAULT:
            raise TypeError(f"option {field.name} has no default")
        specs.append(OptionSpec(field.name, _TYPES[hint], default))
    return tuple(specs)
