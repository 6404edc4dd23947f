"""Twilio's list of messages, page by page, as far as Aftercare asks for it."""

import re
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

_USUAL, _MOST = 50, 1000
"""Messages on a page."""


def page_of(resources: Iterable[Mapping[str, Any]], query: Mapping[str, str], account_sid: str) -> dict[str, Any]:
    """The page that a query asks for. `resources` are all messages, the newest first.

    A page's token names the last message before it, so that new messages move nobody to another page.
    """
    to = query.get("To")
    same_number = [each for each in resources if to is None or each["to"] == to]  # few of many, so this first
    found = [each for each in same_number if _is_wanted(each, query)]
    size = int(query["PageSize"]) if re.fullmatch(r"[0-9]{1,4}", query.get("PageSize", "")) else _USUAL
    size = max(1, min(size, _MOST))
    before = query.get("PageToken", "").removeprefix("PA")
    start = next((place + 1 for place, each in enumerate(found) if each["sid"] == before), 0)
    shown, number = found[start : start + size], int(query.get("Page", "0")) if start else 0
    path = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
    asked = {name: value for name, value in query.items() if name not in ("Page", "PageToken")} | {
        "PageSize": str(size)
    }
    more = start + size < len(found)
    following = asked | {"Page": str(number + 1), "PageToken": f"PA{shown[-1]['sid']}"} if more else {}
    return {
        "messages": shown, "page": number, "page_size": size, "start": start,
        "end": start + max(len(shown) - 1, 0), "uri": f"{path}?{urlencode(query)}",
        "first_page_uri": f"{path}?{urlencode(asked | {'Page': '0'})}",
        "next_page_uri": f"{path}?{urlencode(following)}" if more else None, "previous_page_uri": None,
    }  # fmt: skip


def _is_wanted(resource: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    """Days are those of GMT; of a message that was not sent yet, the day on which it was made."""
    if any(resource[name.lower()] != query[name] for name in ("To", "From") if name in query):
        return False  # before dates are read, which takes longer
    day = parsedate_to_datetime(resource["date_sent"] or resource["date_created"]).date().isoformat()
    return query.get("DateSent>", "") <= day <= query.get("DateSent<", "9999")
