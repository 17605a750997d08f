"""The shape of a configuration file.

A new section is a new field of `Sections`: from its struct follow the check of a file, the messages, the merging of
`extends` and the JSON Schema. Marks on strings (`Glob`, `RuleName`, …) name a check of `relcheck.config.checks`.

The annotations are values here, not text: they are asked for in every run.
"""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct
from msgspec.structs import fields

from relcheck.model.severity import Severity
from relcheck.sdk.gating import GateSettings
from relcheck.sdk.layering import Layering
from relcheck.sdk.matrices import MatrixEntry
from relcheck.sdk.migration_settings import MigrationSettings
from relcheck.sdk.options import Glob, OptionType

RuleName: TypeAlias = Annotated[str, "rule"]
"""A rule, a former name of one, a pack, or `local/…`."""

Folder: TypeAlias = Annotated[str, "folder"]
"""A folder below that of the configuration."""

FilePath: TypeAlias = Annotated[str, "file"]
"""A file below the folder of the configuration."""

Specifier: TypeAlias = Annotated[str, "specifier"]
"""Versions, as in `>=0.1,<1`."""

Base: TypeAlias = Annotated[str, "base"]
"""Another configuration: `preset:NAME`, `package:NAME` or `./file.toml`."""

ImportName: TypeAlias = Annotated[str, "import name"]

Grade: TypeAlias = Literal["error", "warning", "info", "off"]

OPTION_TYPES: dict[OptionType, object] = {
    "bool": bool,
    "int": int,
    "float": float,
    "str": str,
    "list[str]": tuple[str, ...],
    "list[glob]": tuple[Glob, ...],
    "list[symbol]": tuple[str, ...],
    "dict[str, str]": dict[str, str],
}


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Settings(_Table, frozen=True):
    """What is examined and when the gate fails. In pyproject.toml these keys stand in [tool.relcheck]."""

    required_version: Annotated[
        Specifier, Meta(description="The versions of relcheck that this configuration is written for, as in >=0.1,<1.")
    ] = ""
    extends: Annotated[
        tuple[Base, ...],
        Meta(
            description="Configurations to start from: preset:NAME, package:NAME or ./file.toml. "
            "A later one beats an earlier one, and this file beats them all."
        ),
    ] = ()
    exclude: Annotated[tuple[Glob, ...], Meta(description="Files that no rule looks at.")] = ()
    roots: Annotated[
        dict[ImportName, Folder], Meta(description="Import name to folder, where the two differ: app = backend/app.")
    ] = {}
    fail_on: Annotated[
        Severity, Meta(description="The gate fails at new findings of this severity or a graver one.")
    ] = Severity.ERROR
    max_file_size: Annotated[int, Meta(ge=1, description="Files of more bytes are counted as not examined.")] = (
        5_000_000
    )
    require_reason: Annotated[bool, Meta(description="Whether a waiver without a reason is a finding.")] = True
    baseline: Annotated[
        FilePath,
        Meta(
            description="The file of the findings that were there when relcheck was adopted, as "
            "`relcheck baseline write` writes it; from the folder of the configuration."
        ),
    ] = "relcheck.baseline"
    local_rules: Annotated[
        Folder,
        Meta(description="The folder of the rules that live in the repository; Python ones need --allow-local-code."),
    ] = ""


class RuleKeys(_Table, frozen=True):
    """The keys of a rule's or pack's table that belong to the engine; the others are the rule's options."""

    enabled: Annotated[bool | None, Meta(description="Whether the rule runs.")] = None
    severity: Annotated[Grade | None, Meta(description="How grave its findings are; off: it does not run.")] = None
    paths: Annotated[tuple[Glob, ...] | None, Meta(description="The files that the rule looks at.")] = None


class LevelKeys(_Table, frozen=True):
    """Whether a rule runs and how grave its findings are."""

    enabled: Annotated[bool | None, Meta(description="Whether the rule runs.")] = None
    severity: Annotated[Grade | None, Meta(description="How grave its findings are; off: it does not run.")] = None


class WaiverEntry(_Table, frozen=True):
    """A stated exception: these rules may be broken in these files, for this reason, until that day."""

    rule: Annotated[RuleName | tuple[RuleName, ...], Meta(description="A rule or pack, or several.")]
    path: Annotated[Glob | None, Meta(description="The files that it covers.")] = None
    paths: Annotated[tuple[Glob, ...] | None, Meta(description="The files that it covers, where they are several.")] = (
        None
    )
    reason: Annotated[str, Meta(description="Why the exception is right; for people.")] = ""
    until: Annotated[date | None, Meta(description="The last day on which it holds.")] = None
    owner: Annotated[str | None, Meta(description="Who answers for it.")] = None


class OverrideEntry(_Table, frozen=True):
    """Other severities for some files. Of several that match a file the last one wins."""

    paths: Annotated[tuple[Glob, ...], Meta(description="The files that it is about.")]
    enabled: Annotated[bool | None, Meta(description="Whether any rule runs on them.")] = None
    severity: Annotated[Grade | None, Meta(description="The severity of every rule on them.")] = None
    rules: Annotated[dict[RuleName, LevelKeys], Meta(description="Of single rules and packs.")] = {}


class Sections(_Table, frozen=True):
    """The configuration of relcheck, a gate for merges."""

    relcheck: Settings = Settings()
    rules: Annotated[dict[RuleName, RuleKeys], Meta(description="Rules, and packs for what several rules share.")] = {}
    waivers: Annotated[tuple[WaiverEntry, ...], Meta(description="Stated exceptions.")] = ()
    overrides: Annotated[tuple[OverrideEntry, ...], Meta(description="Other severities for some files.")] = ()
    layers: Annotated[Layering, Meta(description="The layers of the project and the contracts between them.")] = (
        Layering()
    )
    migrations: Annotated[
        MigrationSettings, Meta(description="Which migrations there are, what they run on, and who signs for them.")
    ] = MigrationSettings()
    matrix: Annotated[
        tuple[MatrixEntry, ...], Meta(description="Matrices of guarantees, where their headers do not tell.")
    ] = ()
    gate: Annotated[GateSettings, Meta(description="What must hold at a stage such as a deployment.")] = GateSettings()


SECTIONS = frozenset(field.name for field in fields(Sections)) - {"relcheck"}
