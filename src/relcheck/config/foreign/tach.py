"""tach's modules, layers and interfaces: those of `tach.toml`, and of `[tool.tach]`.

tach judges direct imports only, so every contract says `indirect = false` where its kind knows chains. A file there
belongs to the deepest module above it; here a name stands for all that is below it.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from relcheck.config.foreign.carried import Carried, Table, tables, texts
from relcheck.config.foreign.tach_files import tell_ignores, with_domains

_ROOT = "<root>"
_ALL_BELOW = "relcheck takes all below a name"
_PLAIN = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_EXPOSED = re.compile(r"[A-Za-z_]\w*(?:(?:\\?\.)[A-Za-z_]\w*)*(?P<all>(?:\\?\.|\.)?\.?\*)?")

_WITHOUT_LOSS = {
    "modules",
    "layers",
    "interfaces",
    "external",
    "rules",
    "ignore_type_checking_imports",
    "layers_explicit_depends_on",
    "cache",
    "respect_gitignore",
    "disable_logging",
    "use_regex_matching",
}
_REASONS = {
    "exclude": "`exclude` is not carried over: [relcheck] exclude leaves files out of every rule, so decide there",
    "source_roots": "`source_roots` is not carried over: names are told from paths, or by [relcheck] roots",
    "exact": "`exact` has no counterpart: a permission that nothing needs is no finding",
    "forbid_circular_dependencies": "`forbid_circular_dependencies` has no exact counterpart: add a "
    "contract of the kind acyclic for the packages that should have no cycle",
    "root_module": "`root_module` has no counterpart: a contract of the kind layers can be `exhaustive`",
}


class _Module(msgspec.Struct, frozen=True):
    path: str
    said: Table

    @property
    def layer(self) -> str:
        value = self.said.get("layer")
        return value if isinstance(value, str) else ""

    @property
    def checked(self) -> bool:
        return self.said.get("unchecked") is not True

    def holds(self, other: str) -> bool:
        return other.startswith(f"{self.path}.")


def from_table(section: Table, file: str, folder: Path | None = None) -> Carried:
    """The contracts that a table of tach's configuration states. `folder` is the project's, where there may be domains
    and comments of tach's."""
    carried = Carried(file)
    if folder is not None:
        section = with_domains(section, folder, carried)
        tell_ignores(folder, carried)
    for key, value in section.items():
        if key not in _WITHOUT_LOSS and value not in (False, [], ["."], "ignore"):
            carried.lose("", _REASONS.get(key, f"`{key}` has no counterpart"))
    _Converter(carried, section).convert()
    return carried


