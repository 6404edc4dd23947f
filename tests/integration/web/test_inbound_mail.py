"""Mail from customers: the token in the address decides whose it is, whatever From says."""

import json

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from config.settings import SettingsError
from models.answers import new_token
from models.tables import cases, entries, replies, services
from tasks.concerns import judge_answers
from tests import seed
from tests.dump import dump
from tests.replies import (
    DOMAIN,
    MAIL_PATH,
    case_row,
    concerns,
    events,
    kept,
    reply_token,
    rows,
    said,
    send_mail,
    suppressed,
)
from tests.web_site import Site
from vocabulary import Disposition, Event, Stage
from web.app import create_app
from web.bell import Silent, Sound

QUOTED = "\r\n\r\nOn Tue, 6 Oct 2026 at 11:00, Example <reply@x.example> wrote:\r\n> How did we do?\r\n> 1 2 3 4 5"


def test_an_answer_above_the_quotation_is_recorded(site: Site):
    case = seed.asked(site.place)
    answer = send_mail(site, reply_token(site, case), "4 great job" + QUOTED)
    assert (answer.status_code, answer.json()) == (200, {"taken": True, "attachments refused": 0})
    assert said(site) == [(4, "great job", "email", 1)]
    assert rows(site, replies)[0].text == "4 great job"
    assert case_row(site, case).stage == Stage.ANSWERED
    assert Event.REPLY_RECEIVED in events(site)
    assert site.bell.sounds == [Sound.ANSWER_RECEIVED]


def test_who_it_says_it_is_from_means_nothing(site: Site):
    """From can be forged: it neither chooses the case nor changes an address."""
    case, other = seed.asked(site.place), seed.asked(site.place, email="other@example.com")
    before = rows(site, services)
    send_mail(site, reply_token(site, case), "2\nIt drips", sender="other@example.com")
    assert (case_row(site, case).rating, case_row(site, other).rating) == (2, None)
    assert rows(site, services) == before
    send_mail(site, None, "STOP", sender="other@example.com")
    assert suppressed(site) == set()
    assert case_row(site, other).stage == Stage.ASKED


def test_the_same_mail_counts_once(site: Site):
    case = seed.asked(site.place)
    token = reply_token(site, case)
    taken = [send_mail(site, token, "4", message_id="<one@example.com>").json()["taken"] for _ in range(3)]
    assert taken == [True, False, False]
    assert len(said(site)) == 1
    assert send_mail(site, token, "4", message_id="<two@example.com>").json()["taken"]


def test_the_token_survives_capitals_and_company(site: Site):
    case = seed.asked(site.place)
    token = reply_token(site, case)
    send_mail(site, None, "5", to=f'"Example" <REPLY+{token.upper()}@{DOMAIN.upper()}>, b@example.com')
    assert case_row(site, case).rating == 5


@pytest.mark.parametrize("text", ["STOP", "Unsubscribe.", "Arrêt\n\nSent from my iPhone"])
def test_an_opt_out_by_mail_holds_at_once(site: Site, text: str):
    case = seed.asked(site.place)
    send_mail(site, reply_token(site, case), text)
    assert suppressed(site) == {("*", True)}
    assert case_row(site, case).disposition == Disposition.OPTED_OUT
    assert kept(site) == [("opt-out", False)]


def test_an_address_never_runs_out_for_an_opt_out(site: Site):
    case = seed.ended(site.place)
    token = reply_token(site, case)
    site.clock.tick(days=500)
    send_mail(site, token, "unsubscribe")
    assert suppressed(site) == {("*", True)}


@pytest.mark.parametrize(
    ("headers", "sender", "understood", "open_"),
    [
        ("Auto-Submitted: auto-replied", "a@example.com", "automatic", False),
        ("Precedence: bulk", "a@example.com", "automatic", False),
        ("X-Autoreply: yes", "a@example.com", "automatic", False),
        ("", "mailer-daemon@mx.example.com", "bounce", True),
    ],
)
def test_machines_answer_nothing(site: Site, headers: str, sender: str, understood: str, open_: bool):
    case = seed.asked(site.place)
    send_mail(site, reply_token(site, case), "STOP. 1. I am away until Monday", headers=headers, sender=sender)
    assert kept(site) == [(understood, open_)]
    assert (said(site), suppressed(site), case_row(site, case).stage) == ([], set(), Stage.ASKED)
    assert site.bell.sounds == []


