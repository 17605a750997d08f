"""One operation of a migration: from the evaluated call to its symbolic form."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from msgspec.structs import replace

from relcheck.model.finding import Region
from relcheck.sources.migration.django.definitions import Definitions, model_name, together
from relcheck.sources.migration.django.facts import CodeCall, Field, ModelOperation, SqlText
from relcheck.sources.migration.django.inheriting import passed_on
from relcheck.sources.migration.django.python_code import read_code, read_operation_code
from relcheck.sources.migration.django.undoing import is_empty, is_noop, python_step, sql_step
from relcheck.sources.migration.django.written import Places, Written, is_none, items_of, shortened, text_of, written
from relcheck.sources.migration.migration import Step
from relcheck.sources.migration.operation import UNKNOWN
from relcheck.sources.migration.python.attributes import class_attribute
from relcheck.sources.migration.python.values import (
    ALL_DIALECTS,
    Call,
    Choice,
    Class,
    Constant,
    Entries,
    Function,
    Instance,
    Items,
    Maybe,
    Origin,
    Path,
    Symbol,
    Text,
    Value,
)
from relcheck.sources.python.rope import HOLE, Part

if TYPE_CHECKING:
    from relcheck.sources.migration.python.run import Run

_SIGNATURES: dict[str, tuple[str, ...]] = {
    "CreateModel": ("name", "fields", "options", "bases", "managers"),
    "DeleteModel": ("name",),
    "RenameModel": ("old_name", "new_name"),
    "AlterModelTable": ("name", "table"),
    "AlterModelTableComment": ("name", "table_comment"),
    "AlterUniqueTogether": ("name", "unique_together"),
    "AlterIndexTogether": ("name", "index_together"),
    "AlterOrderWithRespectTo": ("name", "order_with_respect_to"),
    "AlterModelOptions": ("name", "options"),
    "AlterModelManagers": ("name", "managers"),
    "AddField": ("model_name", "name", "field", "preserve_default"),
    "AlterField": ("model_name", "name", "field", "preserve_default"),
    "RemoveField": ("model_name", "name"),
    "RenameField": ("model_name", "old_name", "new_name"),
    "AddIndex": ("model_name", "index"),
    "AddIndexConcurrently": ("model_name", "index"),
    "RemoveIndex": ("model_name", "name"),
    "RemoveIndexConcurrently": ("model_name", "name"),
    "RenameIndex": ("model_name", "new_name", "old_name", "old_fields"),
    "AddConstraint": ("model_name", "constraint"),
    "AddConstraintNotValid": ("model_name", "constraint"),
    "AlterConstraint": ("model_name", "name", "constraint"),
    "RemoveConstraint": ("model_name", "name"),
    "ValidateConstraint": ("model_name", "name"),
    "RunSQL": ("sql", "reverse_sql", "state_operations", "hints", "elidable"),
    "RunPython": ("code", "reverse_code", "atomic", "hints", "elidable"),
    "SeparateDatabaseAndState": ("database_operations", "state_operations"),
    "CreateExtension": ("name", "hints"),
    "CreateCollation": ("name", "locale"),
    "RemoveCollation": ("name", "locale"),
    "AddDefaultValue": ("model_name", "name", "value"),
    "AddTrigger": ("model_name", "trigger"),
    "RemoveTrigger": ("model_name", "name", "hash"),
    "IgnoreMigration": (),
    "NoOperation": (),
}

_EXTENSIONS = {
    "BloomExtension": "bloom",
    "BtreeGinExtension": "btree_gin",
    "BtreeGistExtension": "btree_gist",
    "CITextExtension": "citext",
    "CryptoExtension": "pgcrypto",
    "HStoreExtension": "hstore",
    "TrigramExtension": "pg_trgm",
    "UnaccentExtension": "unaccent",
}

_PACKAGES = (
    "django.db.migrations",
    "django.contrib.",
    "django_add_default_value.",
    "pgtrigger.",
    "django_migration_linter",
)


class Reader:
    """Reads the operations of one file. `steps` collects the calls that say how they are undone."""

    def __init__(self, run: Run, places: Places, around: Region) -> None:
        self._run = run
        self._places = places
        self._around = around
        self._definitions = Definitions(run, places)
        self.steps: list[Step] = []

    def operations(self, value: Value | None) -> tuple[ModelOperation, ...]:
        """All operations of a list; one that is opaque where not all of it is known."""
        if value is None or is_none(value):
            return ()
        if type(value) is Choice:
            return tuple(
                _under(operation, path) for option, path in value.options for operation in self.operations(option)
            )
        if type(value) is not Items:
            return (self._opaque(value, "the list of operations cannot be determined"),)
        read: list[ModelOperation] = []
        for item in value.items:
            read.extend(self.operation(item))
        if not value.complete and not any(operation.repeated or operation.type == "opaque" for operation in read):
            read.append(self._opaque(value, "not all operations of the list can be determined"))
        return tuple(read)

    def operation(self, value: Value) -> tuple[ModelOperation, ...]:
        if type(value) is Maybe:
            return tuple(_under(operation, value.path) for operation in self.operation(value.value))
        if type(value) is Choice:
            return tuple(_under(one, path) for option, path in value.options for one in self.operation(option))
        if type(value) is Items:  # *helper() of helpers that return lists
            return self.operations(value)
        if type(value) is Constant and value.value is None:
            return ()
        found = written(value)
        if found is None:
            return (self._opaque(value, "an operation that cannot be determined"),)
        if type(value) is Instance:
            return self._own_class(value, found)
        return (self._read(found, found.path),)

    def _own_class(self, instance: Instance, found: Written) -> tuple[ModelOperation, ...]:
        """An operation of a class of the project: as its base, unless it does something of its own."""
        base = _django_base(instance.cls)
        method = class_attribute(instance.cls, "database_forwards")
        if type(method) is Function and type(method.node) is not ast.Lambda:
            return self._own_code(
                found, method, base, initialised=class_attribute(instance.cls, "__init__") is not None
            )
        if base is None:
            return (self._opaque(instance, f"{instance.cls.name} is no operation that relcheck knows"),)
        call = passed_on(self._run, instance)
        if call is None:
            reason = f"{instance.cls.name} makes its {base.rpartition('.')[2]} from arguments of its own"
            return (self._opaque(instance, reason),)
        read = self._read(Written(call, Symbol(base)), base)
        return (replace(read, region=self._region(found), code=self._code(found)),)

    def _own_code(
        self, found: Written, method: Function, base: str | None, *, initialised: bool
    ) -> tuple[ModelOperation, ...]:
        region = self._region(found)
        calls = read_operation_code(self._run, method, self._places, region)
        asks_base = any(
            isinstance(node, ast.Attribute) and node.attr == "database_forwards" for node in ast.walk(method.node)
        )
        operations: list[ModelOperation] = []
        if asks_base and base is not None and not initialised:
            operations.append(self._read(found, base))
            calls = tuple(call for call in calls if call.effect != "opaque")
        if calls or not operations:
            if not calls and not is_empty(method):
                reason = f"what {found.name}.database_forwards does cannot be told from here"
                calls = (CodeCall(effect="opaque", region=region, reason=reason),)
            operations.append(
                ModelOperation(type="RunPython", region=region, path=found.path, code=self._code(found), calls=calls)
            )
        return tuple(operations)

    def _opaque(self, value: Value, reason: str) -> ModelOperation:
        found = written(value)
        return ModelOperation(
            type="opaque",
            region=self._around if found is None else self._region(found),
            path="" if found is None else found.path,
            code="" if found is None else self._code(found),
            reason=reason,
        )

    def _region(self, found: Written) -> Region:
        region = self._places.of(found)
        return region if region.line > 1 or found.call.module is self._places.module else self._around

    def _code(self, found: Written) -> str:
        return shortened(found.call.module.source(found.call.node), 400)

    def _read(self, found: Written, path: str) -> ModelOperation:
        name = path.rpartition(".")[2]
        known = path.startswith(_PACKAGES)
        base = ModelOperation(type=name, region=self._region(found), path=path, code=self._code(found))
        if known and name in _EXTENSIONS:
            return replace(base, type="CreateExtension", name=_EXTENSIONS[name])
        if not known or name not in _SIGNATURES:
            return replace(base, type="opaque", reason=f"relcheck does not know what {path} does")
        named = dict(found.named)
        for argument, value in zip(_SIGNATURES[name], found.args, strict=False):
            named.setdefault(argument, value)
        if not found.call.exact:
            return replace(base, type="opaque", reason=f"the arguments of {name} cannot be determined")
        return self._filled(base, found, named)

    def _filled(self, base: ModelOperation, found: Written, named: dict[str, Value]) -> ModelOperation:
        match base.type:
            case "RunSQL":
                return self._run_sql(base, found, named)
            case "RunPython":
                return self._run_python(base, found, named)
            case "SeparateDatabaseAndState":
                return replace(
                    base,
                    database=self.operations(named.get("database_operations")),
                    state=self._silently(named.get("state_operations")),
                )
            case "CreateModel":
                return self._create_model(base, named)
            case "RenameModel":
                return replace(base, model=self._name(named, "old_name"), new_name=self._name(named, "new_name"))
            case "RenameField":
                return replace(
                    base,
                    model=self._name(named, "model_name"),
                    name=self._name(named, "old_name"),
                    new_name=self._name(named, "new_name"),
                )
            case "RenameIndex":
                unknown: list[str] = []
                return replace(
                    base,
                    model=self._name(named, "model_name"),
                    name=text_of(named.get("old_name")),
                    new_name=self._name(named, "new_name"),
                    together=together(named.get("old_fields"), unknown) or None,
                )
            case _:
                return self._plain(base, named)

    def _plain(self, base: ModelOperation, named: dict[str, Value]) -> ModelOperation:
        unknown: list[str] = []
        by_model = "model_name" in _SIGNATURES[base.type]
        operation = replace(base, model=self._name(named, "model_name" if by_model else "name"))
        if by_model or base.type.endswith(("Extension", "Collation")):
            operation = replace(operation, name=text_of(named.get("name")))
        if base.type in {"AddField", "AlterField"}:
            kept = named.get("preserve_default")
            operation = replace(
                operation,
                field=self._definitions.field(named.get("field")),
                preserve_default=not (type(kept) is Constant and kept.value is False),
            )
        elif base.type in {"AddIndex", "AddIndexConcurrently"}:
            operation = replace(operation, index=self._definitions.index(named.get("index")))
        elif base.type in {"AddConstraint", "AddConstraintNotValid", "AlterConstraint"}:
            operation = replace(operation, constraint=self._definitions.constraint(named.get("constraint")))
        elif base.type in {"AlterUniqueTogether", "AlterIndexTogether"}:
            groups = together(named.get("unique_together") or named.get("index_together"), unknown)
            operation = replace(operation, together=groups)
        elif base.type in {"AlterModelTable", "AlterOrderWithRespectTo"}:
            operation = replace(operation, table=text_of(named.get("table") or named.get("order_with_respect_to")))
        elif base.type == "AlterModelOptions":
            operation = replace(operation, managed=_managed(named.get("options")))
        elif base.type == "AddDefaultValue":
            operation = replace(operation, value=_literal(named.get("value")))
        return replace(operation, unknown=tuple(unknown)) if unknown else operation

    def _name(self, named: dict[str, Value], argument: str) -> str:
        return text_of(named.get(argument)) or UNKNOWN

    def _create_model(self, base: ModelOperation, named: dict[str, Value]) -> ModelOperation:
        unknown: list[str] = []
        fields: list[tuple[str, Field]] = []
        listed = named.get("fields")
        items = listed.items if type(listed) is Items else ()
        if type(listed) is not Items or not listed.complete:
            unknown.append("fields")
        for item in items:
            pair = items_of(item.value if type(item) is Maybe else item)
            name = text_of(pair[0]) if pair is not None and len(pair) == 2 else None
            if pair is None or name is None:
                unknown.append("fields")
                continue
            fields.append((name, self._definitions.field(pair[1])))
        bases = named.get("bases")
        return replace(
            base,
            model=self._name(named, "name"),
            fields=tuple(fields),
            options=self._definitions.options(named.get("options")),
            bases=tuple(name for item in items_of(bases) or () if (name := model_name(item)) is not None),
            unknown=tuple(dict.fromkeys(unknown)),
        )

    def _silently(self, value: Value | None) -> tuple[ModelOperation, ...]:
        """Operations for the state only: what they say of a way back does not matter."""
        kept = list(self.steps)
        operations = self.operations(value)
        self.steps = kept
        return operations

    # RunSQL and RunPython

    def _head(self, found: Written) -> Region:
        """What is called: `migrations.RunPython`."""
        node = found.call.node
        if found.call.module is not self._places.module or not isinstance(node, ast.Call):
            return self._around
        region = self._places.module.region(node.func)
        return region if region.line == region.end_line else self._around

    def _run_sql(self, base: ModelOperation, found: Written, named: dict[str, Value]) -> ModelOperation:
        sql = self._sql(named.get("sql"), base.region)
        self.steps.append(sql_step(self._head(found), named.get("reverse_sql"), does_nothing=not sql))
        return replace(
            base,
            sql=sql,
            reverse_sql=self._sql(named.get("reverse_sql"), base.region),
            state=self._silently(named.get("state_operations")),
        )

    def _sql(self, value: Value | None, around: Region) -> tuple[SqlText, ...]:
        if is_none(value) or is_noop(value):
            return ()
        if type(value) is Maybe:
            return self._sql(value.value, around)
        if type(value) is Choice:
            return tuple(text for option, _ in value.options for text in self._sql(option, around))
        if type(value) is Text:
            return (self._places.sql(value, around),)
        if type(value) is Items and value.complete:
            return tuple(text for item in value.items for text in self._statement(item, around))
        return (SqlText(around),)

    def _statement(self, value: Value, around: Region) -> tuple[SqlText, ...]:
        """An item of a list: SQL, or a pair of SQL and its parameters."""
        pair = items_of(value)
        if pair is None:
            return self._sql(value, around)
        text = pair[0] if pair else None
        if len(pair) != 2 or type(text) is not Text:
            return self._sql(text, around)
        if is_none(pair[1]):
            return self._sql(text, around)
        return self._sql(_without_parameters(text), around)

    def _run_python(self, base: ModelOperation, found: Written, named: dict[str, Value]) -> ModelOperation:
        code = named.get("code")
        reverse = named.get("reverse_code")
        atomic = named.get("atomic")
        calls: tuple[CodeCall, ...] = ()
        if code is not None:
            for one, path in code.options if type(code) is Choice else ((code, Path()),):
                del path
                calls += read_code(self._run, one, self._places, base.region)
        self.steps.append(
            python_step(self._head(found), code, reverse, does_nothing=not calls, module=self._places.module)
        )
        own = bool(atomic.value) if type(atomic) is Constant and atomic.value is not None else None
        return replace(base, calls=calls, own_transaction=own)


def _under(operation: ModelOperation, path: Path) -> ModelOperation:
    """The operation under further conditions."""
    dialects = () if path.dialects == ALL_DIALECTS else tuple(sorted(path.dialects))
    guards = tuple(dict.fromkeys((*path.said, *operation.guards)))
    return replace(operation, guards=guards, dialects=dialects or operation.dialects)


def _django_base(cls: Class, depth: int = 0) -> str | None:
    """The operation of Django's that a class of the project inherits from."""
    for base in cls.bases:
        if type(base) is Symbol and base.name.startswith(_PACKAGES):
            return base.name
        if type(base) is Class and depth < 6:
            found = _django_base(base, depth + 1)
            if found is not None:
                return found
    return None


def _without_parameters(text: Text) -> Text:
    """SQL whose `%s` are filled by the driver: holes, for what stands there is a value."""
    parts: list[Part[Origin]] = []
    for part in text.parts:
        if part.text == HOLE or "%" not in part.text:
            parts.append(part)
            continue
        at = 0
        while (position := part.text.find("%", at)) >= 0:
            sign = part.text[position : position + 2]
            parts.append(Part(part.text[at:position], part.node, None, part.first + at))
            if sign == "%%":
                parts.append(Part("%", part.node, None, part.first + position))
            else:
                parts.append(Part(HOLE, None, None, 0))
            at = position + 2
        parts.append(Part(part.text[at:], part.node, None, part.first + at))
    return Text(tuple(part for part in parts if part.text))


def _managed(value: Value | None) -> bool | None:
    if type(value) is not Entries:
        return None
    for key, item in value.entries:
        if text_of(key) == "managed" and type(item) is Constant:
            return bool(item.value)
    return None


def _literal(value: Value | None) -> str:
    if type(value) is Constant:
        return str(value.value)
    text = text_of(value)
    return UNKNOWN if text is None else f"'{text}'"


__all__ = ["Call", "Reader"]
