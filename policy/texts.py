"""Shares in words: rounded so that nothing looks complete that is not, or empty that is not."""

from policy.statistics import Difference, Share, wilson

_WHOLE = 100
_FAR_TOO_SMALL = 0.0001
"""Points; less is an error of rounding."""


def percent(share: Share) -> str:
    """ "58%"; 199 of 200 is "over 99%", and 1 of 300 "under 1%"."""
    rounded = round(share.value * _WHOLE)
    if rounded == _WHOLE and share.part < share.whole:
        return "over 99%"
    return "under 1%" if rounded == 0 and share.part else f"{rounded}%"


def of_text(share: Share) -> str:
    """ "31 of 54" """
    return f"{share.part} of {share.whole}"


def share_text(share: Share) -> str:
    """ "31 of 54 (57%)" """
    return f"{of_text(share)} ({percent(share)})"


def interval_text(share: Share) -> str:
    """ "44–70%"; with a decimal where both ends would look the same."""
    interval = wilson(share)
    low, high = interval.low * _WHOLE, interval.high * _WHOLE
    places = 1 if round(low) == round(high) else 0
    return f"{low:.{places}f}–{high:.{places}f}%"


def points(value: float) -> str:
    """A difference of shares in percentage points: "7 points"."""
    number = _number(value)
    return f"{number} point{'' if number in ('1', '−1') else 's'}"


def points_text(by: Difference) -> str:
    """The interval of a difference: "−2 to +7 points"."""
    low, high = by.interval.low, by.interval.high
    return f"{'+' if low > 0 else ''}{_number(low)} to {'+' if high > 0 else ''}{_number(high)} points"


def _number(value: float) -> str:
    """Whole points; but the first digit that is not 0 near zero, where it matters on which side a value lies."""
    size = abs(value) * _WHOLE
    number = f"{size:.1g}" if _FAR_TOO_SMALL < size < 1 else f"{size:.0f}"
    return f"−{number}" if value < 0 else number
