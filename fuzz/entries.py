"""The parsers, each with what it begins with and what must hold for any input."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import tomli

from fuzz import corpus, migrations, tracing
from fuzz.alembic import ALEMBIC_TOKENS, alembic, alembic_files
from fuzz.behaviour import CODE_TOKENS, behaviour
from fuzz.documents import document, matrix_file
from fuzz.imports import imports, manifest
from relcheck.config import ConfigError, load_config
from relcheck.config.schema import Settings
from relcheck.config.show import as_json, as_text
from relcheck.engine.bind import bind
from relcheck.engine.catalog import load_catalog, make_rule
from relcheck.engine.examining.cache import FOLDER, Cache
from relcheck.engine.examining.examiner import Examined, Examiner, TooDeepError
from relcheck.engine.examining.packed import pack, unpack
from relcheck.engine.examining.workers import Pool
from relcheck.engine.exceptions.baseline import load_baseline, render_baseline
from relcheck.engine.exceptions.inline import python_waivers
from relcheck.engine.exceptions.inline_writing import NoPlaceError, with_python_waiver
from relcheck.engine.exceptions.stated import Stated
from relcheck.engine.files.index import DamagedIndexError, parse_index
from relcheck.engine.plan import Plan, Planned, Scopes, make_plan
from relcheck.sdk.options import OptionValue
from relcheck.sources.globs import Globs
from relcheck.sources.migration.django.collecting import DIALECTS
from relcheck.sources.migration.django.graph import AppMigration
from relcheck.sources.migration.django.lowering import lower
from relcheck.sources.migration.django.reading import read_django
from relcheck.sources.python.syntax import Source
from relcheck.sources.sql.locks import locking_clauses, unknown_strength
from relcheck.sources.sql.writes import writes

PATH = "app/service.py"
LEFT = "left to a worker"
TRAP = "trap"
_WIDE: Mapping[str, OptionValue] = {
    "required_in": ("**",),
    "locks": ("with_for_update", "select_for_update"),
    "session_names": ("*",),
}
_SQL = tuple(
    b"select for update no key share lock in mode insert into values ( ) ' \" -- /* */ $$ E' ; %s {} :a".split()
)
_TOML = tuple(b"[ ] [[ ]] = . , { } ' \" ''' \"\"\" # true false nan inf 0x 1e9 2027-01-31 07:32:00 -".split())
_MARKDOWN = tuple(
    b"| |---| :-: \\| ` ``` ~~~ > - * 1. # === --- [ ] ( ) ![ ]( <!-- --> <a </a> ** __ ~~ & \\ [x] \r\n".split()
)
_YAML = tuple(b"- : ? | > & * ! !! [ ] { } , # --- ... ' \" <<: guarantees: *a &a".split())
_REQUIREMENTS = tuple(
    b"-r -e -c --hash=sha256:0 == >= ~= ; @ git+https:// #egg=a # \\ [extra] ../ [project] dependencies dynamic".split()
)
_PYTHON = tuple(
    b"if else : def class async await with for in as return yield lambda match case type except* import from . , ( )"
    b" [ ] { } @ = := == -> * ** + % ; \\ # ' \" ''' \"\"\" f' f\" rb' \\N{SPACE} \\x00 \\ud800 {x!r:>{y}} ...".split()
)


class Flaw(Exception):  # noqa: N818  # it says what it is
    """What must hold does not."""


class Entry(NamedTuple):
    """A parser. `run` gives what came of an input, in a word; what it raises is a failure."""

    seeds: Callable[[], tuple[bytes, ...]]
    tokens: tuple[bytes, ...]
    run: Callable[[bytes], str]
    keep: int = 0


def python_file(data: bytes) -> str:
    """A file, as a scan reads it: the same findings with and without the prefilter, and no rule raises."""
    outcome = "concerns no rule"
    for examiner, whole in _examiners():
        work = examiner.sift(PATH, data)
        everything = whole.sift(PATH, data)
        if everything is None:
            raise Flaw("without the prefilter no rule is concerned")
        try:
            sifted = examiner.read(work, data) if work is not None else Examined()
            all_read = whole.read(everything, data)
        except TooDeepError:
            _deep.append(data)
            return LEFT
        _check(sifted, all_read)
        if all_read.broken is not None:
            return "unparseable"
        outcome = "findings" if all_read.findings else "no findings" if sifted.parsed else outcome
    return outcome


def left_to_workers(*, at_least: int = 1) -> list[tuple[bytes, str, str | None]]:
    """The files that could end a process, read as a scan reads them: each with what came of it, and why that is a
    failure. That a worker dies is none: it is told of the file. Fewer than `at_least` wait for more."""
    if len(_deep) < at_least:
        return []
    inputs = {f"app/{number}.py": data for number, data in enumerate(_deep)}
    _deep.clear()
    examiner = _examiners()[1][0]
    works = [work for path, data in inputs.items() if (work := examiner.sift(path, data)) is not None]
    read = {work.path: result for work, result in Pool(examiner.plan, "", 1).read_all(works, inputs.__getitem__)}
    told = []
    for path, data in inputs.items():
        result = read.get(path)
        outcome, flaw = "concerns no rule", None
        if result is not None and result.crashes:
            flaw = f"a rule raised: {result.crashes[0].error}"
        elif result is not None and result.broken is not None:
            message = result.broken.message
            outcome = "ended a worker" if "died" in message or "took longer" in message else "unparseable"
        elif result is not None:
            outcome = "findings" if result.findings else "no findings"
        told.append((data, outcome, flaw))
    return told


def waiver(data: bytes) -> str:
    """Waivers in a text; one that is written is one more, and leaves the others."""
    text = data.decode("utf-8", "replace")
    found = python_waivers(text, PATH)
    lines = len(Source(text).starts)
    for one in found:
        if not 1 <= one.waiver.first <= one.waiver.last <= lines or not 1 <= one.waiver.line <= lines:
            raise Flaw(f"a waiver covers {one.waiver.first} to {one.waiver.last} of {lines} lines")
    try:
        written = with_python_waiver(data, 1 + len(data) % lines, "transactions/split-write", Stated("because"))
    except NoPlaceError:
        return "waivers" if found else "none"
    if len(python_waivers(written.decode("utf-8", "replace"), PATH)) not in (len(found), len(found) + 1):
        raise Flaw("a waiver that was written changes others")
    return "waivers, and one more written"


def configuration(data: bytes) -> str:
    """A configuration with all that is derived from it, or an error that can be printed."""
    file = Path("/nowhere") / ("pyproject.toml" if data.startswith(b"[tool") else "relcheck.toml")
    files = {file: data, file.with_name("other.toml"): b"[relcheck]\nextends = ['./other2.toml']\n"}
    files[file.with_name("other2.toml")] = data

    def read(path: Path) -> bytes:
        if path in files:
            return files[path]
        raise FileNotFoundError(2, "No such file")

    catalog = load_catalog()
    try:
        config = load_config(file, shown_as=file.name, catalog=catalog, read=read)
    except ConfigError as error:
        if not all(line.isprintable() for line in str(error).split("\n")):
            raise Flaw("the error would draw on a terminal") from None
        return "refused"
    tomli.loads(as_text(config, catalog))
    as_json(config, catalog)
    plan = make_plan(catalog, config)
    Globs(config.exclude).matches(PATH)
    scopes = Scopes("")
    for rule in plan.rules:
        scopes.concern(rule, PATH)
    return "accepted"


def baseline(data: bytes) -> str:
    """A baseline that reads the same once it is written, or an error."""
    try:
        read = load_baseline(data, shown_as="relcheck.baseline")
    except ConfigError:
        return "refused"
    again = load_baseline(render_baseline(read.lines, read.version), shown_as="relcheck.baseline")
    if render_baseline(again.lines, again.version) != render_baseline(read.lines, read.version):
        raise Flaw("it reads otherwise once it is written")
    return "lines" if read.lines else "empty"


def index(data: bytes) -> str:
    """git's index, with a right checksum."""
    try:
        read = parse_index(corpus.sealed(data))
    except DamagedIndexError:
        return "damaged"
    if any(b".." in entry.path.split(b"/") or entry.path.startswith(b"/") for entry in read.entries):
        raise Flaw("a path leads out of the work tree")
    return "left to git" if read.only_git_reads else "read"


