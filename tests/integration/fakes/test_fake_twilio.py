"""Our Twilio answers as the real one does, tells how an SMS fared, and lets customers write back."""

import json
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from fakes.fates import SMS_FAILURES, SMS_REFUSALS
from fakes.faults import Fault
from fakes.running import Fakes
from tests.integration.fakes.conftest import KEYS, Listener
from tests.integration.fakes.waiting import until

Start = Callable[..., Fakes]
WHO = (KEYS.account_sid, KEYS.auth_token)
SPECIFICATION = Path(__file__).parents[3] / "../shared/data/twilio/twilio_api_v2010.json"


def address(fakes: Fakes, account: str = KEYS.account_sid) -> str:
    return f"{fakes.twilio_url}/2010-04-01/Accounts/{account}/Messages.json"


def send(fakes: Fakes, *, auth: tuple[str, str] = WHO, **form: str | None) -> httpx.Response:
    values = {"To": "+4915112345678", "From": "+15005550006", "Body": "How did we do?"} | form
    return httpx.post(
        address(fakes), data={name: value for name, value in values.items() if value is not None}, auth=auth
    )


def told(listener: Listener) -> list[dict[str, str]]:
    return [{name: values[0] for name, values in parse_qs(body.decode()).items()} for _, _, body in listener.posts]


@cache
def resource() -> Draft202012Validator:
    if not SPECIFICATION.exists():
        text = f"NOT CHECKED against Twilio's description: {SPECIFICATION.name} is not there"
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(text, stacklevel=1)
        pytest.skip(text)
    described = json.loads(SPECIFICATION.read_bytes())
    shape = described["components"]["schemas"]["api.v2010.account.message"]
    for each in shape["properties"].values():  # OpenAPI 3.0 has its own word for null
        if each.pop("nullable", False):
            each["type"] = [each["type"], "null"]
    found = Resource.from_contents(described, default_specification=DRAFT202012)
    name = "urn:twilio#/components/schemas/api.v2010.account.message"
    return Draft202012Validator({"$ref": name}, registry=Registry().with_resource("urn:twilio", found))


def test_an_sms_is_taken_and_described_as_twilio_does(start: Start):
    fakes = start()
    answer = send(fakes, Body="Grüße 😀" * 20)
    assert answer.status_code == 201
    said = answer.json()
    assert [error.message for error in resource().iter_errors(said)] == []
    assert (said["status"], said["num_segments"], said["error_code"]) == ("queued", "3", None)
    assert fakes.ledger.newest[0].provider_id == said["sid"]


def test_the_description_tells_bad_resources_from_good_ones(start: Start):
    said: dict[str, Any] = send(start()).json()
    for change in ({"sid": "SM1"}, {"status": "gone"}, {"num_segments": 1}, {"error_code": "30003"}):
        assert not resource().is_valid(said | change)


@pytest.mark.parametrize("auth", [("", ""), (KEYS.account_sid, "wrong"), ("AC" + "0" * 32, KEYS.auth_token)])
def test_who_is_not_known_is_refused(start: Start, auth: tuple[str, str]):
    answer = send(start(), auth=auth)
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_an_api_key_opens_too_and_another_account_does_not(start: Start):
    fakes = start()
    assert send(fakes, auth=("SK" + "a" * 32, KEYS.auth_token)).status_code == 201
    assert httpx.post(address(fakes, "AC" + "0" * 32), auth=WHO).status_code == 401


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": None}, 21604),
        ({"From": None}, 21603),
        ({"Body": None}, 21602),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"To": "030 1234567"}, 21211),
        ({"To": "+0301234567"}, 21211),
        ({"StatusCallback": "https://my_host.example.com/x"}, 21609),
        ({"StatusCallback": "ftp://example.com/x"}, 21609),
        ({"StatusCallback": "http://[x"}, 21609),
        ({"ValidityPeriod": "0"}, 21001),
        ({"ValidityPeriod": "36001"}, 21001),
        ({"ValidityPeriod": "soon"}, 21001),
    ],
)
def test_a_bad_request_has_its_code(start: Start, form: dict[str, str | None], code: int):
    answer = send(start(), **form)
    said = answer.json()
    assert (answer.status_code, said["status"], said["code"]) == (400, 400, code)
    assert said["more_info"].endswith(f"/{code}")


