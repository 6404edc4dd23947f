"""Stand-ins of people who are away: new concerns go to them, and mails about concerns go to them as well."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from models.owed import OwedMessage
from models.people import Person


def owner_for(address: str, stand_ins: Mapping[str, Person]) -> dict[str, Any]:
    """The columns of a new concern when the owner whom the policy names is away; empty when nobody stands in."""
    found = stand_ins.get(address.lower())
    return {} if found is None else {"owner": found.name, "owner_email": found.email}


def with_stand_ins(messages: Sequence[OwedMessage], stand_ins: Mapping[str, Person]) -> list[OwedMessage]:
    """The mails, and a copy of each that goes to somebody who is away, to who stands in. Nobody gets the same twice.

    What is theirs stays theirs: who comes back reads what happened meanwhile.
    """
    told = {(message.escalation_id, message.purpose, _address(message)) for message in messages}
    copies = []
    for message in messages:
        found = stand_ins.get(_address(message))
        if found is None or (message.escalation_id, message.purpose, found.email) in told:
            continue
        copies.append(replace(message, key=f"{message.key}:stand-in", to_name=found.name, to_address=found.email,
                              note={**message.note, "stands_in": True}))  # fmt: skip
    return [*messages, *copies]


def _address(message: OwedMessage) -> str:
    return (message.to_address or "").lower()
