"""What SendGrid refuses in a mail/send: what has another shape than it describes, or exceeds a limit that it states."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fakes.sendgrid_shape import MESSAGE, Wrong, misshapen

MOST_RECIPIENTS = 1000
MOST_BYTES = 30 * 1024 * 1024
_ARGS_BYTES = 10_000
_SCHEDULE_S = 72 * 3600
_RESERVED = frozenset(
    {
        "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
        "subject", "reply-to", "cc", "bcc",
    }
)  # fmt: skip
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


def faults(message: object) -> list[Wrong]:
    """What is wrong with the payload; none: it will be taken."""
    found = list(misshapen(message, MESSAGE, ""))
    if not found and isinstance(message, dict):
        found = [*_required(message), *_addressed(message), *_sized(message), *_of_each_part(message)]
    return found


def _required(message: dict[str, Any]) -> Iterator[Wrong]:
    people = message["personalizations"]
    templated = "template_id" in message
    if not people or len(people) > MOST_RECIPIENTS:
        yield "personalizations", f"There must be 1 to {MOST_RECIPIENTS} personalizations."
    if not templated and "subject" not in message and not all("subject" in each for each in people):
        yield "subject", "The subject is required. You can get around this requirement if you use a template."
    if not templated and not message.get("content"):
        yield "content", "Unless a valid template_id is provided, the content parameter is required."
    types = [each["type"] for each in message.get("content", ())]
    if "text/plain" in types[1:] or ("text/html" in types[:1] and "text/plain" in types):
        yield "content", "If present, text/plain and text/html may only be provided once, text/plain first."


def _addressed(message: dict[str, Any]) -> Iterator[Wrong]:
    people = []
    for place, each in enumerate(message["personalizations"]):
        if not each["to"]:
            yield f"personalizations.{place}.to", "The to array is required for all personalization objects."
        people += [*each["to"], *each.get("cc", ()), *each.get("bcc", ())]
    addresses = [person["email"].lower() for person in people]
    if len(addresses) > MOST_RECIPIENTS:
        yield "personalizations", f"The total number of recipients must be no more than {MOST_RECIPIENTS}."
    for address, times in Counter(addresses).items():
        if times > 1:
            text = "Each unique email address in the personalizations array should only be included once."
            yield "personalizations", f"{text} You have included [{address}] more than once."
    yield from _mailboxes(message, people)


def _mailboxes(message: dict[str, Any], people: Sequence[Mapping[str, str]]) -> Iterator[Wrong]:
    answers = message.get("reply_to_list", [])
    senders = [each["from"] for each in message["personalizations"] if "from" in each]
    fields = {
        "personalizations": [*people, *senders],
        "from": [message["from"]],
        "reply_to": [message["reply_to"]] if "reply_to" in message else [],
        "reply_to_list": answers,
    }
    for field, mailboxes in fields.items():
        if any(not _ADDRESS.fullmatch(each["email"]) for each in mailboxes):
            yield field, "Does not contain a valid address."
    if len(answers) > MOST_RECIPIENTS or len(_distinct(answers)) < len(answers):
        yield "reply_to_list", f"There must be at most {MOST_RECIPIENTS} different addresses."


def _sized(message: dict[str, Any]) -> Iterator[Wrong]:
    categories = message.get("categories", [])
    if len(categories) > 10 or len(set(categories)) < len(categories) or any(len(each) > 255 for each in categories):
        yield "categories", "There must be at most 10 different categories of at most 255 characters."
    if len(message.get("asm", {}).get("groups_to_display", ())) > 25:
        yield "asm.groups_to_display", "Must be no more than 25."
    if not 2 <= len(message.get("ip_pool_name", "ab")) <= 64:
        yield "ip_pool_name", "Must be 2 to 64 characters."
    dynamic = message.get("template_id", "").startswith("d-")
    for place, each in enumerate(message["personalizations"]):
        at = f"personalizations.{place}."
        yield from _arguments(message.get("custom_args", {}) | each.get("custom_args", {}), at)
        if _size(each.get("substitutions", {})) > _ARGS_BYTES:
            yield f"{at}substitutions", f"Must be no more than {_ARGS_BYTES} bytes."
        if each.get("substitutions") and dynamic:
            yield f"{at}substitutions", "Substitutions may not be used with dynamic templating."


def _arguments(arguments: Mapping[str, Any], at: str) -> Iterator[Wrong]:
    if any(not isinstance(value, str) for value in arguments.values()):
        yield f"{at}custom_args", "The values of custom_args must be strings."
    if _size(arguments) > _ARGS_BYTES:
        yield f"{at}custom_args", f"Must be no more than {_ARGS_BYTES} bytes."


def _of_each_part(message: dict[str, Any]) -> Iterator[Wrong]:
    """What may stand in the message and in each personalization alike."""
    parts = {"": message} | {f"personalizations.{n}.": part for n, part in enumerate(message["personalizations"])}
    for at, part in parts.items():
        if part.get("send_at", 0) > time.time() + _SCHEDULE_S:
            yield f"{at}send_at", "Scheduling more than 72 hours in advance is not allowed."
        headers = part.get("headers", {})
        if any(name.lower() in _RESERVED for name in headers):
            yield f"{at}headers", "One of the header names is reserved."
        if any(not isinstance(value, str) for value in headers.values()):
            yield f"{at}headers", "The values of headers must be strings."


def _distinct(values: Sequence[object]) -> set[str]:
    return {json.dumps(value, sort_keys=True) for value in values}


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())
