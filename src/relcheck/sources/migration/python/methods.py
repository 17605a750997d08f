"""Functions and methods of the language and its library whose outcome the source tells."""

from __future__ import annotations

from collections.abc import Callable

from relcheck.sources.migration.python import texts
from relcheck.sources.migration.python.attributes import attribute_of, entry_of
from relcheck.sources.migration.python.comparing import is_instance, starts_with
from relcheck.sources.migration.python.following import made_class
from relcheck.sources.migration.python.iterating import elements
from relcheck.sources.migration.python.run import Run
from relcheck.sources.migration.python.values import (
    A_HOLE,
    ANYWHERE,
    NONE,
    Attribute,
    Call,
    Constant,
    Derived,
    Entries,
    Function,
    Items,
    Maybe,
    Predicate,
    Symbol,
    Text,
    Value,
    choice,
    combinations,
    plain_text,
    text_of,
)
from relcheck.sources.python.rope import HOLE

_ROWS = 1000
"""Items of one list that a call may make."""

_PASSING = frozenset(
    {
        "enumerate",
        "zip",
        "reversed",
        "sorted",
        "list",
        "tuple",
        "set",
        "iter",
        "next",
        "filter",
        "map",
        "itertools.chain",
    }
)


def function_outcome(run: Run, name: str, call: Call) -> Value | None:
    """What a function of the library gives; None where the source does not say."""
    plain = name.removeprefix("builtins.")
    outcome = _FUNCTIONS.get(plain)
    found = None if outcome is None else outcome(run, call)
    if found is None and plain in _PASSING and call.args:
        return Derived(call.args)  # what comes out of it comes from what went in
    return found


def method_outcome(run: Run, func: Attribute, call: Call) -> Value | None:
    """What a method of a string, list or dict gives."""
    of = func.of
    if type(of) is Text:
        return _text_method(of, func.name, call)
    if type(of) is Entries:
        return _dict_method(of, func.name, call)
    if type(of) is Items and func.name == "copy":
        return of
    if func.name == "startswith" and len(call.args) == 1:
        condition = starts_with(of, call.args[0])
        return None if condition is None else Predicate(condition)
    return None


def _text_method(of: Text, name: str, call: Call) -> Value | None:
    args = call.args
    if name in {"format", "format_map"}:
        return _formatted(of, name, call)
    if name == "join" and len(args) == 1:
        return choice([(texts.joined(of, items), path) for (items,), path in combinations([args[0]])])
    if name in {"strip", "lstrip", "rstrip"}:
        characters = text_of(args[0]) if args else None
        return texts.stripped(of, left=name != "rstrip", right=name != "lstrip", characters=characters)
    if name in {"upper", "lower", "title", "capitalize", "casefold", "swapcase"}:
        return texts.mapped(of, lambda part: part if part == HOLE else str(getattr(part, name)()))
    if name == "replace" and len(args) >= 2:
        old = text_of(args[0])
        return Text((A_HOLE,)) if old is None else texts.replaced(of, old, args[1])
    if name in {"encode", "decode", "expandtabs"}:
        return of
    whole = text_of(of)
    return None if whole is None or len(args) > 1 else _known_method(of, whole, name, args)


def _formatted(of: Text, name: str, call: Call) -> Value | None:
    if name == "format":
        return texts.formatted(of, call.args, call.keywords) if call.exact else Text((A_HOLE,))
    given = call.args[0] if call.args else None
    if type(given) is not Entries:
        return None
    return texts.formatted(of, (), {key.text: value for key, value in given.entries if type(key) is Text})


def _known_method(of: Text, whole: str, name: str, args: tuple[Value, ...]) -> Value | None:
    other = text_of(args[0]) if args else None
    if name in {"split", "splitlines"} and (other or not args):
        found = whole.splitlines() if name == "splitlines" else whole.split(other)
        return Items(_cut_out(of, found)) if len(found) <= _ROWS else None
    if other is None:
        return None
    if name in {"startswith", "endswith"}:
        return Constant(whole.startswith(other) if name == "startswith" else whole.endswith(other))
    if name == "removeprefix":
        return texts.cut(of, len(whole) - len(whole.removeprefix(other)), len(whole))
    return texts.cut(of, 0, len(whole.removesuffix(other))) if name == "removesuffix" else None


