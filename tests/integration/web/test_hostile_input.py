"""Any bytes, in any place of a request: never an error of ours, and nothing is stored that nobody signed or typed."""

import json
from urllib.parse import quote_from_bytes, urlencode

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from tests import seed
from tests.asgi import request
from tests.dump import dump
from tests.web_site import Site, nonce_in, signature

EXAMPLES = 150
often = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)

METHODS = st.sampled_from(["POST", "POST", "POST", "GET", "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "BREW"])
ANY = st.binary(max_size=200)
TEXT = st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass"))
LONG_TEXT = st.text(max_size=3000).map(lambda text: text.encode("utf-8", "surrogatepass"))
HEADER = st.sampled_from(
    [b"content-type", b"content-length", b"host", b"cookie", b"accept", b"range", b"webhook-id", b"webhook-timestamp",
     b"webhook-signature", b"x-forwarded-for", b"expect", b"transfer-encoding", b"authorization", b"if-none-match"]
)  # fmt: skip
HEADERS = st.lists(st.tuples(HEADER, ANY), max_size=6)
FORM = st.dictionaries(
    st.sampled_from(["rating", "comment", "contact_me", "nonce", "website", "List-Unsubscribe"]), ANY | TEXT, max_size=6
)


@often
@given(st.data())
def test_no_bytes_make_an_error_or_a_row(site: Site, data: st.DataObject):
    case = _case(site)
    before = dump(site.store)
    prefix = data.draw(
        st.sampled_from(
            [
                b"/s/",
                b"/u/x",
                b"/services/closed",
                b"/services/reopened",
                b"/static/",
                b"/",
                b"/hooks/twilio/sms",
                b"/hooks/sendgrid/inbound/",
            ]
        )
    )
    token = data.draw(st.sampled_from([b"", case.survey.encode(), case.survey.upper().encode()]))
    rest = data.draw(st.just(b"") | ANY.map(lambda raw: quote_from_bytes(raw).encode()) | ANY)
    form = data.draw(FORM.map(lambda fields: urlencode(fields).encode()))
    reply = request(
        site.app, data.draw(METHODS), prefix + (token if prefix == b"/s/" else b"") + rest, data.draw(ANY),
        data.draw(HEADERS), data.draw(st.sampled_from([form]) | ANY | st.binary(max_size=3000)),
    )  # fmt: skip
    assert 200 <= reply.status < 500
    event(f"{prefix!r} {reply.status}")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert dump(site.store) == before


@often
@given(rating=ANY | TEXT, comment=st.binary(max_size=6000) | LONG_TEXT, contact=ANY)
def test_whatever_is_typed_is_kept_or_said_to_be_at_fault(site: Site, rating: bytes, comment: bytes, contact: bytes):
    case = _case(site)
    page = site.client.get(f"/s/{case.survey}").text
    site.clock.tick(seconds=3)
    body = urlencode({"nonce": nonce_in(page), "rating": rating, "comment": comment, "contact_me": contact}).encode()
    reply = request(site.app, "POST", f"/s/{case.survey}".encode(), b"", (), body)
    event(str(reply.status))
    assert reply.status in (200, 422)
    dump(site.store)  # what was stored can be read again


@often
@given(st.data())
def test_signed_reports_of_any_shape_are_taken_or_refused(site: Site, data: st.DataObject):
    texts = st.text(st.characters(codec=None), max_size=30)
    values = st.none() | st.booleans() | st.integers() | st.floats() | texts | st.lists(texts, max_size=4)
    good = json.loads(seed.report().model_dump_json())
    free = ["kind", "department", "branch", "agent", "customer_ref", "customer_name", "language", "tags"]
    likely = data.draw(st.dictionaries(st.sampled_from(free), st.text(max_size=30), max_size=4))
    changes = data.draw(st.just({}) | st.dictionaries(st.sampled_from([*good]) | texts, values, max_size=3))
    body = data.draw(
        st.just(json.dumps([good | likely | changes]).encode())
        | st.recursive(values, lambda inner: st.lists(inner) | st.dictionaries(texts, inner)).map(
            lambda value: json.dumps(value).encode()
        )
        | st.binary(max_size=500)
    )
    before = dump(site.store)["services"]
    headers = [(name.encode(), value.encode()) for name, value in signature(body, site.clock.now).items()]
    path = data.draw(st.sampled_from([b"/services/closed", b"/services/reopened"]))
    reply = request(site.app, "POST", path, b"", [(b"content-type", b"application/json"), *headers], body)
    event(str(reply.status))
    assert reply.status in (200, 201, 400, 404, 409, 422)
    assert (dump(site.store)["services"] == before) is (reply.status != 201)


@pytest.mark.parametrize(
    "path", [b"/s/%ff%fe", b"/s/%00", b"/%2e%2e/%2e%2e/etc/passwd", b"/s/\xff\xfe", b"//s//", b"/s/" + b"a" * 60_000]
)
def test_odd_paths_are_links_that_cannot_be_used(site: Site, path: bytes):
    assert request(site.app, "GET", path).status == 404


def _case(site: Site) -> seed.Seeded:
    """One per test: hypothesis calls a test many times with the same fixtures."""
    if not hasattr(site, "case"):
        site.case = seed.asked(site.place)  # type: ignore[attr-defined]
    return site.case  # type: ignore[attr-defined,no-any-return]
