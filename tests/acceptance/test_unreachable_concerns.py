"""Closing on evidence (clauses 4.4 and 6): who cannot be reached was really tried, and a second person signs it."""

from datetime import timedelta

import pytest

from casework.closing import ask_for_unreachable, decline, log_call, sign_unreachable, tried_so_far
from casework.pauses import pause
from casework.writing import log_contact
from models.answers import Said, record
from models.escalations import EscalationError, known
from models.notes import Author, NoteKind
from models.tables import escalation_pauses, unreachable_requests
from models.unreachable import waiting_requests
from policy.unreachable import Tried
from tests.acceptance.days import Days
from vocabulary import CallOutcome, Channel, Disposition, Event, Purpose, Stage

OWNER, SUPERVISOR = "Petra Lindqvist", "Marek Novak"
ACTION = "The invoice was corrected and sent by post."


@pytest.fixture
def taken(days: Days) -> Days:
    """A customer with a telephone number only raised a concern on the phone on Monday; it is in Petra's hands."""
    days.report(email=None, phone="030 123456", channels="phone")
    days.live(hours=5)
    days.call(CallOutcome.CONCERN, comment="The invoice is wrong.")
    days.live(hours=1)
    days.acknowledge()
    return days


@pytest.fixture
def tried(taken: Days) -> Days:
    """… who called three times, and nobody answered. A week has passed."""
    for outcome in (CallOutcome.NO_ANSWER, CallOutcome.BUSY, CallOutcome.NO_ANSWER):
        called(taken, outcome)
        taken.live(days=1)
    taken.live(days=5)
    return taken


def called(days: Days, outcome: CallOutcome) -> None:
    with days.here.store.write() as db:
        log_call(db, 1, outcome, by=OWNER, at=days.now)


def ask(days: Days, by: str = OWNER, cause: str = "billing", action: str = ACTION) -> None:
    with days.here.store.write() as db:
        ask_for_unreachable(db, 1, root_cause=cause, action=action, by=by, at=days.now)


def sign(days: Days, by: str = SUPERVISOR) -> None:
    with days.here.store.write() as db:
        sign_unreachable(db, 1, by=by, at=days.now)


def refuse(days: Days, by: str = SUPERVISOR, reason: str = "Please try the daughter's number, too.") -> None:
    with days.here.store.write() as db:
        decline(db, 1, reason=reason, by=by, at=days.now)


def so_far(days: Days) -> Tried:
    with days.here.store.read() as db:
        return tried_so_far(db, known(db, 1), days.now)


def test_after_the_attempts_a_second_person_signs_and_the_record_is_complete(tried: Days):
    ask(tried)
    assert tried.case().stage == Stage.ESCALATED, "asking closes nothing"
    sign(tried)
    concern = tried.escalation()
    assert (concern.outcome, concern.root_cause, concern.action) == ("unreachable", "billing", ACTION)
    assert (concern.closed_at, concern.next_at, concern.resolved_at) == (tried.now, None, None)
    tried.live(minutes=5)
    case = tried.case()
    assert (case.stage, case.disposition, case.clause) == (Stage.CLOSED, Disposition.UNREACHABLE, "6")
    assert case.missing is None
    [asked], [signed] = tried.entries(Event.UNREACHABLE_ASKED), tried.entries(Event.UNREACHABLE_SIGNED)
    assert (asked.actor, signed.actor) == (OWNER, SUPERVISOR)
    assert len(tried.entries(Event.ESCALATION_CLOSED)) == 1
    tried.live(days=30)
    assert tried.letters(Purpose.RECOVERY_SURVEY) == []


@pytest.mark.parametrize("by", [OWNER, "petra lindqvist", "  Petra  LINDQVIST "])
def test_who_asks_cannot_sign(tried: Days, by: str):
    ask(tried)
    with pytest.raises(EscalationError, match="Petra Lindqvist asked for it: somebody else has to sign"):
        sign(tried, by)
    assert tried.case().stage == Stage.ESCALATED
    assert tried.entries(Event.UNREACHABLE_SIGNED) == []


def test_too_few_attempts_or_days_are_named(taken: Days):
    with pytest.raises(EscalationError, match="0 of 3 attempts were made; 0 of 1 channels were tried; 5 business days"):
        ask(taken)
    for _ in range(3):
        called(taken, CallOutcome.NO_ANSWER)
    with pytest.raises(EscalationError, match="5 business days from the first attempt are over on 2026-10-12"):
        ask(taken)
    assert taken.rows(unreachable_requests) == []


def test_a_call_that_reached_the_customer_starts_the_count_anew(tried: Days):
    assert so_far(tried).attempts == 3
    called(tried, CallOutcome.ANSWERED)
    assert so_far(tried).attempts == 0
    tried.live(minutes=1)
    called(tried, CallOutcome.NO_ANSWER)
    assert (so_far(tried).attempts, so_far(tried).channels) == (1, ("phone",))


def test_a_customer_with_mail_and_phone_is_tried_on_both(days: Days):
    days.report(phone="030 123456")
    days.live(hours=5)
    days.answer(days.letters()[0], rating=1)
    days.live(hours=1)
    days.acknowledge()
    for _ in range(3):
        called(days, CallOutcome.NO_ANSWER)
    days.live(days=8)
    with pytest.raises(EscalationError, match="yet: 1 of 2 channels were tried"):
        ask(days)
    assert days.letters(Purpose.THANK_YOU), "what goes out by itself is no attempt"


