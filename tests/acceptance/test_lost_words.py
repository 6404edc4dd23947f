"""Promises when what a person wrote about a concern does not arrive: who waits for it hears of that, once."""

from datetime import timedelta

import pytest

from casework.handing import Handing, hand_over
from casework.subtasks import Asking, ask
from casework.writing import Writing, write_to_customer
from models.notes import Author
from tests.acceptance.days import Days
from tests.acceptance.test_failed_notices import lose, unhappy
from tests.acceptance.test_unhappy_customers import HEAD, OWNER, SUPERVISOR
from tests.providers import Providers, make_providers
from vocabulary import Channel, Purpose

PETRA = Author(name="Petra Lindqvist", email=OWNER)
TOM = Handing(name="Tom Okafor", email="tom.okafor@staff.example.com", reason="He knows this boiler.")


@pytest.fixture
def provider(days: Days) -> Providers:
    unhappy(days, rating=5, contact_me=True)
    return make_providers(days.here, days.now)


def told(days: Days) -> list[str]:
    return [mail.to for mail in days.letters(Purpose.MESSAGE_LOST)]


def write(days: Days) -> None:
    with days.here.store.write() as db:
        writing, rules = Writing(channel=Channel.EMAIL, text="We come on Friday."), days.here.policy.rules
        write_to_customer(db, 1, writing, rules=rules, in_use=[Channel.EMAIL], by=PETRA, at=days.now)
    days.live(minutes=5)


def test_the_owner_hears_that_the_customer_did_not_get_the_message(days: Days, provider: Providers):
    write(days)
    lose(days, provider, days.letters(Purpose.CONCERN_UPDATE)[0], email="ann@example.com")
    days.live(hours=3)
    assert told(days) == [OWNER]
    [mail] = days.letters(Purpose.MESSAGE_LOST)
    assert "A message about the concern by e-mail did not arrive (bounce 5.1.1)." in mail.text
    assert "We come on Friday." not in mail.text
    assert len(days.letters(Purpose.CONCERN_UPDATE)) == 1, "nobody else gets what was written to the customer"


def test_when_that_does_not_arrive_either_it_goes_up(days: Days, provider: Providers):
    write(days)
    lose(days, provider, days.letters(Purpose.CONCERN_UPDATE)[0], email="ann@example.com")
    lose(days, provider, days.letters(Purpose.MESSAGE_LOST)[0])
    lose(days, provider, days.letters(Purpose.MESSAGE_LOST)[1])
    assert told(days) == [OWNER, SUPERVISOR, HEAD]
    assert "could not be delivered to Marek Novak" in days.letters(Purpose.MESSAGE_LOST)[2].text


def test_a_new_owner_who_gets_no_mail_is_the_supervisor_s_to_tell(days: Days, provider: Providers):
    with days.here.store.write() as db:
        hand_over(db, 1, TOM, by=PETRA, at=days.now)
    days.live(minutes=5)
    to_tom, to_petra = days.letters(Purpose.CONCERN_HANDED_OVER)
    lose(days, provider, to_petra)
    assert told(days) == [], "who had it has nothing more to do"
    lose(days, provider, to_tom)
    assert told(days) == [SUPERVISOR]
    assert "handed over to Tom Okafor by e-mail did not arrive" in days.letters(Purpose.MESSAGE_LOST)[0].text


def test_a_department_that_gets_no_mail_is_the_owner_s_to_ask_again(days: Days, provider: Providers):
    with days.here.store.write() as db:
        ask(db, 1, Asking(department="Plumbing", what="Check the cellar, please.",
                          due_at=days.now + timedelta(days=1)), by=PETRA, at=days.now)  # fmt: skip
    days.live(minutes=5)
    lose(days, provider, days.letters(Purpose.SUBTASK_NOTICE)[0])
    assert told(days) == [OWNER]
