"""What providers have not signed, or not now, or never send: refused, and no trace of it is left."""

import pytest
from sqlalchemy import func, select

from models.tables import provider_events
from tasks.place import Place
from tests import seed
from tests.dump import dump
from tests.providers import Providers, event, make_providers, message_of
from tests.signing import SendGridKey, events_body, status_body
from tests.web_site import make_site


@pytest.fixture
def providers(place: Place) -> Providers:
    return make_providers(place)


def kept(providers: Providers) -> int:
    with providers.site.store.read() as db:
        return int(db.execute(select(func.count()).select_from(provider_events)).scalar_one())


@pytest.mark.parametrize(
    "headers",
    [
        {"x-twilio-email-event-webhook-signature": ""},
        {"x-twilio-email-event-webhook-timestamp": "1600112502"},
        {"x-twilio-email-event-webhook-signature": SendGridKey().headers(b"", seed.ASKED_AT)[
            "x-twilio-email-event-webhook-signature"]},
    ],
)  # fmt: skip
def test_a_post_that_is_not_well_signed_is_answered_401_and_leaves_nothing(
    providers: Providers, headers: dict[str, str]
):
    message = message_of(providers.site.place, seed.asked(providers.site.place).case_id)
    before = dump(providers.site.store)
    reply = providers.tell(event("dropped", seed.ASKED_AT, message), **headers)
    assert (reply.status, reply.body) == (401, b"")
    assert dump(providers.site.store) == before


def test_an_old_post_is_refused_and_counted_in_the_log(providers: Providers, caplog: pytest.LogCaptureFixture):
    body = events_body([event("processed", seed.ASKED_AT)])
    headers = providers.key.headers(body, providers.clock.now)
    providers.clock.tick(seconds=601)
    assert providers.post(b"/hooks/sendgrid/events", body, headers).status == 401
    assert "well signed but at another time: 1" in caplog.text
    assert kept(providers) == 0


def test_without_keys_everything_is_refused(place: Place):
    bare = Providers(make_site(place))
    assert bare.tell(event("processed", seed.ASKED_AT)).status == 401
    assert bare.callback("r", "sent").status == 401
    assert kept(bare) == 0


def test_a_signed_post_that_is_no_json_is_400_and_a_longer_one_than_a_megabyte_413(providers: Providers):
    for body, status in ((b"no json", 400), (b"[" + b" " * 2**20 + b"]", 413)):
        headers = providers.key.headers(body, providers.clock.now)
        assert providers.post(b"/hooks/sendgrid/events", body, headers).status == status


def test_a_callback_of_another_account_or_about_no_sms_is_refused(providers: Providers):
    assert providers.callback("r", "sent", AccountSid="AC" + "9" * 32).status == 400
    assert providers.callback("r", "sent", MessageSid="SM1").status == 400
    assert providers.post(b"/hooks/twilio/status/r", status_body("sent"), {"x-twilio-signature": "x"}).status == 401
    assert kept(providers) == 0
