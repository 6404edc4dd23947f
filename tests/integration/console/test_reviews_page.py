"""Monthly reviews in the console: listed with their figures, and each report as it was written, shut in."""

import pytest

from models.log import NewEntry, append, written_by
from models.runs import begin_run
from tests import seed
from tests.console import sign_in
from tests.reviews import REPORT, make_review
from tests.web_site import Site, words_in
from vocabulary import Clause, Event, Role

REVIEWS = "/console/reviews"


@pytest.mark.parametrize("role", [Role.QA, Role.MANAGEMENT])
def test_reviews_are_listed_with_their_figures_the_newest_first(site: Site, role: Role):
    numbers = [make_review(site, month=month, version=version)
               for month, version in (("2026-09", 1), ("2026-10", 1), ("2026-10", 2))]  # fmt: skip
    page = sign_in(site, role).open(REVIEWS).text
    places = [page.index(f'href="{REVIEWS}/{number}"') for number in numbers]
    assert places == sorted(places, reverse=True)
    told = words_in(page)
    assert "October 2026, version 2" in told
    assert "30 of 36 (83%)" in told
    assert "7 of 8 " in told  # too few for a percentage
    assert "7 of 8 (" not in told


def test_a_report_is_the_file_itself_and_can_neither_run_nor_fetch_anything(site: Site):
    answer = sign_in(site, Role.MANAGEMENT).open(f"{REVIEWS}/{make_review(site)}")
    assert answer.text == REPORT
    policy = answer.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert policy[0].startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert "script-src" not in policy[0]
    assert "allow-" not in policy[0]
    assert answer.headers["cross-origin-opener-policy"] == "unsafe-none"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_console_s_own_pages_keep_their_policy(site: Site):
    answer = sign_in(site, Role.MANAGEMENT).open(REVIEWS)
    assert answer.headers["content-security-policy"].endswith("script-src 'self'")
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize("name", ["../aftercare.db", "/etc/passwd", "..", "", "sub/../../x", "."])
def test_no_name_leads_out_of_the_folder(site: Site, name: str):
    (site.place.settings.home / "x").write_text("secret")
    (site.place.settings.home / "aftercare.db").touch()
    number = make_review(site, report=None, name=name)
    answer = sign_in(site, Role.QA).open(f"{REVIEWS}/{number}")
    assert answer.status_code == 404
    assert "the report is not there" in words_in(answer.text)


def test_no_link_in_the_folder_leads_out_of_it(site: Site):
    number = make_review(site, report=None, name="review.html")
    secret = site.place.settings.home / "secret"
    secret.write_text("secret")
    (site.place.settings.reviews / "review.html").symlink_to(secret)
    assert sign_in(site, Role.QA).open(f"{REVIEWS}/{number}").status_code == 404


def test_a_report_that_is_lost_is_said_with_what_can_be_done(site: Site):
    number = make_review(site, report=None)
    answer = sign_in(site, Role.QA).open(f"{REVIEWS}/{number}")
    assert answer.status_code == 404
    assert "./aftercare review 2026-10 writes a new version" in words_in(answer.text)


def test_without_reviews_the_page_says_when_one_comes(site: Site):
    assert "after the end of each month" in words_in(sign_in(site, Role.QA).open(REVIEWS).text)


def test_a_case_lists_the_runs_that_touched_it_and_links_them_for_those_who_watch_over_runs(site: Site):
    seeded = seed.asked(site.place)
    with site.store.write() as db:
        number = begin_run(db, "send-survey", at=site.clock(), prefect_run_id="0b3f6f5e-7d9d-4a54-8f7f-0d7c54bb2d3a")
    with written_by(number), site.store.write() as db:
        append(db, [NewEntry(event=Event.NOTE_ADDED, at=site.clock(), clause=Clause.SCOPE, case_id=seeded.case_id)])
    path = f"/console/cases/{seeded.case_id}"
    for role, links in ((Role.SERVICE_TEAM, False), (Role.QA, False), (Role.SERVICE_MANAGER, True)):
        page = sign_in(site, role).open(path).text
        assert "send survey: under way, 1 entry on this case" in words_in(page), role
        assert ("/v2/runs/flow-run/0b3f6f5e" in page) is links, role
