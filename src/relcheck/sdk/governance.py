"""What has to stand beside an operation before it may pass: an approval, a way back, the names of those who sign.

These are facets of every finding about the operation, no findings of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import msgspec

from relcheck.sdk.migration_settings import ChangeClass, MigrationSettings
from relcheck.sources.migration.lock import Effect
from relcheck.sources.migration.migration import Migration
from relcheck.sources.migration.operation import Kind, Operation

_AUTHZ = frozenset(
    {
        Kind.GRANT,
        Kind.REVOKE,
        Kind.CREATE_POLICY,
        Kind.DROP_POLICY,
        Kind.ENABLE_ROW_SECURITY,
        Kind.DISABLE_ROW_SECURITY,
        Kind.CREATE_ROLE,
        Kind.ALTER_ROLE,
        Kind.DROP_ROLE,
    }
)
_OF_ROWS = frozenset({Kind.UPDATE, Kind.DELETE, Kind.DATA_CODE, Kind.COPY})
_GONE = frozenset({"rows", "columns", "values"})
"""What no migration brings back."""

ANY_REVIEWER = "a reviewer"


class Signature(msgspec.Struct, frozen=True):
    """Somebody who has signed for the scanned commit and is not its author. `operations` are the hashes of the
    operations that were signed for; empty: all of them."""

    reviewer: str
    teams: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()


class Standing(msgspec.Struct, frozen=True):
    """How an operation stands. `facets` is for people; `approved` says that nothing required is missing."""

    facets: Mapping[str, str]
    approved: bool


class Governance(msgspec.Struct, frozen=True):
    """What a project asks of a dangerous operation. `timeouts` names those that each environment sets for all of its
    migrations, `signatures` is None where the scan was given none."""

    settings: MigrationSettings
    today: date
    timeouts: Mapping[str, tuple[str, ...]] = {}
    signatures: Sequence[Signature] | None = None

    def standing(self, operation: Operation, migration: Migration, effect: Effect) -> Standing:
        """How an operation stands, with what it does to the database."""
        facets: dict[str, str] = {}
        approval = operation.approval
        ended = _ended(approval.until, self.today) if approval is not None and approval.until else ""
        facets["approval"] = ended or (approval.reason if approval is not None else "missing")
        missing = approval is None or bool(ended)
        if approval is not None and approval.ticket:
            facets["ticket"] = approval.ticket
        gone = bool(_GONE & set(effect.loss))
        way_back = (approval.rollback or approval.backup if approval is not None else None) or migration.rollback
        if way_back or (gone and self.settings.rollback_plan):
            facets["rollback"] = way_back or "missing"
            missing |= not way_back
        needed = self.unsigned(operation, migration, effect)
        if needed is not None:
            facets["sign-off"] = f"missing: {', '.join(needed)}" if needed else "given"
            missing |= bool(needed)
        if "writes" in effect.blocks:
            facets["lock timeout"] = "set" if self.has_timeout(migration, "lock_timeout", operation) else "missing"
        return Standing(facets, approved=not missing)

    def unsigned(self, operation: Operation, migration: Migration, effect: Effect) -> Sequence[str] | None:
        """The roles that have to sign for an operation and have not; None where no roles are configured."""
        roles = self.settings.signoffs.roles
        if not roles:
            return None
        wanted = self.settings.signoffs.required.get(change_class(operation, effect), ())
        return [role for role in wanted if not self._signed(roles.get(role, ()), operation_hash(operation, migration))]

    def _signed(self, people: Collection[str], operation: str) -> bool:
        names = {one.removeprefix("@").lower() for one in people}
        return any(
            names & {one.reviewer.lower(), *(team.lower() for team in one.teams)}
            for one in self.signatures or ()
            if not one.operations or operation in one.operations
        )

    def has_timeout(self, migration: Migration, name: str, before: Operation | None = None) -> bool:
        """Whether a timeout is set for a migration, up to an operation of it."""
        if name in self.settings.timeouts or name in self.timeouts.get(migration.environment, ()):
            return True
        for one in migration.operations:
            if one is before:
                return False
            if one.kind is Kind.SET and one.name == name and one.value not in ("0", "DEFAULT", "default", None):
                return True
        return False


def change_class(operation: Operation, effect: Effect) -> ChangeClass:
    """What an operation is to those who sign for it."""
    if operation.kind in _AUTHZ:
        return "authz"
    if operation.kind in _OF_ROWS and not operation.created_here:
        return "data-correction"
    return "destructive" if _GONE & set(effect.loss) else "additive"


def operation_hash(operation: Operation, migration: Migration) -> str:
    """What a signature is given for: the operation as it is written, in its migration."""
    written = operation.sql or operation.code
    said = "\0".join((migration.id, operation.subject, " ".join(written.split())))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _ended(until: str, today: date) -> str:
    try:
        return f"ended on {until}" if date.fromisoformat(until) < today else ""
    except ValueError:
        return f"until={until} is no date (write YYYY-MM-DD)"
