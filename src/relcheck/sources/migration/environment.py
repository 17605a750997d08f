"""What files beside the migrations say of them: the database, its settings, and how many share a transaction."""

from __future__ import annotations

import re

import msgspec

from relcheck.sources.migration.operation import Dialect

_DIALECTS: dict[str, Dialect] = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "cockroachdb": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
}
_URL = re.compile(r"^\s*sqlalchemy\.url\s*=\s*([a-z0-9]+)(?:\+\w+)?://", re.MULTILINE)
_SCRIPTS = re.compile(r"^\s*script_location\s*=\s*(\S+)\s*$", re.MULTILINE)
_VERSIONS = re.compile(r"^version_locations\s*=\s*(?P<said>.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_HERE = re.compile(r"%\(here\)s/?")
_PROVIDER = re.compile(r"^\s*provider\s*=\s*\"(\w+)\"", re.MULTILINE)
_DATASOURCE = re.compile(r"\bdatasource\s+\w+\s*\{(.*?)\}", re.DOTALL)


class EnvironmentFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one file says. `scripts` is the folder of the migrations, from the file's own; `timeouts` are the names of
    timeouts that are set for every migration; `shares_transaction` says whether all pending migrations run in one
    transaction, None where the file does not say. `versions` are the folders of the versions, where these are named."""

    dialect: Dialect | None = None
    scripts: str = ""
    timeouts: tuple[str, ...] = ()
    shares_transaction: bool | None = None
    versions: tuple[str, ...] = ()


def dialect_named(name: str) -> Dialect | None:
    """The dialect that a driver or provider stands for; None for one that relcheck does not know."""
    return _DIALECTS.get(name.lower())


def read_environment(path: str, text: str) -> EnvironmentFacts | None:
    """What `alembic.ini`, `env.py`, `schema.prisma` or `migration_lock.toml` says; None where it is none of them."""
    name = path.rpartition("/")[2]
    if name == "alembic.ini":
        url, scripts = _URL.search(text), _SCRIPTS.search(text)
        folder = _HERE.sub("", scripts[1]) if scripts else ""
        return EnvironmentFacts(dialect_named(url[1]) if url else None, folder, versions=_versions(text))
    if name == "schema.prisma":
        source = _DATASOURCE.search(text)
        provider = _PROVIDER.search(source[1]) if source else None
        return EnvironmentFacts(dialect_named(provider[1]) if provider else None)
    if name == "migration_lock.toml":
        provider = _PROVIDER.search(text)
        return EnvironmentFacts(dialect_named(provider[1]) if provider else None)
    if name == "env.py":
        from relcheck.sources.migration.alembic.env import read_env

        return read_env(text)
    return None


def _versions(text: str) -> tuple[str, ...]:
    """The folders of `version_locations`, on lines of their own or separated as `path_separator` says."""
    said = _VERSIONS.search(text)
    if said is None:
        return ()
    found = (one.strip().rstrip("/") for one in re.split(r"[\s,;:]+", _HERE.sub("", said["said"])))
    return tuple(one for one in found if one and one not in (".", ".."))
