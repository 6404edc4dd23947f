"""When an announcement is tried again: the schedule of Standard Webhooks, and its end after three days."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from policy.announcing import GIVE_UP_AFTER, next_try

OWED = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)


def test_a_receiver_that_never_takes_it_is_tried_ten_times_within_three_days_and_four_hours():
    now, tries = OWED, [OWED]
    while (again := next_try(len(tries), OWED, now)) is not None:
        now = again
        tries.append(now)
    minutes = [round((later - earlier) / timedelta(minutes=1)) for earlier, later in pairwise(tries)]
    assert minutes == [1, 5, 30, 120, 300, 600, 840, 1200, 1440]
    assert timedelta(days=3) < tries[-1] - OWED <= GIVE_UP_AFTER


@pytest.mark.parametrize(
    ("attempts", "late", "again"),
    [
        (1, timedelta(), timedelta(minutes=1)),
        (1, timedelta(hours=75), timedelta(minutes=1)),  # we were down; the first failure is not the last
        (1, GIVE_UP_AFTER, None),
        (9, timedelta(hours=60), None),  # in 24 hours it would be too late
        (50, timedelta(hours=1), timedelta(days=1)),
    ],
)
def test_what_is_too_late_is_given_up(attempts: int, late: timedelta, again: timedelta | None):
    now = OWED + late
    assert next_try(attempts, OWED, now) == (None if again is None else now + again)
