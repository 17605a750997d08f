"""Which rules there are. Rules are found by walking the packages that hold them; there is no list to keep.

The result is kept as a manifest beside the rules (in `__pycache__`, like bytecode: derived from them and thrown away
freely), so that a run that concerns no rule imports none.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import msgspec

from relcheck import __version__
from relcheck.engine.facets import FACETS
from relcheck.engine.own_rules import OWN_RULES
from relcheck.sdk.options import option_specs
from relcheck.sdk.rule import GraphRule, LinkedRule, ProjectRule, Rule, View, marked_methods
from relcheck.sdk.spec import Catalog, ConventionSpec, HandlerSpec, RuleSpec

if TYPE_CHECKING:
    from relcheck.engine.plan import Planned

SHIPPED = "relcheck_rules"
LOCAL_PACK = "local"
_LINKED = (View.MIGRATIONS, View.DOCUMENTS, View.MARKERS)
_ENTRY_POINTS = "relcheck.packs"


class RuleError(Exception):
    """A rule that cannot be loaded: it says which file, and what is wrong with it."""


class _Manifest(msgspec.Struct, frozen=True):
    signature: str
    rules: tuple[RuleSpec, ...]


def load_catalog(packs: Sequence[str] = (), *, local: Path | None = None) -> Catalog:
    """The shipped rules, those of installed `packs` (entry points of the group `relcheck.packs`), and local ones.

    `local` is a folder of the scanned repository: its code is imported, so it is given only where the user allows
    that. Raises RuleError.
    """
    specs = [*OWN_RULES, *FACETS]
    for package in (SHIPPED, *(_package_of(pack) for pack in packs)):
        specs.extend(_package_rules(package))
    if local is not None:
        specs.extend(_local_rules(local))
    rules: dict[str, RuleSpec] = {}
    for spec in sorted(specs, key=lambda one: one.name):
        if spec.name in rules:
            raise RuleError(f"two rules are named {spec.name}: {rules[spec.name].module} and {spec.module}")
        rules[spec.name] = spec
    return Catalog(rules)


def load_rule(spec: RuleSpec) -> type[Rule]:
    """The class of a rule. Imports its module."""
    module = _local_module(Path(spec.module)) if spec.module.endswith(".py") else _module(spec.module)
    found: type[Rule] = getattr(module, spec.cls)
    return found


def make_rule(planned: Planned) -> Rule:
    """A new object of a rule with its options, for one file or one project. Imports the rule's module at the first
    need."""
    key = planned.spec.name, planned.spec.module
    if key not in _CLASSES:
        _CLASSES[key] = load_rule(planned.spec)
    rule = _CLASSES[key]
    return rule(rule.Options(**planned.options.values))


_CLASSES: dict[tuple[str, str], type[Rule]] = {}


def describe(module: ModuleType, name: str, digest: str) -> RuleSpec:
    """A rule's module as data. Raises RuleError where the module holds no rule, or a faulty one."""
    classes = [
        one
        for one in vars(module).values()
        if inspect.isclass(one)
        and issubclass(one, Rule)
        and one.__module__ == module.__name__
        and not one.__name__.startswith("_")
    ]
    if len(classes) != 1:
        raise RuleError(f"{module.__file__}: expected one rule class, found {len(classes)}")
    rule = classes[0]
    linked = issubclass(rule, ProjectRule) and rule.view in _LINKED  # it selects operations or cells, no code
    handlers = () if linked else tuple(HandlerSpec(name, selectors) for name, selectors in marked_methods(rule))
    visitor = any(member.startswith(("visit_", "leave_")) for member in dir(rule))
    try:
        options = option_specs(rule.Options)
    except TypeError as error:
        raise RuleError(f"{module.__file__}: {error}") from None
    from relcheck.engine.faulty_selectors import selector_faults  # late: a kept manifest needs no proof

    if faults := list(selector_faults(handlers, rule.where, rule.convention, options)):
        raise RuleError("\n".join(f"{module.__file__}: {fault}" for fault in faults))
    return RuleSpec(
        name=name,
        module=module.__name__,
        cls=rule.__name__,
        digest=digest,
        summary=(module.__doc__ or "").strip().partition("\n")[0],
        page=inspect.cleandoc(rule.__doc__ or ""),
        type="project" if issubclass(rule, ProjectRule) else "python",
        view=rule.view.value if issubclass(rule, ProjectRule) else "tree",
        reads=tuple(one.value for one in rule.reads) if issubclass(rule, ProjectRule) else (),
        requires=rule.required() if issubclass(rule, LinkedRule) else (),
        by_headers=issubclass(rule, GraphRule) and rule.by_headers,
        severity=rule.severity,
        confidence=rule.confidence,
        enabled=rule.enabled,
        preview=rule.preview,
        fixable=rule.fixable,
        upholds=rule.upholds,
        aliases=rule.aliases,
        files=rule.files,
        where=rule.where,
        convention=ConventionSpec(rule.convention.names, rule.convention.otherwise) if rule.convention else None,
        handlers=handlers,
        visitor=visitor,
        local=rule.local,
        stage=rule.stage,
        triggers=rule.triggers,
        options=options,
    )


