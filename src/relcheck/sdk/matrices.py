"""What a configuration says about matrices of guarantees.

The annotations are values here, not text: they are asked for in every run.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from relcheck.sdk.options import Glob

ColumnName: TypeAlias = Annotated[str, "column"]
"""The name by which rules know a column: `guarantee`, `owner`, `status` and so on, or one of the team's own."""


class MatrixEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table that is a matrix, whatever its header looks like, and what its cells must be."""

    file: Annotated[Glob, Meta(description="The document that holds it, or several.")]
    heading: Annotated[
        str, Meta(description="The heading that the table stands under; otherwise every table with these columns.")
    ] = ""
    columns: Annotated[
        dict[ColumnName, str],
        Meta(description='What its columns are titled, where that differs from their names: owner = "Answers for it".'),
    ] = {}
    key: Annotated[ColumnName, Meta(description="The column by which rows are told apart.")] = "guarantee"
    required: Annotated[tuple[ColumnName, ...], Meta(description="Columns whose cells must say something.")] = ()
    vocabularies: Annotated[
        dict[ColumnName, tuple[str, ...]],
        Meta(description='The words of a column: status = ["Planned", "Live"]. A cell may hold several, joined by /.'),
    ] = {}
