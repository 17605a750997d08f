"""What is known of code that is not the project's: of the languages' own libraries, and of names that speak for
themselves. Everything else is judged by how it is called, in `reach`."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


Meaning: TypeAlias = Literal["pure", "log", "effect", "unknown"]

_PURE = {
    "python": _words(
        """
        abs all any bool bytes bytearray callable chr classmethod complex dict dir divmod enumerate filter float format
        frozenset getattr hasattr hash hex id int isinstance issubclass iter len list map max memoryview min next object
        oct ord pow property range repr reversed round set slice sorted staticmethod str sum tuple type vars zip super
        math json.dumps json.loads re datetime time.time time.monotonic time.perf_counter time.time_ns time.sleep
        time.strftime time.gmtime time.localtime typing typing_extensions collections functools itertools operator
        dataclasses enum uuid hashlib hmac base64 decimal fractions statistics string textwrap copy inspect
        traceback.format_exc os.path os.getenv os.environ.get os.environ.items os.environ.keys os.environ.copy os.getpid
        os.getcwd os.cpu_count abc contextlib asyncio.sleep asyncio.gather asyncio.iscoroutinefunction asyncio.Lock
        asyncio.wait_for random secrets types threading.Lock threading.RLock threading.local threading.current_thread
        contextvars.ContextVar weakref pathlib.Path pathlib.PurePath zoneinfo calendar locale.getlocale platform
        unicodedata urllib.parse html ipaddress bisect heapq numbers importlib.metadata sys.version_info sys.argv
        sys.modules pprint.pformat struct binascii zlib logging.getLogger structlog.get_logger loguru.logger.bind
        """
    ),
    "javascript": _words(
        """
        Object Array String Number Boolean Math JSON Date Map Set WeakMap WeakSet Symbol RegExp Promise parseInt
        parseFloat isNaN isFinite encodeURIComponent decodeURIComponent encodeURI decodeURI structuredClone BigInt Intl
        URL URLSearchParams TextEncoder TextDecoder crypto.randomUUID performance.now performance.mark Buffer Reflect
        Proxy AbortController AbortSignal Headers Response Request FormData Blob atob btoa Uint8Array ArrayBuffer
        clearTimeout clearInterval clearImmediate process.uptime process.hrtime process.memoryUsage process.cwd
        next/server.NextResponse.json next/server.NextResponse.next next/server.NextResponse.redirect
        next/server.NextResponse.rewrite next/server.NextResponse path node:path url node:url util node:util
        crypto.createHash node:crypto.randomUUID node:crypto.createHash node:perf_hooks.performance.now zod server-only
        client-only next/cache.unstable_noStore
        """
    ),
    "go": _words(
        """
        len cap append copy delete make new min max recover string int int8 int16 int32 int64 uint uint8 uint16 uint32
        uint64 byte rune float32 float64 bool error any complex real imag close clear fmt.Sprintf fmt.Sprint
        fmt.Sprintln fmt.Errorf errors strings strconv time math math/rand sort slices maps context bytes unicode
        unicode/utf8 regexp sync reflect encoding/json.Marshal encoding/json.Unmarshal path path/filepath os.Getenv
        os.LookupEnv runtime.NumCPU crypto/sha256 crypto/md5 encoding/hex encoding/base64 net/url log/slog.New log.New
        log/slog.Default text/template.New cmp hash/fnv
        """
    ),
}

_LOGS = {
    "python": frozenset(
        ["print", "logging", "warnings.warn", "structlog", "loguru", "sys.stderr", "sys.stdout", "traceback.print_exc"]
    ),
    "javascript": frozenset(["console", "process.stdout.write", "process.stderr.write", "process.emitWarning"]),
    "go": _words("log/slog fmt.Print fmt.Println fmt.Printf log.Print log.Println log.Printf print println"),
}

_EFFECTS = {
    "python": _words(
        """
        open input exit quit breakpoint subprocess shutil socket requests httpx aiohttp urllib.request urllib3 smtplib
        ftplib sqlite3 psycopg psycopg2 asyncpg boto3 redis os sys.exit signal atexit threading.Thread multiprocessing
        asyncio.create_task asyncio.ensure_future asyncio.run celery
        """
    ),
    "javascript": _words(
        """
        fetch XMLHttpRequest WebSocket process.exit process.kill process.abort process.on process.chdir fs node:fs
        fs/promises node:fs/promises child_process node:child_process net node:net http node:http https node:https axios
        pg mysql mysql2 redis ioredis nodemailer localStorage sessionStorage document navigator.sendBeacon alert
        """
    ),
    "go": _words(
        """
        os net net/http net/smtp os/exec database/sql syscall log.Fatal log.Fatalf log.Fatalln log.Panic log.Panicf
        io/ioutil os/signal runtime.GC
        """
    ),
}

_LOGGERS = frozenset({"log", "logger", "logging", "_log", "_logger", "console", "slog", "zap", "sugar", "klog", "glog"})
_LOG_METHODS = _words(
    """
        debug info warn warning error log trace exception critical verbose notice silly Debug Info Warn Error Debugf
        Infof Warnf Errorf Print Printf Println Debugw Infow Warnw Errorw DebugContext InfoContext WarnContext
        ErrorContext group groupEnd table time timeEnd dir assert count
        """
)

PURE_METHODS = _words(
    """
        get has includes map filter find findIndex findLast some every forEach reduce reduceRight flatMap flat slice
        split trim trimStart trimEnd strip lstrip rstrip lower upper title casefold toLowerCase toUpperCase startswith
        endswith startsWith endsWith replace replaceAll match matchAll test exec search join keys values items entries
        toString toISOString toJSON toFixed toLocaleString valueOf concat indexOf lastIndexOf at charAt charCodeAt
        padStart padEnd getTime getFullYear getMonth getDate getHours format isoformat total_seconds timestamp strftime
        astimezone encode decode copy index count hasOwnProperty json text formData arrayBuffer header is_integer
        isdigit isalpha partition rpartition splitlines removeprefix removesuffix group groups groupdict fullmatch
        findall finditer sub model_dump dict isoweekday weekday date time utcoffset as_posix relative_to with_suffix
        exists is_file is_dir resolve name Get Value Header Context Err Error String Unix UnixNano UnixMilli Sub Since
        Seconds Milliseconds Minutes Hours Add Before After Equal IsZero Format Path Query Cookie FormValue Load Len Is
        As Unwrap Elem Kind Deadline Done Lock Unlock RLock RUnlock then catch finally toSorted toReversed localeCompare
        normalize repeat substring substr codePointAt union intersection difference issubset issuperset isdisjoint
        most_common mro __class__ bind hexdigest digest safeParse
        """
)
"""Methods that leave the thing that they belong to as it was."""

FRESH = _words(
    """
    copy slice map filter split concat flat flatMap model_dump dict json toSorted toReversed strip lower upper trim
    replace format encode decode keys values items entries join partition splitlines text formData clone
    """
)
"""Those of them that give something new, which can be changed without anyone seeing it."""

MUTATORS = _words(
    """
        push pop shift unshift splice sort reverse fill set add delete clear append extend insert remove update
        setdefault popitem discard put write send emit publish dispatch enqueue increment inc dec observe
        """
)
"""Methods that change the thing that they belong to."""

_VERBS = _words(
    """
        exec execute executemany insert update upsert delete create save write send publish put post patch commit
        rollback begin run start stop remove push emit enqueue dispatch notify set incr incrby decr hset destroy drop
        truncate upload move rename kill shutdown register unregister subscribe schedule spawn flush persist store
        append add extend clear pop
        """
)
"""What a method does that is called so, wherever it is from."""

LABELS = _words(
    """
    Injectable Controller Module Component Directive Pipe Entity Resolver Catch Service ObjectType InputType Schema
    injectable singleton define frozen attrs attr s mutable dataclass_json register admin final
    """
)
"""Decorators of classes that say what a class is for and leave its methods alone."""

STAGES = _words(
    """
        NODE_ENV APP_ENV APP_STAGE VERCEL_ENV NEXT_PUBLIC_VERCEL_ENV RAILS_ENV DJANGO_ENV FLASK_ENV GO_ENV ENV
        ENVIRONMENT STAGE DEPLOY_ENV DEPLOYMENT_ENV NODE_STAGE GIN_MODE NEXT_PUBLIC_APP_ENV MODE PROD
        """
)
"""Variables that tell where the program runs. Production sets them, so they are taken as if they said production."""

PRODUCTION = frozenset({"production", "prod", "live", "release"})

_OF_DATA = _words(
    """
    push pop shift unshift splice sort reverse fill set add delete clear append extend insert remove update setdefault
    popitem discard put write increment inc dec observe start stop begin exec run truncate create move destroy store
    """
)

_FIRST_WORD = re.compile(r"[A-Z]?[a-z]+")


def reaches_out(method: str) -> bool:
    """Whether a method is called so that one would look for what it does elsewhere than in the thing itself: `save`,
    `send`, `execute`; `append` and `update` are also what lists and dicts have."""
    return is_verb(method) and method not in _OF_DATA


def is_verb(method: str) -> bool:
    """Whether the first word of a method's name says that it changes something: `execContext`, `save_all`."""
    first = _FIRST_WORD.match(method)
    return method in MUTATORS or (first is not None and first[0].lower() in _VERBS)


def meaning(language: str, name: str) -> Meaning:
    """What a call of something outside does, by its dotted name."""
    family = "javascript" if language == "typescript" else language
    parts = name.replace(":", ".").split(".") if language == "python" else name.split(".")
    if is_log(name):
        return "log"
    for length in range(len(parts), 0, -1):
        prefix = ".".join(parts[:length])
        if prefix in _LOGS.get(family, ()):
            return "log"
        if prefix in _PURE.get(family, ()):
            return "pure"
        if prefix in _EFFECTS.get(family, ()):
            return "effect"
    last = parts[-1]
    if last[:1].isupper() and last.endswith(("Error", "Exception", "Warning")):
        return "pure"
    return "unknown"


def is_log(name: str) -> bool:
    """Whether a dotted name is that of a method of a logger: `self.logger.warning`, `console.log`."""
    receiver, _, method = name.rpartition(".")
    if method not in _LOG_METHODS:
        return False
    holder = receiver.rpartition(".")[2]
    return holder.lower() in _LOGGERS or holder.lower().endswith(("logger", "_log")) or holder == "getLogger()"