def _package_rules(package: str) -> tuple[RuleSpec, ...]:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RuleError(f"the rule package {package} is not installed")
    folder = Path(spec.submodule_search_locations[0])
    signature = _signature(folder)
    kept = folder / "__pycache__" / f"relcheck-{__version__}.{sys.implementation.cache_tag}.manifest"
    try:
        manifest = msgspec.msgpack.decode(kept.read_bytes(), type=_Manifest)
        if manifest.signature == signature:
            return manifest.rules
    except (OSError, msgspec.DecodeError):
        pass
    digest = _digest(folder)
    rules = tuple(_imported(package, folder, file, digest) for file in sorted(_rule_files(folder)))
    _keep(kept, msgspec.msgpack.encode(_Manifest(signature, rules)))
    return rules


def _imported(package: str, folder: Path, file: Path, digest: str) -> RuleSpec:
    relative = file.relative_to(folder).with_suffix("")
    module = _module(".".join((package, *relative.parts)))
    return describe(module, _rule_name(relative.parts[0], relative.name), digest)


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:  # whatever a rule's module raises is its author's to read
        raise RuleError(f"{name} cannot be imported: {type(error).__name__}: {error}") from error


def _rule_files(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*.py"):
        parts = file.relative_to(folder).parts
        if len(parts) > 1 and not any(part.startswith(("_", ".")) for part in parts):
            yield file


def _rule_name(pack: str, stem: str) -> str:
    return f"{pack}/{stem}".replace("_", "-")


def _signature(folder: Path) -> str:
    """Tells whether a file of the package has changed, without reading any."""
    return "\n".join(sorted(_states(str(folder), "")))


def _states(folder: str, below: str) -> Iterator[str]:
    """Name, time and size of every Python file. There are hundreds, and every run asks."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                state = entry.stat()
                yield f"{below}{entry.name} {state.st_mtime_ns} {state.st_size}"
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _states(entry.path, f"{below}{entry.name}/")


def _digest(folder: Path) -> str:
    import hashlib

    content = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        content.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes() + b"\0")
    return content.hexdigest()[:16]


def _keep(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. A place that cannot be written costs only time: the rules are read again next
    time."""
    import tempfile

    try:
        path.parent.mkdir(exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        return


def _package_of(pack: str) -> str:
    from importlib.metadata import entry_points

    found = entry_points(group=_ENTRY_POINTS, name=pack)
    if not found:
        known = ", ".join(sorted(point.name for point in entry_points(group=_ENTRY_POINTS)))
        raise RuleError(f"no installed package offers the pack {pack}; installed: {known}")
    return next(iter(found)).value


def _local_rules(folder: Path) -> Iterator[RuleSpec]:
    digest = _digest(folder)
    for file in sorted(folder.glob("*.py")):
        if not file.name.startswith("_"):
            spec = describe(_local_module(file), _rule_name(LOCAL_PACK, file.stem), digest)
            yield msgspec.structs.replace(spec, module=str(file))


def _local_module(file: Path) -> ModuleType:
    import hashlib

    name = f"relcheck_local_{hashlib.sha256(str(file).encode()).hexdigest()[:8]}_{file.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise RuleError(f"{file}: cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever a rule's module raises is its author's to read
        del sys.modules[name]
        raise RuleError(f"{file} cannot be imported: {type(error).__name__}: {error}") from error
    return module
