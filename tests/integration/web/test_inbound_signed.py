"""Mail that SendGrid signs: what is not well signed and of now is refused, and leaves nothing."""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from config.settings import SettingsError
from tasks.place import Place
from tests import seed
from tests.asgi import Reply, request
from tests.dump import dump
from tests.replies import DOMAIN, MAIL_PATH, kept, reply_token, said
from tests.signing import SendGridKey
from tests.web_site import Site, make_site

KEY, NEW = SendGridKey(), SendGridKey()
STAMP, SIGNATURE = "x-twilio-email-event-webhook-timestamp", "x-twilio-email-event-webhook-signature"


@pytest.fixture
def site(place: Place) -> Site:
    return make_site(place, sendgrid_inbound_keys=(KEY.public, NEW.public))


def form(token: str, text: str = "4 great job") -> tuple[str, bytes]:
    """Content type and bytes of a post."""
    fields = {"to": f"reply+{token}@{DOMAIN}", "text": text, "headers": "Message-ID: <1@example.com>"}
    made = httpx.Request("POST", "http://x", files={name: (None, value) for name, value in fields.items()})
    return made.headers["content-type"], made.read()


def post(site: Site, body: bytes, headers: dict[str, str]) -> Reply:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return request(
        site.app, "POST", MAIL_PATH.encode(), b"", pairs, [body[at : at + 100] for at in range(0, len(body), 100)]
    )


@pytest.mark.parametrize("key", [KEY, NEW], ids=["the old key", "the new key"])
def test_signed_mail_is_taken(site: Site, key: SendGridKey):
    kind, body = form(reply_token(site, seed.asked(site.place)))
    assert post(site, body, key.headers(body, site.clock.now, content_type=kind)).status == 200
    assert said(site) == [(4, "great job", "email", 1)]


def _without(name: str) -> Any:
    return lambda body, good, _: (body, {key: value for key, value in good.items() if key != name})


def _signed_at(**off: float) -> Any:
    return lambda body, good, now: (body, KEY.headers(body, now + timedelta(**off), content_type=good["content-type"]))


def _digits_moved(body: bytes, good: dict[str, str], _: datetime) -> tuple[bytes, dict[str, str]]:
    return good[STAMP][7:].encode() + body, good | {STAMP: good[STAMP][:7]}


FORGERIES: dict[str, Any] = {
    "unsigned": _without(SIGNATURE),
    "no time": _without(STAMP),
    "another key": lambda body, good, now: (
        body, SendGridKey().headers(body, now, content_type=good["content-type"])
    ),
    "another body": lambda body, good, _: (body.replace(b"4 great", b"1 great"), good),
    "another time": lambda body, good, _: (body, good | {STAMP: str(int(good[STAMP]) - 1)}),
    "too old": _signed_at(minutes=-11),
    "too new": _signed_at(minutes=11),
    "digits moved": _digits_moved,
    "twice": lambda body, good, _: (body, good | {SIGNATURE.upper(): good[SIGNATURE]}),
    "no form at all": lambda _, good, __: (b"nonsense", good),
}  # fmt: skip


@pytest.mark.parametrize("how", FORGERIES)
def test_anything_else_gets_401_with_nothing_and_leaves_nothing(site: Site, how: str):
    kind, body = form(reply_token(site, seed.asked(site.place)))
    good = KEY.headers(body, site.clock.now, content_type=kind)
    before = dump(site.store)
    reply = post(site, *FORGERIES[how](body, good, site.clock.now))
    assert (reply.status, reply.body) == (401, b"")
    assert dump(site.store) == before


def test_what_sendgrid_signed_and_is_no_form_is_told_so(site: Site):
    headers = KEY.headers(b"nonsense", site.clock.now, content_type="multipart/form-data; boundary=x")
    assert post(site, b"nonsense", headers).status == 400
    assert kept(site) == []


def test_who_does_not_know_the_address_is_told_nothing_however_well_signed(site: Site):
    _, body = form("x")
    headers = [(name.encode(), value.encode()) for name, value in KEY.headers(body, site.clock.now).items()]
    assert request(site.app, "POST", b"/hooks/sendgrid/inbound/" + b"x" * 32, b"", headers, body).status == 404


def test_old_posts_are_counted_and_told(site: Site, caplog: pytest.LogCaptureFixture):
    kind, body = form("x")
    headers = KEY.headers(body, site.clock.now - timedelta(hours=1), content_type=kind)
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            post(site, body, headers)
    assert [line for line in caplog.messages if "Posts of mail refused" in line] == [
        f"Posts of mail refused, well signed but at another time: {count}; look at the clock, or raise "
        "AFTERCARE_EVENT_TOLERANCE_S." for count in (1, 2, 4)
    ]  # fmt: skip


def test_keys_may_stand_in_a_file(place: Place, tmp_path: Path):
    file = tmp_path / "keys"
    file.write_text(f"{KEY.public}\n{NEW.public}\n")
    site = make_site(place, sendgrid_inbound_keys_file=file)
    assert TestClient(site.app).post(MAIL_PATH, files={"text": (None, "5")}).status_code == 401
    kind, body = form("x")
    assert post(site, body, NEW.headers(body, site.clock.now, content_type=kind)).status == 200


@pytest.mark.parametrize("content", ["", "nonsense"])
def test_a_file_without_good_keys_is_refused_at_the_start(place: Place, tmp_path: Path, content: str):
    """An empty one must not silently take the protection away."""
    file = tmp_path / "keys"
    file.write_text(content)
    with pytest.raises(SettingsError, match=str(file)):
        make_site(place, sendgrid_inbound_keys_file=file)
