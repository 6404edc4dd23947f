"""Any bytes to any door of the console: never an error of ours, and nothing changes without proof of who sends it."""

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, event, example, given, settings
from hypothesis import strategies as st

from tests.asgi import Reply, request
from tests.console import COOKIE, hidden_in, sign_in
from tests.databases import in_a_hurry
from tests.dump import dump
from tests.integration.console.test_matrix import MAKERS, MINE, Objects, all_doors
from tests.web_site import Site
from vocabulary import Role
from web.console.doors import Door

often = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
ANY = st.binary(max_size=120)
TEXT = st.text(st.characters(codec=None), max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass"))
LIKELY = st.sampled_from(
    [b"", b"0", b"1", b"2", b"-1", b"5", b"9999999999", b"99999999999999999999", b"1e9", "\u0663".encode(), b"yes",
     b"*",
     b"2026-10-08T12:00", b"0001-01-01T00:00", b"9999-12-31T23:59", b"2026-13-40", b"2026-10-25T02:30", b"9999-12-31",
     b"0001-01-01", b"2026-10-08T12:00+23:59", b"2026-W41-3", b"Europe/Berlin", b"../etc/passwd", b"parts", b"billing",
     b"workmanship", b"email", b"sms", b"Heating", b"Plumbing", b"petra.lindqvist@staff.example.com", b"answered",
     b"tom.okafor@staff.example.com", b"called the customer", b"third party", b"hand over", b"leave", b"answer",
     b"call back", b"refused", b"concern", b"opt-out", b"noted", b"qa", b"admin\nqa", b"x" * 5000]
)  # fmt: skip
VALUES = LIKELY | TEXT | ANY
FIELDS = (
    "comment", "message", "channel", "several", "how", "contact", "owner", "department", "why", "seen", "due", "what",
    "subtask_department", "other", "attach_why", "root_cause", "action", "was", "reason", "code", "until", "note",
    "outcome", "rating", "call_back_at", "result", "name", "email", "roles", "departments", "timezone", "password",
    "concerns", "successor", "away_from", "away_until", "stand_in", "now", "new", "repeated",
)  # fmt: skip
HEADERS = st.lists(
    st.tuples(st.sampled_from([b"content-type", b"content-length", b"host", b"origin", b"sec-fetch-site", b"accept",
                               b"cookie", b"x-forwarded-for", b"referer", b"range", b"if-none-match"]), ANY | TEXT),
    max_size=4,
)  # fmt: skip
QUERIES = st.dictionaries(
    st.sampled_from(["text", "department", "branch", "stage", "disposition", "from", "until", "after", "state", "mine",
                     "done", "next", "owner", "severity", "in", "language", "page"]), VALUES, max_size=4,
).map(lambda fields: urlencode(fields).encode())  # fmt: skip
NUMBERS = st.sampled_from([b"1", b"2", b"0", b"-1", b"4294967296", b"1e3", b"%00", b"%ff", b"1%2f..", b"x" * 300])


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """What PostgreSQL refuses, texts lose before they reach a store."""
    (tmp_path / "aftercare.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'aftercare.db'}"


@pytest.fixture
def desk(site: Site) -> tuple[Objects, bytes]:
    """One of everything, and the cookie of somebody with every role."""
    in_a_hurry(site.store)
    own = {kind: make(site, MINE) for kind, make in MAKERS.items()}
    token = sign_in(site, *Role).token
    return Objects(own, own), f"{COOKIE}={token}".encode()


def path_of(door: Door, number: bytes) -> bytes:
    return door.path.encode().replace(b"{number}", number)


def answered(reply: Reply) -> None:
    assert 200 <= reply.status < 500, reply.body[:300]
    event(str(reply.status))


@often
@given(data=st.data())
def test_no_bytes_make_an_error_and_none_changes_anything_without_proof(
    site: Site, desk: tuple[Objects, bytes], data: st.DataObject
):
    objects, cookie = desk
    before = dump(site.store)
    door = data.draw(st.sampled_from(all_doors(site.place)))
    number = data.draw(st.just(str(objects.own.get(door.of or "", 1)).encode()) | NUMBERS)
    rest = data.draw(st.sampled_from([b"", b"", b"", b"/", b"/x", b"%00", b"/../people"]))
    method = data.draw(st.sampled_from([door.method] * 4 + ["HEAD", "PUT", "DELETE", "OPTIONS", "BREW"]))
    identity = data.draw(st.sampled_from([[(b"cookie", cookie)]] * 3 + [[]]))
    form = st.dictionaries(st.sampled_from([*FIELDS, "csrf", "nonce"]), VALUES, max_size=6)
    body = data.draw(form.map(lambda fields: urlencode(fields).encode()) | ANY)
    reply = request(site.app, method, path_of(door, number) + rest, data.draw(QUERIES | ANY),
                    [*identity, *data.draw(HEADERS)], body)  # fmt: skip
    answered(reply)
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert _without_time(dump(site.store)) == _without_time(before)


def _without_time(dumped: dict) -> dict:
    """Who looks at a page was there: that is written down once a minute."""
    return {name: rows for name, rows in dumped.items() if name != "sign_ins"}


@often
@given(data=st.data())
def test_whatever_stands_in_a_form_of_ours_is_taken_or_refused(
    site: Site, desk: tuple[Objects, bytes], data: st.DataObject
):
    """Each example fills in one form several times: what the first did, the next ones meet."""
    objects, _ = desk
    if not hasattr(site, "staff"):
        site.staff = sign_in(site, *Role)  # type: ignore[attr-defined]
    if site.staff.open("/console/me").status_code != 200:  # type: ignore[attr-defined]
        site.staff = sign_in(site, *Role)  # type: ignore[attr-defined]  # the form before signed them out
    staff = site.staff  # type: ignore[attr-defined]
    door = data.draw(st.sampled_from([door for door in all_doors(site.place) if door.method == "POST"]))
    hidden = hidden_in(staff.open("/console/me").text)
    said = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, VALUES)))
    body = urlencode({**said, **hidden}).encode()
    path = path_of(door, str(objects.own.get(door.of or "", 1)).encode())
    cookie = f"{COOKIE}={staff.token}".encode()
    reply = request(site.app, "POST", path, b"", [(b"cookie", cookie)], body)
    answered(reply)
    assert reply.status in (303, 404, 409), reply.status
    event(f"{re.sub('[0-9]+', 'N', path.decode())} {reply.status}")
    dump(site.store)  # what was stored can be read again