def glob(data: bytes) -> str:
    """A pattern, and the path that stands below it."""
    pattern, _, path = data.decode("utf-8", "surrogateescape").partition("\n")
    try:
        globs = Globs([pattern])
    except ValueError:
        return "refused"
    return "matches" if globs.matches(path) else "does not match"


def sql(data: bytes) -> str:
    """The text of a string that may be SQL."""
    text = data.decode("utf-8", "replace")
    found = [
        (*locking_clauses(text, executed=executed, function_bodies=bodies), *unknown_strength(text, executed=executed))
        for executed in (False, True)
        for bodies in (False, True)
    ]
    return "locks" if any(found) else "writes" if writes(text) or writes(text, executed=True) else "nothing"


def django_migration(data: bytes) -> str:
    """A file with a migration of Django, read and replayed for every database; its operations stand in the file."""
    text = data.decode("utf-8", "replace")
    facts = read_django(text)
    if facts is None:
        return "no migration"
    lines = text.count("\n") + text.count("\r") + 1
    found = 0
    for dialect in DIALECTS:
        for migration in lower([AppMigration(path=PATH, app="shop", name="0001", facts=facts)], dialect=dialect):
            found += len(migration.operations)
            if any(not 1 <= one.region.line <= one.region.end_line <= lines for one in migration.operations):
                raise Flaw("an operation stands where the file has no line")
    return "operations" if found else "unparseable" if facts.problems else "nothing"


