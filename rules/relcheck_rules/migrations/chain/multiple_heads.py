"""A chain of migrations has several ends."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Related, Valid
from relcheck.sdk.migration import Chain, Migration, MigrationFindings, MigrationRule
from relcheck.sdk.rule import Project


class MultipleHeads(MigrationRule):
    """
    ## What it does
    Finds migrations of Alembic and Django that build on the same one while none builds on both. Ends of histories that
    have nothing in common are left alone.

    ## Why is this bad
    `alembic upgrade head` and `manage.py migrate` refuse to run. It comes of two branches that were merged, each of
    which was right by itself.

    ## Example
    Two revisions with `down_revision = "4a1b"`.

    ## Use instead
    Let the newer one build on the other, where nobody has applied it yet; else join them with `alembic merge heads` or
    `manage.py makemigrations --merge`.
    """

    def check_project(self, project: Project[object]) -> MigrationFindings:
        for chain in project.migrations.chains:
            heads = [one for one in chain.heads if _is_end(one, chain) and _shares(one, chain)]
            gated = [one for one in heads if project.is_gated(one)]
            if len(heads) > 1 and gated:
                last = gated[-1]
                others = [one for one in heads if one is not last]
                shown = ", ".join(one.id for one in others)
                command = "alembic merge heads" if last.framework == "alembic" else "manage.py makemigrations --merge"
                message = (
                    f"{last.id} is one of {len(heads)} ends of this chain, beside {shown}: the deployment stops, for "
                    f"it is not said which one is meant. Let it build on the other, or join them ({command})"
                )
                related = [Related(one.path, one.region, "another end") for one in others]
                yield self.found_in(last, message, key="heads", related=related)

    examples = (
        Invalid(
            'revision = "c"\ndown_revision = "a"\n\n\ndef upgrade():\n    pass\n',
            Expect(
                1,
                1,
                9,
                "c is one of 2 ends of this chain, beside b: the deployment stops, for it is not said which one is "
                "meant. Let it build on the other, or join them (alembic merge heads)",
            ),
            path="alembic/versions/c.py",
            files={
                "alembic/versions/a.py": 'revision = "a"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n',
                "alembic/versions/b.py": 'revision = "b"\ndown_revision = "a"\n\n\ndef upgrade():\n    pass\n',
            },
        ),
        Valid(
            'revision = "c"\ndown_revision = ("a", "b")\n\n\ndef upgrade():\n    pass\n',
            path="alembic/versions/c.py",
            files={
                "alembic/versions/a.py": 'revision = "a"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n',
                "alembic/versions/b.py": 'revision = "b"\ndown_revision = "a"\n\n\ndef upgrade():\n    pass\n',
            },
        ),
        Valid(
            'revision = "b"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n',
            path="alembic/versions/b.py",
            files={"alembic/versions/a.py": 'revision = "a"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n'},
            title="Two histories that have nothing in common:",
        ),
    )


def _is_end(head: Migration, chain: Chain) -> bool:
    """Whether nothing builds on a migration. What builds on one that it replaces builds on it."""
    if head.framework not in ("alembic", "django"):
        return False
    return not any(set(one.parents) & set(head.replaces) for one in chain.migrations if one.id not in head.replaces)


def _shares(head: Migration, chain: Chain) -> bool:
    """Whether another end builds on something that this one builds on."""
    own = _ancestors(head, chain)
    return any(own & _ancestors(other, chain) for other in chain.heads if other is not head)


def _ancestors(head: Migration, chain: Chain) -> set[str]:
    by_id = {one.id: one for one in chain.migrations}
    found: set[str] = set()
    waiting = [*head.parents]
    while waiting:
        name = waiting.pop()
        if name in found or name not in by_id:
            continue
        found.add(name)
        waiting.extend(by_id[name].parents)
    return found
