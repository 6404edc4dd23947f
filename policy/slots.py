"""The first lawful moment for a contact (clause 4.1): after the pause, in the recipient's window, by the deadline."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from policy.calendar import BranchCalendar, local_instant
from policy.checks import Check, clock_text, instant_text, utc
from policy.rules import ContactRules
from vocabulary import Clause

FLOOR_OPENS, FLOOR_CLOSES = time(8), time(21)
"""Nobody is contacted outside these hours of their own day, whatever the policy file says."""

_DAY = timedelta(days=1)
_CLAUSE = Clause.CONTACT
_SHOWN_DAYS = 7
_SEARCH_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Slot:
    """Contact at `at`, the earliest instant that keeps every rule. All instants are UTC."""

    not_before_at: datetime
    due_at: datetime
    at: datetime
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class NoSlot:
    """No lawful moment is left before the deadline: a person decides."""

    not_before_at: datetime
    due_at: datetime
    reason: str
    checks: tuple[Check, ...]


def find_slot(
    closed_at: datetime, now: datetime, calendar: BranchCalendar, recipient_zone: ZoneInfo, rules: ContactRules
) -> Slot | NoSlot:
    """The earliest instant not before `now` that keeps pause, window, working day and deadline.

    Pause and deadline run on the branch's clock and the window on the recipient's. The recipient's local date must be
    a working day of the branch. `ValueError` names a naive argument.
    """
    closed_at, now = utc(closed_at, "closed_at"), utc(now, "now")
    not_before_at = calendar.add_business_hours(closed_at, rules.not_before_business_hours)
    due_at = calendar.contact_due(closed_at, rules.due_business_days, rules.due_time)
    earliest = max(not_before_at, now)
    at = next_window(earliest, calendar, recipient_zone, rules)
    reason = None if at <= due_at else _why_not(now, not_before_at, due_at, at, recipient_zone, rules)
    checks = (
        _pause_check(closed_at, not_before_at, calendar, rules),
        _deadline_check(closed_at, due_at, calendar, rules),
        _window_check(earliest, recipient_zone, rules),
        _working_day_check(earliest, at, calendar, recipient_zone),
        Check("slot", _CLAUSE, f"deadline {instant_text(due_at)}", reason or f"contact at {instant_text(at)}"),
    )
    return NoSlot(not_before_at, due_at, reason, checks) if reason else Slot(not_before_at, due_at, at, checks)


def next_window(instant: datetime, calendar: BranchCalendar, recipient_zone: ZoneInfo, rules: ContactRules) -> datetime:
    """The earliest instant (UTC) not before `instant` in the recipient's window on a working day of the branch."""
    start = utc(instant, "instant")
    opens, _ = _window(rules)
    day = start.astimezone(recipient_zone).date()
    for _ in range(_SEARCH_DAYS):
        if calendar.is_working_day(day):
            candidate = max(start, local_instant(day, opens, recipient_zone))
            # The opening may have moved to another hour or date where the clocks skip it, so the wall clock decides.
            if _lies_within(candidate, day, calendar, recipient_zone, rules):
                return candidate
        day += _DAY
    raise ValueError(f"no contact window within {_SEARCH_DAYS} days of {instant}. Check the policy's closures.")


def _lies_within(
    instant: datetime, day: date, calendar: BranchCalendar, recipient_zone: ZoneInfo, rules: ContactRules
) -> bool:
    """Whether `instant` is in the recipient's window of that day, which ends with a half day of the branch."""
    local = instant.astimezone(recipient_zone)
    half_ends = calendar.early.get(day)
    early_enough = half_ends is None or local.time() < half_ends
    return local.date() == day and early_enough and in_window(instant, recipient_zone, rules)


def in_window(instant: datetime, zone: ZoneInfo, rules: ContactRules) -> bool:
    """Whether the clocks in `zone` show a time of the window. Its opening belongs to it, its closing does not."""
    opens, closes = _window(rules)
    return opens <= utc(instant, "instant").astimezone(zone).time() < closes


