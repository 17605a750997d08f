"""What code does and who calls it, for rules that hold documents against it. `project.code` is the `Linked` code."""

from __future__ import annotations

from relcheck.sources.stubs.behaviour import IMPORT, ORDER, Behaviour, Plain, Verdict, behaviour, behaviours, weakest
from relcheck.sources.stubs.callers import Caller, Callers, callers, first_caller, module_word
from relcheck.sources.stubs.code import Code, Symbol
from relcheck.sources.stubs.collect import LANGUAGES, collect, language_of, relatives
from relcheck.sources.stubs.digest import symbol_digest
from relcheck.sources.stubs.linked import Linked
from relcheck.sources.stubs.run import Step

__all__ = [
    "CODE",
    "IMPORT",
    "LANGUAGES",
    "ORDER",
    "Behaviour",
    "Caller",
    "Callers",
    "Code",
    "Linked",
    "Plain",
    "Step",
    "Symbol",
    "Verdict",
    "behaviour",
    "behaviours",
    "callers",
    "collect",
    "first_caller",
    "language_of",
    "module_word",
    "relatives",
    "symbol_digest",
    "weakest",
]

CODE = tuple(f"**/*{ending}" for ending in LANGUAGES)
"""Globs of the files that relcheck reads behaviour in."""