def test_a_null_sender_is_a_machine(site: Site):
    case = seed.asked(site.place)
    token = reply_token(site, case)
    envelope = json.dumps({"to": [f"reply+{token}@{DOMAIN}"], "from": ""})
    send_mail(site, token, "5", envelope=envelope)
    assert kept(site) == [("automatic", False)]


def test_attachments_are_refused_counted_and_the_text_is_taken(site: Site):
    case = seed.asked(site.place)
    answer = send_mail(site, reply_token(site, case), "5", files=[b"\0\xff" * 1000, b"x"])
    assert answer.json() == {"taken": True, "attachments refused": 2}
    assert rows(site, replies)[0].attachments == 2
    assert said(site) == [(5, None, "email", 1)]


def test_a_mail_of_attachments_alone_waits_for_a_person_who_sees_how_many_were_refused(site: Site):
    case = seed.asked(site.place)
    answer = send_mail(site, reply_token(site, case), "", files=[b"\xff\xd8 a photograph"])
    assert (answer.status_code, answer.json()) == (200, {"taken": True, "attachments refused": 1})
    assert said(site) == []
    [reply] = rows(site, replies)
    assert (reply.attachments, reply.settled_at) == (1, None)
    [entry] = [row for row in rows(site, entries) if row.event == Event.REPLY_RECEIVED]
    assert '"attachments refused": 1' in entry.detail


@pytest.mark.parametrize("text", ["2 it drips", "STOP", "wrong number", "please call me on +49 170 7654321"])
def test_whatever_a_reply_says_from_whomever_no_contact_data_changes(site: Site, text: str):
    case = seed.asked(site.place)

    def contact_data() -> list[object]:
        of_services = [(row.email, row.phone, row.customer_name, row.channels) for row in rows(site, services)]
        return [*of_services, *((row.email_key, row.phone_key) for row in rows(site, cases))]

    before = contact_data()
    send_mail(site, reply_token(site, case), text, sender='"Another Name" <forged@example.org>')
    assert contact_data() == before
    assert "forged@example.org" not in str(rows(site, services) + rows(site, cases))


def test_html_alone_is_read(site: Site):
    case = seed.asked(site.place)
    html = '<div>4 great</div><div class="gmail_quote">On Tue we wrote: <blockquote>1 2 3</blockquote></div>'
    send_mail(site, reply_token(site, case), "", html=html)
    assert said(site) == [(4, "great", "email", 1)]


def test_other_charsets_are_read(site: Site):
    case = seed.asked(site.place)
    raw = "fünf, sehr schön".encode("latin-1")
    send_mail(site, reply_token(site, case), raw, charsets='{"text":"iso-8859-1"}')
    assert said(site) == [(5, "sehr schön", "email", 1)]


def test_raw_mails_are_read(site: Site):
    case = seed.asked(site.place)
    token = reply_token(site, case)
    raw = f"Message-ID: <r1@example.com>\r\nTo: reply+{token}@{DOMAIN}\r\nFrom: a@example.com\r\n\r\n5 sehr gut\r\n"
    for _ in range(2):
        send_mail(site, token, None, headers=None, attachments=None, email=raw.encode())
    assert said(site) == [(5, "sehr gut", "email", 1)]


@pytest.mark.parametrize("text", ["When do you come?", "> only quoted", "", "8/10"])
def test_what_is_unclear_waits_for_a_person_with_its_text(site: Site, text: str):
    case = seed.asked(site.place)
    send_mail(site, reply_token(site, case), text)
    assert kept(site) == [("unclear", True)]
    assert rows(site, replies)[0].text == text
    assert case_row(site, case).stage == Stage.ASKED


