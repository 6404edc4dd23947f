"""Replies from the field, through the real hooks and the real stages: understood, read by a person, or silently wrong.

`python -m benchmarks.replies FILE…`; `./aftercare bench replies` calls it with checked options. Ends with status 0 only
when nothing is silently wrong, with 1 otherwise, and with 2 when a file has a fault.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.reply_cases import Asked, ReplyCase, read_cases
from benchmarks.reply_generated import generated
from benchmarks.reply_outcomes import Outcome, outcomes_of
from benchmarks.reply_verdicts import Right, Verdict, compare, is_legal_word, judge
from benchmarks.reply_world import a_world
from benchmarks.steps import WrongResult
from cli.fault import Fault
from vocabulary import Channel

_BATCH = 2_000
_MOST_LISTED = 200


def lived(cases: Sequence[ReplyCase]) -> list[Outcome]:
    """What became of each case, in their order: in batches with a store each, side by side."""
    batches = [
        (asked, chosen[first : first + _BATCH])
        for asked in Asked
        for chosen in [[number for number, case in enumerate(cases) if case.asked is asked]]
        for first in range(0, len(chosen), _BATCH)
    ]
    work = [([cases[number] for number in batch], asked) for asked, batch in batches]
    if len(cases) <= _BATCH:  # another process would begin by importing all of it
        results = [live_through(*each) for each in work]
    else:
        with ProcessPoolExecutor(min(len(work), os.cpu_count() or 1), get_context("spawn")) as processes:
            results = list(processes.map(live_through, *zip(*work, strict=True)))
    found = {
        number: outcome
        for (_, batch), result in zip(batches, results, strict=True)
        for number, outcome in zip(batch, result, strict=True)
    }
    return [found[number] for number in range(len(cases))]


def live_through(cases: Sequence[ReplyCase], asked: Asked) -> list[Outcome]:
    """In a store of their own."""
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder, a_world(Path(folder)) as world:
        return outcomes_of(world, world.ask(cases, asked), asked)


def judged(cases: Sequence[ReplyCase]) -> list[Verdict]:
    """Every case is lived through and judged; what stands above a quotation also against the same alone."""
    outcomes = lived(cases)
    alone = {case.name: outcome for case, outcome in zip(cases, outcomes, strict=True)}
    verdicts = [judge(case, outcome) for case, outcome in zip(cases, outcomes, strict=True)]
    return [compare(each, alone[each.case.alone]) if each.case.alone else each for each in verdicts]


def report(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Print what was found; return what goes into the JSON file."""
    wrong = [verdict for verdict in verdicts if verdict.right is Right.WRONG]
    for verdict in wrong[:_MOST_LISTED]:
        print(_line(verdict))
    if len(wrong) > _MOST_LISTED:
        print(f"… and {len(wrong) - _MOST_LISTED} more; --json keeps all of them")
    print()
    for line in _table(verdicts):
        print(line)
    print()
    shares = _shares(verdicts)
    for name, (part, whole) in shares.items():
        print(f"{name:62} {part:6} of {whole:<6}{f' {part / whole:6.1%}' if whole else ''}")
    print(f"silently wrong: {len(wrong)} of {len(verdicts)}")
    return {
        "cases": len(verdicts),
        "silently_wrong": len(wrong),
        "kinds": {kind: dict(counted) for kind, counted in _by_kind(verdicts).items()},
        "shares": {name: {"of_them": part, "all": whole} for name, (part, whole) in shares.items()},
        "wrong": [_line(verdict) for verdict in wrong],
        "written_to": [each.case.name for each in verdicts if each.right is Right.PERSON and each.outcome.written_to],
    }


def _line(verdict: Verdict) -> str:
    case = verdict.case
    text = case.text if len(case.text) <= 120 else case.text[:119] + "…"
    wanted = " or ".join(" + ".join(sorted(words)) for words in case.accept)
    subject = f" (subject {case.subject!r})" if case.subject else ""
    return f"{case.name}, {case.kind}: {text!r}{subject} should be {wanted}, but: {verdict.why}"


def _by_kind(verdicts: Sequence[Verdict]) -> dict[str, Counter[Right]]:
    found: dict[str, Counter[Right]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.case.kind, Counter())[verdict.right] += 1
    return dict(sorted(found.items()))


def _table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield f"{'kind':32} {'cases':>7}" + "".join(f"{right:>17}" for right in Right)
    kinds = _by_kind(verdicts)
    for kind, counted in [*kinds.items(), ("all", sum(kinds.values(), Counter[Right]()))]:
        yield f"{kind:32} {counted.total():7}" + "".join(f"{counted[right]:17}" for right in Right)


def _shares(verdicts: Sequence[Verdict]) -> dict[str, tuple[int, int]]:
    """Of how many each is true, of which there are so many."""

    def share(of: list[Verdict], true: Sequence[bool]) -> tuple[int, int]:
        return sum(true), len(of)

    clear = [each for each in verdicts if each.case.clear]
    legal = [each for each in verdicts if is_legal_word(each.case)]
    machines = [each for each in verdicts if each.case.kind == "machine" and each.case.channel is Channel.EMAIL]
    no_danger = [each for each in verdicts if "danger" not in each.case.listed]
    held = [each for each in verdicts if "hold" in each.case.listed and "hold" in each.outcome.happened]
    waiting = [each for each in verdicts if each.right is Right.PERSON]
    quoted = [each for each in verdicts if each.case.alone]
    by_itself = Right.BY_ITSELF
    return {
        "clear ratings recorded by themselves": share(clear, [each.right is by_itself for each in clear]),
        "opt-outs in the legal words that needed no person": share(legal, [each.right is by_itself for each in legal]),
        "machines' mail that needed no person": share(machines, [each.right is by_itself for each in machines]),
        "no danger, but on the fast path": share(no_danger, ["danger" in each.outcome.happened for each in no_danger]),
        "understood otherwise than without the quotation": share(quoted, [each.otherwise for each in quoted]),
        "held only because they wait for a person": share(held, [each.only_waits for each in held]),
        "written to although a person has still to read the reply": share(
            waiting, [each.outcome.written_to for each in waiting]
        ),
    }


def measure(cases: Sequence[ReplyCase]) -> dict[str, Any]:
    """Live through all cases, print, and return what goes into the JSON file."""
    began = perf_counter()
    verdicts = judged(cases)
    seconds = perf_counter() - began
    print(f"{len(cases)} replies in {seconds:.0f} s")
    return report(verdicts) | {"seconds": seconds}


def _chosen(files: Sequence[Path], count: int, seed: int) -> list[ReplyCase]:
    if files and count:
        raise Fault("--generated makes replies of the project's own texts: leave the files away")
    return generated(count, seed) if count else read_cases(files)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure how replies are understood: docs/benchmarks.md")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--generated", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    try:
        found = measure(_chosen(options.files, options.generated, options.seed))
    except KeyboardInterrupt:
        print("Stopped.")
        return 130
    except (Fault, WrongResult) as fault:
        print(f"aftercare: {fault}", file=sys.stderr)
        return 2
    if options.json:
        options.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    return 1 if found["silently_wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
