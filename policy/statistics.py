"""Statistics that refuse to lie: intervals and tests for shares, each with its source.

A share is always given as two counts, never as a ready-made percentage: without its whole, a percentage says nothing
about how far chance alone could move it. All intervals are for 95 % confidence, all tests two-sided.
"""
# ruff: noqa: A005 - the name says what it holds, and no import of ours is relative: nothing is hidden by it

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, log, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
"""Of a hundred such intervals, about 95 hold the true value."""
SIGNIFICANCE = 0.05
"""The false discovery rate that the review accepts among the differences it reports."""

_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
"""1.96: the half width of a 95 % interval in standard errors."""


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, as counts. Raises ValueError for a part that is not within its whole."""

    part: int
    whole: int

    def __post_init__(self) -> None:
        if not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} of {self.whole} is no share")

    @property
    def value(self) -> float:
        """Between 0 and 1. Raises ValueError for a share of nothing."""
        if self.whole == 0:
            raise ValueError("a share of nothing has no value")
        return self.part / self.whole


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Difference:
    """One share minus another, both between 0 and 1, with its interval."""

    value: float
    interval: Interval

    @property
    def detectable(self) -> bool:
        """Whether no difference at all can be ruled out."""
        return not self.interval.holds(0.0)


def wilson(share: Share) -> Interval:
    """Where the true share lies: the score interval, which stays within 0 and 1 and is honest for small counts.

    E. B. Wilson (1927), J. Am. Stat. Assoc. 22:209-212; without continuity correction, method 3 of
    R. G. Newcombe (1998), Statistics in Medicine 17:857-872.
    """
    n, p, z2 = share.whole, share.value, _Z**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * sqrt(p * (1 - p) / n + z2 / (4 * n**2)) / (1 + z2 / n)
    # The ends are exact where all or none are in the part; rounding must not put them beyond.
    low = 0.0 if share.part == 0 else max(0.0, middle - half)
    high = 1.0 if share.part == share.whole else min(1.0, middle + half)
    return Interval(low, high)


def difference(first: Share, second: Share) -> Difference:
    """`first` minus `second`, with the hybrid score interval.

    R. G. Newcombe (1998), Statistics in Medicine 17:873-890, method 10: made of the two Wilson intervals.
    """
    one, two = wilson(first), wilson(second)
    value = first.value - second.value
    down = sqrt((first.value - one.low) ** 2 + (two.high - second.value) ** 2)
    up = sqrt((one.high - first.value) ** 2 + (second.value - two.low) ** 2)
    return Difference(value, Interval(value - down, value + up))


def same_share_p(first: Share, second: Share) -> float:
    """How probable a difference at least as large is if both shares are truly the same: the pooled z test, two-sided.

    A. Agresti (2013), Categorical Data Analysis, 3rd ed., section 3.2; equal to Pearson's chi-squared test of the
    two-by-two table without correction.
    """
    pooled = Share(first.part + second.part, first.whole + second.whole).value
    error = sqrt(pooled * (1 - pooled) * (1 / first.whole + 1 / second.whole))
    if error == 0:
        return 1.0  # all or none in both: there is nothing that differs
    return erfc(abs(first.value - second.value) / error / sqrt(2))


def corrected(p_values: Sequence[float]) -> tuple[float, ...]:
    """The p-values, in their order, corrected for how many there are: compare them with `SIGNIFICANCE`.

    Y. Benjamini and Y. Hochberg (1995), J. R. Stat. Soc. B 57:289-300. Whoever looks at twenty departments finds one
    in twenty "significant" by chance; this bounds the share of such false finds among all that are reported.
    """
    found = [0.0] * len(p_values)
    smallest, count = 1.0, len(p_values)
    for rank, index in reversed(list(enumerate(sorted(range(count), key=p_values.__getitem__), start=1))):
        smallest = min(smallest, p_values[index] * count / rank)
        found[index] = smallest
    return tuple(found)


_CONTINUITY = 0.5
"""Added to each cell, so that what one side never has can have odds too (Haldane 1956, Anscombe 1956)."""


def log_odds_z(first: Share, second: Share) -> float:
    """How much more often something is met in `first` than in `second`: log odds ratio in standard errors.

    A. Agresti (2013), Categorical Data Analysis, 3rd ed., section 3.1; the use for words follows B. L. Monroe,
    M. P. Colaresi and K. M. Quinn (2008), Political Analysis 16:372-403.
    """
    cells = [cell + _CONTINUITY for share in (first, second) for cell in (share.part, share.whole - share.part)]
    ratio = log(cells[0] / cells[1]) - log(cells[2] / cells[3])
    return ratio / sqrt(sum(1 / cell for cell in cells))


def stands_out(z: float) -> bool:
    """Whether a value in standard errors lies above what chance explains."""
    return z > _Z
