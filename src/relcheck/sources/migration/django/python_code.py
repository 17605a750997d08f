"""What the function of a RunPython does, as far as its calls tell: rows that it changes, SQL that it runs."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from relcheck.model.finding import Region
from relcheck.sources.migration.django.facts import CodeCall, Effect, SqlText
from relcheck.sources.migration.django.written import Places, shortened, text_of, written
from relcheck.sources.migration.python.evaluation import run_function
from relcheck.sources.migration.python.run import BudgetError
from relcheck.sources.migration.python.unheard import Unheard
from relcheck.sources.migration.python.values import (
    ALL_DIALECTS,
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
    roots,
)

if TYPE_CHECKING:
    from relcheck.sources.migration.python.run import Run

APPS = Unknown("apps")
EDITOR = Unknown("schema_editor")

_DELETES = frozenset({"delete", "adelete", "_raw_delete"})
_UPDATES = frozenset({"update", "aupdate", "bulk_update", "abulk_update"})
_INSERTS = frozenset({"create", "acreate", "bulk_create", "abulk_create", "get_or_create", "aget_or_create"})
_WRITES = frozenset({"save", "asave", "update_or_create", "aupdate_or_create", "save_base", "insert"})
_RELATED = frozenset({"add", "remove", "set", "clear", "aadd", "aremove", "aset", "aclear"})
_SQL = frozenset({"execute", "executemany", "executescript", "callproc", "copy_from", "copy_expert"})
_BATCHES = frozenset({"iterator", "aiterator", "page_range", "page", "islice", "batched"})
_NARROWING = frozenset(
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
_TELLING = re.compile(
    r"delete|drop|remove|rename|alter|truncate|update|migrat|create|insert|save|write|execute|fix|populate|convert|sync|"
    r"backfill|copy|merge|purge|clean|set_|rebuild",
    re.IGNORECASE,
)
_HARMLESS = sys.stdlib_module_names | {"builtins"}
_HARMLESS_DJANGO = (
    "django.db.models.",
    "django.utils.",
    "django.conf.",
    "django.core.cache.",
    "django.core.exceptions.",
    "django.core.management.color.",
    "django.core.serializers.json.",
    "django.db.transaction.",
    "django.db.connection",
    "django.db.connections",
    "django.apps.",
    "django.contrib.auth.get_user_model",
    "django.contrib.auth.hashers.",
    "django.contrib.postgres.",
    "django.core.paginator.",
    "django.core.validators.",
    "django.db.utils.",
)


class CodeHandler(Unheard):
    """Collects the calls that matter while a function is run through."""

    def __init__(self, places: Places, around: Region) -> None:
        self._places = places
        self._around = around
        self.calls: list[CodeCall] = []

    def call(self, call: Call, run: Run) -> Value | None:
        func = call.func
        if type(func) is Attribute:
            self._method(call, func, run)
        elif type(func) is Symbol:
            self._function(call, func.name, run)
        elif type(func) is Function or type(func) is Unknown:
            name = func.name
            if self._gets_database(call) or _TELLING.search(name):
                self._add("opaque", call, run, reason=f"what {name or 'a function'} does cannot be told from here")
        return None

    def _method(self, call: Call, func: Attribute, run: Run) -> None:
        name = func.name
        chain = roots(func.of)
        if name in _SQL or (name == "raw" and _is_queryset(chain)):
            if _is_editor_or_cursor(chain, name) or type(call.args[0] if call.args else None) is Text:
                self._sql(call, run)
            return
        if any(one is EDITOR for one in chain) and type(func.of) is Unknown:
            reason = f"schema_editor.{name} changes the schema from Python"
            self._add("schema", call, run, reason=reason)
            return
        effect = _effect(name, func, chain, call)
        if effect is None:
            return
        model = _model(func.of)
        narrowed = _is_narrowed(func.of, chain) if effect in {"delete", "update"} and name not in _INSERTS else None
        if name in {"bulk_update", "abulk_update"}:
            narrowed = True
        fields = tuple(call.keywords) if effect == "update" else ()
        self._add(effect, call, run, model=model, fields=fields, filtered=narrowed, batched=_is_batched(chain))

    def _function(self, call: Call, name: str, run: Run) -> None:
        root = name.partition(".")[0]
        last = name.rpartition(".")[2]
        if last == "call_command":
            self._add("opaque", call, run, reason="what a management command does cannot be told from here")
            return
        if root in _HARMLESS or name.startswith(_HARMLESS_DJANGO):
            return
        if last in _SQL and "cursor" in name:
            self._sql(call, run)
        elif name == "django.contrib.auth.management.create_permissions":
            self._add("insert", call, run, model="auth.Permission")
        elif _is_model_path(name) or _has_manager(name):
            effect = _effect_of_name(last)
            if effect is not None:
                self._add(effect, call, run)
            elif _TELLING.search(last) and last not in _NARROWING:
                self._add("opaque", call, run, reason=f"what {name} does cannot be told from here")
        elif self._gets_database(call) or _TELLING.search(last):
            self._add("opaque", call, run, reason=f"what {name} does cannot be told from here")

    def _gets_database(self, call: Call) -> bool:
        """Whether the models or the schema editor are handed over."""
        given = (*call.args, *call.keywords.values())
        return any(one is APPS or one is EDITOR or _is_model_call(one) for value in given for one in roots(value, 40))

    def _sql(self, call: Call, run: Run) -> None:
        value = call.args[0] if call.args else next(iter(call.keywords.values()), None)
        region = self._region(call, run)
        made = written(value)
        found = value if made is None else made.argument("sql", 0)  # sql.SQL("…") and the like
        sql = self._places.sql(found, region) if type(found) is Text else SqlText(region)
        self._add("sql", call, run, sql=sql)

    def _add(
        self,
        effect: Effect,
        call: Call,
        run: Run,
        *,
        model: str | None = None,
        fields: tuple[str, ...] = (),
        filtered: bool | None = None,
        batched: bool = False,
        sql: SqlText | None = None,
        reason: str = "",
    ) -> None:
        dialects = () if run.path.dialects == ALL_DIALECTS else tuple(sorted(run.path.dialects))
        self.calls.append(
            CodeCall(
                effect=effect,
                region=self._region(call, run),
                code=shortened(call.module.source(call.node), 200),
                model=model,
                fields=fields,
                filtered=filtered,
                repeated=run.repeated > 0,
                batched=batched,
                sql=sql,
                guards=run.path.said,
                dialects=dialects,
                reason=reason,
            )
        )

    def gave_up(self, name: str) -> None:
        reason = f"{name} takes more steps than relcheck follows"
        self.calls.append(CodeCall(effect="opaque", region=self._around, reason=reason))

    def _region(self, call: Call, run: Run) -> Region:
        node = run.site(call.node) if call.module is not self._places.module else call.node
        module = self._places.module
        if call.module is not module and not any(frame.module is module for frame in run.frames):
            return self._around
        return module.region(node)


def read_code(run: Run, code: Value, places: Places, around: Region) -> tuple[CodeCall, ...]:
    """What a RunPython calls; one opaque call where its function is not in the project."""
    if type(code) is Symbol and code.name.endswith("RunPython.noop"):
        return ()
    handler = CodeHandler(places, around)
    if type(code) is not Function:
        name = code.name if type(code) is Symbol else "its function"
        return (CodeCall(effect="opaque", region=around, code=name, reason=f"{name} is not in the project"),)
    names = _parameters(code)
    given = dict(zip(names, (APPS, EDITOR), strict=False))
    _run(run, code, dict(given), handler)
    return _without_doubles(handler.calls)


def read_operation_code(run: Run, method: Function, places: Places, around: Region) -> tuple[CodeCall, ...]:
    """The same of `database_forwards` of an operation that the project has written."""
    handler = CodeHandler(places, around)
    names = [arg.arg for arg in (*method.node.args.posonlyargs, *method.node.args.args)]
    given: dict[str, Value] = dict(zip(names, (Unknown("self"), Unknown("app_label"), EDITOR), strict=False))
    _run(run, method, given, handler)
    return _without_doubles(handler.calls)


def _run(run: Run, function: Function, given: dict[str, Value], handler: CodeHandler) -> None:
    before, run.handler = run.handler, handler
    try:
        run_function(run, function, given)
    except BudgetError:
        handler.gave_up(function.name)
    finally:
        run.handler = before
        run.repeated = 0


def _without_doubles(calls: list[CodeCall]) -> tuple[CodeCall, ...]:
    """A loop that is unrolled meets the same call in each turn, and a helper may be called in several branches."""
    return tuple({(one.region, one.code, one.model, one.sql): one for one in reversed(calls)}.values())[::-1]


def _parameters(function: Function) -> list[str]:
    arguments = function.node.args
    names = [arg.arg for arg in (*arguments.posonlyargs, *arguments.args)]
    return names[len(function.bound) :]


def _effect(name: str, func: Attribute, chain: list[Value], call: Call) -> Effect | None:
    if name in _DELETES:
        return "delete" if _is_object(chain) else None
    if name in _UPDATES:
        if name in {"update", "aupdate"} and (call.args or not call.keywords):  # that of a dict
            return None
        return "update" if _is_queryset(chain) or _ends_in_manager(func.of) else None
    if name in _INSERTS:
        return "insert" if _is_queryset(chain) or _ends_in_manager(func.of) else None
    if name in _WRITES:
        return "write" if _is_object(chain) else None
    if name in _RELATED and type(func.of) is Attribute and call.args:
        return "write" if _is_queryset(chain) else None
    return None


def _effect_of_name(name: str) -> Effect | None:
    if name in _DELETES:
        return "delete"
    if name in _UPDATES:
        return "update"
    if name in _INSERTS:
        return "insert"
    return "write" if name in _WRITES else None


def _is_object(chain: list[Value]) -> bool:
    """Whether something may be a queryset or an object of a model: not a known value of Python's own."""
    last = chain[-1] if chain else None
    if type(last) is Symbol and last.name.partition(".")[0] in _HARMLESS:
        return False
    return not any(type(one) in (Text, Items, Constant) for one in chain[:1])


