"""Clause 4.4: the dates of a concern that was handed over after somebody had taken it."""

from datetime import UTC, datetime, timedelta

import pytest

from policy.handing import next_after, resolution_is_late, take_again_by

DAY = datetime(2026, 10, 5, tzinfo=UTC)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("handed", "later", "resolve_by", "expected"),
    [
        (10, 14, 90, 14),
        (10, 14, 12, 12),  # the resolution is due before: that is the last moment
        (10, 14, 10, 14),  # the resolution is late already: a person has to take it all the same
        (10, 14, 8, 14),
    ],
)
def test_the_new_owner_has_the_acknowledgement_target_from_the_handing_over(
    handed: float, later: float, resolve_by: float, expected: float
):
    assert take_again_by(at(handed), at(later), at(resolve_by)) == at(expected)


@pytest.mark.parametrize(
    ("retake", "resolve", "now", "following", "late"),
    [
        (14, 90, 10, 14, False),
        (14, 90, 14, 90, False),
        (14, 90, 91, None, True),  # down from before 14 to after 90: the older warning is not sent late
        (12, 12, 12, None, True),
        (14, 8, 14, None, False),  # that the resolution is late was said at 8
        (14, 8, 10, 14, False),
    ],
)
def test_each_of_the_two_dates_is_worked_once(
    retake: float, resolve: float, now: float, following: float | None, *, late: bool
):
    assert next_after(at(retake), at(resolve), at(now)) == (None if following is None else at(following))
    assert resolution_is_late(at(retake), at(resolve), at(now)) is late
