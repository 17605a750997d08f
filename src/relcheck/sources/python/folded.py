"""The text that a string expression builds, as far as its source says it, with the place of every known character.

A *maximal string expression* is a literal with all that is put around it: implicit concatenation, `+`, `%`, `.format`,
`join`, f-strings, t-strings, `dedent` and the methods that keep the words of a text. What only a run would tell is a
hole. A conditional expression is none: each of its branches is an expression of its own, and so is a string inside an
unknown call or placeholder.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from relcheck.sources.python.literals import Decoded, decode, decode_text
from relcheck.sources.python.rope import A_HOLE, CONVERSION, FIELD, HOLE, Part, Rope, substituted

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    import libcst as cst

    from relcheck.sources.python.rope import TextNode

__all__ = ["HOLE", "STRING_NODE_TYPES", "TEXT_CALLS", "Folded", "Folding", "Piece", "Place", "can_fold", "fold"]

STRING_NODE_TYPES = frozenset(
    {"SimpleString", "ConcatenatedString", "FormattedString", "TemplatedString", "BinaryOperation", "Call"}
)
"""Names of the libcst node types that can be a maximal string expression."""


class Place(NamedTuple):
    """Where a stretch of folded text stands: a node with its source in `value`, and character offsets in that source.

    The node is a `SimpleString`, or one `FormattedStringText` or `TemplatedStringText` of an f-string or t-string.
    """

    node: TextNode
    start: int
    end: int


class Piece(msgspec.Struct, frozen=True):
    """The characters `start` to `end` of a folded text, which are those of `decoded` from `first` on, in `node`."""

    start: int
    end: int
    node: TextNode
    decoded: Decoded
    first: int


class Folded(msgspec.Struct, frozen=True):
    """A maximal string expression, folded.

    `text` holds one `HOLE` for each unknown part. `pieces` are the known stretches, in order. `raws` holds the source
    of every literal of the expression, as written: prefix, quotes and escapes for a string, the text between
    placeholders for an f-string; for tests on words that must stand whole in one literal.
    """

    text: str
    pieces: tuple[Piece, ...]
    raws: tuple[str, ...]

    def locate(self, index: int) -> Place | None:
        """Where the character `index` of the text stands (all of its escape, where it is one); None for a hole."""
        return self.span(index, index + 1)

    def span(self, start: int, end: int) -> Place | None:
        """Where the text from `start` to `end` stands, cut at its first literal's end; None if it starts in a hole."""
        at = bisect_right(self.pieces, start, key=_start_of) - 1
        if at < 0 or start >= self.pieces[at].end:
            return None
        piece = self.pieces[at]
        first = piece.first - piece.start
        last = max(min(end, piece.end) - 1, start)
        return Place(piece.node, piece.decoded.raw_offset(first + start), piece.decoded.raw_end(first + last))


class Folding:
    """Folds the maximal string expressions of one tree, each once.

    Ask it about nodes in the order of a walk, parents first, and keep the tree while asking. It answers None for what
    is no string expression and for every part of an expression that it has folded before.
    """

    def __init__(self) -> None:
        self._settled: set[int] = set()

    def fold(self, node: cst.BaseExpression) -> Folded | None:
        if id(node) in self._settled or not can_fold(node):
            return None
        reader = _Reader(self._settled)
        rope = reader.expression(node, 0)
        return None if rope is None else _folded(rope, tuple(reader.raws))


def fold(node: cst.BaseExpression) -> Folded | None:
    """Fold this one expression; None where it is no string expression, or only a run would tell."""
    return Folding().fold(node)


def can_fold(node: cst.CSTNode) -> bool:
    """A quick test by shape: false where `fold` surely gives None."""
    import libcst as cst

    if type(node) is cst.BinaryOperation:
        return type(node.operator) in (cst.Add, cst.Modulo)
    if type(node) is cst.Call:
        return _receiver(node) is not None
    return type(node).__name__ in STRING_NODE_TYPES


_KEEPING = frozenset({"strip", "lstrip", "rstrip", "upper", "lower", "casefold", "encode", "decode"})
_FILLING = frozenset({"format", "format_map", "join"})
_DEDENTING = frozenset({"dedent", "cleandoc"})

TEXT_CALLS = _KEEPING | _FILLING | _DEDENTING | {"dict"}
"""The last names of calls through which the parts of a text may reach each other."""

_DEPTH = 50
"""Brackets that are followed inwards; what stands deeper is an expression of its own."""

_COPIES = 20_000
"""Characters that repeated parts may add to one text: a separator, or an argument that is used twice. Then holes."""


