"""Clause 4.4 in a table: when the clock of a resolution may stand still, and until when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import policy
from policy.closing_rules import PauseRule
from policy.file import read_policy
from policy.pauses import Refused, Standing, pause_until

NOW = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
PARTS = PauseRule(code="part on order", words="a part is on order", stops="resolution", longest_days=14)
DATES = PauseRule(code="customer's date", words="the customer chose a later day", stops="resolution", longest_days=3)
RULES = (PARTS, DATES)
TAKEN = Standing(acknowledged=True, resolved=False, paused=False, resolve_by=NOW + 3 * DAY, paused_before=timedelta())


def until(code: str, wanted: datetime | None = None, **changes: object) -> datetime | str:
    found = pause_until(code, wanted, replace(TAKEN, **changes), NOW, RULES)  # type: ignore[arg-type]
    return found.reason if isinstance(found, Refused) else found


def test_a_pause_without_a_named_end_lasts_as_long_as_the_policy_allows():
    assert until("part on order") == NOW + 14 * DAY
    assert until("customer's date") == NOW + 3 * DAY


@pytest.mark.parametrize("days", [0.001, 1, 14])
def test_a_named_end_counts_when_it_lies_within_what_the_policy_allows(days: float):
    assert until("part on order", NOW + days * DAY) == NOW + days * DAY


def test_earlier_pauses_for_the_same_reason_are_counted():
    assert until("customer's date", paused_before=2 * DAY) == NOW + DAY
    assert until("customer's date", paused_before=3 * DAY - MINUTE) == NOW + MINUTE


@pytest.mark.parametrize(
    ("code", "wanted", "changes", "reason"),
    [
        (
            "holiday",
            None,
            {},
            "'holiday' is no reason for a pause in the policy of this case; it lists: part on order,",
        ),
        ("", None, {}, "'' is no reason"),
        ("Part on order", None, {}, "no reason"),  # codes are codes
        ("part on order", None, {"acknowledged": False}, "the 24 hours until it is in a person's hands cannot be"),
        ("part on order", None, {"resolved": True}, "it is resolved"),
        ("part on order", None, {"paused": True}, "it is paused already"),
        ("part on order", None, {"resolve_by": NOW}, "its resolution target has passed"),
        ("part on order", NOW, {}, "the end of the pause, 2026-10-06 09:00 UTC, is over"),
        ("part on order", NOW + 14 * DAY + MINUTE, {}, "until 2026-10-20 09:00 UTC: name an earlier end"),
        ("customer's date", NOW + 2 * DAY, {"paused_before": 2 * DAY}, "until 2026-10-07 09:00 UTC"),
        ("customer's date", None, {"paused_before": 3 * DAY}, "the 3 days that the policy allows"),
        ("customer's date", None, {"paused_before": 30 * DAY}, "are used up"),
    ],
)
def test_what_stands_against_a_pause_is_said(
    code: str, wanted: datetime | None, changes: dict[str, object], reason: str
):
    said = until(code, wanted, **changes)
    assert isinstance(said, str)
    assert reason in said


def test_a_policy_without_pauses_allows_none():
    refused = pause_until("part on order", None, TAKEN, NOW, ())
    assert isinstance(refused, Refused)
    assert "it lists: none" in refused.reason


def test_the_shipped_policy_lists_pauses_of_the_resolution_only():
    pauses = read_policy(Path(policy.__file__).with_name("sop.toml")).rules.escalation.pauses
    assert [pause.code for pause in pauses] == ["part on order", "customer's date", "third party"]
    assert {pause.stops for pause in pauses} == {"resolution"}