def _window(rules: ContactRules) -> tuple[time, time]:
    """The policy's window within the floor. `ValueError` when nothing is left of it."""
    opens, closes = max(rules.window_opens, FLOOR_OPENS), min(rules.window_closes, FLOOR_CLOSES)
    if opens >= closes:
        raise ValueError(
            f"contact.window_opens = {rules.window_opens} and window_closes = {rules.window_closes}"
            f" leave no time between {FLOOR_OPENS} and {FLOOR_CLOSES}."
        )
    return opens, closes


def _why_not(
    now: datetime, not_before_at: datetime, due_at: datetime, at: datetime, zone: ZoneInfo, rules: ContactRules
) -> str:
    due = instant_text(due_at)
    if now > due_at:
        return f"the deadline {due} had already passed at {instant_text(now)}"
    if not_before_at > due_at:
        return f"the pause after closing ends at {instant_text(not_before_at)}, after the deadline {due}"
    window = _window_text(zone, rules)
    return f"the recipient's window ({window}) opens next at {instant_text(at)}, after the deadline {due}"


def _pause_check(closed_at: datetime, not_before_at: datetime, calendar: BranchCalendar, rules: ContactRules) -> Check:
    hours = (
        f"{rules.not_before_business_hours} business hours ({_hours(calendar.opens, calendar.closes)} {calendar.zone})"
    )
    return Check("not before", _CLAUSE, f"closed at {instant_text(closed_at)}, {hours}", instant_text(not_before_at))


def _deadline_check(closed_at: datetime, due_at: datetime, calendar: BranchCalendar, rules: ContactRules) -> Check:
    day_0 = calendar.first_working_day(closed_at)
    counted = f"day 0 is {day_0} (cut-off {clock_text(calendar.cut_off)}), {rules.due_business_days} business days"
    until = clock_text(calendar.ends(due_at.astimezone(calendar.zone).date(), rules.due_time))
    return Check("deadline", _CLAUSE, f"{counted}, until {until} {calendar.zone}", instant_text(due_at))


def _window_check(earliest: datetime, zone: ZoneInfo, rules: ContactRules) -> Check:
    local = earliest.astimezone(zone)
    verdict = "inside" if in_window(earliest, zone, rules) else "outside, wait for the opening"
    shown = f"{instant_text(earliest)} is {clock_text(local.time())} on {local.date()} for the recipient"
    return Check("window", _CLAUSE, f"{shown}, window {_window_text(zone, rules)}", verdict)


def _working_day_check(earliest: datetime, at: datetime, calendar: BranchCalendar, zone: ZoneInfo) -> Check:
    """Names the closed days that were passed over, `_SHOWN_DAYS` of them at the most."""
    first, chosen = earliest.astimezone(zone).date(), at.astimezone(zone).date()
    closed = [
        f"{day} {why}"
        for day in (date.fromordinal(n) for n in range(first.toordinal(), chosen.toordinal()))
        if (why := calendar.why_closed(day))
    ]
    more = [f"{len(closed) - _SHOWN_DAYS} more"] if len(closed) > _SHOWN_DAYS else []
    passed = ", ".join(closed[:_SHOWN_DAYS] + more)
    verdict = f"{chosen} is a working day" + (f"; passed over: {passed}" if passed else "")
    return Check("working day", _CLAUSE, f"from {first}", verdict)


def _window_text(zone: ZoneInfo, rules: ContactRules) -> str:
    return f"{_hours(*_window(rules))} {zone}"


def _hours(opens: time, closes: time) -> str:
    return f"{clock_text(opens)}-{clock_text(closes)}"


def window_end(instant: datetime, calendar: BranchCalendar, recipient_zone: ZoneInfo, rules: ContactRules) -> datetime:
    """The instant (UTC) at which the recipient's window of that local day closes."""
    day = utc(instant, "instant").astimezone(recipient_zone).date()
    return local_instant(day, calendar.ends(day, _window(rules)[1]), recipient_zone)
