"""The outbox, emptied into a provider that takes 50 ms for each e-mail: docs/benchmarks.md says what and why.

`python -m benchmarks.outbox --mails 6000`; `./aftercare bench outbox` calls it with checked options.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.results import Measured, Peak, drain_ratios, growth, memory_lines, ratio_lines, table
from benchmarks.running import Run, a_run, measuring, surroundings

LATENCY_S = 0.05
MEMORY_SIZES = (1_000, 8_000)


def measure(run: Run, mails: int, *, memory: bool) -> dict[str, Any]:
    """Measure everything, print it, and return it for the JSON file."""
    measured = [Measured(name, mails, run.variant(name, mails)["seconds"]) for name in ("drain", "drain-bare", "http")]
    compared = drain_ratios(measured)
    print("", table(measured, "e-mails"), "", ratio_lines(compared), sep="\n", flush=True)
    result: dict[str, Any] = {
        "measured": [asdict(each) | {"mails_per_s": each.rate} for each in measured],
        "ratios": [asdict(each) | {"verdict": each.verdict} for each in compared],
        "surroundings": surroundings() | {"latency_s": LATENCY_S},
    }
    if memory:
        peaks = [Peak.of(count, run.variant("drain-memory", count)) for count in MEMORY_SIZES]
        print("", memory_lines(*peaks, what="e-mails"), sep="\n")
        result["memory"] = {"peaks": [asdict(peak) for peak in peaks], "growth": growth(*peaks)}
    return result


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how fast the outbox is emptied: docs/benchmarks.md")
    parser.add_argument("--mails", type=int, default=6_000)
    parser.add_argument("--memory", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--json", type=Path)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)

    def program() -> dict[str, Any]:
        with a_run(latency_s=LATENCY_S) as run:
            return measure(run, options.mails, memory=options.memory)

    return measuring(program, options.json)


if __name__ == "__main__":
    sys.exit(main())
