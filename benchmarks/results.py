"""From what was measured to what is printed: rates, ratios with their bars, and the account of memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

BAR_TEXTBOOK = 300.0
"""So many times as many cases per second as the better textbook form."""
BAR_BARE = 0.5
"""At least so much of what the same work reaches without Prefect."""
BAR_DRAIN = 300.0
"""E-mails per second that one worker process hands to a provider which answers after 50 ms."""
BAR_HTTP = 0.5
"""At least so much of what the same requests reach without a store: writing, claiming and keeping cost the rest."""
BAR_MEMORY = 0.15
"""A peak that differs by no more than this share does not grow with the number of cases."""

_MB = 1024


@dataclass(frozen=True, slots=True)
class Measured:
    variant: str
    cases: int
    seconds: float
    steps: Mapping[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Cases per second."""
        return self.cases / self.seconds


@dataclass(frozen=True, slots=True)
class Ratio:
    name: str
    value: float
    bar: float

    @property
    def verdict(self) -> str:
        """Of what is missed, rounded up: never "missed by 0.0 %"."""
        if self.value >= self.bar:
            return "reached"
        return f"missed by {ceil(1000 * (1 - self.value / self.bar)) / 10} %"


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest memory of one process, in kilobytes: after its imports, after one batch, after the whole sweep."""

    cases: int
    imports_kb: int
    batch_kb: int
    sweep_kb: int

    @classmethod
    def of(cls, cases: int, found: Mapping[str, int]) -> "Peak":
        return cls(cases, found["imports_kb"], found["batch_kb"], found["sweep_kb"])

    @property
    def beyond_imports_kb(self) -> int:
        return self.sweep_kb - self.imports_kb

    @property
    def beyond_batch_kb(self) -> int:
        return self.sweep_kb - self.batch_kb


def ratios(measured: Sequence[Measured]) -> list[Ratio]:
    rate = {each.variant: each.rate for each in measured}
    textbook = max(rate["textbook-sync"], rate["textbook-async"])
    return [
        Ratio("ours / better textbook", rate["ours"] / textbook, BAR_TEXTBOOK),
        Ratio("ours / bare loop", rate["ours"] / rate["bare"], BAR_BARE),
    ]


def drain_ratios(measured: Sequence[Measured]) -> list[Ratio]:
    rate = {each.variant: each.rate for each in measured}
    return [
        Ratio("e-mails per second, ours", rate["drain"], BAR_DRAIN),
        Ratio("ours / the same HTTP alone", rate["drain"] / rate["http"], BAR_HTTP),
    ]


def growth(small: Peak, large: Peak) -> float:
    """By what share the peak beyond the imports is higher in the larger sweep."""
    return large.beyond_imports_kb / small.beyond_imports_kb - 1


_NAMES = {
    "ours": "ours: flows over batches",
    "bare": "bare loop, without Prefect",
    "textbook-sync": "textbook, one after the other",
    "textbook-async": "textbook, four at once",
    "drain": "ours: the flow",
    "drain-bare": "its tasks, without Prefect",
    "http": "the same HTTP, without a store",
}


def table(measured: Sequence[Measured], what: str = "cases") -> str:
    lines = [f"{'variant':30} {what:>8} {'seconds':>9} {f'{what}/s':>9}"]
    lines += [f"{_NAMES[each.variant]:30} {each.cases:8d} {each.seconds:9.2f} {each.rate:9.2f}" for each in measured]
    return "\n".join(lines)


def steps_table(measured: Sequence[Measured]) -> str:
    """Seconds by step, for the variants that have steps."""
    stepped = [each for each in measured if each.steps]
    lines = [f"{'seconds by step':30} " + " ".join(f"{each.variant:>8}" for each in stepped)]
    steps = stepped[0].steps if stepped else {}
    lines += [f"  {step:28} " + " ".join(f"{each.steps[step]:8.2f}" for each in stepped) for step in steps]
    return "\n".join(lines)


def ratio_lines(found: Sequence[Ratio]) -> str:
    return "\n".join(f"{each.name:30} {each.value:9.2f}  (at least {each.bar:g}: {each.verdict})" for each in found)


def memory_lines(small: Peak, large: Peak, *, what: str = "cases") -> str:
    lines = [f"{'peak memory of a sweep, in MB':30} {'in all':>8} {'beyond imports':>15} {'beyond one batch':>17}"]
    for peak in (small, large):
        beyond = f"{peak.beyond_imports_kb / _MB:15.1f} {peak.beyond_batch_kb / _MB:17.1f}"
        lines.append(f"  {f'{peak.cases:,} {what}':28} {peak.sweep_kb / _MB:8.1f} {beyond}")
    share = growth(small, large)
    verdict = "does not grow" if share <= BAR_MEMORY else f"grows: missed by {ceil(1000 * (share - BAR_MEMORY)) / 10} %"
    lines.append(f"  beyond imports {100 * share:+.1f} % (at most {100 * BAR_MEMORY:+.0f} %): {verdict}")
    return "\n".join(lines)