def test_contacts_that_people_noted_count(taken: Days):
    petra = Author(name=OWNER)
    for how in (NoteKind.CALLED, NoteKind.LETTER):
        taken.live(minutes=1)
        with taken.here.store.write() as db:
            log_contact(db, 1, how, "Nobody there.", by=petra, at=taken.now)
    assert (so_far(taken).attempts, so_far(taken).channels) == (2, ("phone", "letter"))


def test_a_declined_request_says_why_and_the_concern_stays_open(tried: Days):
    ask(tried)
    with pytest.raises(EscalationError, match="say why"):
        refuse(tried, reason="no")
    refuse(tried)
    [request] = tried.rows(unreachable_requests)
    assert (request.signed, request.decided_by) == (False, SUPERVISOR)
    assert "daughter" in request.note
    assert "daughter" not in tried.entries(Event.UNREACHABLE_DECLINED)[0].detail
    assert tried.escalation().closed_at is None
    with pytest.raises(EscalationError, match="nothing about escalation 1 waits for a signature"):
        sign(tried)
    ask(tried)
    sign(tried)
    assert tried.escalation().outcome == "unreachable"


def test_the_customer_speaks_while_a_request_waits_and_it_is_off(tried: Days):
    ask(tried)
    with tried.here.store.read() as db:
        assert [row.escalation_id for row in waiting_requests(db, {"*"}, most=9)] == [1]
    tried.live(hours=2)
    tried.report("J-2", email="bob@example.com")  # somebody else's case changes nothing
    tried.live(hours=1)
    assert tried.rows(unreachable_requests)[0].decided_at is None
    answer_again(tried)
    [request] = tried.rows(unreachable_requests)
    assert (request.signed, request.decided_by, request.note) == (False, "customer", "the customer said something")
    with pytest.raises(EscalationError, match="nothing about escalation 1 waits"):
        sign(tried)


def answer_again(days: Days) -> None:
    said = Said(nonce="again", channel=Channel.SMS, rating=None, comment="I am back from hospital.", contact_me=True)
    with days.here.store.write() as db:
        record(db, 1, said, at=days.now, change_for=timedelta(hours=72))


def test_the_supervisor_is_asked_by_mail_and_the_owner_hears_that_it_was_declined(tried: Days):
    ask(tried)
    tried.live(minutes=1)
    [mail] = tried.letters(Purpose.SIGNATURE_REQUEST)
    assert mail.to == "marek.novak@staff.example.com"
    for words in ("Petra Lindqvist asks to close it", "Attempts: 3", "By: phone", ACTION, "/console/concerns/1/clock"):
        assert words in mail.text
    refuse(tried)
    tried.live(minutes=1)
    declined = tried.letters(Purpose.SIGNATURE_REQUEST)[1]
    assert declined.to == "petra.lindqvist@staff.example.com"
    assert "Marek Novak has not signed" in declined.text
    assert "daughter" not in declined.text
    ask(tried, by=SUPERVISOR)
    tried.live(minutes=1)
    assert tried.letters(Purpose.SIGNATURE_REQUEST)[2].to == "ines.albrecht@staff.example.com", "he cannot sign his own"


def test_resolving_it_after_all_takes_the_request_back(tried: Days):
    ask(tried)
    tried.resolve()
    [request] = tried.rows(unreachable_requests)
    assert (request.signed, request.note) == (False, "the concern was resolved")
    with pytest.raises(EscalationError, match="nothing about escalation 1 waits"):
        sign(tried)
    with pytest.raises(EscalationError, match="is resolved: the customer is being asked"):
        ask(tried)


@pytest.mark.parametrize(
    ("cause", "action", "fault"),
    [("bad luck", ACTION, "root cause 'bad luck' is not in the policy"), ("billing", "done", "the action must say")],
)
def test_evidence_is_asked_for_here_too(tried: Days, cause: str, action: str, fault: str):
    with pytest.raises(EscalationError, match=fault):
        ask(tried, cause=cause, action=action)


def test_it_must_be_in_somebodys_hands_and_is_asked_for_once(days: Days):
    days.report(email=None, phone="030 123456", channels="phone")
    days.live(hours=5)
    days.call(CallOutcome.CONCERN, comment="It drips.")
    days.live(minutes=1)
    with pytest.raises(EscalationError, match="nobody has acknowledged escalation 1"):
        ask(days)
    days.acknowledge()
    for _ in range(3):
        called(days, CallOutcome.WRONG_NUMBER)
    days.live(days=8)
    ask(days)
    with pytest.raises(EscalationError, match="Petra Lindqvist has asked for that already"):
        ask(days, by="Tom Okafor")


def test_closing_ends_a_pause_and_our_own_calls_do_not(taken: Days):
    with taken.here.store.write() as db:
        pause(db, 1, code="third party", note="The insurer has to decide.", by=OWNER, at=taken.now)
    for _ in range(3):
        called(taken, CallOutcome.NO_ANSWER)
    taken.live(days=8)
    ask(taken)
    assert taken.rows(escalation_pauses)[0].ended_at is None
    sign(taken)
    [row] = taken.rows(escalation_pauses)
    assert (row.ended_at, row.ended_because) == (taken.now, "the concern was closed")
    assert taken.escalation().next_at is None
