"""In which order migrations are applied, and which app a folder of them belongs to."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from relcheck.sources.migration.django.facts import DjangoMigration

if TYPE_CHECKING:
    from relcheck.sources.migration.django.facts import DjangoSettings

Node = tuple[str, str]
"""A migration: app label and name."""


class AppMigration(msgspec.Struct, frozen=True, kw_only=True):
    """A migration file in its place: `path` in the repository, the label of its app, its name (`0002_add_total`)."""

    path: str
    app: str
    name: str
    facts: DjangoMigration

    @property
    def node(self) -> Node:
        return self.app, self.name


def app_label(folder: str, files: Mapping[str, DjangoMigration], config: str | None, settings: DjangoSettings) -> str:
    """The label of the app whose migrations are in `folder` (`shop/orders/migrations`).

    `files` are the migrations of the folder by name, `config` is the source of the app's `apps.py`, if there is one. A
    label that `apps.py` says is taken; else the one by which the migrations name each other; else the folder's name.
    """
    module = folder.replace("/", ".")
    for label, named in settings.migration_modules.items():
        if named and (module == named or module.endswith(f".{named}")):
            return label
    package = folder.rpartition("/")[0].rpartition("/")[2] if "/" in folder else folder
    stated = _stated_label(config, package) if config else None
    if stated is not None:
        return stated
    # Other apps have a `0001_initial`, too; but nearly every file names the one before it, which is of its own app.
    named_in = [
        {app for app, one in (*facts.dependencies, *facts.replaces) if one in files and one != name}
        for name, facts in files.items()
    ]
    named_by = Counter(app for apps in named_in for app in apps if not app.startswith("settings."))
    for label, count in named_by.most_common(1):
        if package not in named_by and count * 2 > sum(map(bool, named_in)):
            return label
    return package


_LABEL = re.compile(r"\b(?:label|name)\b")


def _stated_label(config: str, package: str) -> str | None:
    """`label` of the AppConfig in an `apps.py`, or the last part of its `name`; None where it says several."""
    if "AppConfig" not in config or _LABEL.search(config) is None:
        return None
    try:
        tree = ast.parse(config)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    labels: list[str] = []
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        said: dict[str, str] = {}
        for statement in node.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
                value = statement.value.value
                for target in statement.targets:
                    if isinstance(target, ast.Name) and isinstance(value, str):
                        said[target.id] = value
        if "label" in said:
            labels.append(said["label"])
        elif "name" in said and said["name"].rpartition(".")[2] == package:
            labels.append(package)
    return labels[0] if len(set(labels)) == 1 else None


def in_order(migrations: Iterable[AppMigration]) -> list[AppMigration]:
    """The migrations, each behind those that it depends on; a squashed one before those that it replaces.

    Where dependencies form a circle, it is cut at its first migration: circles are a finding elsewhere.
    """
    nodes = {migration.node: migration for migration in sorted(migrations, key=lambda one: one.node)}
    replaced = {old: squash.node for squash in nodes.values() for old in squash.facts.replaces}
    first = _first_of_apps(nodes)
    needs: dict[Node, set[Node]] = {node: set() for node in nodes}
    for node, migration in nodes.items():
        for app, name in migration.facts.dependencies:
            needed = _existing((app, name), nodes, replaced, first)
            if needed is not None and needed != node:
                needs[node].add(needed)
                replaces = nodes[needed].facts.replaces
                if node not in replaces:
                    needs[node].update(old for old in replaces if old in nodes and old != node)
        for app, name in migration.facts.run_before:
            if (app, name) in needs:
                needs[app, name].add(node)
        for old in migration.facts.replaces:
            if old in needs and old != node:
                needs[old].add(node)
    return [nodes[node] for node in _sorted(needs)]


def _existing(
    node: Node, nodes: dict[Node, AppMigration], replaced: dict[Node, Node], first: dict[str, Node]
) -> Node | None:
    if node in nodes:
        return node
    if node in replaced:
        return replaced[node]
    app, name = node
    if name == "__first__":
        return first.get(app)
    if name == "__latest__":
        return max((one for one in nodes if one[0] == app), default=None)
    return None


def _first_of_apps(nodes: dict[Node, AppMigration]) -> dict[str, Node]:
    first: dict[str, Node] = {}
    for app, name in nodes:
        if app not in first or name < first[app][1]:
            first[app] = (app, name)
    return first


def _sorted(needs: dict[Node, set[Node]]) -> list[Node]:
    done: dict[Node, None] = {}
    for start in needs:
        if start in done:
            continue
        stack: list[tuple[Node, list[Node]]] = [(start, sorted(needs[start]))]
        open_: set[Node] = {start}
        while stack:
            node, waiting = stack[-1]
            following = next((one for one in waiting if one not in done and one not in open_), None)
            if following is None:
                stack.pop()
                open_.discard(node)
                done[node] = None
                continue
            waiting.remove(following)
            open_.add(following)
            stack.append((following, sorted(needs[following])))
    return list(done)
