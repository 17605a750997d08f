"""What findings about migrations say of who has agreed to an operation: pages of their own, but no findings of their
own. What is missing stands in each finding about the operation (`details.facets`) and in the review, and keeps it from
being approved."""

from __future__ import annotations

from relcheck.model.severity import Severity
from relcheck.sdk.spec import RuleSpec


def _facet(name: str, summary: str, page: str, *, enabled: bool) -> RuleSpec:
    return RuleSpec(
        name=f"migrations/{name}",
        module="",
        cls="",
        summary=summary,
        page=page.strip(),
        severity=Severity.ERROR,
        enabled=enabled,
        type="engine",
    )


APPROVAL_MISSING = _facet(
    "approval-missing",
    "An operation that is found dangerous passes when somebody has approved it, with a reason.",
    """
## What it does
Says of each finding about an operation whether `MIGRATION_APPROVED: <reason>` stands beside it, with its reason and
ticket, and from when on it does not hold any more (`until=`). It is told in the finding, as the facet `approval`, and
is never a finding of its own: an operation that nothing is said against needs no approval.

## Why is this bad
What drops a column or holds up every writer may be right here and now. Only somebody who knows why can say so, and
those who come later need to read it.

## Example
```sql
ALTER TABLE customer DROP COLUMN fax;
```

## Use instead
```sql
-- MIGRATION_APPROVED: nothing reads it since release 41; ticket=OPS-17; rollback=restore from the backup of the night
ALTER TABLE customer DROP COLUMN fax;
```
The comment covers the statement or call that it stands on, or the one directly below. In a file of Python it is a
comment of Python. A finding that is approved has the status `approved` and fails nothing.
""",
    enabled=True,
)

SIGNOFF_MISSING = _facet(
    "signoff-missing",
    "Those who must sign for an operation have signed.",
    """
## What it does
Says of each finding about an operation which roles still have to sign for it: the facet `sign-off`. It asks for nothing
until `[migrations.signoffs] roles` says who they are, and it is never a finding of its own: an approved operation that
lacks a signature keeps the status `new`, and fails.

## Why is this bad
The author of a change approves it in a comment. Where a loss of data or a change of rights needs a second person, a
comment is a claim and no proof, whatever name stands in `by=`.

## Example
```sql
-- MIGRATION_APPROVED: moved to archive.invoice; by=the system owner
DROP TABLE invoice;
```

## Use instead
A review of the pull request by somebody of the role, and `--signoffs FILE`: CI writes that file from the reviews (see
docs/signoffs.md). A review counts for the commit that it was given for, so a push voids it, and an author never signs
for the own change.
""",
    enabled=False,
)

DESTRUCTIVE_WITHOUT_ROLLBACK_PLAN = _facet(
    "destructive-without-rollback-plan",
    "An approved loss of data says how it is taken back.",
    """
## What it does
Says of each finding about an operation that loses rows, columns or values what its way back is: `rollback=` or
`backup=` of its approval, or a comment `ROLLBACK: …` in the file. It is told as the facet `rollback` and is never a
finding of its own. With `rollback_plan = true` in `[migrations]` an approved operation without a plan keeps the status
`new`, and fails.

## Why is this bad
No way down brings dropped rows back. If the release fails at night, whoever restores needs to know from what.

## Example
```sql
-- MIGRATION_APPROVED: nobody reads it
DROP TABLE invoice;
```

## Use instead
```sql
-- MIGRATION_APPROVED: nobody reads it; backup=s3://backups/invoice before the release; rollback=restore that table
DROP TABLE invoice;
```
""",
    enabled=False,
)

FACETS = (APPROVAL_MISSING, SIGNOFF_MISSING, DESTRUCTIVE_WITHOUT_ROLLBACK_PLAN)
