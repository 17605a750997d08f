"""A rule's options as a run has them, and what `opt.NAME` then stands for."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from relcheck.sdk.options import OptionValue
from relcheck.sdk.selectors import Names, Opt
from relcheck.sdk.spec import RuleSpec


class Bound(msgspec.Struct, frozen=True):
    """The value of every option of a rule."""

    values: dict[str, OptionValue]

    def names(self, names: Names) -> tuple[str, ...]:
        """The names that a selector speaks of."""
        if not isinstance(names, Opt):
            return names
        value = self.values[names.name]
        if isinstance(value, str):
            return (value,)
        if isinstance(value, tuple):
            return value
        raise TypeError(f"opt.{names.name} stands where names are taken, but its value is {value!r}")


def bind(spec: RuleSpec, configured: Mapping[str, OptionValue]) -> Bound:
    """The rule's defaults with what is configured put over them."""
    return Bound({option.name: configured.get(option.name, option.default) for option in spec.options})
