"""A configuration as the engine asks for it: settings, and for each rule what was set and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Literal, TypeAlias, cast

import msgspec
from msgspec import Struct

from relcheck.config.document import Document, Origin
from relcheck.config.errors import Problem
from relcheck.config.schema import OPTION_TYPES, Sections, Settings
from relcheck.config.spelling import Keys, dotted
from relcheck.model.exceptions import Waiver
from relcheck.model.severity import Severity
from relcheck.sdk.gating import GateSettings
from relcheck.sdk.layering import Layering
from relcheck.sdk.matrices import MatrixEntry
from relcheck.sdk.migration_settings import MigrationSettings
from relcheck.sdk.options import OptionValue
from relcheck.sdk.spec import Catalog, RuleSpec
from relcheck.sources.globs import Globs

_DEFAULTS = Sections()
_ENGINE_KEYS = ("enabled", "severity", "paths")

Places: TypeAlias = Mapping[str, tuple[Document, Keys]]
"""For each key of a table the document that set it, and the way to it there."""


class Level(Struct, frozen=True):
    """Whether a rule runs and how grave its findings are, as far as one place of a configuration says so.

    `severity = "off"` is kept apart from `enabled = false`, because another severity said later takes it back.
    """

    switch: bool | None = None
    grade: Severity | Literal["off"] | None = None

    @property
    def enabled(self) -> bool | None:
        """None where nothing is said."""
        return False if self.grade == "off" else self.switch

    @property
    def severity(self) -> Severity | None:
        """None where nothing is said."""
        return None if self.grade == "off" else self.grade

    def then(self, later: Level) -> Level:
        """What holds when `later` is said after this."""
        switched_on = later.switch is True and self.grade == "off"
        grade = later.grade if later.grade is not None else None if switched_on else self.grade
        return Level(self.switch if later.switch is None else later.switch, grade)


class Override(Struct, frozen=True):
    """Other levels for the files that match `paths`: for every rule, then for packs, then for single rules."""

    paths: tuple[str, ...]
    every: Level
    rules: Mapping[str, Level]
    origin: Origin

    @property
    def line(self) -> int:
        return self.origin.line or 1

    def matches(self, path: str) -> bool:
        """Whether it is about a file; its path is relative to the configuration's folder."""
        return _globs(self.paths).matches(path)

    def level(self, rule: str) -> Level:
        """What it says about a rule, to be put after the rule's own level by `then`."""
        nothing = Level()
        pack = self.rules.get(rule.partition("/")[0], nothing)
        return self.every.then(pack).then(self.rules.get(rule, nothing))


class RuleSettings(Struct, frozen=True):
    """What a configuration says about one rule. `paths` is None and an option absent where the rule's own value holds.

    `somewhere` is true where the rule is off in general and an override switches it on for some files.
    """

    level: Level = Level()
    somewhere: bool = False
    paths: tuple[str, ...] | None = None
    options: Mapping[str, OptionValue] = {}
    places: Places = {}

    @property
    def enabled(self) -> bool | None:
        """Whether it runs on any file; None: the rule's default holds."""
        return self.somewhere or self.level.enabled

    @property
    def severity(self) -> Severity | None:
        """None: the rule's default holds."""
        return self.level.severity

    def origin(self, key: str, entry: int | None = None) -> Origin:
        """Where `enabled`, `severity`, `paths` or an option was set; of an array, where one of its entries stands."""
        if key not in self.places:
            return Origin()
        document, keys = self.places[key]
        return document.origin(keys if entry is None else (*keys, entry))


class RuleTable(Struct, frozen=True):
    """What one document says about a rule or a pack: the values as TOML has them, and the way to the table."""

    keys: Keys
    values: Mapping[str, object]


class Layer(Struct, frozen=True):
    """One document of a configuration, with the current names of its rules."""

    document: Document
    rules: Mapping[str, RuleTable]


