"""Row locks of the ORM: what takes one, and what only bears the name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.sdk import Site
from relcheck_rules.transactions._calls import called_name

if TYPE_CHECKING:
    import libcst as cst

LOCKS_BY_KEYWORD = ("get", "get_one", "refresh")


def takes_lock(at: Site, methods: tuple[str, ...]) -> bool:
    """Whether a call with the keyword `with_for_update=` is one of the methods that lock by it, or hands it to one.

    Elsewhere the keyword belongs to a function of the project's own, which has its own way to lock.
    """
    from libcst import Attribute, Call

    if not isinstance(at.node, Call) or not any(arg.keyword is at.token for arg in at.node.args):
        return True
    handed = (arg.value.attr.value for arg in at.node.args if isinstance(arg.value, Attribute))
    return called_name(at, at.node) in (*methods, "dict") or any(name in methods for name in handed)


def is_flag(at: Site) -> bool:
    """Whether an attribute is set or tested here: then it is a flag of that name and no method."""
    import libcst as cst

    if not isinstance(at.node, cst.Attribute):
        return False
    below: cst.CSTNode = at.node
    for cell in at.around():
        match cell.node:
            case cst.AssignTarget() | cst.Del() | cst.Comparison() | cst.UnaryOperation(operator=cst.Not()):
                return True
            case cst.AnnAssign(target=one) | cst.AugAssign(target=one):
                return one is below
            case cst.If(test=one) | cst.While(test=one) | cst.IfExp(test=one) | cst.Assert(test=one):
                return one is below
            case cst.BooleanOperation():
                below = cell.node
            case _:
                return False
    return False


def is_argument_name(at: Site, methods: tuple[str, ...]) -> bool:
    """Whether a string is the key of arguments to hand on: `**{"with_for_update": True}`, `options[…] = True`."""
    import libcst as cst

    match [cell.node for cell in at.around()][:5]:
        case [cst.DictElement(value=value), cst.Dict(), cst.Arg(star="**"), cst.Call() as call, *_]:
            return not _is_off(value) and called_name(at, call) in methods
        case [cst.DictElement(key=key, value=value), cst.Dict(), cst.Assign() | cst.AnnAssign(), *_]:
            return key is at.node and not _is_off(value)
        case [cst.Index(), cst.SubscriptElement(), cst.Subscript(), cst.AssignTarget(), cst.Assign(value=value)]:
            return not _is_off(value)
    return False


def _is_off(value: cst.CSTNode) -> bool:
    from libcst import Name

    return isinstance(value, Name) and value.value in ("None", "False")
