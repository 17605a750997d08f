"""Where code still uses a table or column, as far as text and syntax tell.

How sure a use is depends on what ties the word to the table: a model that is mapped to the table and has the column is
certain, SQL that names both nearly so, a word in a file that speaks of the table is likely. A word in a file that
does not is no use: many tables have a `name`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

import msgspec

from relcheck.model.finding import Region
from relcheck.model.severity import Confidence
from relcheck.sources.python.syntax import Source, UnparseableError, parse_ast

_PYTHON = (".py", ".pyi")
_COMMENTS = {
    ".sql": re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL),
    "": re.compile(r"(?<![:\"'])//[^\n]*|/\*.*?\*/", re.DOTALL),
}
_PRISMA_MODEL = re.compile(r"^[ \t]*model[ \t]+(\w+)[ \t]*\{(.*?)^[ \t]*\}", re.MULTILINE | re.DOTALL)
_WORD = re.compile(r"[\w$]+")
_VISIBLE = re.compile(r"[^\n]")
_CLASS = re.compile(r"^[ \t]*class[ \t]+(\w+)", re.MULTILINE)
_SQL = re.compile(
    r"""\b(?:SELECT|INSERT|UPDATE|DELETE|FROM|JOIN|INTO|WHERE|ALTER|COPY|RETURNING)\b
    | (?i:\bselect\b.*\bfrom\b | \b(?:insert|merge)\s+into\b | \bupdate\b.*\bset\b | \bdelete\s+from\b
        | \balter\s+table\b | \bjoin\b.*\bon\b | ^\s*(?:from|where|join|returning)\b)""",
    re.VERBOSE | re.DOTALL,
)
"""What tells SQL from a sentence: words in capitals, or two that belong together. A part of a string may begin with
one."""
_BEFORE_TABLES = "from|join|into|update|table|view|only|exists|using|truncate|references|on|copy"
_SQL_TEXT = re.compile(r"'[^']*'")
"""A value in SQL, not a name."""


class Use(msgspec.Struct, frozen=True, order=True):
    """One place at which code uses the table or column. `what` says how, for people."""

    path: str
    region: Region
    what: str
    confidence: Confidence = msgspec.field(default=Confidence.MEDIUM)


class Wanted(msgspec.Struct, frozen=True):
    """What is looked for: a table as the database calls it, and a column of it, None for the table as a whole."""

    table: str
    column: str | None = None

    @property
    def bare_table(self) -> str:
        return self.table.rpartition(".")[2]

    @property
    def word(self) -> str:
        """What it is called by the database."""
        return self.column or self.bare_table

    @property
    def words(self) -> frozenset[str]:
        """Words of which one stands in every file that uses it: as the database has it, as JavaScript spells it, and
        as a field that points at another model is called."""
        relation = {self.column.removesuffix("_id")} if self.column else set()
        return frozenset({self.word, _camel(self.word), *relation})

    @property
    def model_names(self) -> frozenset[str]:
        """Words by which code may call the table: as it stands, and as names of classes and clients."""
        table = self.bare_table
        forms = {table, table.removesuffix("s"), table.removesuffix("es")}
        if table.endswith("ies"):
            forms.add(f"{table[:-3]}y")
        camel = {re.sub(r"_(\w)", lambda found: found[1].upper(), one) for one in forms}
        capital = {f"{one[:1].upper()}{one[1:]}" for one in camel if one}
        return frozenset(forms | camel | capital | {f"{one[:1].lower()}{one[1:]}" for one in camel if one})


def uses(path: str, text: str, wanted: Iterable[Wanted]) -> Iterator[tuple[Wanted, Use]]:
    """Where a file uses what is looked for, for each in the order of the file. It is read once, whatever the number,
    and parsed only where it may use any of it."""
    said = frozenset(_WORD.findall(text))
    present = [one for one in wanted if not said.isdisjoint(one.words) and _may_use(path, text, one, said)]
    if not present:
        return
    if path.endswith(_PYTHON):
        yield from _in_python(path, text, present, said)
    elif path.endswith(".prisma"):
        yield from ((one, use) for one in present for use in _in_prisma(path, text, one))
    else:
        yield from _in_words(path, text, present)


def _may_use(path: str, text: str, wanted: Wanted, said: frozenset[str]) -> bool:
    """Whether a file speaks of the table at all, be it by the name of a model that Django names the table after."""
    if wanted.column is None or not said.isdisjoint(wanted.model_names):
        return True
    table = wanted.bare_table
    named = {name.lower() for name in _CLASS.findall(text)} if path.endswith(_PYTHON) else set()
    return any(table.endswith(f"_{name}") for name in named)


class _Words(msgspec.Struct):
    """The nodes of a file that may use a column or table, by the words that they hold."""

    models: list[ast.ClassDef]
    texts: list[ast.Constant]
    attributes: dict[str, list[ast.AST]]
    arguments: dict[str, list[ast.AST]]


def _in_python(path: str, text: str, wanted: Iterable[Wanted], said: frozenset[str]) -> Iterator[tuple[Wanted, Use]]:
    try:
        tree = parse_ast(text)
    except UnparseableError:
        tree = None
    if tree is None:
        return
    source, words = Source(text), _words(tree)
    for one in wanted:
        found: dict[Region, Use] = {}
        mapped = [model for model in words.models if _maps(model, path, one)]
        for model in mapped:
            for node, what in _in_model(model, one):
                region = _region(source, node)
                found[region] = Use(path, region, what, Confidence.HIGH)
        speaks = bool(mapped) or not said.isdisjoint(one.model_names)
        for node, what, confidence in _using(words, one, speaks=speaks):
            region = _region(source, node)
            found.setdefault(region, Use(path, region, what, confidence))
        yield from ((one, found[region]) for region in sorted(found))


def _words(tree: ast.Module) -> _Words:
    words = _Words([], [], {}, {})
    comments: set[ast.AST] = set()
    for node in ast.walk(tree):
        if node in comments:
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            comments.add(node.value)  # a string by itself is a docstring, and does nothing
        elif isinstance(node, ast.Attribute):
            words.attributes.setdefault(node.attr, []).append(node)
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                words.texts.append(node)
        elif isinstance(node, ast.keyword):
            words.arguments.setdefault((node.arg or "").partition("__")[0], []).append(node)
        elif isinstance(node, ast.ClassDef):
            words.models.append(node)
    return words


def _maps(model: ast.ClassDef, path: str, wanted: Wanted) -> bool:
    """Whether a class is a model of the table: SQLAlchemy's `__tablename__`, Django's `db_table`, or Django's own name
    for it, which is made of the folder of the app and the name of the class."""
    for one in model.body:
        if isinstance(one, ast.Assign) and _is_text(one.value, wanted.bare_table):
            if any(isinstance(target, ast.Name) and target.id == "__tablename__" for target in one.targets):
                return True
        elif isinstance(one, ast.ClassDef) and one.name == "Meta":
            for each in one.body:
                if isinstance(each, ast.Assign) and any(getattr(to, "id", "") == "db_table" for to in each.targets):
                    return _is_text(each.value, wanted.bare_table)
    folders = path.split("/")[:-1]
    app = folders[-2] if folders[-1:] == ["models"] and len(folders) > 1 else folders[-1] if folders else ""
    return f"{app}_{model.name}".lower() == wanted.bare_table and any(
        "Model" in ast.unparse(base) for base in model.bases
    )


def _in_model(model: ast.ClassDef, wanted: Wanted) -> Iterator[tuple[ast.AST, str]]:
    if wanted.column is None:
        yield model, f"the model {model.name} is mapped to it"
        return
    for one in model.body:
        target = (
            one.targets[0] if isinstance(one, ast.Assign) else one.target if isinstance(one, ast.AnnAssign) else None
        )
        if not isinstance(target, ast.Name) or (isinstance(one, ast.AnnAssign) and not _is_field(one, model)):
            continue
        value = getattr(one, "value", None)
        named = _column_name(value)
        is_key = f"{target.id}_id" == wanted.column and value is not None and "Foreign" in ast.unparse(value)
        if (named or target.id) == wanted.column or (named is None and is_key):
            yield target, f"the model {model.name} has the column"


def _is_field(one: ast.AnnAssign, model: ast.ClassDef) -> bool:
    """Whether an annotation makes a column: with a value, as `Mapped[…]`, or in a table of SQLModel. Others are for
    type checkers only."""
    of_sqlmodel = any(keyword.arg == "table" for keyword in model.keywords)
    return one.value is not None or of_sqlmodel or "Mapped" in ast.unparse(one.annotation)


def _column_name(value: ast.expr | None) -> str | None:
    """The name that a field gives its column: `Column("name", …)`, `mapped_column("name")`, `db_column="name"`."""
    if not isinstance(value, ast.Call):
        return None
    for keyword in value.keywords:
        if keyword.arg in ("db_column", "name") and isinstance(keyword.value, ast.Constant):
            return keyword.value.value if isinstance(keyword.value.value, str) else None
    called = ast.unparse(value.func).rpartition(".")[2]
    first = value.args[0] if value.args and called in ("Column", "mapped_column") else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _using(words: _Words, wanted: Wanted, *, speaks: bool) -> Iterator[tuple[ast.AST, str, Confidence]]:
    """The nodes that use what is looked for, how, and how sure that is."""
    for text in words.texts:
        said = str(text.value)
        if wanted.word not in said or not _holds(said, wanted.word):
            continue
        if _SQL.search(said) and _in_sql(_SQL_TEXT.sub("''", said), wanted):
            yield text, "SQL names it", Confidence.HIGH
        elif said == wanted.word and (speaks or wanted.column is None):
            yield text, "a string names it", Confidence.MEDIUM
    if wanted.column is not None and speaks:
        yield from (
            (one, "an attribute has its name", Confidence.MEDIUM) for one in words.attributes.get(wanted.word, ())
        )
        yield from (
            (one, "an argument has its name", Confidence.MEDIUM) for one in words.arguments.get(wanted.word, ())
        )


def _in_sql(sql: str, wanted: Wanted) -> bool:
    """Whether SQL names the column, and its table; a table stands where tables do."""
    if wanted.column is not None:
        return _holds(sql, wanted.word) and _holds(sql, wanted.bare_table)
    quote = r"[\"`\[]?"
    qualified = rf"{quote}(?:[\w$]+[\"`\]]?\.{quote})?{re.escape(wanted.word)}(?![\w$])"
    return re.search(rf"(?:\b(?:{_BEFORE_TABLES})\s+|,\s*){qualified}", sql, re.IGNORECASE) is not None


def _in_prisma(path: str, text: str, wanted: Wanted) -> Iterator[Use]:
    source = Source(text)
    for model in _PRISMA_MODEL.finditer(text):
        mapped = re.search(r"@@map\(\s*\"([^\"]+)\"", model[2])
        if (mapped[1] if mapped else model[1]) != wanted.bare_table:
            continue
        if wanted.column is None:
            yield Use(path, source.region(*model.span(1)), f"the model {model[1]} is mapped to it", Confidence.HIGH)
            continue
        for field in re.finditer(r"^[ \t]*(\w+)[ \t]+\w+[^\n]*$", model[2], re.MULTILINE):
            renamed = re.search(r"@map\(\s*\"([^\"]+)\"", field[0])
            if (renamed[1] if renamed else field[1]) == wanted.column:
                start = model.start(2) + field.start(1)
                what = f"the model {model[1]} has the column"
                yield Use(path, source.region(start, start + len(field[1])), what, Confidence.HIGH)


def _in_words(path: str, text: str, wanted: Iterable[Wanted]) -> Iterator[tuple[Wanted, Use]]:
    """Words outside of comments, in a file that speaks of the table."""
    comments = _COMMENTS.get(path[path.rfind(".") :], _COMMENTS[""])
    code = comments.sub(lambda found: _VISIBLE.sub(" ", found[0]), text)
    source, said = Source(text), frozenset(_WORD.findall(code))
    for one in wanted:
        if one.column is not None and said.isdisjoint(one.model_names):
            continue
        words = {one.word} if path.endswith(".sql") or one.column is None else {one.word, _camel(one.word)}
        pattern = re.compile(rf"(?<![\w$])(?:{'|'.join(map(re.escape, sorted(words)))})(?![\w$])")
        for found in pattern.finditer(code) if not said.isdisjoint(words) else ():
            yield one, Use(path, source.region(*found.span()), "the word stands in it", Confidence.MEDIUM)


def _holds(text: str, word: str) -> bool:
    return word in text and re.search(rf"(?<![\w$]){re.escape(word)}(?![\w$])", text) is not None


def _camel(word: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), word)


def _is_text(node: ast.expr, text: str) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.rpartition(".")[2] == text


def _region(source: Source, node: ast.AST) -> Region:
    """Where a node stands; of a class its name."""
    line, end_line = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
    start = _offset(source, line, getattr(node, "col_offset", 0))
    if isinstance(node, ast.ClassDef):
        start = source.text.index(node.name, start + len("class"))
        return source.region(start, start + len(node.name))
    return source.region(start, _offset(source, end_line, getattr(node, "end_col_offset", 0)))


def _offset(source: Source, line: int, column: int) -> int:
    """The offset of a place as `ast` gives it: columns count bytes of UTF-8."""
    text = source.line(line)
    return source.starts[line - 1] + (
        column if text.isascii() else len(text.encode()[:column].decode("utf-8", "ignore"))
    )