class _Converter:
    def __init__(self, carried: Carried, section: Table) -> None:
        self.carried = carried
        self.section = section
        self.scope: Table = {} if section.get("ignore_type_checking_imports") is False else {"scope": "runtime"}
        self.order = [_layer(one) for one in _items(section.get("layers"))]
        self.modules: list[_Module] = []
        for said in tables(section.get("modules")):
            for path in texts(said.get("path")) + texts(said.get("paths")):
                if path == _ROOT:
                    carried.lose(_ROOT, "left out: relcheck has no word for files outside of every module")
                else:
                    self.modules.append(_Module(path, said))

    def convert(self) -> None:
        self.layers()
        for module in self.modules:
            if module.checked:
                self.depends_on(module)
                self.cannot_depend_on(module)
                self.deprecated(module)
            self.visibility(module)
            for key in ("strict", "depends_on_external", "cannot_depend_on_external"):
                if module.said.get(key):
                    self.carried.lose(module.path, f"`{key}` has no counterpart")
        self.interfaces()
        self.external()
        self.rules()

    def external(self) -> None:
        """`tach check-external`. There names are told from what is installed; here from a table and `packages`."""
        said = self.section.get("external")
        if not isinstance(said, dict):
            return
        contract: Table = {"id": "tach-external", "kind": "declared-externals"}
        pairs = [one.partition(":") for one in texts(said.get("rename"))]
        if packages := {name.strip(): package.strip() for name, _, package in pairs if package.strip()}:
            contract["packages"] = packages
        if excluded := texts(said.get("exclude")):
            contract["allow"] = [
                {"edge": f"@any -> {name}", "reason": "excluded from tach's external checks"} for name in excluded
            ]
        if self.severity("unused_external_dependencies") != "off":
            contract["unused"] = True
        self.carried.add("external", contract)

    def severity(self, rule: str) -> object:
        said = self.section.get("rules")
        return said.get(rule, "off") if isinstance(said, dict) else "off"

    def rules(self) -> None:
        said = self.section.get("rules")
        for key in said if isinstance(said, dict) else ():
            if key == "unused_external_dependencies":
                if not isinstance(self.section.get("external"), dict) and self.severity(key) != "off":
                    self.carried.lose("", f"`rules.{key}` needs a contract of the kind declared-externals: add one")
            elif key in ("unused_ignore_directives", "require_ignore_directive_reasons"):
                self.carried.lose(
                    "", f"`rules.{key}` is not carried over: relcheck always tells unused and unreasoned waivers"
                )
            else:
                self.carried.lose("", f"`rules.{key}` has no counterpart")

    def layers(self) -> None:
        if not self.order:
            return
        steps: list[object] = []
        for name, closed in self.order:
            step: Table = {"name": name, "modules": self.of_layer(name)}
            if closed:
                step["closed"] = True
            if step["modules"]:
                steps.append(step)
            else:
                self.carried.lose("layers", f"the layer {name!r} is left out: no module is in it")
        if len(steps) > 1:
            contract = {"id": "tach-layers", "kind": "layers", "layers": steps, "indirect": False, **self.scope}
            self.carried.add("layers", contract)

    def of_layer(self, name: str) -> list[str]:
        found = []
        for module in self.modules:
            if module.layer != name:
                continue
            inner = next(
                (one.path for one in self.modules if module.holds(one.path) and one.layer not in ("", name)), ""
            )
            if inner:
                reason = (
                    f"is not in the layer {name!r}: {inner} below it is in another, and relcheck takes all below a name"
                )
                self.carried.lose(module.path, reason)
            elif not module.checked:
                self.carried.lose(module.path, "is unchecked in tach; as part of a layer relcheck checks it")
                found.append(module.path)
            else:
                found.append(module.path)
        return [one for one in found if not any(one.startswith(f"{other}.") for other in found)]

    def depends_on(self, module: _Module) -> None:
        said = module.said.get("depends_on")
        if not isinstance(said, list):
            return  # it may import everything
        inner = next((one.path for one in self.modules if module.holds(one.path)), "")
        if inner:
            reason = (
                f"`depends_on` is left out: {inner} below it has rules of its own, and relcheck takes all below a name"
            )
            self.carried.lose(module.path, reason)
            return
        allowed = _paths(said)
        targets = []
        for other in self.modules:
            if other.path == module.path or self.may(module, other, allowed):
                continue
            if other.holds(module.path) or any(other.holds(one) for one in allowed):
                reason = f"{other.path} is not forbidden to it: that would forbid what is below it too"
                self.carried.lose(module.path, reason)
            else:
                targets.append(other.path)
        if targets:
            self.forbid(module, f"depends-on-{module.path}", targets)

    def may(self, module: _Module, other: _Module, allowed: list[str]) -> bool:
        if other.said.get("utility") is True or any(_covers(one, other.path) for one in allowed):
            return True
        order = [name for name, _ in self.order]
        if self.section.get("layers_explicit_depends_on") is True:
            return False
        return module.layer in order and other.layer in order and order.index(module.layer) < order.index(other.layer)

    def cannot_depend_on(self, module: _Module) -> None:
        if targets := _paths(module.said.get("cannot_depend_on")):
            self.forbid(module, f"cannot-depend-on-{module.path}", targets)

    def forbid(self, module: _Module, name: str, targets: list[str]) -> None:
        contract: Table = {"id": name, "kind": "forbidden", "sources": [module.path], "targets": targets}
        self.carried.add(module.path, {**contract, "indirect": False, **self.scope})

    def deprecated(self, module: _Module) -> None:
        old = _paths([one for one in tables(module.said.get("depends_on")) if one.get("deprecated") is True])
        if old:
            contract: Table = {"id": f"deprecated-{module.path}", "kind": "deprecated", "sources": [module.path]}
            self.carried.add(module.path, {**contract, "targets": old, **self.scope})

    def visibility(self, module: _Module) -> None:
        said = module.said.get("visibility")
        if not isinstance(said, list) or "*" in said:
            return
        contract: Table = {"id": f"visibility-{module.path}", "kind": "protected", "modules": [module.path]}
        if texts(said):
            contract["importers"] = texts(said)
        self.carried.add(module.path, {**contract, **self.scope})

    def interfaces(self) -> None:
        exposed: dict[str, list[str]] = {}
        for index, said in enumerate(tables(self.section.get("interfaces")), start=1):
            name = f"interface {index}"
            if said.get("visibility"):
                self.carried.lose(name, "left out: an interface for some importers only has no counterpart")
                continue
            names = self.exposed(name, texts(said.get("expose")))
            for path in texts(said.get("from")) or [one.path for one in self.modules]:
                plain = path.replace(r"\.", ".")
                if _PLAIN.fullmatch(plain):
                    exposed.setdefault(plain, []).extend(names)
                else:
                    self.carried.lose(name, f"not for {path!r}: a regular expression for modules has no counterpart")
        for path, names in exposed.items():
            contract: Table = {"id": f"interface-{path}", "kind": "interface", "modules": [path]}
            if names:
                contract["expose"] = list(dict.fromkeys(names))
            self.carried.add(path, {**contract, **self.scope})
        if exposed:
            reason = "names that a package itself defines are judged by `__all__` and underscores, not by `expose`"
            self.carried.lose("interfaces", reason)

    def exposed(self, name: str, patterns: list[str]) -> list[str]:
        found: list[str] = []
        for text in patterns:
            match = _EXPOSED.fullmatch(text)
            if match is None:
                self.carried.lose(name, f"{text!r} is not exposed: this regular expression has no counterpart")
                continue
            tail = match["all"]
            plain = (text[: -len(tail)] if tail else text).replace(r"\.", ".")
            found += [plain, f"{plain}.**"] if tail else [plain]
        return found


def _covers(allowed: str, path: str) -> bool:
    """Whether a path that may be imported, perhaps a glob, is a module or stands above it."""
    parts = (r"[^.]+" if one == "*" else r".+" if one == "**" else re.escape(one) for one in allowed.split("."))
    return re.fullmatch(r"\.".join(parts), path) is not None


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _paths(items: object) -> list[str]:
    """The modules of a list of dependencies: names, or tables with a `path`."""
    named = [one.get("path") if isinstance(one, dict) else one for one in _items(items)]
    return [one for one in named if isinstance(one, str) and one and one != _ROOT]


def _layer(item: object) -> tuple[str, bool]:
    if isinstance(item, dict):
        return str(item.get("name", "")), item.get("closed") is True
    return str(item), False
