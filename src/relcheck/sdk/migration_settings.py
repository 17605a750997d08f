"""What a configuration says about migrations.

The annotations are values here, not text: they are asked for in every run.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct, field

from relcheck.sdk.options import Glob

Dialect: TypeAlias = Literal["postgres", "mysql", "sqlite"]

ChangeClass: TypeAlias = Literal["additive", "destructive", "authz", "data-correction"]
"""What a migration is to those who sign for it: it adds, it takes away, it changes who may do what, it changes rows."""


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


def _required() -> dict[ChangeClass, tuple[str, ...]]:
    return {
        "destructive": ("System Owner", "Backup/Recovery Owner"),
        "authz": ("System Owner", "Security Owner"),
        "data-correction": ("System Owner",),
    }


class MigrationFolder(_Table, frozen=True):
    """What holds for the migrations of some folders and not for the others."""

    paths: Annotated[tuple[Glob, ...], Meta(description="The migrations that it is about.")]
    dialect: Annotated[Dialect | None, Meta(description="The database that they run on.")] = None
    server_version: Annotated[int | str | None, Meta(description="Its version: 16, or 8.0.36 in quotes.")] = None


class SignoffSettings(_Table, frozen=True):
    """Who signs for what. Nothing is asked before `roles` says who they are."""

    roles: Annotated[
        dict[str, tuple[str, ...]],
        Meta(description="Role to people and teams, as the code host names them: owner, or org/team."),
    ] = {}
    required: Annotated[
        dict[ChangeClass, tuple[str, ...]],
        Meta(description="Kind of change to the roles of which each must sign; any reviewer signs for the others."),
    ] = field(default_factory=_required)


class MigrationSettings(_Table, frozen=True):
    """Which migrations there are, what they run on, and from where on they are gated."""

    dialect: Annotated[Dialect | None, Meta(description="The database, where it cannot be read from the project.")] = (
        None
    )
    server_version: Annotated[int | str | None, Meta(description="Its version: 16, or 8.0.36 in quotes.")] = None
    folders: Annotated[tuple[MigrationFolder, ...], Meta(description="Other databases for some folders.")] = ()
    paths: Annotated[
        tuple[Glob, ...], Meta(description="SQL files that are migrations though no tool is known by their names.")
    ] = ()
    ignore: Annotated[tuple[Glob, ...], Meta(description="Files that are no migrations of this project.")] = ()
    history: Annotated[
        bool, Meta(description="Whether migrations that the default branch already has are gated, too.")
    ] = False
    since: Annotated[
        str | None,
        Meta(description="The first migration that is gated, by its id or file name; those before it are history."),
    ] = None
    timeouts: Annotated[
        tuple[Literal["lock_timeout", "statement_timeout"], ...],
        Meta(
            description="Timeouts that are set where relcheck does not look: for the role, the database, the session."
        ),
    ] = ()
    contract_after: Annotated[
        int, Meta(ge=0, description="Days between the last use of a column or table in the code and its end.")
    ] = 14
    contract_after_releases: Annotated[
        int, Meta(ge=0, description="Releases (tags of the branch) that have to lie between the two; 0: none.")
    ] = 0
    rollback_plan: Annotated[
        bool,
        Meta(description="Whether an approved loss of data must say how it is taken back (rollback= or ROLLBACK:)."),
    ] = False
    signoffs: Annotated[SignoffSettings, Meta(description="Who signs for what.")] = SignoffSettings()
