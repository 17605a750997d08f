"""What a configuration says about layers: which there are, and the contracts between them.

A *selection* is a string that stands for modules: the name of a declared layer, a glob over paths (it holds a slash),
one of the words `@stdlib`, `@external` and `@any`, or a dotted name that stands for the module and all below it, in
which `*` is one name and `**` any number of them. Strings with the mark of `Selection` are checked to be one.

The annotations are values here, not text: they are asked for in every run.
"""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from relcheck.sdk.options import Glob

DistributionName: TypeAlias = Annotated[str, "distribution"]

ModuleName: TypeAlias = Annotated[str, "import name"]

Selection: TypeAlias = Annotated[str, "selection"]
"""Modules: a layer, a glob, a dotted name with wildcards, `@stdlib`, `@external` or `@any`."""

Below: TypeAlias = Annotated[str, "module pattern"]
"""A dotted name below a package, in which `*` is one name and `**` any number of them."""

Edge: TypeAlias = Annotated[str, "edge"]
"""Two selections: `app.a.** -> app.b`."""

LayerName: TypeAlias = Annotated[str, "layer"]

ContractKind: TypeAlias = Literal[
    "layers",
    "matrix",
    "forbidden",
    "independence",
    "protected",
    "acyclic",
    "interface",
    "allow-only",
    "deprecated",
    "require",
    "declared-externals",
]

ImportScope: TypeAlias = Literal["all", "runtime", "typing", "toplevel", "lazy"]

STDLIB, EXTERNAL, ANY = "@stdlib", "@external", "@any"
"""The standard library; whatever is neither the project's nor the standard library's; everything."""


DEV_FILES = (
    *("**/tests/**", "**/test/**", "**/testing/**", "**/test_*.py", "**/*_test.py", "**/conftest.py"),
    *("docs/**", "doc/**", "setup.py", "noxfile.py", "tasks.py", "scripts/**", "benchmarks/**"),
)
"""Files that are not part of what is installed."""


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class AllowEntry(_Table, frozen=True):
    """An import that a contract lets pass, for this reason, until that day."""

    edge: Annotated[Edge, Meta(description="Importer and imported: `app.a.** -> app.b`.")]
    reason: Annotated[str, Meta(description="Why the exception is right; for people.")] = ""
    until: Annotated[date | None, Meta(description="The last day on which it holds.")] = None
    owner: Annotated[str | None, Meta(description="Who answers for it.")] = None
    issue: Annotated[str | None, Meta(description="Where it is followed up.")] = None


class LayerEntry(_Table, frozen=True):
    """One step of a contract of the kind `layers`."""

    modules: Annotated[
        tuple[Selection, ...], Meta(description="What the step consists of; below each container, where there are any.")
    ]
    name: Annotated[str, Meta(description="What messages call it; otherwise its modules.")] = ""
    optional: Annotated[bool, Meta(description="Whether it may be empty.")] = False
    closed: Annotated[bool, Meta(description="Whether what is above it must not pass over it.")] = False
    independent: Annotated[bool, Meta(description="Whether its modules must not import each other.")] = False


