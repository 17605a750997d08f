"""What happens while the lock primitive is open, and who hands a transaction on to whom."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator
from typing import TYPE_CHECKING

from relcheck.sdk import File, Site, last
from relcheck_rules.transactions._nodes import below

if TYPE_CHECKING:
    import libcst as cst


def scope_of(opening: Site) -> Site | None:
    """The code that runs with the primitive open: the `with` statement that enters it, else the function around."""
    from libcst import With

    around = opening.up("with")
    if around is None or not isinstance(around.node, With):
        return opening.function
    return around if any(item.item is opening.node for item in around.node.items) else opening.function


def is_handed_on(opening: Site, scope: Site | None) -> bool:
    """Whether the code only gives the transaction to whoever asks for it: `with … as txn: yield txn`, `return …`."""
    import libcst as cst

    statement = next((cell.node for cell in opening.around() if isinstance(cell.node, cst.BaseSmallStatement)), None)
    if isinstance(statement, cst.Return):
        return True
    if scope is None or not isinstance(scope.node, cst.With):
        return False
    return any(isinstance(node, cst.Yield) for node in below(scope.node.body))


def called_in(scope: cst.CSTNode, file: File) -> Iterator[str]:
    """The last names of all that is called in a node, or given to what is called."""
    from libcst import Call

    for node in below(scope):
        if type(node) is Call:
            for one in (node.func, *(arg.value for arg in node.args)):
                yield from _names(one, file)


def unknown_callee(scope: Site) -> str | None:
    """What the transaction is given to and nobody can look up: a parameter, or something kept in `self`."""
    import libcst as cst

    if not isinstance(scope.node, cst.With):
        return None
    aliases = (item.asname.name for item in scope.node.items if item.asname is not None)
    given = {name.value for name in aliases if isinstance(name, cst.Name)}
    for node in below(scope.node.body):
        match node:
            case cst.Call(func=cst.Name(value=name)) if _is_given(node, given) and name in _parameters_around(scope):
                return name
            case cst.Call(func=cst.Attribute(value=cst.Name("self"), attr=cst.Name(value=name))):
                if _is_given(node, given) and name not in _methods_around(scope):
                    return f"self.{name}"
    return None


def handing(module: cst.Module, file: File) -> dict[str, tuple[str, ...]]:
    """The functions of a file that give one of their parameters to another function: {name: names of these}."""
    from libcst import Call, FunctionDef

    found: dict[str, tuple[str, ...]] = {}
    for function in below(module, scopes=True):
        if type(function) is FunctionDef:
            own = _parameters(function)
            calls = (node for node in below(function.body) if type(node) is Call and _is_given(node, own))
            names = dict.fromkeys(name for call in calls for name in _names(call.func, file))
            if names:
                found[function.name.value] = tuple(dict.fromkeys((*found.get(function.name.value, ()), *names)))
    return found


def decorated_with(names: Collection[str], module: cst.Module) -> Iterator[str]:
    """The functions of a file that bear one of these names as a decorator."""
    from libcst import FunctionDef, Name

    for node in below(module, scopes=True) if names else ():
        if type(node) is FunctionDef:
            for decorator in node.decorators:
                if isinstance(decorator.decorator, Name) and decorator.decorator.value in names:
                    yield node.name.value


def _names(node: cst.CSTNode, file: File) -> Iterator[str]:
    from libcst import Attribute, Name

    if isinstance(node, Attribute):
        yield node.attr.value
    elif isinstance(node, Name):
        yield from (last(name) for name in file.resolve(node))


def _is_given(call: cst.Call, names: Container[str]) -> bool:
    """Whether a call is given one of these, or something kept in `self`."""
    from libcst import Attribute, Name

    for arg in call.args:
        match arg.value:
            case Name(value=name) if name in names:
                return True
            case Attribute(value=Name("self")):
                return True
    return False


def _parameters(function: cst.FunctionDef) -> set[str]:
    params = function.params
    return {one.name.value for one in (*params.posonly_params, *params.params, *params.kwonly_params)} - {"self", "cls"}


def _parameters_around(scope: Site) -> set[str]:
    from libcst import FunctionDef

    function = scope.function
    return _parameters(function.node) if function is not None and isinstance(function.node, FunctionDef) else set()


def _methods_around(scope: Site) -> set[str]:
    from libcst import ClassDef, FunctionDef

    around = scope.up("class")
    if around is None or not isinstance(around.node, ClassDef):
        return set()
    return {one.name.value for one in around.node.body.body if isinstance(one, FunctionDef)}
