"""The monthly review: written once, again only when there is something new, and without a word about a person."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from models.figures import Group
from models.reviews import NewReview, add_review, latest_review, listed_reviews
from models.tables import entries, messages, reviews
from policy.findings import Weight
from tasks.charts import StrangeDrawing, draw, satisfaction
from tasks.letter import Desk
from tasks.place import Place
from tasks.review import NoReview, month_to_review, publish_review, write_review
from tests.review_month import NOW, Office, hours, october, office
from vocabulary import Event, Purpose

__all__ = ["october", "office"]


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "October", "2026-10-01", ""])
def test_what_is_no_month_is_refused(place: Place, text: str):
    with pytest.raises(ValueError, match="write it as 2026-10"):
        write_review.fn(text, NOW)


def test_a_month_that_is_not_over_is_refused(place: Place):
    with pytest.raises(NoReview, match="November 2026 is not over: review it from 2026-12-01 on"):
        write_review.fn("2026-11", NOW)


def test_without_a_month_the_last_one_that_is_over_is_reviewed():
    assert month_to_review(None, NOW) == "2026-10"
    assert month_to_review(None, datetime(2027, 1, 31, tzinfo=UTC)) == "2026-12"
    assert month_to_review("2026-08", NOW) == "2026-08"


def report(office: Office, name: str) -> str:
    return (office.place.settings.reviews / name).read_text("utf-8")


def owed(office: Office) -> list[Any]:
    with office.place.store.read() as db:
        return list(db.execute(select(messages).where(messages.c.purpose == Purpose.MONTHLY_BULLETIN)))


def test_an_empty_month_is_written_down_without_a_bulletin(office: Office):
    written = write_review.fn("2026-10", NOW)
    assert written.tally == {"services": 0, "accounted for": 0, "findings": 1, "bulletins owed": 0}
    assert "No service was reported for October 2026." in report(office, written.report)
    assert "<svg" not in report(office, written.report)


def test_a_service_that_fell_between_inbox_and_cases_is_the_first_thing_said(office: Office):
    office.rated(5)
    office.service()
    html = report(office, write_review.fn("2026-10", NOW).report)
    assert 'role="alert"' in html
    assert "Only 1 of 2 services of October 2026 are accounted for." in html


def test_one_answer_gives_counts_and_no_percentage(office: Office):
    office.rated(5)
    written = write_review.fn("2026-10", NOW)
    assert written.summary == "1 services, 1 of 1 answered, 1 of 1 satisfied, 0 concerns"
    text = re.sub(r"<style>.*?</style>", "", report(office, written.report), flags=re.DOTALL)
    shown = text.split('<section aria-labelledby="reading">')[0]  # the notes explain what 95% means
    assert "Satisfied, of those who rated: 1 of 1. Percentages are given from 10." in shown
    assert "%" not in shown


def test_a_review_is_a_row_a_file_an_entry_and_a_bulletin(october: Office):
    written = write_review.fn("2026-10", NOW)
    assert written.tally == {"services": 14, "accounted for": 14, "findings": 6, "bulletins owed": 1}
    with october.place.store.read() as db:
        row = latest_review(db, "2026-10")
        logged = db.execute(select(entries).where(entries.c.event == Event.REVIEW_WRITTEN)).one()
    assert row is not None
    assert (row.version, row.report, row.policy_version) == (1, "review-2026-10-v1.html", october.place.policy.version)
    assert json.loads(row.figures)["figures"]["whole"]["followed_up"] == 10
    assert (logged.ref_id, logged.clause, logged.case_id) == (row.id, "4.6", None)
    assert json.loads(logged.detail)["accounted for"] == 14
    (bulletin,) = owed(october)
    assert bulletin.to_address == "all-staff@staff.example.com"
    assert list(october.place.settings.reviews.iterdir()) == [october.place.settings.reviews / row.report]


def test_written_again_with_the_same_figures_there_is_nothing_new(october: Office):
    first = write_review.fn("2026-10", NOW)
    again = write_review.fn("2026-10", NOW + hours(1))
    assert (again.version, again.report, again.tally) == (1, first.report, {})
    state = publish_review(again)
    assert state.name == "Nothing new"
    assert state.message == (
        "2026-10 stands as in review-2026-10-v1.html: 14 services, 6 of 8 answered, 2 of 5 satisfied, 2 concerns"
    )
    assert len(owed(october)) == 1


def test_written_again_with_other_figures_the_month_gets_a_new_version(october: Office):
    write_review.fn("2026-10", NOW)
    october.rated(5)
    assert write_review.fn("2026-10", NOW).version == 2
    assert [json.loads(bulletin.note)["month"] for bulletin in owed(october)] == [
        "October 2026", "October 2026 (version 2)",
    ]  # fmt: skip
    with october.place.store.read() as db:
        assert [row.version for row in listed_reviews(db)] == [2, 1]
    assert "Review version 1," in report(october, "review-2026-10-v1.html"), "the first version stays as it was"


def test_of_two_that_write_the_same_version_one_writes_nothing(october: Office):
    new = NewReview(month="2026-10", version=1, written_at=NOW, policy_version="x", figures="{}", report="r.html")
    with october.place.store.write() as db:
        assert add_review(db, new) is not None
        assert add_review(db, new) is None
        assert len(db.execute(select(reviews)).all()) == 1


def test_nothing_about_a_person_leaves_the_store(october: Office):
    october.rated(1, comment="Canary comment: call me on 0170 5550100", stage="escalated")
    written = write_review.fn("2026-10", NOW)
    with october.place.store.read() as db:
        row = latest_review(db, "2026-10")
        logged = db.execute(select(entries.c.detail)).scalars().all()
    (bulletin,) = owed(october)
    for text in (report(october, written.report), row.figures, bulletin.note, *logged, written.summary):  # type: ignore[union-attr]
        assert not re.search(r"canary|wilhelmina|0170|o@example|owner@", text, re.IGNORECASE)


def test_the_bulletin_can_be_written(october: Office):
    write_review.fn("2026-10", NOW)
    with october.place.store.read() as db:
        mail = Desk(db, owed(october), NOW).mail(owed(october)[0])
    assert mail is not None
    assert mail.subject == "What customers told us in October 2026"
    assert "- Services reported: 14 (14 of 14 accounted for)" in mail.text
    assert "- Account: All 14 services of October 2026 are accounted for; 5 of them are still open." in mail.text
    assert "reviews/review-2026-10-v1.html" in mail.text


def test_a_change_is_found_in_the_rows_and_chance_is_not(office: Office):
    september = {"closed": datetime(2026, 9, 8, 9, 0, tzinfo=UTC)}
    for number in range(40):  # September: 36 of 40 satisfied
        office.rated(5 if number < 36 else 3, **september)
    for number in range(40):  # October: 22 of 40; contact in time and response as before
        office.rated(5 if number < 22 else 3)
    write_review.fn("2026-10", NOW)
    with office.place.store.read() as db:
        found = json.loads(latest_review(db, "2026-10").figures)["findings"]  # type: ignore[union-attr]
    weights = {finding["topic"]: finding["weight"] for finding in found}
    assert weights["Satisfaction"] == Weight.BAD
    assert weights["First contact"] == weights["Response"] == Weight.SAME


HOSTILE = '<script>alert("1")</script> & \u202eCo'


def test_a_department_with_markup_in_its_name_is_text_in_tables_and_charts(office: Office):
    for _ in range(12):
        office.rated(5, HOSTILE)
    html = report(office, write_review.fn("2026-10", NOW).report)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "\u202e" not in html
    drawn = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    assert len(drawn) == 4  # funnel, deadlines, ratings, departments; there is no month before
    for svg in drawn:
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img"
        assert [child.tag.rpartition("}")[2] for child in root][:2] == ["title", "desc"]
        assert not [element for element in root.iter() if {"href", "onload", "style"} & element.attrib.keys()]


def test_a_drawing_that_does_more_than_draw_is_refused():
    plain = satisfaction([Group(name="x", cases=9, followed_up=9, contacted=9, answered=9, rated=9, satisfied=9,
                                low=0, may_answer=0)], at_least=5)  # fmt: skip
    assert plain is not None
    link: Mapping[str, Any] = {
        "data": {"values": [{"a": 1, "url": "https://example.com"}]},
        "mark": "point", "encoding": {"href": {"field": "url"}, "x": {"field": "a"}},
    }  # fmt: skip
    with pytest.raises(StrangeDrawing):
        draw(type(plain)(plain.title, plain.description, link), "x")


def test_the_report_needs_no_other_file(october: Office):
    html = report(october, write_review.fn("2026-10", NOW).report)
    assert not re.search(r'(src|href)=|url\(|@import|https?:(?!//www\.w3\.org/2000/svg")', html)
