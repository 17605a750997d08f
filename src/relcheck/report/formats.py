"""The formats that `--output` knows, by name.

A format is a module of this folder with `render(outcome, style, *, show_all=False) -> str`; one line in `_MODULES`
makes it known. The module is imported when the format is first used, so a run pays for what it prints and no more.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from relcheck.model.outcome import Outcome
    from relcheck.report.terminal import Style


class Format(Protocol):
    """Renders an outcome as one document that ends with a newline, or as the empty string.

    Findings with the status `new` are listed; with `show_all` the waived, baselined, approved and existing ones too. A
    format for a service that compares branches itself always lists the existing ones (see `selection`).
    """

    def __call__(self, outcome: Outcome, style: Style, *, show_all: bool = False) -> str: ...


_MODULES = {
    "text": "text",
    "concise": "concise",
    "json": "json_v1",
    "sarif": "sarif",
    "github": "github",
    "markdown": "markdown",
    "gitlab": "gitlab",
    "junit": "junit",
    "rdjson": "rdjson",
}


def _render(module: str, outcome: Outcome, style: Style, *, show_all: bool = False) -> str:
    render = cast("Format", import_module(f"relcheck.report.{module}").render)
    return render(outcome, style, show_all=show_all)


FORMATS: Mapping[str, Format] = MappingProxyType({name: partial(_render, module) for name, module in _MODULES.items()})
