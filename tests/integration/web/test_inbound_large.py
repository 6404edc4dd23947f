"""Mail of any size: its text is taken, its attachments are counted, and neither fills our memory."""

import gc
import tracemalloc
from base64 import b64encode
from collections.abc import Callable, Iterator

import pytest

from tasks.place import Place
from tests import seed
from tests.asgi import Reply, request
from tests.replies import DOMAIN, MAIL_PATH, kept, reply_token, said
from tests.signing import SendGridKey
from tests.web_site import Site, make_site

MIB = 1024 * 1024
PIECE = b"\0\xff\r\n--x" * 9363
"""64 KiB, as a server hands them on; full of what looks like the beginning of a boundary."""
LINES = (b64encode(bytes(range(57))) + b"\r\n") * 840
KEY = SendGridKey()


def part(name: str, *, file: bool = False) -> bytes:
    more = f'; filename="{name}.bin"' if file else ""
    return f'\r\n--xYzZY\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()


def parsed(token: str, mib: int) -> Iterator[bytes]:
    """As it comes by default: fields, and attachments of `mib` MiB before the text."""
    yield part("to") + f"reply+{token}@{DOMAIN}".encode()
    for number in (1, 2):
        yield part(f"attachment{number}", file=True)
        yield from [PIECE] * (mib * 8)
    yield part("text") + b"4 great job" + part("attachments") + b"2\r\n--xYzZY--\r\n"


def wordy(token: str, mib: int) -> Iterator[bytes]:
    """With a text, a page and a field of ours that nobody needs, that have no end."""
    yield part("to") + f"reply+{token}@{DOMAIN}".encode()
    for name in ("text", "html", "spam_report"):
        yield part(name) + b"4 great job\r\n\r\n"
        yield from [b"> quoted again and again\r\n" * 2520] * (mib * 16 // 3)
    yield b"\r\n--xYzZY--\r\n"


def raw(token: str, mib: int) -> Iterator[bytes]:
    """As "Send Raw" has it: a whole mail in one field, its text last."""
    yield part("email") + f"To: reply+{token}@{DOMAIN}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".encode()
    for number in (1, 2):
        yield f"--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename={number}.png\r\n".encode()
        yield b"Content-Transfer-Encoding: base64\r\n\r\n"
        yield from [LINES] * (mib * 8)
    yield b"--b\r\nContent-Type: text/plain\r\n\r\n4 great job\r\n--b--\r\n\r\n--xYzZY--\r\n"


@pytest.fixture
def site(place: Place) -> Site:
    return make_site(place, sendgrid_inbound_keys=(KEY.public,))


def post(site: Site, pieces: Iterator[bytes], headers: dict[str, str]) -> Reply:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return request(site.app, "POST", MAIL_PATH.encode(), b"", pairs, pieces)


def signed(site: Site, pieces: Iterator[bytes]) -> dict[str, str]:
    return KEY.headers(b"".join(pieces), site.clock.now, content_type="multipart/form-data; boundary=xYzZY")


def peak_of(site: Site, pieces: Iterator[bytes], headers: dict[str, str]) -> tuple[Reply, int]:
    """The answer, and by how much Python's memory grew meanwhile, at most."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        reply = post(site, pieces, headers)
        return reply, tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", [parsed, wordy, raw])
def test_thirty_megabytes_take_little_memory_and_lose_no_text(site: Site, make: Callable[[str, int], Iterator[bytes]]):
    case = seed.asked(site.place)
    token = reply_token(site, case)
    headers = signed(site, make(token, 30))
    size = sum(map(len, make(token, 30)))
    post(site, make(token, 1), signed(site, make(token, 1)))  # what is made once is made before it is measured
    reply, peak = peak_of(site, make(token, 30), headers)
    print(f"{make.__name__}: {size / MIB:.0f} MiB posted, peak {peak / MIB:.1f} MiB")
    assert size > 29 * MIB
    assert reply.status == 200
    assert said(site)[0][0] == 4
    assert b'"attachments refused":' + (b"0" if make is wordy else b"2") in reply.body
    assert peak < 2 * MIB


def test_a_hook_that_keeps_what_it_reads_is_found_out(site: Site, monkeypatch: pytest.MonkeyPatch):
    hoard: list[bytes] = []
    monkeypatch.setattr("channels.sendgrid_signature.Claim.read",
                        lambda self, data: (hoard.append(bytes(bytearray(data))), self._hash.update(data)))  # fmt: skip
    headers = signed(site, parsed("x", 30))
    reply, peak = peak_of(site, parsed("x", 30), headers)
    assert reply.status == 200
    assert peak > 25 * MIB


def test_a_large_mail_that_is_not_signed_is_read_to_its_end_and_leaves_nothing(site: Site):
    token = reply_token(site, seed.asked(site.place))
    headers = signed(site, parsed(token, 5))
    altered = (piece.replace(b"4 great", b"1 great") for piece in parsed(token, 5))
    assert post(site, altered, headers).status == 401
    assert kept(site) == []


def test_what_is_longer_than_the_setting_is_refused(place: Place):
    site = make_site(place)
    headers = {"content-type": "multipart/form-data; boundary=xYzZY"}
    reply, peak = peak_of(site, parsed("x", 40), headers)
    assert (reply.status, kept(site)) == (413, [])
    assert peak < 2 * MIB
