"""Any bytes, in any pieces, on the hook for mail: never an error of ours, and nothing unsigned is stored."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from tasks.place import Place
from tests import seed
from tests.asgi import request
from tests.dump import dump
from tests.replies import DOMAIN, MAIL_PATH, reply_token
from tests.signing import SendGridKey
from tests.web_site import Site, make_site

often = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
KEY = SendGridKey()
ANY = st.binary(max_size=200)
NAMES = ["headers", "text", "html", "email", "from", "to", "subject", "envelope", "charsets", "attachments", "odd"]
LINES = [b"\r\n", b"\n", b"--b", b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: text/html\r\n",
         b"Content-Transfer-Encoding: base64\r\n", b"A" * 76 + b"\r\n", b"Content-Type: message/rfc822\r\n",
         b'{"to": ["a"], "from": 1}', b'{"text": "utf-7"}', b"<blockquote>", b"<!--", b"5", b"\xff"]  # fmt: skip
MIME = st.lists(st.sampled_from(LINES) | ANY, max_size=12).map(b"".join)
HEADS = st.sampled_from([b"", b"; filename=a", b'; filename="\xff"', b"; filename*=utf-8''%ff", b"\r\nX: y", b"\r\n: "])


@pytest.fixture
def site(place: Place) -> Site:
    made = make_site(place, sendgrid_inbound_keys=(KEY.public,))
    made.token = reply_token(made, seed.asked(place))  # type: ignore[attr-defined]  # one: a test is called many times
    return made


@st.composite
def forms(draw: st.DrawFn) -> bytes:
    fields = draw(st.lists(st.tuples(st.sampled_from(NAMES), HEADS, MIME), max_size=6))
    body = b"".join(
        b'--xYz\r\nContent-Disposition: form-data; name="' + name.encode() + b'"' + head + b"\r\n\r\n" + value + b"\r\n"
        for name, head, value in fields
    )
    return body + draw(st.sampled_from([b"--xYz--\r\n", b"--xYz--", b"--xYz", b"", b"--xYz--\r\nmore"]))


def in_pieces(body: bytes, data: st.DataObject) -> list[bytes]:
    size = data.draw(st.integers(1, len(body) + 1))
    return [body[at : at + size] for at in range(0, len(body), size)]


@often
@given(st.data())
def test_what_is_not_signed_is_refused_and_leaves_nothing(site: Site, data: st.DataObject):
    before = dump(site.store)
    body = data.draw(forms() | ANY)
    good = KEY.headers(b"something else", site.clock.now, content_type="multipart/form-data; boundary=xYz")
    names = st.sampled_from([*good, "content-length", "authorization", "transfer-encoding"])
    odd = data.draw(st.lists(st.tuples(names.map(str.encode), ANY), max_size=3))
    kept = data.draw(st.sets(st.sampled_from([*good])))
    headers = [(name.encode(), value.encode()) for name, value in good.items() if name in kept] + odd
    reply = request(site.app, "POST", MAIL_PATH.encode(), data.draw(ANY), headers, in_pieces(body, data))
    event(str(reply.status))
    assert reply.status in (401, 413)
    assert reply.status != 401 or reply.body == b""
    assert dump(site.store) == before


@often
@given(st.data())
def test_whatever_is_signed_is_taken_or_refused_and_can_be_read_again(site: Site, data: st.DataObject):
    address = f"reply+{site.token}@{DOMAIN}".encode()  # type: ignore[attr-defined]
    to = b'--xYz\r\nContent-Disposition: form-data; name="to"\r\n\r\n' + address + b"\r\n"
    body: Any = data.draw(forms().map(lambda form: to + form) | forms() | ANY)
    kind = data.draw(st.sampled_from(["multipart/form-data; boundary=xYz"] * 6 + ["text/plain", "", "multipart/mixed"]))
    headers = [(name.encode(), value.encode())
               for name, value in KEY.headers(body, site.clock.now, content_type=kind).items()]  # fmt: skip
    reply = request(site.app, "POST", MAIL_PATH.encode(), b"", headers, in_pieces(body, data))
    event(str(reply.status))
    assert reply.status in (200, 400)
    dump(site.store)
