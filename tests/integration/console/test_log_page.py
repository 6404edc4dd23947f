"""The Customer Feedback Log in the console: read by pages, filtered, and exported without contact data."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from models import log_pages
from models.listing import LOG_COLUMNS, log_rows
from models.log import NewEntry, append
from models.log_pages import Wanted, entries_for_file
from templates.csv_out import unguarded
from tests import seed
from tests.console import Staff, sign_in
from tests.web_site import Site, words_in
from vocabulary import Clause, Event, Role

LOG = "/console/log"
EXPORT, WORKBOOK = f"{LOG}/export", f"{LOG}/workbook"


def numbers_in(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<td data-label="Entry">(\d+)</td>', page)]


def shown(staff: Staff, **query: str) -> str:
    answer = staff.client.get(LOG, params=query)
    assert answer.status_code == 200
    return str(answer.text)


def exported(staff: Staff, **query: str) -> list[dict[str, str]]:
    answer = staff.client.get(EXPORT, params=query)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="customer-feedback-log-')
    assert answer.headers["cache-control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def newest_first(site: Site) -> list[int]:
    with site.store.read() as db:
        return [number for _, number in sorted(((row.at, row.id) for row in log_rows(db)), reverse=True)]


def test_entries_are_told_in_plain_words_newest_first_with_their_case(site: Site):
    seeded = seed.escalated(site.place, comment="It drips.")
    page = shown(sign_in(site, Role.QA))
    assert numbers_in(page) == newest_first(site)
    told = words_in(page)
    assert "It drips." in told
    assert "the customer" in told
    assert f'<a href="/console/cases/{seeded.case_id}">Case {seeded.case_id}</a>' in page


def test_filters_hold_together_on_the_page_and_in_the_file(site: Site):
    heating = seed.escalated(site.place, department="Heating")
    seed.escalated(site.place, department="Plumbing")
    staff = sign_in(site, Role.QA)
    query = {"event": Event.ESCALATION_OPENED.value, "department": "Heating"}
    page = shown(staff, **query)
    (only,) = exported(staff, **query)
    assert numbers_in(page) == [int(only["id"])]
    assert (only["case_id"], only["event"]) == (str(heating.case_id), "escalation_opened")
    assert f'href="{EXPORT}?event=escalation_opened&amp;department=Heating"' in page


@pytest.mark.parametrize("few", [0, 1, 2])
def test_a_department_is_found_alike_with_few_cases_and_with_many(site: Site, monkeypatch, few: int):
    monkeypatch.setattr(log_pages, "_FEW_CASES", few)
    of = {name: seed.planned(site.place, department=name).case_id for name in ("Heating", "Plumbing")}
    of_heating = {of["Heating"], seed.planned(site.place, department="Heating").case_id}
    staff = sign_in(site, Role.QA)  # whose being let in is an entry about no case
    rows = exported(staff, department="Heating")
    assert {int(row["case_id"]) for row in rows} == of_heating
    assert set(numbers_in(shown(staff, department="Heating"))) == {int(row["id"]) for row in rows}
    assert exported(staff, department="Roofing") == []


def test_days_are_those_of_the_person_who_looks(site: Site):
    seed.planned(site.place)
    staff = sign_in(site, Role.QA)
    day = seed.RECEIVED_AT.date()
    of_the_day = numbers_in(shown(staff, **{"from": day.isoformat(), "until": day.isoformat()}))
    assert of_the_day
    assert not set(of_the_day) & set(numbers_in(shown(staff, **{"from": (day + timedelta(days=1)).isoformat()})))
    assert numbers_in(shown(staff, until=(day - timedelta(days=1)).isoformat())) == []


def test_pages_follow_each_other_without_gap_or_repetition_while_entries_are_added(site: Site, monkeypatch):
    monkeypatch.setattr(log_pages, "PAGE", 5)
    monkeypatch.setattr("web.console.log.PAGE", 5)
    seed.ended(site.place)
    staff, seen, path = sign_in(site, Role.QA), [], LOG
    expected = newest_first(site)
    while path and len(seen) <= len(expected):
        page = staff.open(path).text
        seen += numbers_in(page)
        with site.store.write() as db:
            append(db, [NewEntry(event=Event.NOTE_ADDED, at=site.clock(), clause=Clause.SCOPE)])
        found = re.search(r'href="(/console/log\?[^"]*after=[^"]*)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == expected
    assert len(seen) > 5


@pytest.mark.parametrize("path", [LOG, EXPORT, WORKBOOK])
@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"event": "<b>"}, "There is no event “<b>”."),
        ({"from": "tomorrow"}, "“from” is no date; write it as 2026-11-30"),
        ({"until": "9999-12-31"}, "“until” is no date"),
    ],
)
def test_what_cannot_be_read_is_said_and_gives_no_file(site: Site, path: str, query: dict[str, str], fault: str):
    answer = sign_in(site, Role.QA).client.get(path, params=query)
    assert answer.status_code == 400
    assert fault in words_in(answer.text)
    assert "content-disposition" not in answer.headers


@pytest.mark.parametrize("after", ["x", "7", "-1_-1", "1_", "_1", "1_" + "9" * 30, "9" * 30 + "_1", "9" * 5000 + "_1"])
def test_an_address_that_was_cut_off_is_said(site: Site, after: str):
    answer = sign_in(site, Role.QA).client.get(LOG, params={"after": after})
    assert answer.status_code == 400
    assert "This address was cut off" in words_in(answer.text)


def test_the_file_has_every_entry_oldest_first_and_no_contact_data(site: Site):
    seed.escalated(site.place, comment="=HYPERLINK(1) call +49 30 23125 417 or anna@example.com", email="k@example.com",
                   phone="+493023125418", customer_name="Käthe Weiß")  # fmt: skip
    rows = exported(sign_in(site, Role.QA))
    assert tuple(rows[0]) == LOG_COLUMNS
    with site.store.read() as db:
        assert [int(row["id"]) for row in rows] == [row.id for row in log_rows(db)]
    (said,) = (row["comment"] for row in rows if row["comment"])
    assert said == "'=HYPERLINK(1) call … or …"
    text = str(rows)
    assert not [word for word in ("k@example.com", "3023125418", "Käthe", "23125 417") if word in text]


def test_the_file_is_read_in_pieces_and_what_is_added_meanwhile_is_not_in_it(site: Site, monkeypatch):
    monkeypatch.setattr(log_pages, "_OF_A_FILE", 2)
    seed.ended(site.place)
    with site.store.read() as db:
        expected = [row.id for row in log_rows(db)]
    pieces = []
    for piece in entries_for_file(site.store, Wanted()):
        pieces.append([row.id for row in piece])
        with site.store.write() as db:  # nobody waits for who reads
            append(db, [NewEntry(event=Event.NOTE_ADDED, at=site.clock(), clause=Clause.SCOPE)])
    assert [number for piece in pieces for number in piece] == expected
    assert max(map(len, pieces)) == 2


def test_an_empty_log_says_what_will_be_here(site: Site):
    staff = sign_in(site, Role.QA)
    page = shown(staff, **{"from": "2099-01-01"})
    assert "No entry is like that" in words_in(page)
    assert exported(staff, **{"from": "2099-01-01"}) == []


def workbook(staff: Staff, **query: str) -> list[tuple[Any, ...]]:
    answer = staff.client.get(WORKBOOK, params=query)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    assert answer.headers["cache-control"] == "no-store"
    [sheet] = load_workbook(io.BytesIO(answer.content)).worksheets
    return list(sheet.iter_rows(values_only=True))


def test_the_workbook_has_what_the_file_has(site: Site):
    seed.escalated(site.place, comment="=1+1 call +49 30 23125 417;=2", department="Heating")
    seed.escalated(site.place, department="Plumbing")
    staff = sign_in(site, Role.QA)
    for query in ({}, {"department": "Heating", "event": "answer_received"}):
        header, *rows = workbook(staff, **query)
        assert header == tuple("at (UTC)" if name == "at" else name for name in LOG_COLUMNS)
        told = [{name: "" if cell is None else str(cell) for name, cell in zip(LOG_COLUMNS, row, strict=True)}
                for row in rows]  # fmt: skip
        expected = exported(staff, **query)
        assert [row["id"] for row in told] == [row["id"] for row in expected]
        assert [row["comment"] for row in told] == [unguarded(row["comment"]) for row in expected]
        assert [f"{row[1]:%Y-%m-%d %H:%M}" for row in rows] == [row["at"][:16].replace("T", " ") for row in expected]
    assert [row["comment"] for row in told if row["comment"]] == ["=1+1 call …;=2"]


def test_a_workbook_that_would_be_too_large_is_not_made(site: Site, monkeypatch):
    monkeypatch.setattr("web.console.log._MOST_IN_A_WORKBOOK", 3)
    seed.ended(site.place)
    staff = sign_in(site, Role.QA)
    answer = staff.open(WORKBOOK)
    assert answer.status_code == 400
    assert "A workbook holds 3 entries: choose fewer days, or take the CSV file." in words_in(answer.text)
    assert len(workbook(staff, event="record_sealed")) == 1
