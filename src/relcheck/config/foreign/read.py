"""Which files of a folder hold contracts of other tools, and what relcheck writes for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import tomli

from relcheck.config.contract_text import contract_lines
from relcheck.config.document import MAX_BYTES
from relcheck.config.foreign import import_linter, tach
from relcheck.config.foreign.carried import Carried, ForeignError
from relcheck.config.foreign.tach_files import DOMAIN
from relcheck.config.spelling import visible

_NAMES = ("setup.cfg", ".importlinter", "pyproject.toml", "tach.toml")


def read_foreign(folder: Path, files: Iterable[Path] = ()) -> list[Carried]:
    """What the files say, else what those of the folder that may hold contracts do. Raises ForeignError."""
    given = list(files)
    found: list[Carried] = []
    for file in given or [folder / name for name in _NAMES]:
        if given or file.is_file():
            shown = visible(file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file))
            found += _of_file(file, shown)
    return found


def as_toml(found: Iterable[Carried]) -> str:
    """The contracts as a part of `relcheck.toml`."""
    lines: list[str] = []
    seen: set[object] = set()
    for carried in found:
        lines += [f"# Carried over from {visible(carried.file)}.", ""]
        for name, contract in carried.contracts:
            own, number = contract["id"], 2
            while contract["id"] in seen:  # two files may use one name
                contract["id"] = f"{own}-{number}"
                number += 1
            seen.add(contract["id"])
            lines += contract_lines(contract, name), ""
    return "\n".join(lines)


def _of_file(file: Path, shown: str) -> Iterator[Carried]:
    text = _text(file, shown)
    if file.suffix != ".toml":
        carried = import_linter.from_ini(text, shown)
        if carried is not None:
            yield carried
        return
    try:
        table = tomli.loads(text)
    except (ValueError, RecursionError) as error:  # also an integer of thousands of digits
        raise ForeignError(f"{shown} is no TOML: {visible(str(error))}") from None
    tool = table.get("tool")
    if isinstance(tool, dict):
        if isinstance(section := tool.get("importlinter"), dict):
            yield import_linter.from_table(section, shown)
        if isinstance(section := tool.get("tach"), dict):
            yield tach.from_table(section, shown, file.parent)
    if file.name == DOMAIN:
        raise ForeignError(f"{shown} is a part of a tach.toml, and is read with it: name that file")
    if "modules" in table or file.name == "tach.toml":
        yield tach.from_table(table, shown, file.parent)


def _text(file: Path, shown: str) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ForeignError(f"{shown} cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise ForeignError(f"{shown} is larger than {MAX_BYTES:,} bytes: too large for a configuration")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ForeignError(f"{shown} is not UTF-8") from None
