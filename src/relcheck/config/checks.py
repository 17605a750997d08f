"""What strings of a configuration must be beyond being strings. Each check says what is wrong, or None."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from relcheck.config.rule_names import RuleNames
from relcheck.config.spelling import quote, shorten, visible
from relcheck.sdk.layering import ANY, EXTERNAL, STDLIB
from relcheck.sources.globs import Globs

Check: TypeAlias = Callable[[str], str | None]

# Patterns that cannot be too complex, told without compiling them: nearly all, and compiling takes 0.1 ms each.
_PLAIN_GLOB = re.compile(r"[A-Za-z0-9_./*-]{1,200}")
_FEW_STARS = 16

_LAYER = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*")
_DISTRIBUTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_COLUMN = re.compile(r"[^\WA-Z_]+(?:[ -][^\WA-Z_]+)*")
_WORDS = (STDLIB, EXTERNAL, ANY)

_ABSOLUTE = re.compile(r"[/\\]|~/|[A-Za-z]:")
_BASE = re.compile(r"(?:preset:[a-z0-9][a-z0-9-]*|package:[A-Za-z_][A-Za-z0-9_]*(?:/[A-Za-z0-9_-]+)?|\.\.?/.+)")


def checks(names: RuleNames) -> Mapping[str, Check]:
    """The check for each mark of `relcheck.config.schema`."""
    return {
        "rule": names.flaw,
        "glob": glob_flaw,
        "folder": folder_flaw,
        "file": file_flaw,
        "specifier": specifier_flaw,
        "base": base_flaw,
        "import name": import_name_flaw,
        "selection": selection_flaw,
        "module pattern": module_pattern_flaw,
        "edge": edge_flaw,
        "layer": layer_name_flaw,
        "distribution": distribution_flaw,
        "column": column_name_flaw,
    }


def glob_flaw(pattern: str) -> str | None:
    """A pattern must stay in the folder of the configuration and be simple enough to be matched quickly."""
    if outside := _outside(pattern):
        return outside
    if _PLAIN_GLOB.fullmatch(pattern) and pattern.count("*") <= _FEW_STARS:
        return None
    try:
        Globs((pattern,))
    except ValueError as error:
        return visible(str(error))
    return None


def folder_flaw(path: str) -> str | None:
    """A folder is below that of the configuration."""
    if not path:
        return "an empty path; the folder of the configuration itself is `.`"
    return _odd(path) or _outside(path) or _of_git(path)


def file_flaw(path: str) -> str | None:
    """A file is below the folder of the configuration."""
    if not path:
        return "an empty path; leave the key out for the default"
    if path.endswith("/") or path.rpartition("/")[2] == ".":
        return f"{_said(path)} names a folder; name a file"
    return _odd(path) or _outside(path) or _of_git(path)


def specifier_flaw(text: str) -> str | None:
    from relcheck.config.version import parse_specifier

    try:
        parse_specifier(text)
    except ValueError:
        return f"{_said(text)} is no specifier of versions such as `>=0.1,<1`"
    return None


def base_flaw(text: str) -> str | None:
    """What `extends` may name. Whether a file stays in the repository is known once its place is."""
    if odd := _odd(text) or _absolute(text):
        return odd
    if _BASE.fullmatch(text):
        return None
    near = f"; did you mean `./{text}`?" if text.endswith(".toml") and ":" not in text and len(text) < 80 else ""
    return f"{_said(text)} is none of `preset:NAME`, `package:NAME` and `./file.toml`{near}"


def import_name_flaw(text: str) -> str | None:
    if all(part.isidentifier() for part in text.split(".")):
        return None
    return f"{_said(text)} is no name that can be imported"


def selection_flaw(text: str) -> str | None:
    """A layer, a glob, a dotted name with wildcards, or a word."""
    if text.startswith("@"):
        return None if text in _WORDS else f"{_said(text)} is none of {', '.join(_WORDS)}"
    if "/" in text:
        return glob_flaw(text)
    if not module_pattern_flaw(text) or not layer_name_flaw(text):
        return None
    return (
        f"{_said(text)} stands for no modules: write a layer, a glob with a /, or a dotted name in which "
        "* is one whole name and ** any number of them"
    )


def module_pattern_flaw(text: str) -> str | None:
    """A dotted name with wildcards."""
    if all(part in ("*", "**") or part.isidentifier() for part in text.split(".")):
        return None
    return f"{_said(text)} is no dotted name in which * is one whole name and ** any number of them"


def edge_flaw(text: str) -> str | None:
    importer, arrow, imported = text.partition("->")
    if not arrow or not importer.strip() or not imported.strip():
        return f"{_said(text)} is no import such as `app.a.** -> app.b`"
    return selection_flaw(importer.strip()) or selection_flaw(imported.strip())


def layer_name_flaw(text: str) -> str | None:
    if _LAYER.fullmatch(text):
        return None
    return f"{_said(text)} is no name of a layer: write letters, digits, `.`, `-` and `_`, as in L2.1"


def distribution_flaw(text: str) -> str | None:
    """A name as PEP 508 has it, without a version."""
    if _DISTRIBUTION.fullmatch(text):
        return None
    return f"{_said(text)} is no name of a distribution: write it without versions and extras, as in PyYAML"


def column_name_flaw(text: str) -> str | None:
    if _COLUMN.fullmatch(text):
        return None
    return f"{_said(text)} is no name of a column: write lower-case letters, digits, spaces and `-`"


def _outside(path: str) -> str | None:
    if ".." in path.replace("\\", "/").split("/"):
        return f"{_said(path)} leaves the folder of the configuration: `..` is not allowed"
    return _absolute(path)


def _absolute(path: str) -> str | None:
    if _ABSOLUTE.match(path):
        return f"{_said(path)} is an absolute path; write it from the folder of the configuration"
    return None


def _of_git(path: str) -> str | None:
    if ".git" in path.casefold().split("/"):
        return f"{_said(path)} lies in git's own folder; name another"
    return None


def _odd(path: str) -> str | None:
    if "\\" in path:
        return f"{_said(path)} holds a backslash; write / between folders"
    if not path.isprintable():
        return f"{_said(path)} holds a character that cannot be printed"
    return None


def _said(text: str) -> str:
    return quote(shorten(text))
