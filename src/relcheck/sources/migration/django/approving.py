"""Which operations a comment stands at: those of the call that it stands in, or above."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from relcheck.model.finding import Region
from relcheck.sources.migration.django.collecting import Collected
from relcheck.sources.migration.django.facts import Comment
from relcheck.sources.migration.migration import Annotation
from relcheck.sources.migration.operation import Operation


def approved(
    collected: Sequence[Collected], comments: Sequence[Comment]
) -> tuple[tuple[Operation, ...], tuple[Annotation, ...]]:
    """The operations, with what comments approve of them, and what the comments say.

    A comment covers the call on its own line; one that stands alone covers the innermost call that it stands in, or the
    one that begins on the line below.
    """
    operations = [one.operation for one in collected]
    annotations: list[Annotation] = []
    for comment in comments:
        covered = _covered(comment, collected)
        for annotation in comment.annotations:
            if annotation.approval is not None:
                for number in covered:
                    if operations[number].approval is None:
                        operations[number] = replace(operations[number], approval=annotation.approval)
            annotations.append(replace(annotation, covers=len({_statement(collected[number]) for number in covered})))
    return tuple(operations), tuple(annotations)


def _covered(comment: Comment, collected: Sequence[Collected]) -> list[int]:
    best: list[int] = []
    smallest = 0
    for number, one in enumerate(collected):
        for region in {one.operation.region, one.around}:
            inside = region.line <= comment.first <= region.end_line
            if not inside and not (comment.alone and comment.last == region.line - 1):
                continue
            height = region.end_line - region.line
            if not best or height < smallest:
                best, smallest = [number], height
            elif height == smallest and number not in best:
                best.append(number)
    return best


def _statement(one: Collected) -> Region:
    """What is approved as one: a statement of SQL, or all that one operation of Django does."""
    return one.operation.region if one.operation.sql else one.around
