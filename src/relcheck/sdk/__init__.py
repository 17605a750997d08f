"""All that a rule may import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.model.finding import Region, Related
from relcheck.model.severity import Confidence, Severity
from relcheck.sdk.examples import Expect, Found, Invalid, Valid
from relcheck.sdk.options import Glob, RuleOptions, Symbol
from relcheck.sdk.rule import (
    Defined,
    GraphRule,
    Project,
    ProjectDraft,
    ProjectRule,
    PythonRule,
    SettingsError,
    View,
    on,
)
from relcheck.sdk.selectors import (
    any_file,
    any_of,
    assign,
    call,
    class_,
    decorated,
    except_,
    function,
    import_,
    imports,
    instance,
    opt,
    raise_,
    ref,
    text,
    with_,
    within,
)
from relcheck.sdk.site import File, Findings, Note, Site, Span
from relcheck.sources.python.names import is_named, last

if TYPE_CHECKING:
    from relcheck.sources import sql

__all__ = [
    "Confidence",
    "Defined",
    "Expect",
    "File",
    "Findings",
    "Found",
    "Glob",
    "GraphRule",
    "Invalid",
    "Note",
    "Project",
    "ProjectDraft",
    "ProjectRule",
    "PythonRule",
    "Region",
    "Related",
    "RuleOptions",
    "SettingsError",
    "Severity",
    "Site",
    "Span",
    "Symbol",
    "Valid",
    "View",
    "any_file",
    "any_of",
    "assign",
    "call",
    "class_",
    "decorated",
    "except_",
    "function",
    "import_",
    "imports",
    "instance",
    "is_named",
    "last",
    "on",
    "opt",
    "raise_",
    "ref",
    "sql",
    "text",
    "with_",
    "within",
]


def __getattr__(name: str) -> object:
    """`sql` compiles many patterns; it is imported by the rules that need it, when they are."""
    if name == "sql":
        from importlib import import_module

        return import_module("relcheck.sources.sql")
    raise AttributeError(name)
