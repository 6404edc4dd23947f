"""The shape of a mail/send: names and types as SendGrid's published description has them."""

from collections.abc import Iterator, Mapping
from typing import Any

Wrong = tuple[str | None, str]
"""The field, as SendGrid writes it ("personalizations.0.to"), and what is wrong with it."""

_SWITCH = {"enable": bool}
_MAILBOX = {"email!": str, "name": str}
_PERSONALIZATION = {
    "to!": [_MAILBOX], "cc": [_MAILBOX], "bcc": [_MAILBOX], "from": _MAILBOX, "subject": str, "headers": dict,
    "substitutions": dict, "dynamic_template_data": dict, "custom_args": dict, "send_at": int,
}  # fmt: skip
MESSAGE = {
    "personalizations!": [_PERSONALIZATION],
    "from!": _MAILBOX,
    "reply_to": _MAILBOX,
    "reply_to_list": [_MAILBOX],
    "subject": str,
    "content": [{"type!": str, "value!": str}],
    "attachments": [
        {"content!": str, "type": str, "filename!": str, "disposition": ("inline", "attachment"), "content_id": str}
    ],
    "template_id": str,
    "headers": dict,
    "categories": [str],
    "custom_args": dict,
    "send_at": int,
    "batch_id": str,
    "asm": {"group_id!": int, "groups_to_display": [int]},
    "ip_pool_name": str,
    "mail_settings": {
        "bypass_list_management": _SWITCH, "bypass_spam_management": _SWITCH, "bypass_bounce_management": _SWITCH,
        "bypass_unsubscribe_management": _SWITCH, "footer": _SWITCH | {"text": str, "html": str},
        "sandbox_mode": _SWITCH,
    },
    "tracking_settings": {
        "click_tracking": _SWITCH | {"enable_text": bool},
        "open_tracking": _SWITCH | {"substitution_tag": str},
        "subscription_tracking": _SWITCH | {"text": str, "html": str, "substitution_tag": str},
        "ganalytics": _SWITCH
        | dict.fromkeys(("utm_source", "utm_medium", "utm_term", "utm_content", "utm_campaign"), str),
    },
}  # fmt: skip
"""A name with "!" must be there; a tuple lists the words that may stand there. Names that are not here are let pass."""


def misshapen(value: object, shape: Any, at: str) -> Iterator[Wrong]:
    """What in `value`, which stands at the field `at`, is not as `shape` says."""
    if isinstance(shape, dict):
        yield from _misshapen_object(value, shape, at)
    elif isinstance(shape, list):
        if isinstance(value, list):
            for place, each in enumerate(value):
                yield from misshapen(each, shape[0], f"{at}.{place}")
        else:
            yield at, "Invalid type. Expected: array."
    elif isinstance(shape, tuple):
        if value not in shape:
            yield at, f"Must be one of: {', '.join(shape)}."
    else:
        yield from _mistyped(value, shape, at)


def _mistyped(value: object, wanted: type, at: str) -> Iterator[Wrong]:
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        yield at, f"Invalid type. Expected: {_NAMES[wanted]}."
    elif value == "" and at.rpartition(".")[2] in _NEVER_EMPTY:
        yield at, "Must not be empty."


_NEVER_EMPTY = frozenset({"subject", "type", "value", "content", "email"})
_NAMES = {str: "string", int: "integer", bool: "boolean", dict: "object"}


def _misshapen_object(value: object, shape: Mapping[str, Any], at: str) -> Iterator[Wrong]:
    if not isinstance(value, dict):
        yield at or None, "Invalid type. Expected: object."
        return
    for name, inner in shape.items():
        key, prefix = name.rstrip("!"), f"{at}." if at else ""
        if key in value:
            yield from misshapen(value[key], inner, prefix + key)
        elif name.endswith("!"):
            yield prefix + key, f"The {key} field is required."
