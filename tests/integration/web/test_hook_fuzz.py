"""Any bytes on the hooks of providers: never an error of ours, and nothing is stored that was not signed."""

import json
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from tasks.place import Place
from tests import seed
from tests.asgi import request
from tests.dump import dump
from tests.providers import KEY, Providers, make_providers, message_of
from tests.signing import status_body, twilio_signature

often = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
ANY = st.binary(max_size=150)
SENDGRID = [b"x-twilio-email-event-webhook-signature", b"x-twilio-email-event-webhook-timestamp"]
HEADERS = st.lists(
    st.tuples(st.sampled_from([*SENDGRID, b"x-twilio-signature", b"content-type", b"content-length", b"host"]), ANY),
    max_size=6,
)
TEXT = st.text(st.characters(codec=None), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["email", "timestamp", "event", "type", "reason", "status", "sg_event_id", "sg_message_id", "smtp-id",
          "category", "ac_send", "pool", "attempt"]  # fmt: skip
KINDS = ["processed", "deferred", "delivered", "bounce", "dropped", "spamreport", "unsubscribe", "open", "click"]


@pytest.fixture
def providers(place: Place) -> Providers:
    made = make_providers(place)
    made.case = seed.asked(place)  # type: ignore[attr-defined]  # one: hypothesis calls a test many times
    return made


@often
@given(st.data())
def test_what_is_not_signed_is_refused_and_leaves_nothing(providers: Providers, data: st.DataObject):
    before = dump(providers.site.store)
    path = data.draw(st.sampled_from([b"/hooks/sendgrid/events", b"/hooks/twilio/status/", b"/hooks/"]))
    rest = data.draw(st.just(b"") | ANY.map(lambda raw: quote_from_bytes(raw).encode()) | ANY)
    form = st.dictionaries(st.sampled_from(["MessageSid", "MessageStatus", "AccountSid", "x"]), ANY | TEXT, max_size=4)
    encoded = form.map(lambda fields: urlencode(fields, errors="replace").encode())
    headers = [(name, value) for name, value in data.draw(HEADERS)]
    good = KEY.headers(b"something else", providers.clock.now)
    headers += data.draw(st.sampled_from([[], [(name.encode(), value.encode()) for name, value in good.items()]]))
    method = data.draw(st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "OPTIONS"]))
    reply = request(providers.site.app, method, path + rest, data.draw(ANY), headers, data.draw(encoded | ANY))
    event(f"{path!r} {reply.status}")
    assert 400 <= reply.status < 500 or (method == "OPTIONS" and reply.status == 204)
    assert reply.status != 401 or reply.body == b""
    assert dump(providers.site.store) == before


@often
@given(st.data())
def test_whatever_is_signed_is_taken_or_refused_and_can_be_read_again(providers: Providers, data: st.DataObject):
    ref = message_of(providers.site.place, providers.case.case_id).ref  # type: ignore[attr-defined]
    likely = st.fixed_dictionaries(
        {"event": st.sampled_from(KINDS)}, optional={"ac_send": st.just(ref), "sg_event_id": TEXT, "timestamp": VALUES}
    )
    odd = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6)
    events: Any = data.draw(st.lists(likely | odd | VALUES, max_size=5) | VALUES)
    body = data.draw(st.just(json.dumps(events).encode()) | st.binary(max_size=300))
    headers = KEY.headers(body, providers.clock.now)
    reply = providers.post(b"/hooks/sendgrid/events", body, headers)
    event(str(reply.status))
    assert reply.status in (204, 400)
    dump(providers.site.store)


@often
@given(st.data())
def test_whatever_twilio_signs_is_taken_or_refused(providers: Providers, data: st.DataObject):
    ref = message_of(providers.site.place, providers.case.case_id).ref  # type: ignore[attr-defined]
    fields = st.sampled_from(["MessageSid", "MessageStatus", "ErrorCode", "To", "odd"])
    changed = data.draw(st.dictionaries(fields, st.text(max_size=30), max_size=3))
    body = status_body(data.draw(st.sampled_from(["sent", "delivered", "failed"])), **changed)
    path = f"/hooks/twilio/status/{data.draw(st.sampled_from([ref, 'nobody']))}"
    signature = twilio_signature(f"{providers.site.place.settings.web_url}{path}", body)
    reply = providers.post(path.encode(), body, {"x-twilio-signature": signature})
    event(str(reply.status))
    assert reply.status in (204, 400)
    dump(providers.site.store)
