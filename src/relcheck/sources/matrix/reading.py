"""What a cell says: the places, the identifiers and the behaviour that it names, each with its columns."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from relcheck.model.finding import Region
from relcheck.sources.globs import Globs
from relcheck.sources.markdown.document import Field
from relcheck.sources.markdown.inline import Inline, plain, read_inline
from relcheck.sources.markdown.lines import shifted
from relcheck.sources.matrix.model import Cell, Claim, ClaimKind, Ref, RefKind, Word

_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|www\.)[^\s|]*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?:/\S*)?")
_PATH = re.compile(
    r"(?<![\w/.$@-])"
    r"(?P<path>(?:\.{1,2}/|/)?(?:[\w@$.~*?()\[\]-]|\{[\w.*,-]*\})*(?:/(?:[\w@$.~*?\[\]-]|\([\w-]+\)|\{[\w.*,-]*\})+)*/?)"
    r"(?:\#L(?P<line>\d+)(?:-L?(?P<to>\d+))?|(?::{1,2}|\#)(?P<symbol>[A-Za-z_$][\w$]*(?:(?:\.|::)[A-Za-z_$][\w$]*)*)(?:\(\))?"
    r"|:(?P<at>\d+)(?:-(?P<until>\d+))?)?"
)
_ENDING = re.compile(r"\.(?:[A-Za-z][A-Za-z0-9]{1,9}|[chrRm])$")
_ALONE = re.compile(
    r"[\w.-]+\.(?:py|pyi|ts|tsx|mts|cts|js|jsx|mjs|cjs|go|sql|md|mdx|rst|adoc|ya?ml|toml|json|sh|rb|java|kt|rs|tf|prisma|cfg|ini)"
)
_NOT_PATHS = re.compile(r"(?:e\.g|i\.e|etc|vs|n\.a)\b", re.IGNORECASE)
_IN_CODE = re.compile(r"(?P<name>[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)(?:\(\))?")
_BARE_WORD = re.compile(
    r"(?<![\w.$/-])(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z]{2,}[a-z0-9]*(?:[A-Z][a-z0-9]+)+|[a-z][a-z0-9]*(?:_[a-z0-9]+)+)(?![\w/-])"
)
_ACRONYM = re.compile(r"[A-Z0-9]+s?")
_NEGATED = re.compile(
    r"\b(?:not|never|no longer|isn't|was|were|formerly|previously|once|instead of|until|if)\s+(?:an?\s+|the\s+)?$",
    re.IGNORECASE,
)

_CLAIM_WORDS: dict[ClaimKind, str] = {
    "dry-run": r"dry[- ]?runs?(?: only)?",
    "always-allow": r"always[- ]allows?|allows?[- ](?:all|everything)|allow by default|always passes",
    "all-off": r"all (?:flags )?off|always off|off by default|defaults? (?:to )?off",
    "no-op": r"no[- ]?ops?|does nothing",
    "pass-through": r"pass(?:es)?[- ]?through",
    "disabled": r"disabled|switched off|turned off|not enabled|inactive",
    "fixture-only": r"fixtures?[- ]only",
    "test-only": r"tests?[- ]only|only (?:for|in) tests|for tests only",
    "inert": r"inert|placeholder",
}
_CLAIMS = {kind: re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE) for kind, words in _CLAIM_WORDS.items()}
_OF_USE: tuple[ClaimKind, ...] = ("fixture-only", "test-only")
"""Claims about who may call, which a mechanism's name may make too (`Test-only injectors`)."""

_CLAIM_COLUMNS = ("notes",)
_LONGEST = 4000


def read_cell(field: Field, column: str, title: str, path: str) -> Cell:
    """A cell of a document at `path`."""
    text = field.raw[:_LONGEST]
    inline = read_inline(text)
    refs = tuple(_refs(field, inline, path))
    return Cell(
        column,
        title,
        plain(text),
        field.raw,
        field.place,
        refs,
        tuple(_words(field, inline, refs)),
        tuple(_claims(field, inline, column, has_refs=bool(refs))),
    )


def ref_of(text: str, *, code: bool = False) -> Ref | None:
    """The place in the repository that a whole text names, such as that of a span of code; its `place` is of no use."""
    found = _PATH.fullmatch(text)
    return _ref(found, Field(text, _NOWHERE), 0, code=code) if found is not None else None


