"""Which rows the calls of Django's ORM are about, and what they do to them."""

from __future__ import annotations

import sys

from relcheck.sources.migration.django.facts import Effect
from relcheck.sources.migration.django.written import text_of
from relcheck.sources.migration.python.values import (
    Attribute,
    Call,
    Choice,
    Class,
    Constant,
    Derived,
    Function,
    Items,
    Maybe,
    Symbol,
    Text,
    Unknown,
    Value,
)

APPS = Unknown("apps")
EDITOR = Unknown("schema_editor")
"""What stands for the arguments that Django gives to the function of a RunPython."""

OF_PYTHON = sys.stdlib_module_names | {"builtins"}

_DELETES = frozenset({"delete", "adelete", "_raw_delete"})
_UPDATES = frozenset({"update", "aupdate", "bulk_update", "abulk_update"})
INSERTS = frozenset({"create", "acreate", "bulk_create", "abulk_create", "get_or_create", "aget_or_create"})
_WRITES = frozenset({"save", "asave", "update_or_create", "aupdate_or_create", "save_base", "insert"})
_RELATED = frozenset({"add", "remove", "set", "clear", "aadd", "aremove", "aset", "aclear"})
_BATCHES = frozenset({"iterator", "aiterator", "page_range", "page", "islice", "batched"})
NARROWING = frozenset(
    [
        "filter",
        "exclude",
        "get",
        "first",
        "last",
        "earliest",
        "latest",
        "aget",
        "afirst",
        "alast",
        "in_bulk",
        "get_or_create",
        "create",
        "bulk_create",
    ]
)
_LONGEST_CHAIN = 60


def effect_of_method(name: str, func: Attribute, chain: list[Value], call: Call) -> Effect | None:
    if name in _DELETES:
        return "delete" if _is_object(chain) else None
    if name in _UPDATES:
        if name in {"update", "aupdate"} and (call.args or not call.keywords):  # that of a dict
            return None
        return "update" if is_queryset(chain) or _ends_in_manager(func.of) else None
    if name in INSERTS:
        return "insert" if is_queryset(chain) or _ends_in_manager(func.of) else None
    if name in _WRITES:
        return "write" if _is_object(chain) else None
    if name in _RELATED and type(func.of) is Attribute and call.args:
        return "write" if is_queryset(chain) else None
    return None


def effect_of_name(name: str) -> Effect | None:
    if name in _DELETES:
        return "delete"
    if name in _UPDATES:
        return "update"
    if name in INSERTS:
        return "insert"
    return "write" if name in _WRITES else None


def _is_object(chain: list[Value]) -> bool:
    """Whether something may be a queryset or an object of a model: not a known value of Python's own."""
    last = chain[-1] if chain else None
    if type(last) is Symbol and last.name.partition(".")[0] in OF_PYTHON:
        return False
    return not any(type(one) in (Text, Items, Constant) for one in chain[:1])


def is_queryset(chain: list[Value]) -> bool:
    return any(
        is_model_call(one)
        or (type(one) is Attribute and _is_manager_name(one.name))
        or (type(one) is Symbol and is_model_path(one.name))
        or (type(one) is Class and _is_model_class(one))
        for one in chain
    )


def _is_manager_name(name: str) -> bool:
    return name.endswith("objects") or name in {"_default_manager", "_base_manager"}


def _ends_in_manager(value: Value) -> bool:
    return type(value) is Attribute and (value.name.endswith(("_set", "objects")) or type(value.of) is not Symbol)


def is_editor_or_cursor(chain: list[Value], name: str) -> bool:
    for one in chain:
        if one is EDITOR or (type(one) is Symbol and "connection" in one.name):
            return True
        if type(one) is Attribute and one.name in {"cursor", "connection"}:
            return True
        if type(one) is Unknown and ("cursor" in one.name or one.name in {"conn", "connection", "c", "cur"}):
            return True
    return name == "raw"


def is_model_call(value: Value) -> bool:
    if type(value) is not Call:
        return False
    func = value.func
    if type(func) is Attribute:
        return func.name == "get_model"
    return type(func) is Symbol and func.name.endswith((".get_model", "get_user_model"))


