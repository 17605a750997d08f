"""What has to stand beside a dangerous operation before it may pass."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from relcheck.model.finding import Region
from relcheck.sdk.governance import Governance, Signature, Standing, change_class, operation_hash
from relcheck.sdk.migration_settings import MigrationSettings, SignoffSettings
from relcheck.sources.migration.effects import effect_of
from relcheck.sources.migration.migration import Migration
from relcheck.sources.migration.operation import Approval, Kind, Operation

_REGION = Region(1, 1, 1, 1)
_APPROVAL = Approval(region=_REGION, reason="moved to notes")
_DROP = Operation(kind=Kind.DROP_COLUMN, region=_REGION, table="orders", column="note", sql="DROP COLUMN note")
_MIGRATION = Migration(framework="flyway", path="db/V2__a.sql", id="2", operations=(_DROP,))
_ROLES = SignoffSettings(roles={"System Owner": ("@Ada",), "Backup/Recovery Owner": ("acme/storage",)})


def _standing(
    operation: Operation = _DROP,
    *,
    settings: MigrationSettings | None = None,
    signatures: tuple[Signature, ...] = (),
    migration: Migration = _MIGRATION,
) -> Standing:
    governance = Governance(settings or MigrationSettings(), date(2026, 1, 1), {}, signatures)
    return governance.standing(operation, migration, effect_of(operation))


def _approved(**parts: str) -> Operation:
    return msgspec.structs.replace(_DROP, approval=msgspec.structs.replace(_APPROVAL, **parts))


def test_an_operation_without_an_approval_is_not_approved() -> None:
    standing = _standing()
    assert (standing.approved, standing.facets["approval"]) == (False, "missing")


def test_a_reason_approves() -> None:
    standing = _standing(_approved(ticket="INC-204"))
    assert standing.approved
    assert standing.facets["approval"] == "moved to notes"
    assert standing.facets["ticket"] == "INC-204"


@pytest.mark.parametrize(("until", "approved"), [("2026-01-01", True), ("2025-12-31", False), ("soon", False)])
def test_an_approval_ends_with_its_date(until: str, approved: bool) -> None:
    assert _standing(_approved(until=until)).approved is approved


def test_a_way_back_is_asked_for_where_the_team_wants_one() -> None:
    asked = MigrationSettings(rollback_plan=True)
    assert not _standing(_approved(), settings=asked).approved
    assert _standing(_approved(rollback="restore from backup"), settings=asked).approved
    told = msgspec.structs.replace(_MIGRATION, rollback="restore from backup")
    assert _standing(_approved(), settings=asked, migration=told).approved


def test_who_claims_to_have_signed_has_not() -> None:
    standing = _standing(_approved(by="ada"), settings=MigrationSettings(signoffs=_ROLES))
    assert not standing.approved
    assert standing.facets["sign-off"] == "missing: System Owner, Backup/Recovery Owner"


def test_each_role_has_to_sign_by_a_person_or_a_team() -> None:
    settings = MigrationSettings(signoffs=_ROLES)
    one, both = (Signature("ada"),), (Signature("ada"), Signature("ken", ("acme/Storage",)))
    assert _standing(_approved(), settings=settings, signatures=one).facets["sign-off"] == (
        "missing: Backup/Recovery Owner"
    )
    assert _standing(_approved(), settings=settings, signatures=both).approved


def test_a_signature_may_be_for_single_operations() -> None:
    settings = MigrationSettings(signoffs=_ROLES)
    this = (operation_hash(_approved(), _MIGRATION),)
    both = (Signature("ada", (), this), Signature("ken", ("acme/storage",), this))
    assert _standing(_approved(), settings=settings, signatures=both).approved
    other = msgspec.structs.replace(_approved(), column="memo")
    assert not _standing(other, settings=settings, signatures=both).approved


def test_the_hash_of_an_operation_does_not_change_with_its_layout() -> None:
    spaced = msgspec.structs.replace(_DROP, sql="DROP\n  COLUMN   note", region=Region(9, 9, 9, 9))
    assert operation_hash(spaced, _MIGRATION) == operation_hash(_DROP, _MIGRATION)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.ADD_COLUMN, "additive"),
        (Kind.CREATE_INDEX, "additive"),
        (Kind.DROP_TABLE, "destructive"),
        (Kind.DROP_COLUMN, "destructive"),
        (Kind.TRUNCATE, "destructive"),
        (Kind.REVOKE, "authz"),
        (Kind.DROP_POLICY, "authz"),
        (Kind.UPDATE, "data-correction"),
        (Kind.DELETE, "data-correction"),
    ],
)
def test_what_a_change_is_to_those_who_sign(kind: Kind, expected: str) -> None:
    operation = Operation(kind=kind, region=_REGION, table="orders")
    assert change_class(operation, effect_of(operation)) == expected