def _is_queryset(chain: list[Value]) -> bool:
    return any(
        _is_model_call(one)
        or (type(one) is Attribute and _is_manager_name(one.name))
        or (type(one) is Symbol and _is_model_path(one.name))
        or (type(one) is Class and _is_model_class(one))
        for one in chain
    )


def _is_manager_name(name: str) -> bool:
    return name.endswith("objects") or name in {"_default_manager", "_base_manager"}


def _ends_in_manager(value: Value) -> bool:
    return type(value) is Attribute and (value.name.endswith(("_set", "objects")) or type(value.of) is not Symbol)


def _is_editor_or_cursor(chain: list[Value], name: str) -> bool:
    for one in chain:
        if one is EDITOR or (type(one) is Symbol and "connection" in one.name):
            return True
        if type(one) is Attribute and one.name in {"cursor", "connection"}:
            return True
        if type(one) is Unknown and ("cursor" in one.name or one.name in {"conn", "connection", "c", "cur"}):
            return True
    return name == "raw"


def _is_model_call(value: Value) -> bool:
    if type(value) is not Call:
        return False
    func = value.func
    if type(func) is Attribute:
        return func.name == "get_model"
    return type(func) is Symbol and func.name.endswith((".get_model", "get_user_model"))


def _model(value: Value, depth: int = 0) -> str | None:
    """The model of a queryset or an object, where `apps.get_model` names it and no relation lies between."""
    if depth > _LONGEST_CHAIN:
        return None
    if type(value) is Call:
        if _is_model_call(value):
            return _named_model(value)
        return _model(value.func.of if type(value.func) is Attribute else value.func, depth + 1)
    if type(value) is Attribute:
        return _model(value.of, depth + 1) if _is_manager_name(value.name) else None
    if type(value) is Derived:
        return _model(value.of[0], depth + 1) if value.of else None
    if type(value) is Maybe:
        return _model(value.value, depth + 1)
    if type(value) is Choice:
        found = {_model(option, depth + 1) for option, _ in value.options}
        return found.pop() if len(found) == 1 else None
    return None