class _Reader:
    """Reads one maximal expression. `settled` receives the ids of all nodes about which nobody need ask again."""

    def __init__(self, settled: set[int]) -> None:
        self.raws: list[str] = []
        self._settled = settled
        self._copied = 0

    def expression(self, node: cst.BaseExpression, depth: int) -> Rope | None:
        """The text of an expression; None where it is no string. The left spine is walked, not recursed into."""
        import libcst as cst

        if depth > _DEPTH:
            return None
        spine: list[cst.BinaryOperation | cst.Call] = []
        while True:
            if type(node) is cst.BinaryOperation and type(node.operator) in (cst.Add, cst.Modulo):
                spine.append(node)
                node = node.left
            elif type(node) is cst.Call and (receiver := _receiver(node)) is not None:
                spine.append(node)
                node = receiver
            else:
                break
        rope = self._literal(node, depth)
        for step in reversed(spine):
            self._settled.add(id(step))
            if isinstance(step, cst.Call):
                rope = None if rope is None else self._called(step, rope, depth)
            elif type(step.operator) is cst.Add:
                rope = self._added(rope, self.expression(step.right, depth + 1))
            elif rope is not None:
                rope = self._percent(rope, step.right, depth)
        return rope

    def _literal(self, node: cst.BaseExpression, depth: int) -> Rope | None:
        import libcst as cst

        if type(node) is cst.SimpleString:
            return self._simple(node)
        if type(node) is cst.FormattedString or type(node) is cst.TemplatedString:
            return self._formatted(node, depth)
        if type(node) is not cst.ConcatenatedString:
            return None
        rope: Rope = []
        rest: cst.BaseExpression = node
        while type(rest) is cst.ConcatenatedString:
            self._settled.add(id(rest))
            rope.extend(self._literal(rest.left, depth) or ())
            rest = rest.right
        rope.extend(self._literal(rest, depth) or ())
        return rope

    def _simple(self, node: cst.SimpleString) -> Rope:
        self._settled.add(id(node))
        self.raws.append(node.value)
        decoded = decode(node.value)
        return [A_HOLE] if decoded is None else [Part(decoded.value, node, decoded, 0)]

    def _formatted(self, node: cst.FormattedString | cst.TemplatedString, depth: int) -> Rope:
        import libcst as cst

        self._settled.add(id(node))
        is_raw = "r" in node.start.lower()
        rope: Rope = []
        for part in node.parts:
            if type(part) is cst.FormattedStringText or type(part) is cst.TemplatedStringText:
                self.raws.append(part.value)
                decoded = decode_text(part.value, is_raw=is_raw)
                rope.append(Part(decoded.value, part, decoded, 0))
            elif type(part) is cst.FormattedStringExpression or type(part) is cst.TemplatedStringExpression:
                plain = part.conversion in (None, "s") and not part.format_spec and part.equal is None
                inner = self.expression(part.expression, depth + 1) if plain else None
                if part.equal is not None:
                    rope.append(Part(_spelled(part), None, None, 0))
                rope.extend([A_HOLE] if inner is None else inner)
        return rope

    def _added(self, left: Rope | None, right: Rope | None) -> Rope | None:
        if left is None and right is None:
            return None
        left = [A_HOLE] if left is None else left
        left.extend([A_HOLE] if right is None else right)
        return left

    def _called(self, call: cst.Call, rope: Rope, depth: int) -> Rope:
        import libcst as cst

        method = call.func.attr.value if type(call.func) is cst.Attribute else ""
        if method == "join":
            return self._join(rope, call.args, depth)
        if method == "format":
            values = _Values(self, depth, *_arguments(call.args))
        elif method == "format_map":
            values = _Values(self, depth, (), _entries(call.args[0].value if call.args else None))
        else:
            return rope
        return substituted(rope, FIELD, values.field)

    def _percent(self, rope: Rope, right: cst.BaseExpression, depth: int) -> Rope:
        import libcst as cst

        if type(right) is cst.Tuple:
            values = _Values(self, depth, _unstarred(right.elements), {})
        else:
            values = _Values(self, depth, (right,), _entries(right))
        return substituted(rope, CONVERSION, values.conversion)

    def _join(self, separator: Rope, args: Sequence[cst.Arg], depth: int) -> Rope:
        elements = _elements(args[0].value) if len(args) == 1 and not args[0].star else None
        if elements is None:
            return [A_HOLE, *separator, A_HOLE]
        rope: Rope = []
        for position, element in enumerate(elements):
            if position == 1:
                rope.extend(separator)
            elif position:
                rope.extend(self.copy(separator))
            inner = None if element is None else self.expression(element, depth + 1)
            rope.extend([A_HOLE] if inner is None else inner)
        return rope

    def copy(self, rope: Rope) -> Rope:
        """The parts once more, or a hole where a hostile file would make the text grow without end."""
        self._copied += sum(len(part.text) + 1 for part in rope)
        return rope if self._copied <= _COPIES else [A_HOLE]


