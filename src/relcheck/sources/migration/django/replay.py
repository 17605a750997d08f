"""The replay of one migration over the state of models: each operation changes the state and tells the editor."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from relcheck.sources.migration.django import on_fields, on_indexes, on_models, on_others
from relcheck.sources.migration.django.editor import Editor
from relcheck.sources.migration.django.facts import Field, ModelOperation
from relcheck.sources.migration.django.field_kinds import DEFAULT_AUTO
from relcheck.sources.migration.django.state import Model, State
from relcheck.sources.migration.migration import Annotation, Problem
from relcheck.sources.migration.operation import Kind


class Replay:
    """One migration of the app `app`. `state` is changed as its operations go by; `editor` collects what they do."""

    def __init__(self, state: State, app: str, *, atomic: bool) -> None:
        self.state = state
        self.app = app
        self.editor = Editor(state, atomic=atomic)
        self.annotations: list[Annotation] = []
        self.problems: list[Problem] = []
        self.mismatches: list[Problem] = []

    def operation(self, operation: ModelOperation) -> None:
        if operation.dialects and self.state.dialect not in operation.dialects:
            return
        self.editor.begin(operation)
        handler = _HANDLERS.get(operation.type)
        if handler is None:
            reason = operation.reason or f"relcheck does not know what {operation.path or operation.type} does"
            self.editor.emit(Kind.OPAQUE, reason=reason)
            return
        handler(self, operation)

    def model(self, name: str) -> Model:
        """A model of this app; one of which no migration tells is put together from what is known of it."""
        found = self.state.find(self.app, name)
        return Model(label=self.app, name=name, fields={}, complete=False) if found is None else found

    def touches_database(self, model: Model) -> bool:
        return self.state.exists_in_database(model)

    def in_database(self, model: Model, act: Callable[[], None]) -> None:
        """Do it if the model has a table; where nothing came of it, say that only the state changed."""
        counts = self.editor.counts
        if self.touches_database(model):
            act()
        if self.editor.counts == counts:
            self.editor.state_only()

    def settled(self, field: Field) -> Field:
        """The field, with the class that a setting names for it."""
        named = self.state.settings.values.get("DEFAULT_AUTO_FIELD")
        return field if field.kind != DEFAULT_AUTO or named is None else replace(field, kind=named.rpartition(".")[2])


_HANDLERS: dict[str, Callable[[Replay, ModelOperation], None]] = {
    **on_models.HANDLERS,
    **on_fields.HANDLERS,
    **on_indexes.HANDLERS,
    **on_others.HANDLERS,
}
