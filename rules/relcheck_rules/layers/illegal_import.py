"""An import that a contract between layers or modules forbids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relcheck.sdk import GraphRule
from relcheck_rules.layers import _illegal_import_examples as shown
from relcheck_rules.layers._illegal import contracts
from relcheck_rules.layers._lists import allow_only, forbidden, independence, protected
from relcheck_rules.layers._stack import matrix, stack

if TYPE_CHECKING:
    from relcheck.sdk import Project, ProjectDraft

_KINDS = {
    "layers": stack,
    "matrix": matrix,
    "forbidden": forbidden,
    "independence": independence,
    "protected": protected,
    "allow-only": allow_only,
}


class IllegalImport(GraphRule):
    """
    ## What it does
    Reports an import that a contract of the configuration forbids, at the statement, and one that begins a chain of
    imports to something forbidden, with the whole chain. Imports are found wherever they are written: relative
    ones, in functions, under `TYPE_CHECKING`, in `try`, lazy ones, and calls of `importlib.import_module` and
    `__import__` with a literal. Nothing need be installed or importable; folders without `__init__.py` are packages
    too.

    The kinds of contracts:

    - `layers`: what is lower does not import what is higher. A table `{modules, name, optional, closed, independent}`
      says more of one layer; with `containers` the layers stand below each of these packages.
    - `matrix`: a declared layer imports itself and what its row names; `@any` is everything.
    - `forbidden`: `sources` do not import `targets`, which may be packages from outside.
    - `independence`: the `modules` do not import each other.
    - `protected`: only `importers` import the `modules`. Direct imports count.
    - `allow-only`: `sources` import `targets` and each other, and nothing else. Direct imports count.

    Modules are written as a dotted name (the module and all below it; `*` is one name, `**` any number), as a glob
    with a `/`, as the name of a declared layer, or as `@stdlib`, `@external`, `@any`. Chains count unless `indirect
    = false`; they run over modules that the contract does not name. `scope` chooses among `all`, `runtime` (not
    under `TYPE_CHECKING`), `typing`, `toplevel` and `lazy`. With `reexports = true` an import of a name is one of the
    module that the package takes it from. `allow = [{edge = "app.a -> app.b", reason = "…", until
    = 2027-03-31}]` states an exception: in an edge a dotted name is that module alone.

    ## Why is this bad
    Layers keep a change local. One import upwards ties the domain to the web framework, makes a cycle that only
    shows at start-up, and is copied by the next ten. Lazy and relative imports are where such ties hide.

    ## Example
    ```toml
    [[layers.contract]]
    id = "onion"
    kind = "layers"
    layers = ["app.api", "app.domain", "app.infra"]
    ```

    ## Use instead
    Move what both sides need into the lower layer, or pass it in from above. Where the import must stay for now,
    state it with a reason and a date in the contract's `allow`.
    """

    examples = shown.EXAMPLES

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        for contract in contracts(project, *_KINDS):
            yield from _KINDS[contract.entry.kind](contract)