class _Values:
    """The arguments of one `%` or `.format`, each folded when it is first used."""

    def __init__(
        self,
        reader: _Reader,
        depth: int,
        positional: Sequence[cst.BaseExpression],
        named: dict[str, cst.BaseExpression],
    ) -> None:
        self._reader = reader
        self._depth = depth
        self._values: dict[int | str, cst.BaseExpression] = dict(enumerate(positional))
        self._values.update(named)
        self._used: dict[int | str, Rope] = {}
        self._next = 0

    def field(self, match: re.Match[str]) -> Rope | None:
        """What a replacement field of `str.format` becomes; None for a doubled brace."""
        if match.group() in {"{{", "}}"}:
            return None
        name, rest, spec = match["name"], match["path"], match["spec"] or ""
        key = int(name) if name.isdecimal() else name or self._following()
        for _ in range(spec.count("{}")):
            self._following()
        plain = not rest and match["conversion"] in (None, "!s") and spec in {"", ":", ":s"}
        return self._value(key) if plain else [A_HOLE]

    def conversion(self, match: re.Match[str]) -> Rope | None:
        """What a conversion of the `%` operator becomes; None for `%%`."""
        if match["type"] == "%":
            return None
        for _ in range(match["flags"].count("*")):
            self._following()
        key = match["name"] if match["name"] is not None else self._following()
        plain = not match["flags"] and match["type"] in "sb"
        return self._value(key) if plain else [A_HOLE]

    def _following(self) -> int:
        self._next += 1
        return self._next - 1

    def _value(self, key: int | str) -> Rope:
        if key in self._used:
            return self._reader.copy(self._used[key])
        value = self._values.get(key)
        rope = None if value is None else self._reader.expression(value, self._depth + 1)
        self._used[key] = [A_HOLE] if rope is None else rope
        return self._used[key]


def _spelled(part: cst.FormattedStringExpression | cst.TemplatedStringExpression) -> str:
    """What `{name=}` puts before the value: its own source."""
    import libcst as cst

    nodes = (part.whitespace_before_expression, part.expression, part.whitespace_after_expression, part.equal)
    return "".join(cst.Module(body=()).code_for_node(node) for node in nodes if isinstance(node, cst.CSTNode))


def _receiver(call: cst.Call) -> cst.BaseExpression | None:
    """The expression whose text a call keeps, fills or joins with; None for any other call."""
    import libcst as cst

    func = call.func
    name: str | None = None
    if type(func) is cst.Attribute:
        name = func.attr.value
        if name in _KEEPING or name in _FILLING:
            return func.value
    elif type(func) is cst.Name:
        name = func.value
    if name in _DEDENTING and len(call.args) == 1 and not call.args[0].star:
        return call.args[0].value
    return None


def _arguments(args: Sequence[cst.Arg]) -> tuple[list[cst.BaseExpression], dict[str, cst.BaseExpression]]:
    """Positional arguments up to the first starred one, and named ones."""
    positional: list[cst.BaseExpression] = []
    for arg in args:
        if arg.star or arg.keyword is not None:
            break
        positional.append(arg.value)
    return positional, {arg.keyword.value: arg.value for arg in args if arg.keyword is not None}


def _unstarred(elements: Sequence[cst.BaseElement]) -> list[cst.BaseExpression]:
    """The elements up to the first starred one: behind it, nobody knows their positions."""
    import libcst as cst

    values: list[cst.BaseExpression] = []
    for element in elements:
        if type(element) is not cst.Element:
            break
        values.append(element.value)
    return values


def _entries(node: cst.BaseExpression | None) -> dict[str, cst.BaseExpression]:
    """What a dict display or a call of `dict` with keywords holds under its literal keys."""
    import libcst as cst

    if type(node) is cst.Call and type(node.func) is cst.Name and node.func.value == "dict":
        return _arguments(node.args)[1]
    if type(node) is not cst.Dict:
        return {}
    entries: dict[str, cst.BaseExpression] = {}
    for element in node.elements:
        if type(element) is cst.DictElement and type(element.key) is cst.SimpleString:
            key = decode(element.key.value)
            if key is not None:
                entries[key.value] = element.value
    return entries


def _elements(node: cst.BaseExpression) -> list[cst.BaseExpression | None] | None:
    """What a list or tuple display holds, `[…] + rows` too, None for each unknown stretch; None for other iterables."""
    import libcst as cst

    operands: list[cst.BaseExpression] = []
    while type(node) is cst.BinaryOperation and type(node.operator) is cst.Add:
        operands.append(node.right)
        node = node.left
    operands.append(node)
    values: list[cst.BaseExpression | None] = []
    known = False
    for operand in reversed(operands):
        if type(operand) is cst.List or type(operand) is cst.Tuple:
            known = True
            values.extend(element.value if type(element) is cst.Element else None for element in operand.elements)
        else:
            values.append(None)
    return values if known else None


def _folded(rope: Rope, raws: tuple[str, ...]) -> Folded:
    pieces: list[Piece] = []
    at = 0
    for part in rope:
        end = at + len(part.text)
        if part.node is not None and part.decoded is not None and part.text:
            pieces.append(Piece(at, end, part.node, part.decoded, part.first))
        at = end
    return Folded("".join(part.text for part in rope), tuple(pieces), raws)


def _start_of(piece: Piece) -> int:
    return piece.start
