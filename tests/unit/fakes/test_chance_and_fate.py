"""What happens to an address is the same each time, and known beforehand."""

import pytest

from fakes.fates import MAIL_FATES, SMS_FAILURES, SMS_REFUSALS, mail_fate, sms_fate
from fakes.faults import Fault, Faults
from fakes.segments import segments


def met(share: float, seed: int, sends: int = 4000) -> list[Fault | None]:
    faults = Faults(share, seed)
    return [faults.meeting(f"c{number % 500}@example.com") for number in range(sends)]


def test_the_same_seed_meets_the_same_addresses_with_the_same_faults():
    assert met(0.4, seed=7) == met(0.4, seed=7) != met(0.4, seed=8)


def test_the_share_is_kept_and_every_fault_comes_as_often_as_any_other():
    found = [fault for fault in met(0.4, seed=1) if fault]
    assert len(found) == pytest.approx(1600, rel=0.1)
    assert {*found} == {*Fault}
    assert max(map(found.count, Fault)) < 2 * min(map(found.count, Fault))


def test_without_a_share_only_who_asks_for_a_fault_gets_it():
    faults = Faults(0.0, 1)
    assert faults.meeting("ann@example.com") is None
    assert faults.meeting("fault-nothing@example.com") is None
    for fault in Fault:
        assert faults.meeting(f"fault-{fault}@example.com") is fault
        assert faults.meeting(f"fault-{fault}+7@example.com") is fault


def test_a_second_try_may_go_well():
    faults = Faults(0.4, 1)
    tries = [faults.meeting("ann@example.com") for _ in range(20)]
    assert None in tries
    assert any(tries)


@pytest.mark.parametrize("beginning", MAIL_FATES)
def test_a_local_part_decides_by_its_beginning(beginning: str):
    assert mail_fate(f"{beginning.title()}.17@example.com") is MAIL_FATES[beginning]


def test_any_other_mail_arrives():
    assert [each.event for each in mail_fate("ann@bounce.example.com")] == ["processed", "delivered"]


@pytest.mark.parametrize("ending", SMS_FAILURES)
def test_a_number_decides_by_its_last_digits(ending: str):
    last = sms_fate(f"+4915112{ending}")[-1]
    assert (last.event, int(last.about["ErrorCode"])) == SMS_FAILURES[ending]


def test_any_other_sms_arrives_and_one_stays_silent():
    assert [each.event for each in sms_fate("+4915112345678")] == ["sent", "delivered"]
    assert sms_fate("+4915112340000") == ()
    assert not {*SMS_REFUSALS} & {*SMS_FAILURES}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ş" * 70, 1),
        ("ş" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments_are_counted_in_places(text: str, count: int):
    assert segments(text) == count
