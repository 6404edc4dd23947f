"""Secrets of our links, lived through: whoever reads the log later cannot answer or leave in a customer's name."""

import csv
import re
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from cli.app import app
from models.log import NewEntry, append
from models.tables import answers, replies
from tests.acceptance.days import Days
from tests.acceptance.test_replies import reply_token
from tests.replies import DOMAIN, send_mail
from tests.web_site import Site, make_site
from vocabulary import Clause, Event

TOKEN = re.compile(r"[a-z2-7]{32}", re.IGNORECASE)


@pytest.fixture
def site(days: Days, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("AFTERCARE_REPLY_DOMAIN", DOMAIN)
    days.report()
    days.live(hours=5)
    return make_site(days.here, days.now)


def exported(tmp_path: Path) -> list[dict[str, str]]:
    file = tmp_path / "log.csv"
    assert CliRunner().invoke(app, ["log", "export", str(file)]).exit_code == 0
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_reply_whose_quotation_is_not_cut_leaves_none_in_store_or_export(days: Days, site: Site, tmp_path: Path):
    letter, token = days.letters()[0], reply_token(days)
    assert TOKEN.search(letter.text)
    uncut = f"It still drips, sorry.\n\nVan: <reply+{token}@{DOMAIN}>\n{letter.text}"
    assert send_mail(site, token, uncut).status_code == 200
    kept = [row.text for row in days.rows(replies)] + [row.comment or "" for row in days.rows(answers)]
    assert any(text.startswith("It still drips, sorry.") for text in kept)
    assert not TOKEN.search(" ".join(kept))
    assert not TOKEN.search(" ".join(row["comment"] + row["detail"] for row in exported(tmp_path)))


def test_a_comment_on_the_page_with_a_pasted_link_leaves_none(days: Days, site: Site, tmp_path: Path):
    link = days.letters()[0].token("s")
    sent = {"rating": "5", "comment": f"Is https://feedback.example.com/s/{link} still good?"}
    assert site.answer(link, **sent).status_code == 200
    assert "https://feedback.example.com/s/… still good?" in " ".join(row["comment"] for row in exported(tmp_path))


def test_the_same_form_sent_twice_is_thanked_for_twice(days: Days, site: Site):
    link = days.letters()[0].token("s")
    nonce = re.findall(r'name="nonce" value="([^"]+)"', site.open(link))[0]
    sent = {"rating": "5", "comment": f"see /s/{link}"}
    assert [site.press(link, nonce, **sent).status_code for _ in range(2)] == [200, 200]
    assert len(days.rows(answers)) == 1


def test_a_comment_that_was_kept_with_one_before_is_exported_without(days: Days, site: Site, tmp_path: Path):
    link = days.letters()[0].token("s")
    old = {"case_id": 1, "version": 1, "nonce": "old", "channel": "email", "comment": f"see /s/{link}",
           "received_at": days.now}  # fmt: skip
    with days.here.store.write() as db:
        number = db.execute(insert(answers).values(old).returning(answers.c.id)).scalar_one()
        append(db, [NewEntry(event=Event.ANSWER_RECEIVED, at=days.now, clause=Clause.ASK, case_id=1, ref_id=number)])
    assert "see /s/…" in [row["comment"] for row in exported(tmp_path)]