@often
@given(query=QUERIES, data=st.data())
@example(query=b"next=%ff", data=None)
@example(query=b"from=0", data=None)
@example(query=b"\xff\xfe", data=None)
def test_every_page_stands_whatever_is_asked_of_it(
    site: Site, desk: tuple[Objects, bytes], query: bytes, data: st.DataObject | None
):
    objects, cookie = desk
    pages = [door for door in all_doors(site.place) if door.method == "GET"]
    for door in pages if data is None else [data.draw(st.sampled_from(pages))]:
        path = path_of(door, str(objects.own.get(door.of or "", 1)).encode())
        for headers in ([(b"cookie", cookie)], []):
            reply = request(site.app, "GET", path, query, headers)
            answered(reply)
            assert reply.status in ((200, 400) if headers else (303,)), door.path
            assert reply.status != 400 or b'role="alert"' in reply.body, f"{door.path} does not say what is wrong"


@settings(often, max_examples=40)  # each looks for a password, which takes its time
@given(email=VALUES, password=VALUES, next_=VALUES, raw=ANY, headers=HEADERS, query=QUERIES | ANY)
def test_the_door_takes_nobody_in_by_any_bytes(
    site: Site, email: bytes, password: bytes, next_: bytes, raw: bytes, headers: list, query: bytes
):
    form = urlencode({"email": email, "password": password, "next": next_}).encode()
    for method, body in (("POST", form), ("POST", raw), ("GET", b"")):
        reply = request(site.app, method, b"/console/sign-in", query, headers, body)
        answered(reply)
        assert "set-cookie" not in reply.headers
    answered(request(site.app, "POST", b"/console/sign-out", query, headers, raw))
    assert dump(site.store)["sign_ins"] == []
