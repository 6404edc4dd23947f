"""Links of an earlier closing, and bounces without any number: the same over both databases."""

from datetime import timedelta
from typing import Any

from models.answers import asks_again, open_link
from models.inbox import reopen
from models.report import ReopenedService
from models.tables import cases, invalid_addresses, messages, services
from tasks.ask import owe_surveys
from tasks.open_cases import cancel_reopened
from tasks.outbox import tidy_outbox
from tests import seed
from tests.integration.web.test_hooks import MINUTE, accepted, now_of
from tests.providers import event, make_providers
from tests.replies import case_row, concerns, rows, said
from tests.web_site import Site, words_in
from vocabulary import Channel, Delivery, Disposition, LinkPurpose, Stage

REOPENED_AT = seed.ASKED_AT + timedelta(hours=3)
AGAIN_AT = REOPENED_AT + timedelta(hours=3)
SAME = {"external_id": "job-again", "email": "anna.again@example.com", "phone": "+49301234567"}


def opened_again(site: Site) -> seed.Seeded:
    case = seed.asked(site.place, **SAME)
    with site.store.write() as db:
        reopen(db, ReopenedService(source="crm", external_id="job-again", reopened_at=REOPENED_AT))
    cancel_reopened.fn(REOPENED_AT)
    site.clock.now = AGAIN_AT
    return case


def closed_again(site: Site, **changes: Any) -> seed.Seeded:
    return seed.planned(site.place, at=AGAIN_AT, closed_at=AGAIN_AT, **(SAME | changes))


def test_an_old_link_says_what_is_going_on_and_then_asks_the_new_question(site: Site):
    old = opened_again(site)
    assert "We are working on it again" in words_in(site.client.get(f"/s/{old.survey}").text)
    new = closed_again(site)
    assert case_row(site, new).stage == Stage.PLANNED
    assert "We will ask you again soon" in words_in(site.client.get(f"/s/{old.survey}").text)
    owe_surveys.fn([new.case_id], case_row(site, new).next_at)
    site.clock.now = case_row(site, new).asked_at + timedelta(days=12)  # the old link would have run out
    assert site.answer(old.survey, rating="2", comment="Worse").status_code == 200
    assert (case_row(site, new).rating, case_row(site, old).rating) == (2, None)
    assert (said(site), concerns(site)) == ([(2, "Worse", "email", 1)], [])


def test_replies_and_the_way_out_follow_and_a_question_about_a_concern_stays(site: Site):
    old = opened_again(site)
    new = closed_again(site)
    owe_surveys.fn([new.case_id], case_row(site, new).next_at)
    reply = seed.add_link(site.place, old.case_id, LinkPurpose.REPLY, at=seed.ASKED_AT)
    with site.store.write() as db:
        for token, purpose in ((reply, LinkPurpose.REPLY), (old.unsubscribe, LinkPurpose.UNSUBSCRIBE)):
            found = open_link(db, token, [purpose], site.clock.now, hold=True)
            assert (found.case_id, found.sent_for) == (new.case_id, old.case_id)
    concern = seed.recovering(site.place)
    assert concern.recovery is not None
    with site.store.read() as db:
        asked_about = open_link(db, concern.recovery, [LinkPurpose.RECOVERY], seed.RECOVERING_AT)
        assert (asked_about.case_id, asked_about.escalation_id) == (concern.case_id, concern.escalation_id)


def test_a_link_that_went_elsewhere_opens_nothing_new(site: Site):
    old = opened_again(site)
    new = closed_again(site, email="the.next.tenant@example.com")
    owe_surveys.fn([new.case_id], case_row(site, new).next_at)
    with site.store.read() as db:
        assert open_link(db, old.survey, [LinkPurpose.SURVEY], site.clock.now) is None
    by_text = seed.add_link(site.place, old.case_id, LinkPurpose.SURVEY, at=seed.ASKED_AT, channel=Channel.SMS)
    with site.store.read() as db:  # the number is still the same one
        assert open_link(db, by_text, [LinkPurpose.SURVEY], site.clock.now).case_id == new.case_id


def test_nobody_is_told_of_more_questions_who_does_not_want_any(site: Site):
    case = seed.asked(site.place, **SAME)
    site.client.post(f"/u/{case.unsubscribe}", data={"List-Unsubscribe": "One-Click"})
    with site.store.write() as db:
        reopen(db, ReopenedService(source="crm", external_id="job-again", reopened_at=REOPENED_AT))
        assert asks_again(db, case.survey) is None
    assert case_row(site, case).disposition == Disposition.OPTED_OUT
    assert site.client.get(f"/s/{case.survey}").status_code == 404


def test_a_bounce_without_a_number_finds_the_only_message_to_its_address(site: Site):
    providers = make_providers(site.place)
    message, other = accepted(providers), accepted(providers)
    late = event("bounce", seed.ASKED_AT + MINUTE, status="5.1.1", email=_address(site, message.case_id))
    del late["sg_message_id"]
    assert providers.tell(late).status == 204
    assert now_of(providers, messages, message.id).state == Delivery.FAILED
    assert now_of(providers, messages, other.id).state == Delivery.ACCEPTED
    assert now_of(providers, cases, message.case_id).contacted_at is None


def test_what_is_owed_to_an_address_that_died_meanwhile_is_refused_before_it_is_sent(site: Site):
    case, other = seed.asked(site.place), seed.asked(site.place)
    key = case_row(site, case).email_key
    with site.store.write() as db:
        row = {"address_key": key, "channel": Channel.EMAIL, "since": seed.ASKED_AT, "code": "bounce"}
        db.execute(invalid_addresses.insert().values(row))
    tidy_outbox.fn(seed.ASKED_AT + MINUTE)
    states = {row.case_id: (row.state, row.code) for row in rows(site, messages)}
    assert states[case.case_id] == (Delivery.REJECTED, "address known not to work")
    assert states[other.case_id][0] == Delivery.DUE
    assert case_row(site, case).next_at == seed.ASKED_AT + MINUTE


def _address(site: Site, case_id: int) -> str:
    with site.store.read() as db:
        found = services.select().join(cases, cases.c.service_id == services.c.id).where(cases.c.id == case_id)
        return str(db.execute(found.with_only_columns(services.c.email)).scalar_one())