def _named_model(call: Call) -> str | None:
    names = [text_of(argument) for argument in (*call.args, *call.keywords.values())]
    if len(names) == 1 and names[0]:
        return names[0]
    return f"{names[0]}.{names[1]}" if len(names) >= 2 and names[0] and names[1] else None


def _is_narrowed(of: Value, chain: list[Value]) -> bool:
    """Whether only some of the rows are meant: those that a filter leaves, or the one that an object is."""
    if any(type(one) is Derived for one in chain):
        return True
    if any(type(one) is Call and type(one.func) is Attribute and one.func.name in _NARROWING for one in chain):
        return True
    # An object that was made or fetched by something else, or rows that belong to one: obj.items.all().delete()
    return not _is_queryset(chain) or (type(of) is Attribute and not of.name.endswith(("objects", "manager")))


def _has_manager(name: str) -> bool:
    return any(part == "objects" or part in {"_default_manager", "_base_manager"} for part in name.split("."))


def _is_batched(chain: list[Value]) -> bool:
    """Whether rows are taken in batches: by `iterator()`, a paginator, a helper that says so."""
    names = [_called(one.func) for one in chain if type(one) is Call]
    return any(name in _BATCHES or "batch" in name or "chunk" in name or "paginat" in name for name in names)


def _called(func: Value) -> str:
    name = func.name if isinstance(func, Attribute | Symbol | Function | Unknown) else ""
    return name.rpartition(".")[2].lower()


def _is_model_path(name: str) -> bool:
    parts = name.split(".")
    return "models" in parts[:-1] and not name.startswith(("django.db", "django.contrib.postgres"))


def _is_model_class(cls: Class) -> bool:
    return any(
        (type(base) is Symbol and base.name.endswith("Model")) or (type(base) is Class and _is_model_class(base))
        for base in cls.bases
    )
