"""The whole lifecycle, measured three ways in one run: docs/benchmarks.md says what and why.

`python -m benchmarks.lifecycle --cases 10000`; `./aftercare bench lifecycle` calls it with checked options.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.results import Measured, Peak, growth, memory_lines, ratio_lines, ratios, steps_table, table
from benchmarks.running import Run, a_run, measuring, surroundings

MEMORY_SIZES = (2_000, 20_000)


def measure(run: Run, cases: int, small: int, *, memory: bool) -> dict[str, Any]:
    """Measure everything, print it, and return it for the JSON file."""
    measured = []
    for name in ("ours", "bare", "textbook-sync", "textbook-async"):
        count = small if name.startswith("textbook") else cases
        found = run.variant(name, count)
        measured.append(Measured(name, count, found["seconds"], found.get("steps", {})))
    compared = ratios(measured)
    print("", table(measured), "", steps_table(measured), "", ratio_lines(compared), sep="\n", flush=True)
    result: dict[str, Any] = {
        "measured": [asdict(each) | {"cases_per_s": each.rate} for each in measured],
        "ratios": [asdict(each) | {"verdict": each.verdict} for each in compared],
        "surroundings": surroundings(),
    }
    if memory:
        peaks = [Peak.of(count, run.variant("memory", count)) for count in MEMORY_SIZES]
        print("", memory_lines(*peaks), sep="\n")
        result["memory"] = {"peaks": [asdict(peak) for peak in peaks], "growth": growth(*peaks)}
    return result


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the whole lifecycle: docs/benchmarks.md")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--small", type=int, default=20)
    parser.add_argument("--memory", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--json", type=Path)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)

    def program() -> dict[str, Any]:
        with a_run() as run:
            return measure(run, options.cases, options.small, memory=options.memory)

    return measuring(program, options.json)


if __name__ == "__main__":
    sys.exit(main())
