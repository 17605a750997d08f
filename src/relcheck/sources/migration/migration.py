"""Migrations, and the chains that they form."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from relcheck.model.finding import Region
from relcheck.sources.migration.operation import Approval, Dialect, Operation

Framework: TypeAlias = Literal[
    "alembic", "django", "prisma", "flyway", "dbmate", "goose", "golang-migrate", "sqitch", "supabase", "sql"
]


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong with a file or a chain, beside its operations. `kind` is a key, `message` is for people."""

    kind: str
    message: str
    region: Region = Region(1, 1, 1, 1)


class Annotation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A comment that claims to approve: what it says, what it covers, and what is wrong with it.

    `word` is what stands there (`MIGRATION_APPROVED`, or a foreign `MIGRATION_OVERRIDE`). `covers` counts the
    operations that it stands beside. `problem` is `empty-reason`, `foreign`, `negated` or empty.
    """

    region: Region
    word: str
    approval: Approval | None = None
    covers: int = 0
    problem: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A call that brings its own SQL or code and has to say itself how it is undone: `RunSQL`, `RunPython`.

    `region` is what is called, on one line. `reverse` says whether the way back is given, given as doing nothing, or
    missing. `function` is the name of the Python function, `parameters` are its own (None: it was not found, or takes
    any number), at `signature_region`. `model_imports` are models that it reaches by importing them, each with its
    place; `model_variables` names that stand for a model, with the model's name and the place.
    """

    type: Literal["sql", "python"]
    region: Region
    reverse: Literal["given", "noop", "missing", "unknown"] = "given"
    noop: bool = False
    """Whether the way up does nothing either."""
    function: str = ""
    parameters: tuple[str, ...] | None = None
    signature_region: Region | None = None
    model_imports: tuple[tuple[str, Region], ...] = ()
    model_variables: tuple[tuple[str, str, Region], ...] = ()


class Migration(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One migration: one file, or an up and a down file.

    `id` is the framework's (Alembic's revision, `app.0002_name` in Django, the folder in Prisma, the version
    elsewhere), `parents` the ids of those that come directly before it. `environment` is the folder or app whose
    chain it belongs to. `operations` are those of the way up, `down` those of the way down, for Django what it does by
    itself among them; None says that there is no way down, an empty one that it does nothing. `atomic` says whether
    the framework opens a transaction, and `transaction_over_all` whether all pending migrations share it. `replaces`
    are squashed migrations.
    """

    framework: Framework
    path: str
    id: str
    region: Region = Region(1, 1, 1, 1)
    """Where the migration names itself."""
    environment: str = ""
    dialect: Dialect | None = None
    parents: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    restates: bool = False
    """Others that are there do the same, and are judged in its place: a squashed migration beside those that it
    replaces, or what is left of them beside one that stands for all."""
    labels: tuple[str, ...] = ()
    """Alembic's branch labels; `depends_on` and parents may name one."""
    initial: bool = False
    merge: bool = False
    atomic: bool = True
    transaction_over_all: bool = False
    operations: tuple[Operation, ...] = ()
    down: tuple[Operation, ...] | None = None
    down_raises: bool = False
    """The way down is there to say that there is none: it raises. `down` is None then."""
    down_path: str | None = None
    down_region: Region | None = None
    steps: tuple[Step, ...] = ()
    """The calls that say themselves how they are undone, where a framework has such."""
    model_imports: tuple[tuple[str, Region], ...] = ()
    """Today's models of the project through which it changes or reads rows, by dotted name, each with its place."""
    mismatches: tuple[Problem, ...] = ()
    """Where the models and the database are told different things (SeparateDatabaseAndState)."""
    annotations: tuple[Annotation, ...] = ()
    problems: tuple[Problem, ...] = ()
    rollback: str = ""
    """What a comment `ROLLBACK: …` in the file says of the way back."""
    server_version: tuple[int, ...] = ()
    """Of the server that it runs on, as configured (`(16,)`, `(8, 0, 12)`); empty where it is not known."""
    unresolved: tuple[str, ...] = ()
    """Dotted names of other modules that its evaluation needs; when they are in the project it is evaluated again
    with them."""