@pytest.mark.parametrize("token", [None, new_token()], ids=["none", "unknown"])
def test_a_mail_for_no_case_waits_for_a_person(site: Site, token: str | None):
    send_mail(site, token, "1 terrible")
    assert kept(site) == [("answer", True)]
    assert rows(site, replies)[0].case_id is None


def test_a_token_serves_one_purpose(site: Site):
    case = seed.asked(site.place)
    for token in (case.survey, case.unsubscribe):
        send_mail(site, token, "STOP")
    assert suppressed(site) == set()
    reply = reply_token(site, case)
    assert site.client.get(f"/s/{reply}").status_code == 404
    site.client.post(f"/u/{reply}")
    assert suppressed(site) == set()


def test_a_reply_to_the_recovery_survey_is_about_the_resolution(site: Site):
    case = seed.recovering(site.place)
    site.clock.now = seed.RECOVERING_AT
    send_mail(site, reply_token(site, case, escalation_id=case.escalation_id), "No, it drips again")
    judge_answers.fn([case.case_id], site.clock.now)
    assert (case_row(site, case).stage, concerns(site)[0].reopened) == (Stage.ESCALATED, 1)


def test_nul_and_half_characters_can_be_kept(site: Site):
    case = seed.asked(site.place)
    send_mail(site, reply_token(site, case), "5 gr\0eat \x07\u2028 👍", subject="\0", headers="X: \0")
    assert said(site)[0][:2] == (5, "great \u2028 👍")


def test_who_does_not_know_the_address_finds_nothing(site: Site):
    case = seed.asked(site.place)
    token = reply_token(site, case)
    before = dump(site.store)
    for secret in ("x" * 32, "", "%ff", "k3v7"):
        assert send_mail(site, token, "STOP", path=f"/hooks/sendgrid/inbound/{secret}").status_code == 404
    assert dump(site.store) == before


def _site_with(site: Site, **changes: object) -> Site:
    settings = site.place.settings.model_copy(update=changes)
    site.client = TestClient(create_app(settings, site.place.store, site.clock, Silent()))
    return site


def test_without_a_secret_no_mail_is_taken(site: Site):
    assert send_mail(_site_with(site), None, "5").status_code == 404


def test_a_login_can_be_demanded_besides(site: Site):
    secret = MAIL_PATH.rpartition("/")[2].upper()  # paths are read in lower case
    login = {"inbound_username": "sendgrid", "inbound_password": SecretStr("pass word")}
    _site_with(site, inbound_secret=SecretStr(secret), **login)
    assert send_mail(site, None, "5").status_code == 401
    assert send_mail(site, None, "5", login=("sendgrid", "wrong")).status_code == 401
    assert send_mail(site, None, "5", login=("sendgrid", "pass word")).status_code == 200


def test_a_secret_that_can_be_guessed_is_refused(site: Site):
    for secret in ("short", "ü" * 40):
        with pytest.raises(SettingsError, match="AFTERCARE_INBOUND_SECRET"):
            _site_with(site, inbound_secret=SecretStr(secret))
    with pytest.raises(SettingsError, match="AFTERCARE_INBOUND_PASSWORD"):
        _site_with(site, inbound_username="x")


def test_a_mail_that_is_too_long_is_refused_unread(site: Site):
    _site_with(site, inbound_secret=SecretStr(MAIL_PATH.rpartition("/")[2]), inbound_most_bytes=64 * 1024)
    assert send_mail(site, None, "5", files=[b"x" * 64 * 1024]).status_code == 413
    assert kept(site) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b"--y"),
        ("application/json", b"{}"),
        ("", b""),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n'
         + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 2000 + b"\r\n--b--\r\n"),
    ],
)  # fmt: skip
def test_what_is_no_mail_is_refused(site: Site, kind: str, body: bytes):
    before = dump(site.store)
    answer = site.client.post(MAIL_PATH, content=body, headers={"content-type": kind})
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert dump(site.store) == before