class ContractEntry(_Table, frozen=True):
    """A promise about imports. Which keys it may have depends on its kind."""

    id: Annotated[str, Meta(description="Its name in findings and fingerprints; unique.")]
    kind: Annotated[ContractKind, Meta(description="What it promises.")]
    severity: Annotated[
        Literal["error", "warning", "info", "off"] | None, Meta(description="How grave its findings are.")
    ] = None
    owner: Annotated[str | None, Meta(description="Who answers for it.")] = None
    guidance: Annotated[str, Meta(description="What its findings tell the reader to do.")] = ""
    scope: Annotated[
        ImportScope,
        Meta(
            description="Which imports count: all; runtime (not those under TYPE_CHECKING); typing (only those); "
            "toplevel (those that run when the module is imported); lazy (those that run later)."
        ),
    ] = "all"
    indirect: Annotated[
        bool | None, Meta(description="Whether chains through modules that the contract does not name count.")
    ] = None
    reexports: Annotated[
        bool,
        Meta(
            description="Whether an import of a name counts as one of the module that the package takes it from: "
            "`from app import Order` as app.orders."
        ),
    ] = False
    allow: Annotated[tuple[AllowEntry, ...], Meta(description="Imports that it lets pass.")] = ()
    layers: Annotated[
        tuple[Selection | LayerEntry, ...], Meta(description="layers: from the highest, which may import all below it.")
    ] = ()
    containers: Annotated[tuple[Selection, ...], Meta(description="layers: the packages that the layers are in.")] = ()
    exhaustive: Annotated[
        bool, Meta(description="layers: whether every module of the containers must be in a layer.")
    ] = False
    exhaustive_ignores: Annotated[tuple[Selection, ...], Meta(description="layers: modules that need not.")] = ()
    matrix: Annotated[
        dict[LayerName, tuple[Selection, ...]],
        Meta(description="matrix: for each layer those that it may import beside itself."),
    ] = {}
    sources: Annotated[
        tuple[Selection, ...],
        Meta(description="forbidden, allow-only, deprecated, require, declared-externals: the importers."),
    ] = ()
    targets: Annotated[
        tuple[Selection, ...], Meta(description="forbidden, allow-only, deprecated, require: what is imported.")
    ] = ()
    modules: Annotated[
        tuple[Selection, ...],
        Meta(
            description="independence: what must not import each other; protected and interface: what is imported; "
            "acyclic: the packages whose members must not form a cycle."
        ),
    ] = ()
    importers: Annotated[
        tuple[Selection, ...], Meta(description="protected: who may import the modules; interface: who may reach in.")
    ] = ()
    expose: Annotated[
        tuple[Below, ...],
        Meta(description="interface: what others may import, as names below each module; * and ** are wildcards."),
    ] = ()
    depth: Annotated[int, Meta(ge=1, description="acyclic: how many levels below the packages are looked at.")] = 10
    until: Annotated[date | None, Meta(description="deprecated: the last day on which it is a warning.")] = None
    manifests: Annotated[
        tuple[Glob, ...],
        Meta(
            description="declared-externals: the files that declare dependencies; .toml as pyproject, others as pip's."
        ),
    ] = ("pyproject.toml",)
    dev_manifests: Annotated[
        tuple[Glob, ...], Meta(description="declared-externals: files whose dependencies are for development only.")
    ] = ()
    dev_groups: Annotated[
        tuple[str, ...], Meta(description="declared-externals: the extras that are for development only.")
    ] = ("dev", "doc", "docs", "lint", "test", "testing", "tests", "typing")
    dev_files: Annotated[
        tuple[Glob, ...],
        Meta(description="declared-externals: the files that may import what is for development only."),
    ] = DEV_FILES
    packages: Annotated[
        dict[ModuleName, DistributionName | tuple[DistributionName, ...]],
        Meta(description='declared-externals: import name to distribution, where the names differ: yaml = "PyYAML".'),
    ] = {}
    guarded: Annotated[bool, Meta(description="declared-externals: whether imports in a `try` count.")] = True
    unused: Annotated[
        bool, Meta(description="declared-externals: whether a dependency that nothing imports is a finding.")
    ] = False
    not_imported: Annotated[
        tuple[DistributionName, ...],
        Meta(
            description="declared-externals: dependencies that nothing imports on purpose, such as servers and drivers."
        ),
    ] = ()


class Layering(_Table, frozen=True):
    """The layers of the project and the contracts between them."""

    define: Annotated[
        dict[LayerName, tuple[Glob, ...]], Meta(description="Layer to the globs of its files. No file may be in two.")
    ] = {}
    names: Annotated[
        tuple[LayerName, ...], Meta(description="Layers that headers may name, where `define` does not list them.")
    ] = ()
    headers: Annotated[
        Literal["off", "optional", "required"],
        Meta(
            description="Whether a comment `# Layer: NAME` puts a file into a layer, and whether every file needs one."
        ),
    ] = "optional"
    required_in: Annotated[tuple[Glob, ...], Meta(description="Files that must belong to a layer.")] = ()
    contract: Annotated[tuple[ContractEntry, ...], Meta(description="The contracts.")] = ()


NEEDED: dict[ContractKind, tuple[str, ...]] = {
    "layers": ("layers",),
    "matrix": ("matrix",),
    "forbidden": ("sources", "targets"),
    "independence": ("modules",),
    "protected": ("modules",),
    "acyclic": (),
    "interface": ("modules",),
    "allow-only": ("sources", "targets"),
    "deprecated": ("targets",),
    "require": ("sources", "targets"),
    "declared-externals": (),
}
"""The keys that a contract of each kind must have."""

POSSIBLE: dict[ContractKind, tuple[str, ...]] = {
    "layers": ("indirect", "containers", "exhaustive", "exhaustive_ignores"),
    "matrix": ("indirect",),
    "forbidden": ("indirect",),
    "independence": ("indirect",),
    "protected": ("importers",),
    "acyclic": ("modules", "depth"),
    "interface": ("expose", "importers"),
    "allow-only": (),
    "deprecated": ("sources", "until"),
    "require": ("indirect",),
    "declared-externals": (
        *("sources", "manifests", "dev_manifests", "dev_groups", "dev_files"),
        *("packages", "guarded", "unused", "not_imported"),
    ),
}
"""The keys that it may have beside these and those that all have."""

ALWAYS = ("id", "kind", "severity", "owner", "guidance", "scope", "reexports", "allow")
"""The keys that every contract may have."""