def _cut_out(of: Text, found: list[str]) -> tuple[Value, ...]:
    """The pieces of a text, each at its place in it."""
    whole = of.text
    pieces: list[Value] = []
    at = 0
    for piece in found:
        start = whole.find(piece, at)
        pieces.append(texts.cut(of, start, start + len(piece)) if start >= 0 else plain_text(piece))
        at = max(start, at) + len(piece)
    return tuple(pieces)


def _dict_method(of: Entries, name: str, call: Call) -> Value | None:
    args = call.args
    if name == "items":
        return Items(tuple(Items(pair) for pair in of.entries), of.complete)
    if name == "keys":
        return Items(tuple(key for key, _ in of.entries), of.complete)
    if name == "values":
        return Items(tuple(value for _, value in of.entries), of.complete)
    if name in {"get", "pop", "setdefault"} and args:
        return entry_of(of, args[0], args[1] if len(args) > 1 else NONE)
    return of if name == "copy" else None


def _same(run: Run, call: Call) -> Value | None:
    return call.args[0] if call.args else None


def _second(run: Run, call: Call) -> Value | None:
    return call.args[1] if len(call.args) > 1 else None


def _dedent(run: Run, call: Call) -> Value | None:
    options = combinations([call.args[0]]) if call.args else []
    return choice([(texts.dedented(text) if type(text) is Text else text, path) for (text,), path in options])


def _sequence(run: Run, call: Call) -> Value | None:
    if not call.args:
        return Items(())
    value = call.args[0]
    if type(value) is Entries:
        return Items(tuple(key for key, _ in value.entries), value.complete)
    return value if type(value) is Items else None


def _reversed(run: Run, call: Call) -> Value | None:
    value = call.args[0] if call.args else None
    return Items(value.items[::-1], value.complete) if type(value) is Items else None


def _sorted(run: Run, call: Call) -> Value | None:
    value = call.args[0] if call.args else None
    if type(value) is Entries:
        value = Items(tuple(key for key, _ in value.entries), value.complete)
    if type(value) is not Items:
        return None
    names = [(text_of(item), item) for item in value.items]
    if call.keywords or any(name is None for name, _ in names):
        return value
    return Items(tuple(item for _, item in sorted(names, key=lambda pair: pair[0] or "")), value.complete)


def _dict(run: Run, call: Call) -> Value | None:
    pairs: list[tuple[Value, Value]] = []
    complete = call.exact
    for value in call.args:
        if type(value) is Entries:
            pairs.extend(value.entries)
            complete = complete and value.complete
        elif type(value) is Items and all(type(item) is Items and len(item.items) == 2 for item in value.items):
            pairs.extend((item.items[0], item.items[1]) for item in value.items if type(item) is Items)
        else:
            complete = False
    pairs.extend((plain_text(name), value) for name, value in call.keywords.items())
    return Entries(tuple(pairs), complete)


def _range(run: Run, call: Call) -> Value | None:
    numbers = [arg.value for arg in call.args if type(arg) is Constant and isinstance(arg.value, int)]
    if len(numbers) != len(call.args) or not 1 <= len(numbers) <= 3 or (len(numbers) == 3 and not numbers[2]):
        return None
    found = range(*numbers)
    return Items(tuple(Constant(number) for number in found)) if len(found) <= _ROWS else None


def _enumerate(run: Run, call: Call) -> Value | None:
    found = elements(call.args[0]) if call.args else None
    if found is None:
        return None
    return Items(tuple(Maybe(Items((Constant(at), value)), path) for at, (value, path) in enumerate(found)))


def _zip(run: Run, call: Call) -> Value | None:
    rows = [value.items for value in call.args if type(value) is Items and value.complete]
    if len(rows) != len(call.args):
        return None
    return Items(tuple(Items(row) for row in zip(*rows, strict=False)))


def _product(run: Run, call: Call) -> Value | None:
    import itertools

    rows = [value.items for value in call.args if type(value) is Items and value.complete]
    size = 1
    for row in rows:
        size *= len(row)
    if len(rows) != len(call.args) or size > _ROWS or call.keywords:
        return None
    return Items(tuple(Items(row) for row in itertools.product(*rows)))


