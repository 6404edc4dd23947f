"""The words by which a case is found: of its customer and service, and of what the customer said."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row

from models.finding import keep_words
from policy.contact_words import without_contacts
from policy.folding import only_words

_LONGEST = 40
_MOST_OF_ONE_TEXT = 300
_OF_SERVICE = ("external_id", "source", "customer_ref", "customer_name", "agent")
_FEWEST_DIGITS = 5
_NUMBER = re.compile(r"[\d\s()+/.-]+")


def keep_words_of_services(db: Connection, opened: Mapping[int, Row[Any]]) -> None:
    """By number of the case, the service that it follows up."""
    words = [(case_id, word) for case_id, service in opened.items() for word in _of_service(service)]
    contacts = [(case_id, word) for case_id, service in opened.items() for word in _of_contacts(service)]
    keep_words(db, words, _without(words, contacts))


def keep_words_said(db: Connection, said: Iterable[tuple[int, str | None]]) -> None:
    """By number of the case, what a customer or a colleague wrote. What in it looks like contact data is such."""
    texts = [(case_id, text, without_contacts(text)) for case_id, text in said if text]
    words = [(case_id, word) for case_id, _, rest in texts for word in words_in(rest)]
    contacts = [(case_id, word) for case_id, text, rest in texts if text != rest for word in words_in(text)]
    keep_words(db, words, _without(words, contacts))


def _without(words: Iterable[tuple[int, str]], contacts: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Those that are contact data and nothing else."""
    return set(contacts) - set(words)


def words_in(text: str) -> list[str]:
    """Folded, without repetitions, in order."""
    return list(dict.fromkeys(word[:_LONGEST] for word in only_words(text).split()))[:_MOST_OF_ONE_TEXT]


def looked_for(text: str) -> tuple[str, ...]:
    """The words of what somebody looks for. A telephone number is one word, however it is written."""
    digits = re.sub(r"\D", "", text)
    if _NUMBER.fullmatch(text.strip()) and len(digits) >= _FEWEST_DIGITS:
        return (digits.lstrip("0"),)
    return tuple(words_in(text)[:8])


def _of_service(service: Row[Any]) -> Iterator[str]:
    for name in _OF_SERVICE:
        yield from words_in(getattr(service, name) or "")


def _of_contacts(service: Row[Any]) -> Iterator[str]:
    yield from words_in(service.email or "")
    if service.phone:
        yield from _of_number(service.phone)


def _of_number(phone: str) -> Iterator[str]:
    """With the country's digits and, for those who leave them out, without."""
    digits = re.sub(r"\D", "", phone)
    yield digits
    yield from (digits[length:] for length in (1, 2, 3))
