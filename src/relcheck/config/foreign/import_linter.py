"""import-linter's contracts: those of an INI file, and of `[tool.importlinter]`.

The kinds and keys are those that its documentation of version 2.16 describes.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping

from relcheck.config.checks import edge_flaw
from relcheck.config.foreign.carried import Carried, ForeignError, Table, tables, texts

_SECTION = "importlinter"
_ABOUT_ALL = {
    "root_package",
    "root_packages",
    "include_external_packages",
    "exclude_type_checking_imports",
    "contracts",
    "contract_types",
}
_OF_EVERY_KIND = {
    "id",
    "name",
    "type",
    "ignore_imports",
    "unmatched_ignore_imports_alerting",
    "broken_contract_guidance",
}


def from_ini(text: str, file: str) -> Carried | None:
    """The contracts of `.importlinter` or `setup.cfg`; None where the file says nothing of them."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ForeignError(f"{file} cannot be read: {' '.join(str(error).split())}") from None
    if _SECTION not in parser:
        return None
    contracts: list[Table] = [
        {"id": section.rpartition(":")[2], **_values(parser[section])}
        for section in parser.sections()
        if section.startswith(f"{_SECTION}:")
    ]
    return _carried(_values(parser[_SECTION]), contracts, file)


def from_table(section: Table, file: str) -> Carried:
    """The contracts of `[tool.importlinter]`."""
    return _carried(section, tables(section.get("contracts")), file)


def _values(section: Mapping[str, str]) -> Table:
    return {key: value.strip().split("\n") if "\n" in value else value for key, value in section.items()}


def _carried(session: Table, contracts: list[Table], file: str) -> Carried:
    carried = Carried(file)
    for key in session:
        if key not in _ABOUT_ALL:
            carried.lose("", f"`{key}` has no counterpart")
    typing = _is_true(session.get("exclude_type_checking_imports"))
    for index, said in enumerate(contracts, start=1):
        name = _one(said.get("name")) or _one(said.get("id")) or f"contract {index}"
        _Converter(carried, said, name).convert("runtime" if typing else "all")
    return carried


class _Converter:
    """One contract on its way."""

    def __init__(self, carried: Carried, said: Table, name: str) -> None:
        self.carried = carried
        self.said = said
        self.name = name
        self.used = set(_OF_EVERY_KIND)

    def convert(self, scope: str) -> None:
        kind = _one(self.said.get("type"))
        makers = {
            "layers": self.layers,
            "forbidden": self.forbidden,
            "independence": self.independence,
            "protected": self.protected,
            "acyclic_siblings": self.acyclic,
        }
        maker = makers.get(kind)
        if maker is None:
            what = f"its type {kind!r} is code of a plugin" if kind else "it has no type"
            self.carried.lose(self.name, f"left out: {what}, which cannot be translated")
            return
        contract: Table = {"id": _one(self.said.get("id")) or _slug(self.name), **maker()}
        if guidance := "\n".join(texts(self.said.get("broken_contract_guidance"))):
            contract["guidance"] = guidance
        if scope != "all":
            contract["scope"] = scope
        if allow := self.allowed():
            contract["allow"] = allow
        if not self.is_default("unmatched_ignore_imports_alerting", "error"):
            self.lose(
                "`unmatched_ignore_imports_alerting` is not carried over: an exception that nothing needs is reported"
            )
        for key in self.said:
            if key not in self.used:
                self.lose(f"`{key}` has no counterpart")
        self.carried.add(self.name, contract)

    def layers(self) -> Table:
        containers = self.names("containers")
        contract: Table = {"kind": "layers", "layers": [self.layer(one) for one in self.names("layers")]}
        if containers:
            contract["containers"] = containers
        if self.true("exhaustive"):
            contract["exhaustive"] = True
        if ignored := self.names("exhaustive_ignores"):
            contract["exhaustive_ignores"] = [f"{box}.{tail}" for box in containers for tail in ignored]
        return contract

    def layer(self, text: str) -> object:
        mark = "|" if "|" in text else ":"
        parts = [one.strip() for one in text.split(mark)]
        names = [one.removeprefix("(").removesuffix(")").strip() for one in parts]
        optional = [one.startswith("(") for one in parts]
        if len(names) == 1 and not optional[0]:
            return names[0]
        layer: Table = {"modules": names}
        if all(optional):
            layer["optional"] = True
        elif any(optional):
            missing = [name for name, may in zip(names, optional, strict=True) if not may]
            self.lose(f"of the layer {text!r} relcheck needs any one module, not {', '.join(missing)} each")
        if len(names) > 1 and mark == "|":
            layer["independent"] = True
        return layer

    def forbidden(self) -> Table:
        contract: Table = {
            "kind": "forbidden",
            "sources": self.names("source_modules"),
            "targets": self.names("forbidden_modules"),
        }
        if self.true("allow_indirect_imports"):
            contract["indirect"] = False
        self.as_packages()
        return contract

    def independence(self) -> Table:
        return {"kind": "independence", "modules": self.names("modules")}

    def protected(self) -> Table:
        self.as_packages()
        self.lose("importers outside of the root packages, such as tests, count here too; name them in `importers`")
        contract: Table = {"kind": "protected", "modules": self.names("protected_modules")}
        if importers := self.names("allowed_importers"):
            contract["importers"] = importers
        return contract

    def acyclic(self) -> Table:
        contract: Table = {"kind": "acyclic", "modules": self.names("ancestors")}
        depth = _one(self.said.get("depth"))
        self.used.add("depth")
        if depth.isdecimal() and len(depth) < 5:
            contract["depth"] = int(depth) + 1  # there the ancestors themselves are the level 0
        if self.names("skip_descendants"):
            self.lose("`skip_descendants` has no counterpart: the packages below these are looked at as well")
        return contract

    def as_packages(self) -> None:
        self.used.add("as_packages")
        if not self.is_default("as_packages", "true"):
            self.lose("`as_packages = false` has no counterpart: a name stands for the module and all below it")

    def allowed(self) -> list[Table]:
        allow: list[Table] = []
        for edge in dict.fromkeys(self.names("ignore_imports")):
            if flaw := edge_flaw(edge):
                self.lose(f"an ignored import is left out: {flaw}")
            else:
                parts = (part.strip() for part in edge.split("->"))
                allow.append({"edge": " -> ".join(parts), "reason": "ignored by import-linter before"})
        return allow

    def names(self, key: str) -> list[str]:
        self.used.add(key)
        return texts(self.said.get(key))

    def true(self, key: str) -> bool:
        self.used.add(key)
        return _is_true(self.said.get(key))

    def is_default(self, key: str, value: str) -> bool:
        return (_one(self.said.get(key)) or value).lower() == value

    def lose(self, reason: str) -> None:
        self.carried.lose(self.name, reason)


def _is_true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _one(value: object) -> str:
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _slug(name: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in name.lower()).split()
    return "-".join(words) or "contract"
