"""Promises when mail to staff does not arrive: somebody above hears of it, once, and when nobody can, it is shown."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, update
from typer.testing import CliRunner

from cli.app import app
from models.tables import messages
from tasks.review import write_review
from tests.acceptance.days import Days, Letter, berlin
from tests.acceptance.policies import change_policy
from tests.acceptance.test_unhappy_customers import HEAD, MANAGEMENT, OWNER, SUPERVISOR
from tests.providers import Providers, event, make_providers
from vocabulary import Delivery, Event, FollowUp, Purpose

NOTICE = Purpose.ESCALATION_NOTICE


@pytest.fixture
def provider(days: Days) -> Providers:
    return make_providers(days.here, days.now)


def unhappy(days: Days, **said: Any) -> None:
    days.report()
    days.live(hours=5)
    days.answer(days.letters()[0], **said)
    days.live(minutes=1)


def lose(days: Days, provider: Providers, letter: Letter | Row[Any], kind: str = "bounce", **more: Any) -> None:
    """SendGrid tells that this mail to staff did not arrive, and the next sweep comes."""
    row = letter.row if isinstance(letter, Letter) else letter
    provider.clock.now = days.now
    told = event(kind, days.now - timedelta(minutes=1), row, **({"email": row.to_address, "status": "5.1.1"} | more))
    assert provider.tell(told).status == 204
    days.live(minutes=2)


def notices(days: Days) -> list[str]:
    return [mail.to for mail in days.letters(NOTICE)]


def told_of(days: Days) -> list[str]:
    """What was done about failed messages, in order."""
    return [row.follow_up for row in days.rows(messages) if row.follow_up]


def test_when_the_owners_mail_bounces_the_supervisor_is_told_at_once_and_why(days: Days, provider: Providers):
    unhappy(days, rating=5, contact_me=True)
    assert notices(days) == [OWNER]
    lose(days, provider, days.letters(NOTICE)[0])
    assert notices(days) == [OWNER, SUPERVISOR]
    told = days.letters(NOTICE, SUPERVISOR)[0]
    assert "This mail could not be delivered to Petra Lindqvist, so it comes to you." in told.text
    assert "The concern is with Petra Lindqvist" in told.text
    days.live(hours=6)
    assert notices(days) == [OWNER, SUPERVISOR], "once, however often the sweep comes"
    [entry] = days.entries(Event.FAILURE_FOLLOWED)
    assert '"code": "bounce 5.1.1", "what": "told", "told": "supervisor"' in entry.detail
    explained = CliRunner().invoke(app, ["explain", "1"]).output
    assert "failure followed (clause 4.4)" in explained
    assert OWNER not in explained


def test_mail_that_bounces_goes_up_rung_by_rung_and_comes_to_an_end(days: Days, provider: Providers):
    unhappy(days, rating=5, contact_me=True)
    for turn, address in enumerate((OWNER, SUPERVISOR, HEAD, MANAGEMENT)):
        assert notices(days)[turn:] == [address]
        lose(days, provider, days.letters(NOTICE)[-1])
    assert notices(days) == [OWNER, SUPERVISOR, HEAD, MANAGEMENT]
    assert told_of(days) == [FollowUp.TOLD] * 3 + [FollowUp.NOBODY]
    shown = CliRunner().invoke(app, ["doctor"])
    assert shown.exit_code == 1
    assert "mail about these concerns reached nobody, neither the owner nor anybody above: 1:" in shown.output
    days.acknowledge()
    days.resolve()
    days.live(minutes=2)
    assert "reached nobody" not in CliRunner().invoke(app, ["doctor"]).output


def test_the_sweep_that_finds_nobody_left_says_so(days: Days, provider: Providers):
    unhappy(days, rating=5, contact_me=True)
    with days.here.store.write() as db:  # nobody's address works
        db.execute(update(messages).where(messages.c.purpose == NOTICE).values(to_address=MANAGEMENT))
    change = {"owner": OWNER, "supervisor": SUPERVISOR, "head": HEAD}
    lose(days, provider, next(row for row in days.rows(messages) if row.purpose == NOTICE))
    for address in change.values():
        row = next((row for row in days.rows(messages) if row.to_address == address and not row.follow_up), None)
        if row is not None:
            lose(days, provider, row)
    assert told_of(days)[-1] == FollowUp.NOBODY, "management's address has failed before"


def test_an_address_that_has_failed_is_not_tried_again_for_another_role(days: Days, provider: Providers):
    change_policy(days.here.settings.policy_file, (OWNER, SUPERVISOR))  # one person holds both
    unhappy(days, rating=5, contact_me=True)
    lose(days, provider, days.letters(NOTICE)[0])
    assert notices(days) == [SUPERVISOR, HEAD]


def test_when_owner_and_supervisor_are_both_not_reached_the_head_gets_one_mail_that_names_them(
    days: Days, provider: Providers
):
    unhappy(days, rating=1)
    assert notices(days) == [OWNER, SUPERVISOR]
    provider.clock.now = days.now
    lost = [event("bounce", days.now, mail.row, email=mail.to, status="5.1.1") for mail in days.letters(NOTICE)]
    assert provider.tell(*lost).status == 204
    days.live(minutes=2)
    assert notices(days) == [OWNER, SUPERVISOR, HEAD]
    assert "could not be delivered to Petra Lindqvist and Marek Novak" in days.letters(NOTICE)[-1].text
    assert told_of(days) == [FollowUp.TOLD] * 2


def test_a_warning_that_bounces_is_told_to_the_next_rung_as_well(days: Days, provider: Providers):
    unhappy(days, rating=5, contact_me=True)
    days.live(hours=12, minutes=5)
    [warning] = days.letters(Purpose.DEADLINE_WARNING)
    assert warning.to == OWNER
    lose(days, provider, warning, kind="dropped", reason="Bounced Address")
    _, told = days.letters(Purpose.DEADLINE_WARNING)
    assert told.to == SUPERVISOR
    assert "could not be delivered to Petra Lindqvist" in told.text
    assert "50 % of the time is used" in told.text


def test_mail_to_staff_of_which_nothing_is_heard_is_sent_once_more_and_goes_to_nobody_else(days: Days):
    unhappy(days, rating=5, contact_me=True)

    def nothing_heard() -> None:
        values = {"state": Delivery.UNKNOWN, "settled_at": days.now, "code": "timeout"}
        with days.here.store.write() as db:
            db.execute(update(messages).where(messages.c.to_address == OWNER).values(values))

    nothing_heard()
    days.live(minutes=40)
    assert notices(days) == [OWNER, OWNER], "a second copy harms nobody"
    nothing_heard()
    days.live(hours=2)
    assert notices(days) == [OWNER, OWNER]


@pytest.mark.parametrize("how", ["spam", "resolved"])
def test_nobody_is_bothered_about_what_was_read_or_does_not_matter_any_more(days: Days, provider: Providers, how: str):
    unhappy(days, rating=5, contact_me=True)
    if how == "resolved":
        days.resolve()
    lose(days, provider, days.letters(NOTICE)[0], kind="spamreport" if how == "spam" else "bounce")
    days.live(hours=2)
    assert notices(days) == [OWNER]
    assert told_of(days) == [FollowUp.NOTHING]


def test_a_bulletin_that_bounces_is_told_to_management_and_theirs_to_doctor(days: Days, provider: Providers):
    unhappy(days, rating=5)
    days.live(until=berlin("2026-11-02 09:00"))
    assert write_review.fn("2026-10", days.now).tally["bulletins owed"] >= 1
    days.live(minutes=2)
    bulletins = days.letters(Purpose.MONTHLY_BULLETIN)
    lose(days, provider, bulletins[0])
    told = [mail for mail in days.letters(Purpose.MONTHLY_BULLETIN) if "could not be delivered" in mail.text]
    assert [mail.to for mail in told] == [MANAGEMENT]
    assert f"could not be delivered to {bulletins[0].to}" in told[0].text
    lose(days, provider, told[0])
    assert "1 bulletins reached nobody" in CliRunner().invoke(app, ["doctor"]).output
    days.live(days=32)
    days.now = days.now + timedelta(days=1)
    assert len(days.letters(Purpose.MONTHLY_BULLETIN)) == len(bulletins) + 1
