"""Whose words came from a number: also in its other spelling, long after, and when two customers have it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.replying import settle_reply
from models.cases import keys_of, opted_out, refusals
from models.coming_back import can_lift, lift
from models.optouts import opt_out, suppress_address
from models.replies import NewReply, Settlement, case_of_number, keep
from models.report import address_key
from models.senders import Meant, whose
from models.spellings import keys_of_number
from models.tables import cases, services, suppressions
from tasks.place import Place
from tests import seed
from vocabulary import Channel, Disposition, Stage

PAIRS = [
    ("+525512345678", "+5215512345678"),
    ("+5531996883193", "+553196883193"),
    ("+5491123456789", "+541123456789"),
]
NOW = seed.ASKED_AT + timedelta(hours=1)
COUSIN = {"customer_name": "Tom Bergmann", "phone": "+49301234567"}
ANNA = {"customer_name": "Anna Bergmann", "phone": "+49301234567"}


@pytest.fixture(params=[*PAIRS, *(pair[::-1] for pair in PAIRS)], ids=lambda pair: pair[1])
def spelt(request: pytest.FixtureRequest) -> tuple[str, str]:
    """As the report has it, and as the customer's text comes."""
    return request.param  # type: ignore[no-any-return]


def meant(place: Place, number: str, *, days: float = 0) -> Meant:
    with place.store.write() as db:
        return whose(db, Channel.SMS, keys_of_number(number), NOW + timedelta(days=days))


def ids(meant: Meant) -> tuple[int | None, tuple[int, ...]]:
    return meant.case and meant.case.case_id, meant.others


def stored(place: Place, case: seed.Seeded, number: str) -> seed.Seeded:
    """The case's number exactly as a source once wrote it, whatever reports accept today."""
    key = address_key(number)
    with place.store.write() as db:
        db.execute(services.update().where(services.c.id == case.service_id).values(phone=number, phone_key=key))
        db.execute(cases.update().where(cases.c.id == case.case_id).values(phone_key=key))
    return case


def asked_again(place: Place, **changes: Any) -> seed.Seeded:
    """A case of a number that was asked about before: later, so that the cooldown does not stand against it."""
    with place.store.write() as db:
        db.execute(cases.update().values(asked_at=seed.ASKED_AT - timedelta(days=40)))
    return seed.asked(place, **changes)


def row(place: Place, case: seed.Seeded) -> Any:
    with place.store.read() as db:
        return db.execute(select(cases).where(cases.c.id == case.case_id)).one()


def test_a_text_in_the_other_spelling_finds_its_case(place: Place, spelt: tuple[str, str]):
    case = stored(place, seed.asked(place), spelt[0])
    assert ids(meant(place, spelt[1])) == (case.case_id, ())


def test_an_opt_out_counts_for_every_spelling_and_start_takes_all_of_it_back(place: Place, spelt: tuple[str, str]):
    case = stored(place, seed.asked(place), spelt[0])
    keys = keys_of_number(spelt[1])
    with place.store.write() as db:
        assert opt_out(db, case.case_id, at=NOW, source="reply by sms", said_by=keys[0])
    assert row(place, case).disposition == Disposition.OPTED_OUT
    with place.store.write() as db:
        assert set(opted_out(db, keys, NOW)) == set(keys)
        there = keys_of_number(spelt[0])  # START comes in the other spelling
        assert can_lift(db, there, keys_of(row(place, case)), NOW)
        assert lift(db, there, at=NOW, case_id=case.case_id, policy_version=None)
        for key in keys:
            assert Channel.SMS not in refusals(opted_out(db, [key], NOW), [key])
            assert Channel.EMAIL in refusals(opted_out(db, [key], NOW), [key])


def test_an_opt_out_by_another_way_holds_when_the_next_report_spells_the_number_otherwise(
    place: Place, spelt: tuple[str, str]
):
    case = stored(place, seed.asked(place), spelt[0])
    with place.store.write() as db:
        opt_out(db, case.case_id, at=NOW, source="unsubscribe link")
    key = address_key(spelt[1])
    with place.store.write() as db:
        assert set(opted_out(db, [key], NOW)) == {key}


