"""Opt-outs on the page of a case, and lifting what a colleague recorded by mistake, in two steps."""

import pytest

from models.optouts import EVERYTHING, Refusal, opt_out
from models.tables import entries, suppressions
from tests import seed
from tests.console import hidden_in, sign_in
from tests.replies import rows
from tests.web_site import Site, words_in
from vocabulary import Channel, Event, Role

HOSTILE = "<script>alert('x')</script>{{ 7 * 7 }}"
WHY = "They meant the newsletter."


def refuse(site: Site, case: seed.Seeded, by: str | None, refusal: Refusal = EVERYTHING) -> None:
    with site.store.write() as db:
        opt_out(db, case.case_id, at=site.clock.now, source="test", refusal=refusal, recorded_by=by)


def test_a_supervisor_lifts_what_was_recorded_by_mistake(site: Site):
    case = seed.asked(site.place)
    refuse(site, case, "Petra Lindqvist")
    staff, path = sign_in(site, Role.SERVICE_MANAGER), f"/console/cases/{case.case_id}"
    page = words_in(staff.open(path).text)
    assert "No more contact about surveys since" in page
    assert "recorded by Petra Lindqvist" in page
    assert f'href="{path}/opt-outs"' in staff.open(path).text
    refused = staff.send(f"{path}/opt-outs", reason=" ")
    assert (refused.status_code, "the reason must have at least 5 characters" in refused.text) == (409, True)
    assert rows(site, suppressions)
    done = staff.send(f"{path}/opt-outs", reason=WHY)
    assert done.status_code == 303
    assert rows(site, suppressions) == []
    page = words_in(staff.open(done.headers["location"]).text)
    assert "Cases that ended stay ended" in page
    assert WHY in page
    assert "recorded by Petra Lindqvist" not in page


def test_what_the_customer_said_can_be_taken_back_by_the_customer_alone(site: Site):
    case = seed.asked(site.place)
    refuse(site, case, None, Refusal(channel=Channel.SMS))
    staff, path = sign_in(site, Role.SERVICE_MANAGER), f"/console/cases/{case.case_id}/opt-outs"
    page = staff.open(path).text
    assert "Only the customer can take this back: by texting START, or on the page linked in our mails." in page
    assert 'name="reason"' not in page
    refused = staff.press(path, hidden_in(staff.open("/console/me").text), reason=WHY, seen="guessed")
    assert (refused.status_code, "only the customer can take this back" in refused.text) == (409, True)
    assert {row.channel for row in rows(site, suppressions)} == {"sms"}


def test_the_service_team_sees_opt_outs_and_lifts_none(site: Site):
    case = seed.asked(site.place)
    refuse(site, case, "Petra Lindqvist")
    staff, path = sign_in(site, Role.SERVICE_TEAM), f"/console/cases/{case.case_id}"
    page = staff.open(path).text
    assert "recorded by Petra Lindqvist" in page
    assert "/opt-outs" not in page
    assert staff.open(f"{path}/opt-outs").status_code == 404


def test_what_was_refused_between_the_two_steps_is_shown_and_not_lifted(site: Site):
    case = seed.asked(site.place)
    refuse(site, case, "Petra Lindqvist")
    staff, path = sign_in(site, Role.SERVICE_MANAGER), f"/console/cases/{case.case_id}/opt-outs"
    hidden = hidden_in(staff.open(path).text)
    site.clock.tick(minutes=1)
    refuse(site, case, None, Refusal(channel=Channel.PHONE))
    answer = staff.press(path, hidden, reason=WHY)
    assert (answer.status_code, "the opt-outs have changed since you looked at them" in answer.text) == (409, True)
    page = words_in(answer.text)
    assert "No more calls" in page
    assert WHY in page
    assert {row.channel for row in rows(site, suppressions)} == {"*", "phone"}
    assert staff.send(path, reason=WHY).status_code == 303
    assert {row.channel for row in rows(site, suppressions)} == {"phone"}


def test_of_two_supervisors_the_second_is_told_that_nothing_is_left(site: Site):
    case = seed.asked(site.place)
    refuse(site, case, "Petra Lindqvist")
    path = f"/console/cases/{case.case_id}/opt-outs"
    both = [sign_in(site, Role.SERVICE_MANAGER, name=name) for name in ("Marek Novak", "Joan Reyes")]
    forms = [hidden_in(one.open(path).text) for one in both]
    assert both[0].press(path, forms[0], reason=WHY).status_code == 303
    late = both[1].press(path, forms[1], reason=WHY)
    assert (late.status_code, "has not opted out of anything" in late.text) == (409, True)
    lifted = [row for row in rows(site, entries) if row.event == Event.OPT_OUT_LIFTED]
    assert [row.actor for row in lifted] == ["Marek Novak"]


@pytest.mark.parametrize("reason", [HOSTILE, "x" * 20_000, "\x00\x01\x02", "\u202e" * 4])
def test_a_hostile_reason_is_shown_as_text_or_refused(site: Site, reason: str):
    case = seed.asked(site.place)
    refuse(site, case, HOSTILE)
    staff, path = sign_in(site, Role.SERVICE_MANAGER), f"/console/cases/{case.case_id}"
    assert HOSTILE not in staff.open(path).text
    answer = staff.send(f"{path}/opt-outs", reason=reason)
    assert answer.status_code in (303, 409)
    assert (answer.status_code == 303) is (rows(site, suppressions) == [])
    assert HOSTILE not in staff.open(path).text
    assert HOSTILE not in staff.open(f"{path}/opt-outs").text