def cache_file(data: bytes) -> str:
    """A damaged cache: nothing is believed that was not kept. Damage that SQLite does not see may hide results, which
    costs time; a file that is refused is made anew."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        file = root / FOLDER / "results.sqlite"
        file.parent.mkdir()
        file.write_bytes(data)
        kept = Cache(root, corpus.PLAN).get(*corpus.CACHED)
        if kept not in (None, b""):
            raise Flaw("it tells what was never put in")
        for _ in range(2):
            Cache(root, corpus.PLAN).put({corpus.CACHED: b"new"})
        now = Cache(root, corpus.PLAN).get(*corpus.CACHED)
        if now == b"new":
            return "made anew" if kept is None else "kept"
        with sqlite3.connect(file) as database:
            database.execute("INSERT OR REPLACE INTO results VALUES ('', x'', '', 0, x'')")  # it would be refused
        database.close()
        return "hidden"


def cached_result(data: bytes) -> str:
    """A value of the cache."""

    with suppress(msgspec.MsgspecError):
        return "read" if unpack(data, Examined) else "empty"
    return "refused"


def trap(data: bytes) -> str:
    """No parser: it does what none may do, to show that the fuzzer tells."""
    if data.startswith(b"raise"):
        raise ValueError(data)
    if data.startswith(b"abort"):
        os.abort()
    while data.startswith(b"loop"):
        pass
    return "calm"


@cache
def _results() -> tuple[bytes, ...]:
    (_, whole), _ = _examiners()
    examined = []
    for data in corpus.python_files()[-40:]:
        work = whole.sift(PATH, data)
        with suppress(TooDeepError):
            examined.append(pack(whole.read(work, data)) if work is not None else b"")
    return (*dict.fromkeys(examined), b'{"findings": [], "parsed": true}')


@cache
def _examiners() -> tuple[tuple[Examiner, Examiner], ...]:
    """With and without the prefilter, for the rules as they come and for options under which they find more."""
    specs = [spec for spec in load_catalog().rules.values() if spec.type != "engine"]
    made = []
    for options in ({}, _WIDE):
        rules = tuple(Planned(spec, bind(spec, options), {}, None, None) for spec in specs)
        plans = [Plan(rules, max_file_size=10**9, prefilter=prefilter) for prefilter in (True, False)]
        made.append((Examiner(plans[0], Scopes(""), make_rule), Examiner(plans[1], Scopes(""), make_rule)))
    return tuple(made)


def _check(sifted: Examined, whole: Examined) -> None:
    for one in (sifted, whole):
        if one.crashes:
            raise Flaw(f"a rule raised: {one.crashes[0]}")
        unpack(pack(one), Examined)
    if whole.broken is None and (sifted.findings, sifted.facts) != (whole.findings, whole.facts):
        raise Flaw(f"with the prefilter: {_told(sifted)}; without: {_told(whole)}")


def _told(examined: Examined) -> Sequence[str]:
    return [f"{one.rule}:{one.region.line}:{one.region.column}" for one in examined.findings]


_deep: list[bytes] = []


def _words(inputs: Callable[[], tuple[bytes, ...]]) -> tuple[bytes, ...]:
    return corpus.words_of(inputs())


def entries() -> dict[str, Entry]:
    """All of them by name, those that read most first."""
    rules = tuple(name.encode() for name in load_catalog().rules)
    keys = tuple(name.encode() for name in Settings.__struct_fields__)
    fixed = b"relcheck rules overrides waivers tool severity enabled paths path rule reason until owner".split()
    python = (*_PYTHON, b"select_for_update", *corpus.words_of(corpus.python_files()))
    return {
        "python": Entry(corpus.python_files, python, python_file),
        "imports": Entry(corpus.python_files, python, imports),
        "manifest": Entry(corpus.manifests, (*_TOML, *_REQUIREMENTS), manifest),
        "configuration": Entry(corpus.configurations, (*_TOML, *keys, *fixed, *rules), configuration),
        "waiver": Entry(corpus.waivers, (*_PYTHON, *rules, b"relcheck:", b"ignore", b"reason:", b"until="), waiver),
        "baseline": Entry(corpus.baselines, (*rules, b"\t", b":2", b"\\x1b", b"\\u202e", b"<<<<<<< a"), baseline),
        "index": Entry(corpus.indexes, (b"DIRC", b"TREE", b"link", b"sdir", b"../", b".git/", b"\0\0\0\1"), index, 8),
        "glob": Entry(corpus.globs, (b"**", b"**/", b"*a", b"[!", b"]", b"{a,", b"}", b"?", b"/", b"./", b"\\"), glob),
        "sql": Entry(corpus.statements, _SQL, sql),
        "migration-sql": Entry(migrations.seeds, migrations.TOKENS, migrations.migration),
        "django-migration": Entry(
            corpus.django_migrations, (*_PYTHON, *_words(corpus.django_migrations)), django_migration
        ),
        "behaviour": Entry(corpus.stubs, (*CODE_TOKENS, *corpus.words_of(corpus.stubs())), behaviour),
        "cache-file": Entry(corpus.cache_files, (b"\0\0\0\0", b"SQLite format 3", b"results"), cache_file),
        "cache-value": Entry(_results, _words(_results), cached_result),
        "document": Entry(corpus.documents, (*_MARKDOWN, *corpus.words_of(corpus.documents())), document),
        "matrix-file": Entry(corpus.matrix_files, (*_TOML, *_YAML, b'",', b"Guarantee,Owner"), matrix_file),
        "alembic": Entry(alembic_files, ALEMBIC_TOKENS, alembic),
        "marker": Entry(
            tracing.marked_files, (*_PYTHON, *_SQL, b"//", b"/*", b"`", b"relcheck:", b"upholds"), tracing.markers
        ),
        "review-lock": Entry(tracing.lock_files, (b"{", b"}", b'"', b":", b",", b"[", b"\\u0000", b"#"), tracing.lock),
        "evidence": Entry(
            tracing.evidence_files,
            (b"<a", b"/>", b"<!ENTITY", b"&a;", b"<![CDATA[", b"SF:", b"DA:", b"1e9"),
            tracing.evidence,
        ),
        TRAP: Entry(lambda: (b"raise it", b"abort it", b"loop it", b"be calm"), (b"it",), trap),
    }
