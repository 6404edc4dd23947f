"""What is known of addresses that do not work ends, by time or by a person, and begins again when it shows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.addresses import AddressError, Unreachable, clear, invalid_channels, mark_invalid
from models.report import address_key
from models.tables import cases, entries, invalid_addresses
from tasks.place import Place
from tests import seed
from tests.integration.test_cli import Type, type_
from vocabulary import Channel, Event

__all__ = ["type_"]

NOW = seed.RECEIVED_AT
HALF_A_YEAR = timedelta(days=180)
MAIL, SMS, PHONE = Channel.EMAIL, Channel.SMS, Channel.PHONE


def mark(place: Place, address: str, at: datetime, channel: Channel = MAIL, code: str = "bounce 5.1.1") -> None:
    with place.store.write() as db:
        mark_invalid(db, [Unreachable(address_key=address_key(address), channel=channel, code=code)], at=at)


def known(place: Place, address: str, at: datetime) -> set[Channel]:
    with place.store.read() as db:
        key = address_key(address)
        return set(invalid_channels(db, [key], after=at - HALF_A_YEAR).get(key, ()))


def of(place: Place, event: Event) -> list[Any]:
    with place.store.read() as db:
        return list(db.execute(select(entries).where(entries.c.event == event).order_by(entries.c.id)))


def ladder(place: Place, seeded: seed.Seeded) -> str:
    with place.store.read() as db:
        return str(db.execute(select(cases.c.ladder).where(cases.c.id == seeded.case_id)).scalar_one())


def marked_phone(place: Place, seeded: seed.Seeded) -> str:
    with place.store.read() as db:
        return str(db.execute(select(cases.c.phone_key).where(cases.c.id == seeded.case_id)).scalar_one())


def test_it_counts_for_the_time_of_the_policy_and_not_a_day_longer(place: Place):
    mark(place, "a@example.com", NOW)
    assert known(place, "a@example.com", NOW + HALF_A_YEAR - timedelta(seconds=1)) == {MAIL}
    assert known(place, "a@example.com", NOW + HALF_A_YEAR) == set()


def test_a_service_after_that_is_asked_by_mail_again(place: Place):
    mark(place, "gone@example.com", NOW - HALF_A_YEAR + timedelta(days=1))
    mark(place, "back@example.com", NOW - HALF_A_YEAR - timedelta(days=1))
    assert "email" not in ladder(place, seed.planned(place, email="gone@example.com"))
    assert ladder(place, seed.planned(place, email="back@example.com")).startswith("email")


def test_an_address_that_was_corrected_by_the_source_is_another_one(place: Place):
    mark(place, "an.na@example.com", NOW)
    assert ladder(place, seed.planned(place, email="anna@example.com")).startswith("email")


def test_when_it_fails_again_the_time_begins_anew_and_that_is_logged_once(place: Place):
    mark(place, "a@example.com", NOW, code="bounce 5.1.1")
    mark(place, "a@example.com", NOW + timedelta(hours=2), code="dropped")  # the same trouble, told in another way
    assert len(of(place, Event.ADDRESS_INVALID)) == 1
    later = NOW + HALF_A_YEAR + timedelta(days=3)
    mark(place, "a@example.com", later, code="bounce 5.4.1")
    assert known(place, "a@example.com", later + timedelta(days=100)) == {MAIL}
    assert ['"code": "bounce 5.1.1"' in row.detail for row in of(place, Event.ADDRESS_INVALID)] == [True, False]
    with place.store.read() as db:
        assert [row.code for row in db.execute(select(invalid_addresses))] == ["bounce 5.4.1"]


def test_old_news_never_shortens_what_is_known(place: Place):
    mark(place, "a@example.com", NOW)
    mark(place, "a@example.com", NOW - timedelta(days=90))
    assert known(place, "a@example.com", NOW + timedelta(days=179)) == {MAIL}


def test_a_person_clears_one_channel_or_all_of_them_and_that_is_logged_with_their_name(place: Place):
    case = seed.planned(place, email="a@example.com")
    with place.store.write() as db:
        found = [Unreachable(address_key=address_key("a@example.com"), channel=MAIL, code="x"),
                 Unreachable(address_key=marked_phone(place, case), channel=SMS, code="21614")]  # fmt: skip
        mark_invalid(db, found, at=NOW)
        assert clear(db, case.case_id, channel=SMS, by="Tim", at=NOW) == [SMS]
    assert known(place, "a@example.com", NOW) == {MAIL}
    with place.store.write() as db:
        assert clear(db, case.case_id, channel=None, by="Tim", at=NOW) == [MAIL]
    assert known(place, "a@example.com", NOW) == set()
    assert [(row.case_id, row.actor, row.detail) for row in of(place, Event.ADDRESS_CLEARED)] == [
        (case.case_id, "Tim", '{"channel": "sms"}'),
        (case.case_id, "Tim", '{"channel": "email"}'),
    ]
    mark(place, "a@example.com", NOW)
    assert known(place, "a@example.com", NOW) == {MAIL}, "what shows afterwards counts"


def test_what_is_not_known_cannot_be_cleared(place: Place):
    case = seed.planned(place)
    mark(place, "somebody.else@example.com", NOW)
    with place.store.write() as db:
        with pytest.raises(AddressError, match=f"no address of case {case.case_id} is known not to work for email"):
            clear(db, case.case_id, channel=MAIL, by="Tim", at=NOW)
        with pytest.raises(AddressError, match="there is no case 99"):
            clear(db, 99, channel=None, by="Tim", at=NOW)
    assert of(place, Event.ADDRESS_CLEARED) == []
    assert known(place, "somebody.else@example.com", NOW) == {MAIL}


def test_the_commands(place: Place, type_: Type):
    case, today = seed.planned(place, email="a@example.com"), datetime.now(UTC)
    assert type_("addresses", "list")[1] == "No address is known not to work.\n"
    mark(place, "a@example.com", today)
    mark(place, "nobody@example.com", today - timedelta(days=400), code="550")
    _, out, _ = type_("addresses", "list")
    assert "a@example.com" not in out
    assert f"{today + HALF_A_YEAR:%Y-%m-%d}" in out
    assert "now" in next(line for line in out.splitlines() if "550" in line)
    _, explained, _ = type_("explain", str(case.case_id))
    until = f"{today + HALF_A_YEAR:%Y-%m-%d}"
    assert f"address for email: found not to work on {today:%Y-%m-%d} (bounce 5.1.1), passed over until {until}" in (
        explained
    )
    status, out, _ = type_("addresses", "clear", "--case", str(case.case_id), "--channel", "email", "--by", "Tim")
    assert (status, out.startswith(f"Cleared for case {case.case_id}: email.")) == (0, True)
    _, explained, _ = type_("explain", str(case.case_id))
    assert "address cleared by Tim" in explained
    assert "found not to work" not in explained
    status, _, fault = type_("addresses", "clear", "--case", str(case.case_id))
    assert (status, len(fault.strip().splitlines())) == (2, 1)
    assert "`./aftercare addresses list`" in fault
