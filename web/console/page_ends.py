"""Where a page of a list ended, in the address of the next one.

By time and number, not by count: nothing is shown twice, and nothing left out, when the list has grown meanwhile.
"""

from datetime import UTC, datetime, timedelta

from web.console.doors import LARGEST_NUMBER

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


def end_at(at: datetime, number: int) -> str:
    """Of a page whose last row has this time and this number."""
    return f"{(at - _BEGIN) // timedelta(microseconds=1)}_{number}"


def end_in(text: str, faults: list[str]) -> tuple[datetime, int] | None:
    """What `end_at` wrote; None for nothing, and for what it did not write, of which `faults` tells."""
    if not text:
        return None
    microseconds, _, number = text.partition("_")
    try:
        end = _BEGIN + timedelta(microseconds=int(microseconds)), int(number)
    except (ValueError, OverflowError):
        end = None
    if end is None or not 0 <= end[1] <= LARGEST_NUMBER:
        faults.append("this address was cut off; begin again")
        return None
    return end
