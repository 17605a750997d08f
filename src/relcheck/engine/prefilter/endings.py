"""What calls and names must end in to match a selector: the test that sorts out nearly all of them, on both trees."""

from __future__ import annotations

from relcheck.engine.bind import Bound
from relcheck.sdk.selectors import Call, Noun, Ref
from relcheck.sources.python.names import Names, last


def endings(noun: Noun, options: Bound, names: Names) -> frozenset[str] | None:
    """What a call or a name must end in to match, as this file spells it (`add` for `session.add`); None where that
    does not matter."""
    if not isinstance(noun, Call | Ref):
        return None
    asked = (noun.method if isinstance(noun, Call) else noun.attribute) or noun.names
    if asked == ():
        return None
    wanted = {last(name) for name in options.names(asked)}
    if any("*" in name for name in wanted):
        return None
    aliases = (local for local in names.bound if any(last(name) in wanted for name in names.resolve(local)))
    return frozenset((*wanted, *aliases))
