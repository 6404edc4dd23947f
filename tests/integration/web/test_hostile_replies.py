"""Any bytes from who knows the address of the inbound mail: kept or refused, never an error of ours."""

from hypothesis import event, given
from hypothesis import strategies as st

from models.tables import replies
from tests import seed
from tests.asgi import request
from tests.integration.web.test_hostile_input import often
from tests.replies import MAIL_PATH, SMS_PATH, kept, phone_of, reply_token, rows, send_text, suppressed
from tests.web_site import Site

NAMES = st.sampled_from(
    ["headers", "text", "html", "from", "to", "subject", "envelope", "charsets", "attachments", "email", "dkim", "x"]
)
VALUES = st.binary(max_size=150) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass"))
JSON = st.sampled_from([b"{}", b"[]", b"1", b'{"to":1}', b'{"to":[null,{}]}', b'{"to":"x","from":[]}',
                        b'{"text":"zip"}', b'{"text":1}', b"{" * 3000, b'{"from":null}'])  # fmt: skip
FILES = st.sampled_from([b"", b'; filename="a.png"', b"; filename=", b"; filename*=utf-8''%ff"])


@st.composite
def forms(draw: st.DrawFn) -> bytes:
    parts = draw(st.lists(st.tuples(NAMES, VALUES | JSON, FILES), max_size=8))
    head = b"--b\r\nContent-Disposition: form-data; name="
    lines = [head + b'"' + name.encode() + b'"' + file + b"\r\n\r\n" + value + b"\r\n" for name, value, file in parts]
    return b"".join(lines) + b"--b--\r\n"


@often
@given(body=forms() | VALUES, kind=st.just(b"multipart/form-data; boundary=b") | VALUES)
def test_no_mail_makes_an_error(site: Site, body: bytes, kind: bytes):
    answer = request(site.app, "POST", MAIL_PATH.encode(), headers=[(b"content-type", kind)], body=body)
    event(str(answer.status))
    assert answer.status in (200, 400)
    assert suppressed(site) == set()


@often
@given(body=st.text(max_size=120), kind=st.sampled_from(["", "STOP", "HELP", "x"]))
def test_every_text_is_kept(site: Site, body: str, kind: str):
    case = seed.asked(site.place)
    before = len(kept(site))
    body = body.encode("utf-8", "replace").decode()
    assert send_text(site, phone_of(site, case), body, OptOutType=kind).status_code == 200
    assert len(kept(site)) == before + 1


@often
@given(body=VALUES, query=VALUES, signature=VALUES)
def test_nothing_unsigned_is_stored(site: Site, body: bytes, query: bytes, signature: bytes):
    headers = [(b"x-twilio-signature", signature)]
    answer = request(site.app, "POST", SMS_PATH.encode(), query.replace(b"#", b""), headers, body)
    assert (answer.status, answer.body) == (401, b"")
    assert rows(site, replies) == []


def test_a_sender_that_hangs_up_is_no_error(site: Site):
    token = reply_token(site, seed.asked(site.place))
    answer = request(site.app, "POST", MAIL_PATH.encode(), body=token.encode(), hangs_up=True)
    assert answer.status == 400