class Config(Struct, frozen=True, dict=True):
    """A configuration. Patterns and folders are relative to the folder of its file; `file` is its name for people."""

    file: str | None = None
    sections: Sections = _DEFAULTS
    waivers: tuple[Waiver, ...] = ()
    overrides: tuple[Override, ...] = ()
    layers: tuple[Layer, ...] = ()
    catalog: Catalog = Catalog({})

    def __repr__(self) -> str:
        return f"Config(file={self.file!r}, digest={self.digest!r})"

    @cached_property
    def digest(self) -> str:
        """The same for configurations that say the same; where they say it is no part of it."""
        import hashlib

        own = msgspec.structs.replace(self.settings, extends=(), required_version="")
        rules = [[name, table.values] for layer in self.layers for name, table in layer.rules.items()]
        said = [msgspec.structs.replace(self.sections, relcheck=own), rules]
        return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()

    @property
    def settings(self) -> Settings:
        return self.sections.relcheck

    @property
    def exclude(self) -> tuple[str, ...]:
        """Patterns of the files that no rule looks at."""
        return self.settings.exclude

    @property
    def roots(self) -> dict[str, str]:
        """Import name to folder."""
        return self.settings.roots

    @property
    def fail_on(self) -> Severity:
        return self.settings.fail_on

    @property
    def max_file_size(self) -> int:
        """In bytes; larger files are not examined."""
        return self.settings.max_file_size

    @property
    def require_reason(self) -> bool:
        """Whether a waiver without a reason is a finding."""
        return self.settings.require_reason

    @property
    def baseline(self) -> str:
        """The file of accepted findings."""
        return self.settings.baseline

    @property
    def local_rules(self) -> str | None:
        """The folder of the rules that live in the repository."""
        return self.settings.local_rules or None

    @property
    def layering(self) -> Layering:
        """The layers of the project and the contracts between them."""
        return self.sections.layers

    @property
    def migrations(self) -> MigrationSettings:
        """Which migrations there are, and what they run on."""
        return self.sections.migrations

    @property
    def matrices(self) -> tuple[MatrixEntry, ...]:
        """What is said of matrices, those of a base first."""
        return self.sections.matrix

    @property
    def gates(self) -> GateSettings:
        """What must hold at a stage."""
        return self.sections.gate

    @property
    def extends(self) -> tuple[str, ...]:
        return self.settings.extends

    @property
    def referenced_rules(self) -> tuple[str, ...]:
        """Every rule and pack that is spoken of, sorted; those of the scanned repository need not be known."""
        tables = {name for layer in self.layers for name in layer.rules}
        waived = {name for waiver in self.waivers for name in waiver.rules}
        overridden = {name for override in self.overrides for name in override.rules}
        return tuple(sorted(tables | waived | overridden))

    def rule(self, spec: RuleSpec) -> RuleSettings:
        """What is said about a rule of the catalog that the configuration was loaded with.

        Documents come in order, the project's own last; in each the pack's table comes before the rule's. A later value
        replaces an earlier one, lists too.
        """
        if spec.name not in self._known:
            self._known[spec.name] = self._rule(spec)
        return self._known[spec.name]

    def override(self, rule: str, path: str) -> Severity | Literal["off"] | None:
        """The severity that overrides give a rule for one file; its path is relative to the configuration's folder.

        None where they give none; "off" where the rule does not run on this file.
        """
        spec = self.catalog.rules.get(rule)
        if spec is None or not self.overrides:
            return None
        settings, said = self.rule(spec), Level()
        for override in self.overrides:
            if override.matches(path):
                said = said.then(override.level(rule))
        if said == Level() and not settings.somewhere:
            return None
        level = settings.level.then(said)
        if level.enabled is False or (settings.somewhere and not _runs(spec, level)):
            return "off"
        return said.severity

    @cached_property
    def _known(self) -> dict[str, RuleSettings]:
        return {}

    def _rule(self, spec: RuleSpec) -> RuleSettings:
        level = Level()
        values: dict[str, object] = {}
        places: dict[str, tuple[Document, Keys]] = {}
        types = {option.name: option.type for option in spec.options if option.name not in _ENGINE_KEYS}
        for layer, table in self._tables(spec):
            level = level.then(stated(table.values.get("enabled"), table.values.get("severity")))
            for key, value in table.values.items():
                if key in types or key in _ENGINE_KEYS:
                    values[key] = value
                    places[key] = (layer.document, (*table.keys, key))
        paths = msgspec.convert(values.get("paths"), tuple[str, ...] | None)
        options = {
            key: cast("OptionValue", msgspec.convert(value, OPTION_TYPES[types[key]]))
            for key, value in values.items()
            if key in types
        }
        return RuleSettings(level, self._switched_on_somewhere(spec, level), paths, options, places)

    def _tables(self, spec: RuleSpec) -> Iterator[tuple[Layer, RuleTable]]:
        for layer in self.layers:
            for name in (spec.pack, spec.name):
                if name in layer.rules:
                    yield layer, layer.rules[name]

    def _switched_on_somewhere(self, spec: RuleSpec, level: Level) -> bool:
        if _runs(spec, level):
            return False
        return any(_runs(spec, level.then(override.level(spec.name))) for override in self.overrides)

    def origin(self, section: str, key: str) -> Origin:
        """Where a key of a section such as `relcheck` was set."""
        for layer in reversed(self.layers):
            table = layer.document.tables.get(section)
            if isinstance(table, dict) and key in table:
                return layer.document.origin((section, key))
        return Origin()

    def place(self, keys: Sequence[str | int]) -> Origin:
        """Where something of a section such as `layers` was set; a contract is named by its id."""
        found = self._document_of(keys)
        return found[0].origin(found[1]) if found is not None else Origin(self.file)

    def file_and_line(self, keys: Sequence[str | int]) -> tuple[str, int]:
        """The same for a report, whose places are files of the project: what a preset or a package sets stands where it
        is extended."""
        origin = self.place(keys)
        if origin.file is None or origin.file.startswith(("preset:", "package:")):
            origin = self.origin("relcheck", "extends")
        return origin.file or self.file or ".", origin.line or 1

    def problem_at(self, keys: Sequence[str | int], message: str) -> Problem:
        """An error of such a section, at its place."""
        found = self._document_of(keys)
        return found[0].problem(found[1], message) if found is not None else Problem(message, self.file or ".")

    def _document_of(self, keys: Sequence[str | int]) -> tuple[Document, Keys] | None:
        if keys[:1] == ("matrix",) and len(keys) > 1 and isinstance(keys[1], int):
            return self._document_of_matrix(keys[1], keys[2:])
        for layer in reversed(self.layers):
            section = layer.document.tables.get(str(keys[0]))
            if not isinstance(section, dict) or keys[1] not in section:
                continue
            numbered = tuple(keys)
            if numbered[1:2] == ("contract",):
                ids = [one.get("id") for one in section.get("contract", ())]
                if numbered[2] not in ids:
                    continue
                numbered = (*numbered[:2], ids.index(numbered[2]), *numbered[3:])
            elif len(numbered) > 2 and numbered[2] not in section.get(numbered[1], ()):
                continue
            return layer.document, numbered
        return None

    def _document_of_matrix(self, number: int, rest: Sequence[str | int]) -> tuple[Document, Keys] | None:
        for layer in self.layers:
            section = layer.document.tables.get("matrix")
            entries = len(section) if isinstance(section, list) else 0
            if number < entries:
                return layer.document, ("matrix", number, *rest)
            number -= entries
        return None

    @property
    def origins(self) -> dict[str, str]:
        """Where each setting comes from, and each thing that was said about rules, by the way to it.

        `relcheck.exclude` → `relcheck.toml:7`, `preset:x` or `default`.
        """
        origins = {f"relcheck.{key}": str(self.origin("relcheck", key)) for key in Settings.__struct_fields__}
        for layer in self.layers:
            for name, table in layer.rules.items():
                for key in table.values:
                    where = layer.document.origin((*table.keys, key))
                    origins[dotted(("rules", name, key))] = str(where)
        for name in self.layering.define:
            origins[dotted(("layers", "define", name))] = str(self.place(("layers", "define", name)))
        for contract in self.layering.contract:
            origins[f"layers.contract[{contract.id}]"] = str(self.place(("layers", "contract", contract.id)))
        for index in range(len(self.matrices)):
            origins[f"matrix[{index}]"] = str(self.place(("matrix", index)))
        for index, waiver in enumerate(self.waivers):
            origins[f"waivers[{index}]"] = str(Origin(waiver.path, waiver.line))
        for index, override in enumerate(self.overrides):
            origins[f"overrides[{index}]"] = str(override.origin)
        return origins


def stated(enabled: object, severity: object) -> Level:
    """The level that checked values of the keys `enabled` and `severity` state; None for a key that is not set."""
    switch = enabled if isinstance(enabled, bool) else None
    if severity == "off":
        return Level(switch, "off")
    return Level(switch, Severity(severity) if isinstance(severity, str) else None)


def _runs(spec: RuleSpec, level: Level) -> bool:
    return spec.default if level.enabled is None else level.enabled


@lru_cache(maxsize=256)
def _globs(patterns: tuple[str, ...]) -> Globs:
    return Globs(patterns)