def _chain(run: Run, call: Call) -> Value | None:
    if any(type(value) is not Items for value in call.args):
        return None
    rows = [value for value in call.args if type(value) is Items]
    return Items(tuple(item for row in rows for item in row.items), all(row.complete for row in rows))


def _map(run: Run, call: Call) -> Value | None:
    from relcheck.sources.migration.python.calls import applied

    found = elements(call.args[1]) if len(call.args) == 2 else None
    if found is None or len(found) > _ROWS:
        if len(call.args) > 1:  # once, for all that may come
            run.repeated += 1
            applied(run, call.args[0], [Derived(call.args[1:])], {}, call.node, call.module)
            run.repeated -= 1
        return None
    results: list[Value] = []
    for value, path in found:
        with run.under(path) as possible:
            if possible:
                outcome = applied(run, call.args[0], [value], {}, call.node, call.module)
                results.append(Maybe(outcome, path) if path != ANYWHERE else outcome)
    return Items(tuple(results))


def _len(run: Run, call: Call) -> Value | None:
    value = call.args[0] if call.args else None
    if type(value) is Items and value.complete and not any(type(item) is Maybe for item in value.items):
        return Constant(len(value.items))
    text = text_of(value) if value is not None else None
    return Derived((call,)) if text is None else Constant(len(text))


def _str(run: Run, call: Call) -> Value | None:
    value = call.args[0] if call.args else plain_text("")
    if type(value) is Text:
        return value
    number = type(value) is Constant and isinstance(value.value, int | float)
    return Text(tuple(texts.parts_of(value))) if number else Derived((value,))


def _int(run: Run, call: Call) -> Value | None:
    value = call.args[0] if call.args else Constant(0)
    if type(value) is Constant and isinstance(value.value, int | float) and abs(value.value) < 1e15:
        return Constant(int(value.value))
    return Derived((value,))


def _isinstance(run: Run, call: Call) -> Value | None:
    if len(call.args) != 2:
        return None
    return Predicate(is_instance(call.args[0], call.args[1], call.module.source(call.node)[:200]))


def _getattr(run: Run, call: Call) -> Value | None:
    name = text_of(call.args[1]) if len(call.args) > 1 else None
    if name is None:
        return Derived(call.args)
    return attribute_of(run, call.args[0], name, call.node)


def _setattr(run: Run, call: Call) -> Value | None:
    if len(call.args) == 3 and not run.muted:
        run.handler.store(call.args[0], text_of(call.args[1]) or "?", call.args[2], call.node, run)
    return NONE


def _type(run: Run, call: Call) -> Value | None:
    return made_class(call.args[0], call.args[1], call.args[2], call) if len(call.args) == 3 else None


def _import_module(run: Run, call: Call) -> Value | None:
    name = text_of(call.args[0]) if call.args else None
    return None if name is None else Symbol(name)


def _partial(run: Run, call: Call) -> Value | None:
    func = call.args[0] if call.args else None
    if type(func) is not Function or call.keywords:
        return None
    return Function(func.node, func.module, func.scope, (*func.bound, *call.args[1:]))


_FUNCTIONS: dict[str, Callable[[Run, Call], Value | None]] = {
    "list": _sequence,
    "tuple": _sequence,
    "set": _sequence,
    "frozenset": _sequence,
    "iter": _sequence,
    "reversed": _reversed,
    "sorted": _sorted,
    "dict": _dict,
    "collections.OrderedDict": _dict,
    "types.MappingProxyType": _same,
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "itertools.product": _product,
    "itertools.chain": _chain,
    "len": _len,
    "map": _map,
    "str": _str,
    "int": _int,
    "isinstance": _isinstance,
    "getattr": _getattr,
    "setattr": _setattr,
    "type": _type,
    "textwrap.dedent": _dedent,
    "inspect.cleandoc": _dedent,
    "importlib.import_module": _import_module,
    "functools.partial": _partial,
    "typing.cast": _second,
    "copy.copy": _same,
    "copy.deepcopy": _same,
    "sqlalchemy.sql.elements.quoted_name": _same,
    "sqlalchemy.sql.quoted_name": _same,
}
