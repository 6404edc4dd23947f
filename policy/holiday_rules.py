"""Days that the company counts otherwise than the calendar of a region says: added, taken away, or half."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from policy.shapes import SHAPE, Clock, Place, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """`first` to `last`, both included, in a region (`*`: everywhere). Of two for a day the narrower region counts."""

    __pydantic_config__ = SHAPE
    name: Text
    region: Place
    first: date
    last: date | None = None
    """Without it, one day."""
    day: Literal["closed", "open", "half"] = "closed"
    closes: Clock | None = None
    """Of a half day: when the branch closes, the latest time for a contact, and the cut-off."""
    every_year: bool = False

    @property
    def until(self) -> date:
        return self.last or self.first


def demands(holidays: tuple[Holiday, ...], opens: time) -> Iterator[tuple[str, bool]]:
    """What is demanded of holidays, and whether it holds."""
    for one in holidays:
        named = f"calendar.holidays ({one.name})"
        yield f"{named}: last = {one.until} must not be before first = {one.first}", one.until >= one.first
        half = one.day == "half"
        yield f'{named}: closes belongs to day = "half", which needs one', half == (one.closes is not None)
        later = one.closes is None or one.closes > opens
        yield f"{named}: closes = {one.closes} must be later than calendar.opens = {opens}", later
        one_year = one.until.year == one.first.year
        yield f"{named}: with every_year, first and last must lie in one year", one_year or not one.every_year
