"""An SMS of which nobody knows whether Twilio took it is found in Twilio's list by the link in it, or not at all."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from channels.outbox_texts import OutboxTexts
from channels.protocol import Finder, Outcome, Receipt, Sought
from channels.twilio import Twilio
from channels.twilio_account import Credentials
from channels.twilio_list import MOST_PAGES, first_query
from tests.integration.channels.faulty_server import PATIENCE_S, Answer, Ending, FaultyServer
from tests.unit.channels.test_twilio_form import FORM, SPECIFICATION, described
from vocabulary import Cause

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DEADLINE_S = 0.6
"""For what does not answer in time; every other answer is waited for however busy the machine is."""
ACCOUNT, SID = "AC" + "0a" * 16, "SM" + "0c" * 16
NUMBER, LINK = "+491701234567", "https://care.example.org/s/abc234"
LIST = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
Serve = Callable[..., FaultyServer]


def twilio(url: str, *, timeout_s: float = PATIENCE_S) -> Twilio:
    credentials = Credentials(ACCOUNT, ACCOUNT, SecretStr("a-token"))
    return Twilio(url, credentials, sender="+493023125000", status_url=None, timeout_s=timeout_s, now=lambda: NOW)


def sought(ref: str = "r1", to: str = NUMBER) -> Sought:
    return Sought(ref=ref, to=to, since=NOW, is_it=lambda text: f"{LINK} " in f"{text} ")


def find(server: FaultyServer, *these: Sought) -> list[Receipt]:
    return twilio(server.url).find(these or [sought()], in_flight=4)


def listed(body: object = f"How did we do? {LINK} STOP", **more: object) -> dict[str, object]:
    return {"sid": SID, "status": "delivered", "error_code": None, "to": NUMBER, "body": body} | more


def page(*messages: object, next_uri: str | None = None, status: str = "200 OK") -> Answer:
    body = json.dumps({"messages": messages, "next_page_uri": next_uri}).encode()
    return Answer(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)


def queries(server: FaultyServer) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(line.split(" ")[1]).query, strict_parsing=True) for line in lines(server)]


def lines(server: FaultyServer) -> list[str]:
    return [request.partition(b"\r\n")[0].decode() for request in server.requests]


def test_twilio_can_be_asked_and_a_folder_cannot(tmp_path: Any):
    assert isinstance(twilio("https://api.twilio.com"), Finder)
    assert not isinstance(OutboxTexts(tmp_path, now=lambda: NOW), Finder)


@pytest.mark.parametrize(
    ("on_page", "outcome", "code", "cause"),
    [
        ([listed()], Outcome.ACCEPTED, "201", None),
        ([listed("another one"), listed()], Outcome.ACCEPTED, "201", None),
        ([listed(status="queued")], Outcome.ACCEPTED, "201", None),
        ([listed(status="undelivered", error_code=30003)], Outcome.REJECTED, "30003", Cause.AWAY),
        ([listed(status="failed", error_code=30034)], Outcome.REJECTED, "30034", Cause.SENDER),
        ([listed(status="failed", error_code=30008), listed()], Outcome.ACCEPTED, "201", None),  # two copies
        ([], Outcome.UNKNOWN, "absent", None),
        ([listed("another one")], Outcome.UNKNOWN, "absent", None),
        ([listed(f"{LINK}567")], Outcome.UNKNOWN, "absent", None),
        ([listed("")], Outcome.UNKNOWN, "absent", None),  # redacted
        ([listed(None), "nonsense", None, 3], Outcome.UNKNOWN, "absent", None),
        ([listed(to="+491701234568")], Outcome.UNKNOWN, "absent", None),
        ([listed(sid="SM1")], Outcome.UNKNOWN, "absent", None),
    ],
)
def test_the_link_in_the_text_tells_which_one_it_is(
    serve: Serve, on_page: list[object], outcome: Outcome, code: str, cause: Cause | None
):
    [receipt] = find(serve(page(*on_page)))
    assert (receipt.ref, receipt.outcome, receipt.code, receipt.cause) == ("r1", outcome, code, cause)
    assert receipt.provider_id == (None if outcome is Outcome.UNKNOWN else SID)


def test_the_request_fits_the_published_description(serve: Serve):
    server = serve(page())
    find(server)
    assert lines(server)[0].startswith(f"GET /2010-04-01/Accounts/{ACCOUNT}/Messages.json?To=%2B491701234567&")
    [query] = queries(server)
    assert query == {"To": [NUMBER], "DateSent>": ["2026-03-02"], "PageSize": ["20"]}
    described(FORM)  # or the test is skipped
    listing = json.loads(SPECIFICATION.read_bytes())["paths"][LIST]["get"]
    known = {one["name"]: one for one in listing["parameters"] if one["in"] == "query"}
    assert query.keys() <= known.keys()
    size = known["PageSize"]["schema"]
    assert size["minimum"] <= int(query["PageSize"][0]) <= size["maximum"]
    assert ">=YYYY-MM-DD" in known["DateSent>"]["description"]


def test_a_day_begins_a_little_earlier_because_clocks_differ():
    early = Sought(ref="r", to=NUMBER, since=datetime(2026, 3, 2, 0, 9, tzinfo=UTC), is_it=bool)
    assert parse_qs(first_query(early).decode())["DateSent>"] == ["2026-03-01"]


def test_pages_are_read_until_it_is_found(serve: Serve):
    server = serve(
        page(listed("x"), next_uri=f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?To=%2B491701234567&PageToken=PA1"),
        page(listed()),
    )
    assert [one.outcome for one in find(server)] == [Outcome.ACCEPTED]
    assert queries(server)[1] == {"To": [NUMBER], "PageToken": ["PA1"]}


def test_a_list_without_end_is_left_after_five_pages(serve: Serve):
    server = serve(page(listed("x"), next_uri="/x?PageToken=PA1"))
    assert [(one.outcome, one.code) for one in find(server)] == [(Outcome.UNKNOWN, "pages")]
    assert len(server.requests) == MOST_PAGES


def test_the_next_page_cannot_lead_to_another_host(serve: Serve):
    stranger = serve(page(listed()))
    server = serve(page(next_uri=f"{stranger.url}/2010-04-01/Messages.json?To=1"), page())
    find(server)
    assert stranger.stop().received == 0
    assert lines(server)[1] == f"GET /2010-04-01/Accounts/{ACCOUNT}/Messages.json?To=1 HTTP/1.1"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (page(status="500 Internal Server Error"), "500"),
        (page(status="401 Unauthorized"), "401"),
        (page(status="403 Forbidden"), "403"),
        (page(status="429 Too Many Requests"), "429"),
        (page(status="302 Found"), "302"),
        (Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n<p>"), "200"),
        (Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + b"x" * 99_999), "200"),
        (Answer(b"", Ending.RESET), "lost"),
        (Answer(b"", Ending.HANG), "timeout"),
        (Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", Ending.DRIP), "timeout"),
    ],
)
def test_a_list_that_cannot_be_read_says_nothing(serve: Serve, answer: Answer, code: str):
    server = serve(answer)
    provider = twilio(server.url, timeout_s=DEADLINE_S if code == "timeout" else PATIENCE_S)
    assert [(one.outcome, one.code) for one in provider.find([sought()], in_flight=4)] == [(Outcome.UNKNOWN, code)]
    assert len(server.requests) <= 1, "nothing is asked twice"


def test_one_that_is_refused_asks_for_no_more(serve: Serve):
    server = serve(page(status="401 Unauthorized"))
    receipts = find(server, *(sought(f"r{number}") for number in range(40)))
    assert {one.outcome for one in receipts} == {Outcome.UNKNOWN}
    assert [one.ref for one in receipts] == [f"r{number}" for number in range(40)]
    assert len(server.requests) <= 4, "the four that were under way"


def test_forty_that_are_not_there_are_all_asked_for(serve: Serve):
    server = serve(page())
    receipts = find(server, *(sought(f"r{number}") for number in range(40)))
    assert [one.code for one in receipts] == ["absent"] * 40
    assert len(server.requests) == 40


def test_no_log_and_no_text_of_ours_names_the_number(serve: Serve, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    find(serve(page(), Answer(b"", Ending.RESET)))
    assert NUMBER[1:] not in caplog.text
    assert NUMBER not in repr(sought())