def model_of(value: Value, depth: int = 0) -> str | None:
    """The model of a queryset or an object, where `apps.get_model` names it and no relation lies between."""
    if depth > _LONGEST_CHAIN:
        return None
    if type(value) is Call:
        if is_model_call(value):
            return _named_model(value)
        return model_of(value.func.of if type(value.func) is Attribute else value.func, depth + 1)
    if type(value) is Attribute:
        return model_of(value.of, depth + 1) if _is_manager_name(value.name) else None
    if type(value) is Derived:
        return model_of(value.of[0], depth + 1) if value.of else None
    if type(value) is Maybe:
        return model_of(value.value, depth + 1)
    if type(value) is Choice:
        found = {model_of(option, depth + 1) for option, _ in value.options}
        return found.pop() if len(found) == 1 else None
    return None


def _named_model(call: Call) -> str | None:
    arguments = [*call.args, *(call.keywords[name] for name in ("app_label", "model_name") if name in call.keywords)]
    names = [text_of(argument) for argument in arguments]
    if len(names) == 1 and names[0]:
        return names[0]
    return f"{names[0]}.{names[1]}" if len(names) >= 2 and names[0] and names[1] else None


def is_narrowed(of: Value, chain: list[Value]) -> bool:
    """Whether only some of the rows are meant: those that a filter leaves, or the one that an object is."""
    if any(type(one) is Derived for one in chain):
        return True
    if any(type(one) is Call and type(one.func) is Attribute and one.func.name in NARROWING for one in chain):
        return True
    # An object that was made or fetched by something else, or rows that belong to one: obj.items.all().delete()
    return not is_queryset(chain) or (type(of) is Attribute and not of.name.endswith(("objects", "manager")))


def has_manager(name: str) -> bool:
    return any(part == "objects" or part in {"_default_manager", "_base_manager"} for part in name.split("."))


def is_batched(chain: list[Value]) -> bool:
    """Whether rows are taken in batches: by `iterator()`, a paginator, a helper that says so."""
    names = [_called(one.func) for one in chain if type(one) is Call]
    return any(name in _BATCHES or "batch" in name or "chunk" in name or "paginat" in name for name in names)


def _called(func: Value) -> str:
    name = func.name if isinstance(func, Attribute | Symbol | Function | Unknown) else ""
    return name.rpartition(".")[2].lower()


def is_model_path(name: str) -> bool:
    parts = name.split(".")
    return "models" in parts[:-1] and not name.startswith(("django.db", "django.contrib.postgres"))


def _is_model_class(cls: Class) -> bool:
    return any(
        (type(base) is Symbol and base.name.endswith("Model")) or (type(base) is Class and _is_model_class(base))
        for base in cls.bases
    )


def is_handed_over(value: Value, depth: int = 0) -> bool:
    """Whether models, rows or the database itself are given away, and not merely what stands in a row."""
    if value is APPS or value is EDITOR:
        return True
    if depth > _LONGEST_CHAIN:
        return False
    if type(value) is Call:
        if is_model_call(value):
            return True
        func = value.func
        if type(func) is Attribute:
            return func.name not in _PLAIN and is_handed_over(func.of, depth + 1)
        return is_handed_over(func, depth + 1)
    if type(value) is Attribute:
        if value.of is APPS or value.of is EDITOR:
            return True
        return (type(value.of) is Attribute or _is_manager_name(value.name)) and is_handed_over(value.of, depth + 1)
    if type(value) is Derived:
        return bool(value.of) and is_handed_over(value.of[0], depth + 1)
    if type(value) is Items:
        return any(is_handed_over(one, depth + 1) for one in value.items[:20])
    if type(value) is Choice:
        return any(is_handed_over(one, depth + 1) for one, _ in value.options)
    return type(value) is Maybe and is_handed_over(value.value, depth + 1)


_PLAIN = frozenset({"values", "values_list", "count", "exists", "aggregate", "datetimes", "dates", "explain"})
"""Methods of a queryset that give values and no rows."""
