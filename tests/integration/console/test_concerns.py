"""The pages of concerns: what each role sees and does there, and what happens when two people do it at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.tables import entries, escalations, messages, notes, subtasks
from tasks.channels import in_use
from tests import seed
from tests.console import Staff, hidden_in, sign_in
from tests.web_site import Site, words_in
from vocabulary import Event, Purpose, Role
from web.console.rooms import writes_on

LIST = "/console/concerns"
OWNER = "petra.lindqvist@staff.example.com"


@pytest.fixture
def concern(site: Site) -> str:
    """The address of a concern of Heating that was raised an hour ago."""
    seeded = seed.escalated(site.place, comment="It <b>drips</b> again.")
    site.clock.now = seed.ANSWERED_AT + timedelta(hours=1)
    return f"{LIST}/{seeded.escalation_id}"


def petra(site: Site, **who: object) -> Staff:
    return sign_in(site, Role.SERVICE_TEAM, **({"name": "Petra Lindqvist", "departments": ["Heating"]} | who))


def marek(site: Site) -> Staff:
    return sign_in(site, Role.SERVICE_MANAGER, name="Marek Novak", departments=["Heating"])


def rows(site: Site, table):  # type: ignore[no-untyped-def]
    with site.store.read() as db:
        return list(db.execute(select(table).order_by(table.c.id)))


def test_the_list_shows_what_is_mine_and_when_it_is_due(site: Site, concern: str):
    seed.escalated(site.place, department="Plumbing")
    page = petra(site).open(LIST)
    assert re.findall(r'href="(/console/concerns/\d+)"', page.text) == [concern]
    told = words_in(page.text)
    assert "1, dissatisfied" in told
    assert "Not taken yet" in told
    assert "3 h left , to be acknowledged by" in told
    owner = sign_in(site, Role.SERVICE_TEAM, email=OWNER, departments=["Nowhere"])
    assert concern in owner.client.get(LIST, params={"mine": "1"}).text, "what is in one's hands is seen anywhere"
    other = sign_in(site, Role.SERVICE_TEAM, departments=["Nowhere"])
    assert "No open concern." in words_in(other.open(LIST).text)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"state": "late"}, "Nothing is late here."),
        ({"state": "closed"}, "No concern is closed yet"),
        ({"state": "resolved"}, "No customer is being asked"),
        ({"state": "<b>"}, "There is no state “<b>”"),
        ({"severity": "bad"}, "There is no severity “bad”"),
        ({"after": "1_2_3"}, "This address was cut off"),
        ({"after": "9" * 40 + "_1"}, "This address was cut off"),
    ],
)
def test_what_is_asked_for_is_understood_or_said(site: Site, concern: str, query: dict[str, str], told: str):
    answer = petra(site).client.get(LIST, params=query)
    assert answer.status_code == 200
    assert told in words_in(answer.text)


def test_pages_follow_each_other(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("web.console.concerns._SIZE", 2)
    numbers = [seed.escalated(site.place).escalation_id for _ in range(5)]
    staff, seen, path = petra(site), [], LIST
    while path:
        page = staff.open(path).text
        seen += [int(number) for number in re.findall(r'href="/console/concerns/(\d+)"', page)]
        found = re.search(r'href="(/console/concerns\?[^"]*after=[^"]*)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == numbers


def test_the_page_tells_the_whole_story_and_whatever_was_written_stays_text(site: Site, concern: str):
    staff = petra(site)
    done = staff.send(f"{concern}/comment", concern, comment="Rang at nine.\n<script>alert(1)</script>")
    assert (done.status_code, done.headers["location"]) == (303, f"{concern}?done=commented")
    page = staff.open(concern)
    told = words_in(page.text)
    for words in ("The service was closed: job completed", "It <b>drips</b> again.", "clause 4.4", "Petra Lindqvist",
                  "24 hours from receipt", "anna.", "Clause 4.4: An unresolved concern is in a named person's hands",
                  "Rang at nine."):  # fmt: skip
        assert words in told, words
    assert "<b>drips" not in page.text
    assert "<script>alert" not in page.text
    assert len(page.content) < 100_000


def test_acknowledging_and_resolving_by_the_forms(site: Site, concern: str):
    staff = petra(site)
    assert staff.send(f"{concern}/acknowledge", concern).status_code == 303
    assert "Taken by Petra Lindqvist" in words_in(staff.open(concern).text)
    refused = staff.send(f"{concern}/resolve", concern, root_cause="luck", action="The valve was replaced & checked.")
    assert refused.status_code == 409
    told = words_in(refused.text)
    assert "Not done: root cause 'luck' is not in the policy" in told
    assert "The valve was replaced & checked." in told, "what was written stays"
    done = staff.send(f"{concern}/resolve", concern, root_cause="parts", action="The valve was replaced.")
    assert done.headers["location"] == f"{concern}?done=resolved"
    assert "Resolved; the customer is to say whether it helped" in words_in(staff.open(concern).text)
    assert "Acknowledge: it is in my hands" not in staff.open(concern).text


def test_two_who_resolve_at_once_are_told_who_was_faster(site: Site, concern: str):
    both = [petra(site), marek(site)]
    forms = [hidden_in(staff.open(concern).text) for staff in both]

    def press(one: int) -> int:
        answer = both[one].press(f"{concern}/resolve", forms[one], root_cause="parts", action="The valve was replaced.")
        if answer.status_code == 409:
            name = rows(site, escalations)[0].resolved_by
            assert f"was resolved by {name} already" in words_in(answer.text)
        return int(answer.status_code)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == [303, 409]
    assert [row.event for row in rows(site, entries)].count(Event.ESCALATION_RESOLVED) == 1


def test_a_form_sent_twice_writes_to_the_customer_once(site: Site, concern: str):
    staff = petra(site)
    form = hidden_in(staff.open(concern).text)
    sent = {"channel": "email", "message": "Tom comes on Friday."}
    for _ in range(2):
        assert staff.press(f"{concern}/write", form, **sent).status_code == 303
    assert [row.purpose for row in rows(site, messages)].count(Purpose.CONCERN_UPDATE) == 1
    assert len(rows(site, notes)) == 1


def test_an_sms_where_it_is_off_is_not_offered_and_not_taken(site: Site, concern: str):
    staff = petra(site)
    page = staff.open(concern).text
    assert "SMS: SMS is switched off here." in words_in(page)
    assert 'value="sms"' not in page
    refused = staff.press(f"{concern}/write", hidden_in(page), channel="sms", message="Tom comes on Friday.")
    assert (refused.status_code, "SMS is switched off here" in words_in(refused.text)) == (409, True)
    assert staff.press(f"{concern}/write", hidden_in(staff.open(concern).text), message="x").status_code == 409
    assert tuple(in_use(site.place.settings)) == writes_on(site.place.settings)


def test_a_contact_made_elsewhere_is_noted(site: Site, concern: str):
    staff = petra(site)
    staff.send(f"{concern}/contact", concern, how="called the customer", contact="She is at home on Friday.")
    assert "A call to the customer was noted." in words_in(staff.open(concern).text)
    wrong = staff.send(f"{concern}/contact", concern, how="telepathy", contact="Hm.")
    assert "say how the customer was contacted" in words_in(wrong.text)


def test_only_a_manager_hands_over_and_only_to_somebody_known(site: Site, concern: str):
    team = petra(site)
    assert "Hand over" not in team.open(concern).text
    to = {"owner": "tom.okafor@staff.example.com", "why": "He knows the boiler."}
    assert team.press(f"{concern}/reassign", hidden_in(team.open(concern).text), **to).status_code == 404
    manager = marek(site)
    unknown = manager.send(f"{concern}/reassign", concern, owner="evil@example.com", why="Because.")
    assert "choose to whom the concern goes" in words_in(unknown.text)
    assert manager.send(f"{concern}/reassign", concern, **to).headers["location"] == f"{concern}?done=handed_over"
    row = rows(site, escalations)[0]
    assert (row.owner, row.owner_email) == ("Tom Okafor", to["owner"])


def test_who_gives_it_away_to_where_they_see_nothing_is_led_to_the_list(site: Site, concern: str):
    with site.store.write() as db:
        db.execute(escalations.update().values(supervisor_email="x@staff.example.com"))
    manager = sign_in(site, Role.SERVICE_MANAGER, departments=["Customer Service"])
    assert manager.open(concern).status_code == 404
    mine = marek(site)
    gone = mine.send(f"{concern}/reassign", concern, owner="amira.haddad@staff.example.com", why="An invoice.",
                     department="Customer Service")  # fmt: skip
    assert gone.headers["location"] == f"{concern}?done=handed_over", "the service was Heating's: it is seen on"
    assert manager.open(concern).status_code == 200


def test_a_sub_task_is_done_by_the_department_which_does_not_see_the_concern(site: Site, concern: str):
    staff = petra(site)
    due = (site.clock.now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    asked = staff.send(f"{concern}/subtask", concern, subtask_department="Plumbing", what="Check the cellar, please.",
                       due=due)  # fmt: skip
    assert asked.headers["location"] == f"{concern}?done=subtask_asked"
    tom = sign_in(site, Role.SERVICE_TEAM, name="Tom Okafor", departments=["Plumbing"])
    assert tom.open(concern).status_code == 404
    page = tom.open("/console/subtasks/1")
    assert "Check the cellar, please." in words_in(page.text)
    assert "anna" not in page.text.lower(), "no contact data on the way"
    not_theirs = tom.press("/console/subtasks/1/withdraw", hidden_in(page.text), reason="We have no time.")
    assert "is withdrawn by those who have concern 1" in words_in(not_theirs.text)
    assert tom.send("/console/subtasks/1/done", "/console/subtasks/1", result="It is dry.").status_code == 303
    again = tom.press("/console/subtasks/1/done", hidden_in(page.text), result="It is very dry.")
    assert again.status_code == 409
    assert sign_in(site, Role.SERVICE_TEAM, departments=["Billing"]).open("/console/subtasks/1").status_code == 404
    assert rows(site, subtasks)[0].ended_by == "Tom Okafor"


@pytest.mark.parametrize("due", ["", "tomorrow", "2026-10-05T08:00", "9999-99-99T00:00"])
def test_a_sub_task_needs_a_time_to_come(site: Site, concern: str, due: str):
    refused = petra(site).send(f"{concern}/subtask", concern, subtask_department="Plumbing", due=due,
                               what="Check the cellar, please.")  # fmt: skip
    assert refused.status_code == 409
    assert "Check the cellar, please." in words_in(refused.text)


def test_another_concern_of_the_customer_is_attached(site: Site):
    same = {"email": "ann@example.com", "phone": None}
    seed.escalated(site.place, **same)
    seed.escalated(site.place, **same, department="Plumbing")
    stranger = seed.escalated(site.place).escalation_id
    both = petra(site, departments=["Heating", "Plumbing"])
    for number, words in ((stranger, "are not of the same customer"), ("x", "choose the concern"), (77, "choose")):
        refused = both.send(f"{LIST}/1/attach", f"{LIST}/1", other=number, attach_why="The same boiler.")
        assert words in words_in(refused.text)
    assert both.send(f"{LIST}/1/attach", f"{LIST}/1", other=2, attach_why="The same boiler.").status_code == 303
    assert "Attached to this concern 2" in words_in(both.open(f"{LIST}/1").text)
    assert "Attached to concern 1 : go on there" in words_in(both.open(f"{LIST}/2").text)


def test_qa_corrects_a_root_cause_and_sees_no_contact_data(site: Site):
    seeded = seed.recovering(site.place)
    path = f"{LIST}/{seeded.escalation_id}/cause"
    qa = sign_in(site, Role.QA, name="Quinn Abel")
    assert qa.open(f"{LIST}/{seeded.escalation_id}").status_code == 404
    page = qa.open(path)
    assert "anna." not in page.text
    stale = qa.press(path, hidden_in(page.text) | {"was": "parts"}, root_cause="parts", reason="The part was wrong.")
    assert "the root cause is 'workmanship' by now" in words_in(stale.text)
    assert (
        qa.send(path, root_cause="parts", reason="The part was wrong.").headers["location"] == f"{path}?done=corrected"
    )
    told = words_in(qa.open(path).text)
    assert "The root cause was corrected from workmanship to parts. Quinn Abel, clause 4.6 The part was wrong." in told
    assert petra(site).open(path).status_code == 404
    assert qa.open("/console/causes").status_code == 200


def test_a_case_tells_its_story_to_each_by_what_they_may_see(site: Site, concern: str):
    path = "/console/cases/1"
    team, qa = petra(site), sign_in(site, Role.QA)
    assert "anna." in team.open(path).text
    page = qa.open(path)
    assert "anna." not in page.text
    assert f'href="{concern}/cause"' in page.text
    assert (
        qa.send(f"{path}/comment", path, comment="Look at the supplier.").headers["location"]
        == f"{path}?done=commented"
    )
    assert "Look at the supplier." in words_in(team.open(path).text)
    assert petra(site, departments=["Plumbing"]).open(path).status_code == 404


@pytest.mark.parametrize("role", [Role.QA, Role.MANAGEMENT, Role.ADMIN])
def test_who_has_no_business_with_concerns_finds_nothing_there(site: Site, concern: str, role: Role):
    staff = sign_in(site, role)
    assert [staff.open(path).status_code for path in (LIST, concern, "/console/subtasks/1")] == [404, 404, 404]
