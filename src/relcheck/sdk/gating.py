"""What a configuration says about stages: what must hold before something is done that cannot be taken back.

The annotations are values here, not text: they are asked for in every run.
"""

from typing import Annotated

from msgspec import Meta, Struct

from relcheck.sdk.options import Glob

NOBODY = ("tbd", "tba", "todo", "none", "nobody", "unassigned", "unowned", "n/a", "to be decided")
"""What stands in a column of owners where there is none, in small letters."""


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class DeploySettings(_Table, frozen=True):
    """What must hold before a deployment."""

    critical: Annotated[
        tuple[str, ...],
        Meta(
            description="Guarantees whose mechanisms are production-critical, by their text or their number. "
            "All of them, where none is named."
        ),
    ] = ()
    unassigned: Annotated[tuple[str, ...], Meta(description="Words for nobody in a column of owners.")] = NOBODY
    statuses: Annotated[
        tuple[str, ...],
        Meta(description="The statuses that a production-critical mechanism may have; any, where none is named."),
    ] = ()
    checklists: Annotated[tuple[Glob, ...], Meta(description="Documents in which no box may be open.")] = (
        "**/*DEPLOY*CHECKLIST*.md",
        "**/*[Dd]eploy*[Cc]hecklist*.md",
    )
    coverage: Annotated[
        dict[str, dict[str, tuple[Glob, ...]]],
        Meta(
            description="Domain to what must exist, and the files that show that it does: "
            'Data = { "restore drills" = ["docs/drills/**"] }.'
        ),
    ] = {}
    runbooks: Annotated[
        dict[str, Glob],
        Meta(description="Owner to runbook. Where there are any, every owner of a critical mechanism needs one."),
    ] = {}


class GateSettings(_Table, frozen=True):
    """Stages, and what must hold at each."""

    deploy: Annotated[DeploySettings, Meta(description="Before a deployment.")] = DeploySettings()
