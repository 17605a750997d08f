"""Inputs that coverage chooses, by atheris: slower for each input, and it finds its way behind comparisons."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

_ENOUGH = 500
"""Files that are handed to a worker at once."""


def guided(name: str, runs: int, seed: int, time_limit: float, found: Path) -> int:
    """Let libFuzzer drive one entry in this process. A failing input ends it, and is saved."""
    try:
        import atheris  # type: ignore[import-untyped]  # and it has no types
    except ImportError:
        print("atheris is not installed here (its wheels are for Linux): leave --atheris out", file=sys.stderr)
        return 2
    with atheris.instrument_imports(include=["relcheck", "relcheck_rules", "tomli"]):
        from fuzz.entries import LEFT, Flaw, entries, left_to_workers

        entry = entries()[name]

    def tried(data: bytes) -> None:
        if entry.run(data) == LEFT:
            for _, _, flaw in left_to_workers(at_least=_ENOUGH):
                if flaw is not None:
                    raise Flaw(flaw)

    found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "words"
        words.write_text("".join(f'"{_escaped(token)}"\n' for token in entry.tokens), encoding="ascii")
        seeds = Path(folder) / "seeds"
        seeds.mkdir()
        for number, data in enumerate(entry.seeds()):
            (seeds / str(number)).write_bytes(data)
        options = (
            "-rss_limit_mb=3000",
            f"-runs={runs}",
            f"-seed={seed}",
            f"-timeout={time_limit:.0f}",
            f"-dict={words}",
        )
        atheris.Setup(["fuzz", *options, f"-artifact_prefix={found}/{name}-", str(seeds)], tried)
        atheris.Fuzz()
    return 0


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


if __name__ == "__main__":
    entry_name, *numbers, folder_name = sys.argv[1:]
    sys.exit(guided(entry_name, int(numbers[0]), int(numbers[1]), float(numbers[2]), Path(folder_name)))
