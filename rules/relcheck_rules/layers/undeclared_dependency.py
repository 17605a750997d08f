"""An import of a distribution that the project does not declare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relcheck.sdk import Expect, GraphRule, Invalid, Valid
from relcheck_rules.layers._dependencies import undeclared
from relcheck_rules.layers._illegal import contracts

if TYPE_CHECKING:
    from relcheck.sdk import Project, ProjectDraft

_CONTRACT = """
[[layers.contract]]
id = "dependencies"
kind = "declared-externals"
"""
_PYPROJECT = """\
[project]
name = "shop"
dependencies = ["PyYAML>=6", "google-cloud-storage"]

[project.optional-dependencies]
test = ["freezegun"]

[dependency-groups]
dev = ["pytest", "types-requests"]
"""


class UndeclaredDependency(GraphRule):
    """
    ## What it does
    For contracts of the kind `declared-externals`: reports an import of what is neither the project's, nor Python's,
    nor provided by a distribution that the `manifests` declare. These are `pyproject.toml` ([project], extras,
    dependency groups, Poetry's tables) and, where they are named, files of requirements (`requirements/*.txt`).

    What groups, the extras of `dev_groups` and the `dev_manifests` declare is for development: only the `dev_files`
    (tests, docs, scripts) and imports under `TYPE_CHECKING` may use it. Import and distribution often differ in
    name: `packages = { yaml = "PyYAML" }` says so where relcheck does not know. `guarded = false` leaves out imports
    in a `try`.

    A manifest that cannot be read, or whose dependencies are worked out by a build, is a finding of its own, at its
    line: nothing is said of imports then.

    ## Why is this bad
    What is not declared is there because something else happens to need it. It vanishes with the next release of
    that, on the machines of users first.

    ## Example
    ```toml
    [[layers.contract]]
    id = "dependencies"
    kind = "declared-externals"
    packages = { magic = "python-magic" }
    ```

    ## Use instead
    Declare what is imported, or import what is declared. Where an import is right all the same, state it with a
    reason in the contract's `allow`.
    """

    examples = (
        Invalid(
            "import json\nimport yaml\nfrom requests import get, post\nfrom google.cloud import storage, bigquery\n",
            Expect(
                3,
                6,
                14,
                "shop.feed imports requests: pyproject.toml declares nothing that provides it, so it is there by "
                "luck. Add requests to the dependencies; where something else provides it, say so in the contract's "
                "`packages`",
            ),
            Expect(
                4,
                6,
                18,
                "shop.feed imports google.cloud.bigquery: pyproject.toml declares nothing that provides it, so it is "
                "there by luck. Add google-cloud-bigquery to the dependencies; where something else provides it, say "
                "so in the contract's `packages`",
            ),
            title="requests, and one of two members of a namespace package",
            path="shop/feed.py",
            files={"pyproject.toml": _PYPROJECT},
            settings=_CONTRACT,
        ),
        Invalid(
            "from typing import TYPE_CHECKING\nimport freezegun\n\nif TYPE_CHECKING:\n    import requests\n",
            Expect(
                2,
                8,
                17,
                "shop.clock imports freezegun: freezegun is declared for development only (in the group test of "
                "pyproject.toml), and users who install this do not have it. Move it to the dependencies, or the "
                "import to where development code is",
            ),
            title="a tool of the tests in what is installed; stubs are enough for types",
            path="shop/clock.py",
            files={"pyproject.toml": _PYPROJECT},
            settings=_CONTRACT,
        ),
        Invalid(
            "import json\n",
            Expect(
                3,
                18,
                26,
                "the contract dependencies reads this file: '6 PyYAML' is no requirement such as `name>=1.0`, so "
                "what it declares is not known",
                path="pyproject.toml",
            ),
            title="a manifest that says nothing that could be read",
            path="shop/clock.py",
            files={"pyproject.toml": '[project]\nname = "shop"\ndependencies = ["6 PyYAML"]\n'},
            settings=_CONTRACT,
        ),
        Valid(
            "import pytest\nimport yaml\nfrom freezegun import freeze_time\nfrom shop import clock\n",
            title="what is for development, where it is used for that",
            path="tests/test_clock.py",
            files={"pyproject.toml": _PYPROJECT, "shop/clock.py": "import asyncio\n"},
            settings=_CONTRACT,
        ),
        Valid(
            "import magic\nimport cv2\n",
            title="names that differ: one that is well known, one that is said",
            path="shop/pictures.py",
            files={
                "requirements/base.txt": "libmagic==1.0  # files\n-r vision.txt\n",
                "requirements/vision.txt": "opencv-python-headless\n",
            },
            settings=_CONTRACT + 'manifests = ["requirements/base.txt"]\npackages = { magic = "libmagic" }\n',
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        for contract in contracts(project, "declared-externals"):
            yield from undeclared(contract)
