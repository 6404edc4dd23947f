"""The on-call calendar: shifts as people type them, and as an iCalendar file has them (RFC 5545)."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
import recurring_ical_events
from email_validator import EmailNotValidError, validate_email
from icalendar import Calendar

from models.duty import DutyError, NewShift

AHEAD = timedelta(days=90)
"""Recurring events are written down for so long; reading the file again writes down what comes then."""
_MOST = 2000
_SAYS_HOW = ("ATTENDEE", "ORGANIZER", "DESCRIPTION", "LOCATION", "SUMMARY")
"""Properties of an event in which people say how somebody is reached."""
_ADDRESS = re.compile(r"[^\s<>,;:]+@[^\s<>,;:]+\.[A-Za-z]{2,}")
_NUMBER = re.compile(r"(?:tel:|\+)[\d\s()./-]{6,20}\d")


def shift_of(*, department: str, name: str, email: str, phone: str, starts: str, ends: str, zone: ZoneInfo) -> NewShift:
    """A shift as it is typed; moments in `zone`. Raises DutyError with what is wrong."""
    if not (department.strip() and name.strip()):
        raise DutyError("say for which department, and who is on call")
    return NewShift(
        department=department.strip(),
        name=" ".join(name.split()),
        email=_address(email),
        phone=_number(phone) if phone.strip() else None,
        starts_at=_moment(starts, zone),
        ends_at=_moment(ends, zone),
    )


def shifts_in(text: str, *, department: str, zone: ZoneInfo, now: datetime) -> list[NewShift]:
    """The shifts of a calendar for a department, from now on for `AHEAD`. Times without a zone are in `zone`.

    An event names who is on call: the summary is the name, an attendee or an address in the description is where the
    mail goes, a number with "+" in the description or location where texts go. Cancelled events are none. Raises
    DutyError; then nothing counts.
    """
    try:
        running_or_later = recurring_ical_events.of(Calendar.from_ical(text)).after(now)
        coming = takewhile(lambda event: _instant(event.start, zone) < now + AHEAD, running_or_later)
        events = list(islice(coming, _MOST + 1))  # one by one: a rule may repeat each second, without an end
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise DutyError(
            f"this is no calendar that can be read ({type(error).__name__}): export it as iCalendar"
        ) from None
    if len(events) > _MOST:
        raise DutyError(f"the calendar has more than {_MOST} events in the next {AHEAD.days} days: export shifts only")
    wanted = (event for event in events if str(event.get("STATUS", "")).upper() != "CANCELLED")
    found = [shift for event in wanted for shift in _shift(event, department, zone)]
    if not found:
        raise DutyError("the calendar has no event in the next 90 days")
    return found


def _shift(event: Any, department: str, zone: ZoneInfo) -> Iterator[NewShift]:
    starts, ends = _instant(event.start, zone), _instant(event.end, zone)
    said = "\n".join(str(event.get(name, "")) for name in _SAYS_HOW)
    name = " ".join(_ADDRESS.sub("", _NUMBER.sub("", str(event.get("SUMMARY", "")))).split()).strip(" -,:;()<>")
    address, number = _ADDRESS.search(said), _NUMBER.search(said)
    day = f"{starts:%Y-%m-%d}"
    if not name:
        raise DutyError(f"the event of {day} has no summary: it must name who is on call")
    if address is None:
        raise DutyError(
            f"the event of {day} ({name}) names no e-mail address: add it as attendee or in the description"
        )
    yield NewShift(
        department=department, name=name, email=_address(address[0].removeprefix("mailto:").removeprefix("MAILTO:")),
        phone=_number(number[0].removeprefix("tel:")) if number else None, starts_at=starts, ends_at=ends,
        uid=str(event.get("UID", "")),
    )  # fmt: skip


def _instant(at: date | datetime, zone: ZoneInfo) -> datetime:
    """A whole day begins at midnight there."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise DutyError(f"{text!r} is no time: write it as 2026-12-05 17:00") from None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _address(text: str) -> str:
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise DutyError(f"{text.strip()!r} is no e-mail address") from None


def _number(text: str) -> str:
    try:
        number = phonenumbers.parse(text.strip(), None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise DutyError(f"{text.strip()!r} is no telephone number with its country's code: write it as +49 151 …")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