def test_an_opt_out_of_an_unknown_number_holds_for_every_spelling_of_a_later_report(place: Place):
    keys = keys_of_number("+525512345678")
    with place.store.write() as db:
        assert suppress_address(db, keys, at=NOW, source="reply by sms", said_by=keys[0])
        assert not suppress_address(db, keys, at=NOW, source="reply by sms", said_by=keys[0])
    later = seed.planned(place, phone="+52 55 1234 5678", region="DE-BE")
    assert row(place, later).disposition == Disposition.OPTED_OUT
    with place.store.read() as db:
        assert len(db.execute(select(suppressions)).all()) == 2


def test_two_customers_who_wait_with_one_number_are_both_named(place: Place):
    anna, tom = seed.asked(place, **ANNA), asked_again(place, **COUSIN)
    found = meant(place, "+49301234567")
    assert ids(found) == (tom.case_id, (anna.case_id,))
    assert set(found.case_ids) == {anna.case_id, tom.case_id}


def test_two_customers_of_whom_one_was_asked_are_not_confused(place: Place):
    seed.ended(place, **ANNA)
    tom = asked_again(place, **COUSIN)
    assert ids(meant(place, "+49301234567")) == (tom.case_id, ())


def test_two_customers_with_two_spellings_of_one_number_are_both_named(place: Place):
    anna = stored(place, seed.asked(place, customer_name="Ana Souza"), "+5531996883193")
    tom = stored(place, seed.asked(place, customer_name="Tom Souza"), "+553196883193")
    assert ids(meant(place, "+5531996883193")) == (tom.case_id, (anna.case_id,))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"customer_name": "Anna Bergmann"}, {"customer_name": "anna  bergmann", "email": "work@example.com"}),
        ({"customer_ref": "C-1", "customer_name": "Bergmann"}, {"customer_ref": "C-1", "customer_name": "Anna B."}),
        ({"customer_name": None, "email": "a@example.com"}, {"email": "a@example.com"}),
        ({"customer_name": None, "email": None}, {"email": "a@example.com"}),
    ],
)
def test_several_cases_of_one_customer_are_one_customer(place: Place, one: dict[str, Any], other: dict[str, Any]):
    seed.asked(place, phone="+49301234567", **one)
    newest = asked_again(place, phone="+49301234567", **other)
    assert ids(meant(place, "+49301234567")) == (newest.case_id, ())


def test_long_after_its_end_a_number_still_names_its_customer(place: Place):
    case = seed.ended(place, phone="+49301234567")
    with place.store.write() as db:
        db.execute(cases.update().values(stage=Stage.CLOSED))
    assert ids(meant(place, "+49301234567", days=40)) == (case.case_id, ())
    assert ids(meant(place, "+49301234567", days=300)) == (case.case_id, ())


def test_a_sender_of_a_mail_without_our_address_is_named(place: Place):
    case = seed.asked(place, email="anna.b@example.com")
    with place.store.write() as db:
        assert ids(whose(db, Channel.EMAIL, [address_key("Anna.B@example.com")], NOW)) == (case.case_id, ())
        assert ids(whose(db, Channel.EMAIL, [address_key("tom@example.com")], NOW)) == (None, ())
        assert case_of_number(db, address_key("+49300000000"), NOW) is None


def test_what_a_person_reads_as_an_opt_out_of_an_unknown_number_holds_for_every_spelling(place: Place):
    sender = "+5215512345678"
    text = NewReply(channel=Channel.SMS, external_id="SM1", case_id=None, policy_version=None, understood="unclear",
                    from_key=address_key(sender), sender=sender, text="genug", to_person="unclear")  # fmt: skip
    with place.store.write() as db:
        number = keep(db, text, at=NOW)
        assert number is not None
        settle_reply(db, number, Settlement.OPT_OUT, by="Petra", at=NOW)
    later = seed.planned(place, phone="+52 55 1234 5678", region="DE-BE")
    assert row(place, later).disposition == Disposition.OPTED_OUT
