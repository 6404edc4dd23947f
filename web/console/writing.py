"""Writing to a customer, on whatever page it is offered: the ways there are, and what the form says."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from casework.writing import Writing, obstacles
from models.escalations import EscalationError
from models.subjects import case_and_service
from vocabulary import Channel
from web.console.doors import Visit

_NAMES = {Channel.EMAIL: "E-mail", Channel.SMS: "SMS"}


def ways_to_write(visit: Visit, case_id: int, in_use: Collection[Channel]) -> list[dict[str, Any]]:
    """E-mail and SMS, each with what is in its way."""
    case, service = case_and_service(visit.db, case_id)
    in_the_way = obstacles(visit.db, case, service, in_use=in_use, at=visit.now)
    return [{"channel": channel, "name": _NAMES[channel], "obstacle": why} for channel, why in in_the_way.items()]


def takes_texts(ways: Sequence[Mapping[str, Any]]) -> bool:
    return any(way["channel"] == Channel.SMS and not way["obstacle"] for way in ways)


def writing_in(form: Mapping[str, str]) -> Writing:
    """What somebody filled in. Raises EscalationError when they chose no way."""
    if form.get("channel") not in set(Channel):
        raise EscalationError("choose whether to write a mail or an SMS")
    return Writing(channel=Channel(form["channel"]), text=form.get("message", ""), several="several" in form)
