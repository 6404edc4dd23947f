"""`calls`: the list, the script of a call, and what came of it, as people type them."""

from datetime import UTC, datetime, timedelta

from models.inbox import receive
from models.tables import calls
from tasks.ask import owe_surveys
from tasks.open_cases import open_cases
from tasks.place import Place
from tests.integration.test_cli import CLOSED, LATER, Type, _report, type_

__all__ = ["type_"]


def to_be_called(place: Place, **more: str) -> None:
    """Call 1, to a customer in New York."""
    report = _report("J-1", phone="+12125550100", channels=["phone"], customer_timezone="America/New_York", **more)
    with place.store.write() as db:
        receive(db, [report], at=CLOSED)
    open_cases.fn([1], CLOSED + timedelta(hours=1))
    owe_surveys.fn([1], LATER)


def test_the_script_of_a_call(place: Place, type_: Type):
    to_be_called(place)
    status, out, _ = type_("calls", "show", "1")
    assert status == 0
    assert out.startswith("Call 1, to ask how it went\n")
    assert '\n   "I am calling about our service on Monday, 5 October 2026.' in out
    assert "\n\n4. Listen" in out
    assert "calls record 1 --outcome" in out


def test_the_caller_may_ask_for_another_language_than_the_customers(place: Place, type_: Type):
    to_be_called(place, language="fr")
    _, out, _ = type_("calls", "show", "1")
    assert "the customer reads French. What stands in quotes here is French." in out
    assert "notre prestation du lundi 5 octobre 2026" in out
    for written in ("de", "DE", "de "):
        status, out, _ = type_("calls", "show", "1", "--language", written)
        assert status == 0
        assert "the customer reads French. What stands in quotes here is German." in out
        assert "unseren Service am Montag, 5. Oktober 2026" in out
    status, _, err = type_("calls", "show", "1", "--language", "pl")
    assert status == 2
    assert "no script is written in 'pl'; use one of: en, de, es, fr, nl" in err


def test_a_time_to_call_back_is_the_customers_own(place: Place, type_: Type):
    to_be_called(place)
    noon = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%d 12:00")
    status, out, _ = type_("calls", "record", "1", "--outcome", "call back", "--call-back-at", noon)
    assert status == 0
    assert "The next call is to be made from" in out
    with place.store.read() as db:
        first, second = db.execute(calls.select().order_by(calls.c.id)).all()
    assert first.call_back_at.hour in (16, 17)  # noon in New York
    assert second.due_from >= first.call_back_at


def test_one_caller_at_a_time_has_a_call(place: Place, type_: Type):
    to_be_called(place)
    status, out, _ = type_("calls", "claim", "1", "--by", "robin@example.com")
    assert (status, out.startswith("Call 1 is yours until ")) == (0, True)
    assert "by robin@example.com" in " ".join(type_("calls", "list")[1].split()).replace(" │", "")
    for words in (("claim", "1"), ("release", "1"), ("record", "1", "--outcome", "busy")):
        status, _, err = type_("calls", *words, "--by", "olga@example.com")
        assert status == 2
        assert "robin@example.com is making call 1; if they do not record it, it is free again in 20 min" in err
    assert type_("calls", "release", "1", "--by", "robin@example.com")[0] == 0
    assert (
        type_("calls", "release", "1", "--by", "robin@example.com")[2].strip().endswith("call 1 is not in your hands")
    )
    type_("calls", "claim", "1", "--by", "robin@example.com")
    assert type_("calls", "release", "1", "--by", "olga@example.com", "--anybodys")[0] == 0
    assert type_("calls", "record", "1", "--outcome", "busy", "--by", "olga@example.com")[0] == 0
    assert "call 1 was recorded already" in type_("calls", "claim", "1", "--by", "robin@example.com")[2]


def test_what_cannot_be_taken_is_said_in_one_sentence(place: Place, type_: Type):
    to_be_called(place)
    for words, fault in (
        (("show", "7"), "there is no call 7"),
        (("claim", "7"), "there is no call 7"),
        (("release", "7"), "there is no call 7"),
        (("record", "1", "--outcome", "busy", "--rating", "4"), "belong to a call that was answered"),
        (("record", "7", "--outcome", "busy"), "there is no call 7"),
        (("record", "1", "--outcome", "call back"), "needs one"),
        (("record", "1", "--outcome", "call back", "--call-back-at", "soon"), "'soon' is no time"),
        (("record", "1", "--outcome", "call back", "--call-back-at", "2020-01-01 12:00"), "name a later one"),
    ):
        status, _, err = type_("calls", *words)
        assert status == 2
        assert fault in err
        assert len(err.strip().splitlines()) == 1