def _refs(field: Field, inline: Inline, path: str) -> Iterator[Ref]:
    found: list[Ref] = []
    for link in inline.links:
        target = unquote(link.target)
        if _URL.match(target) or target.startswith(("#", "mailto:")):
            continue
        matched = _PATH.fullmatch(target)
        ref = _ref(matched, field, link.start, code=True) if matched is not None else None
        if ref is not None:
            own = posixpath.normpath(posixpath.join(posixpath.dirname(path), ref.path))
            rooted = ref.path.lstrip("/") if ref.path.startswith("/") else own
            found.append(_with_path(ref, rooted))
    for code in inline.codes:
        for matched in _PATH.finditer(_URL.sub(_spaces, code.text)):
            alone = matched.group() == code.text.strip()
            found += [one for one in (_ref(matched, field, code.start, code=alone),) if one is not None]
    for matched in _PATH.finditer(_URL.sub(_spaces, inline.bare)):
        found += [one for one in (_ref(matched, field, 0, code=False),) if one is not None]
    seen: set[tuple[str, str | None, tuple[int, int] | None]] = set()
    for ref in sorted(found, key=lambda one: one.place):
        what = ref.path, ref.symbol, ref.lines
        if what not in seen:
            seen.add(what)
            yield ref


def _ref(found: re.Match[str], field: Field, start: int, *, code: bool) -> Ref | None:
    written = found["path"]
    if written.startswith("(") and written.count("(") > written.count(")"):  # `(src/a.ts)`, not `(group)/page.ts`
        written, start = written[1:], start + 1
        found_whole = found.group()[1:]
    else:
        found_whole = found.group()
    path = written.rstrip(".,;:") if not found_whole[len(written) :] else written
    if not path or not path.strip("./*?()[]~-") or _NOT_PATHS.match(path):
        return None
    kind: RefKind = "path"
    if any(sign in path for sign in "*?") or ("{" in path and "," in path):
        kind = "glob" if ".." not in path.split("/") else "path"  # one that leaves the repository leads nowhere
        if "/" not in path or (kind == "glob" and not _is_glob(path)):
            return None
    elif path.endswith("/"):
        kind = "folder"
        if path.count("/") < 2 and not code:  # `docs/` alone may be prose
            return None
    elif "/" in path:
        if not _ENDING.search(path.rpartition("/")[2]):
            return None
    elif not _ALONE.fullmatch(path) or not (code or found["symbol"] or found["line"]):
        return None
    whole = path + found_whole[len(written) :]
    place = shifted(field.place, start + found.start(), start + found.start() + len(whole))
    return Ref(kind, _spelled(path), whole, place, found["symbol"], _lines(found))


def _is_glob(path: str) -> bool:
    try:
        Globs((_spelled(path),))
    except ValueError:
        return False
    return True


def _spelled(path: str) -> str:
    """The path without what says nothing: `./`, double and last slashes."""
    leaving = path.startswith("/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return ("/" if leaving else "") + "/".join(parts)


def _lines(found: re.Match[str]) -> tuple[int, int] | None:
    first, last = found["line"] or found["at"], found["to"] or found["until"]
    if first is None or len(first) > 9 or len(last or "") > 9:
        return None
    return int(first), int(last or first)


def _words(field: Field, inline: Inline, refs: tuple[Ref, ...]) -> Iterator[Word]:
    taken = [(one.place.column, one.place.end_column) for one in refs]
    seen: set[str] = set()
    for word in _said_words(field, inline):
        inside = any(start < word.place.end_column and word.place.column < end for start, end in taken)
        if word.name not in seen and not inside:
            seen.add(word.name)
            yield word


def _said_words(field: Field, inline: Inline) -> Iterator[Word]:
    for code in inline.codes:
        found = _IN_CODE.fullmatch(code.text.strip())
        if found is not None and not _ACRONYM.fullmatch(found["name"]):
            begin = code.start + len(code.text) - len(code.text.lstrip())
            yield Word(found["name"], shifted(field.place, begin, begin + len(found["name"])), code=True)
    for found in _BARE_WORD.finditer(_URL.sub(_spaces, inline.bare)):
        yield Word(found.group(), shifted(field.place, *found.span()))


def _claims(field: Field, inline: Inline, column: str, *, has_refs: bool) -> Iterator[Claim]:
    text = inline.bare
    for kind, pattern in _CLAIMS.items():
        if column not in _CLAIM_COLUMNS and not has_refs and kind not in _OF_USE:
            continue
        for found in pattern.finditer(text):
            if not _NEGATED.search(text[max(0, found.start() - 30) : found.start()]):
                yield Claim(kind, found.group(), shifted(field.place, *found.span()))
                break


def _with_path(ref: Ref, path: str) -> Ref:
    return Ref(ref.kind, path, ref.text, ref.place, ref.symbol, ref.lines)


def _spaces(found: re.Match[str]) -> str:
    return " " * len(found.group())


_NOWHERE = Region(1, 1, 1, 2)