@pytest.mark.parametrize("ending", SMS_REFUSALS)
def test_a_number_may_ask_to_be_refused(start: Start, ending: str):
    fakes = start()
    status, code, _ = SMS_REFUSALS[ending]
    answer = send(fakes, To=f"+4915112{ending}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not fakes.ledger.newest


@pytest.mark.parametrize("ending", [*SMS_FAILURES, "5678"])
def test_how_it_fared_is_told_to_the_callback_signed(start: Start, listener: Listener, ending: str):
    fakes = start()
    callback = f"{listener.url}/hooks/twilio/status/m1?x=1"
    sid = send(fakes, To=f"+4915112{ending}", StatusCallback=callback).json()["sid"]
    last, code = SMS_FAILURES.get(ending, ("delivered", None))
    until(lambda: any(post["MessageStatus"] == last for post in told(listener)))
    for (path, headers, _), post in zip(listener.posts, told(listener), strict=True):
        assert path == "/hooks/twilio/status/m1?x=1"
        assert headers["x-twilio-signature"] == KEYS.sign_form(callback, post.items())
        assert {"MessageSid": sid, "SmsSid": sid, "AccountSid": KEYS.account_sid}.items() <= post.items()
        assert post["MessageStatus"] == post["SmsStatus"] != "queued"
    [end] = [post for post in told(listener) if post["MessageStatus"] == last]
    assert end.get("ErrorCode") == (str(code) if code else None)


def test_what_was_sent_can_be_asked_for(start: Start):
    fakes = start()
    sid = send(fakes).json()["sid"]
    send(fakes, To="+4915199999999")
    listed = httpx.get(address(fakes), params={"To": "+4915112345678"}, auth=WHO).json()
    assert [each["sid"] for each in listed["messages"]] == [sid]
    one = httpx.get(address(fakes).replace(".json", f"/{sid}.json"), auth=WHO)
    assert one.json() == listed["messages"][0]
    assert httpx.get(address(fakes).replace(".json", f"/SM{'0' * 32}.json"), auth=WHO).status_code == 404


def test_the_list_is_read_page_by_page_from_the_newest_on(start: Start):
    fakes = start()
    sids = [send(fakes).json()["sid"] for _ in range(5)]
    send(fakes, To="+4915199999999")
    today = datetime.now(UTC).date()
    query: dict[str, str] = {"To": "+4915112345678", "DateSent>": today.isoformat(), "PageSize": "2"}
    seen, uri = [], f"{address(fakes)}?{urlencode(query)}"
    while uri:
        page = httpx.get(uri, auth=WHO).json()
        assert (page["page"], page["start"], page["page_size"]) == (len(seen) // 2, len(seen), 2)
        assert [error.message for each in page["messages"] for error in resource().iter_errors(each)] == []
        seen += [each["sid"] for each in page["messages"]]
        uri = page["next_page_uri"] and fakes.twilio_url + page["next_page_uri"]
    assert seen == sids[::-1]
    tomorrow = query | {"DateSent>": (today + timedelta(days=1)).isoformat()}
    assert httpx.get(address(fakes), params=tomorrow, auth=WHO).json()["messages"] == []


def test_who_wrote_stop_gets_nothing_until_start(start: Start, listener: Listener):
    fakes = start(events_to=listener.url)
    statuses = [send(fakes).status_code]
    for text in (" Stop ", "start"):
        said = {"from": "+4915112345678", "text": text}
        assert httpx.post(f"{fakes.twilio_url}/customers/sms", json=said).status_code == 202
        statuses.append(send(fakes).status_code)
    assert statuses == [201, 400, 201]


@pytest.mark.parametrize("fault", [Fault.BROKEN_AFTER, Fault.BUSY, Fault.KEY_REFUSED, Fault.PAGE, Fault.GARBAGE])
def test_it_can_break_too(start: Start, fault: Fault):
    fakes = start(fault_rate=1.0, faults=(fault,))
    answer = send(fakes)
    expected = {Fault.GARBAGE: 201, Fault.PAGE: 503}.get(fault)
    assert answer.status_code == (expected or int(fault.value[:3]))
    assert fakes.ledger.taken["sms"] == fault.takes
    assert dict(fakes.ledger.faults) == {fault: 1}
