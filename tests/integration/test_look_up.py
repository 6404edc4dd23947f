"""Unknown messages are taken for a look twice at the most, by one worker each time; and what is found is not forced."""

from datetime import timedelta

import pytest

from models.answers import NewLink, add_links, new_token, token_sha256
from models.tables import messages
from models.unknown import settle_found, take_unknown, tokens_of
from tasks.place import Place
from tests import seed
from vocabulary import Channel, Delivery, LinkPurpose

PARKED_AT = seed.ASKED_AT + timedelta(minutes=1)
FOUND = {"state": Delivery.ACCEPTED, "code": "found", "cause": None, "provider_id": "SM1"}


@pytest.fixture
def token(place: Place) -> str:
    """Of the link in the survey of case 1, an SMS that is parked since `PARKED_AT`."""
    case_id, token = seed.asked(place).case_id, new_token()
    with place.store.write() as db:
        message = db.execute(messages.select().where(messages.c.case_id == case_id)).one()
        values = {"state": Delivery.UNKNOWN, "settled_at": PARKED_AT, "channel": Channel.SMS}
        db.execute(messages.update().values(values))
        add_links(db, [NewLink(token=token, purpose=LinkPurpose.SURVEY, case_id=case_id, escalation_id=None,
                               channel=Channel.SMS, created_at=seed.ASKED_AT, message_id=message.id,
                               expires_at=seed.ASKED_AT + timedelta(days=18))])  # fmt: skip
    return token


def take(place: Place, *, before: timedelta) -> list[int]:
    with place.store.write() as db:
        return [row.id for row in take_unknown(db, Channel.SMS, parked_before=PARKED_AT + before, size=10)]


def test_it_is_taken_at_once_and_once_more_before_its_wait_is_over(place: Place, token: str):
    early, late = timedelta(minutes=-1), timedelta(0)
    assert [take(place, before=before) for before in (early, early, late, late)] == [[1], [], [1], []]


def test_what_is_taken_says_whom_to_ask_about_and_since_when(place: Place, token: str):
    with place.store.write() as db:
        [row] = take_unknown(db, Channel.SMS, parked_before=PARKED_AT, size=10)
        assert (row.case_id, row.since, row.phone) == (1, seed.ASKED_AT, "+49305550" + row.phone[-5:])
        assert tokens_of(db, [row.id]) == {row.id: frozenset({token_sha256(token)})}
        assert take_unknown(db, Channel.EMAIL, parked_before=PARKED_AT, size=10) == []


def test_what_was_settled_meanwhile_is_left_as_it_is(place: Place, token: str):
    with place.store.write() as db:
        db.execute(messages.update().values(state=Delivery.DELIVERED, code="reported"))
    with place.store.write() as db:
        assert settle_found(db, [{"message_id": 1} | FOUND]) == set()
    with place.store.read() as db:
        row = db.execute(messages.select()).one()
    assert (row.state, row.code, row.provider_id) == (Delivery.DELIVERED, "reported", None)


def test_what_is_found_is_written_and_keeps_the_time_at_which_it_was_sent(place: Place, token: str):
    with place.store.write() as db:
        assert settle_found(db, [{"message_id": 1} | FOUND]) == {1}
    with place.store.read() as db:
        row = db.execute(messages.select()).one()
    assert (row.state, row.provider_id, row.settled_at) == (Delivery.ACCEPTED, "SM1", PARKED_AT)
