"""Clauses 4.1 and 4.2: the next step for a customer who has not answered."""

from dataclasses import replace
from datetime import datetime, timedelta

from policy.checks import Check, address_check
from policy.rules import PhoneRules, Rules, SilenceRules
from policy.silent import CallAgain, GiveUp, Remind, SendAgain, Silence, Step, Switch, Wait
from vocabulary import Cause, Channel, Clause, Delivery, Disposition

_REFUSED = frozenset({Delivery.REJECTED, Delivery.FAILED, Delivery.WITHDRAWN})

RETRY = timedelta(hours=1)
"""How soon to look again at a message that is still on its way."""
_APART = timedelta(days=1)
"""A reminder that would come sooner after another message is left out."""


NOT_CONFIRMED = "the only answer could not be confirmed"
UNTIL_READ = timedelta(days=1)
"""How soon to look again at a case whose customer wrote something that nobody has read. Reading it wakes the case."""


def decide(silence: Silence, now: datetime, rules: Rules) -> Step:
    """The next step. A reminder missed while we were down is skipped, not sent late.

    Who has written is not silent: until a person has read it nothing happens. That has a deadline of its own.
    """
    if silence.unread_since is not None:
        return Wait(now + UNTIL_READ)
    expires = expiry(silence.begun_at, silence.last_message_at, rules.silence)
    if not silence.unconfirmed:
        return _decide(silence, now, expires, rules)
    if silence.contacted_at is not None and now >= expires:  # also when the call that was to confirm it is not made
        return GiveUp(Disposition.NO_ANSWER, NOT_CONFIRMED, Clause.ASK)
    step = _decide(silence, now, expires, rules)
    if isinstance(step, GiveUp) and step.disposition is Disposition.NO_ANSWER:
        return replace(step, reason=NOT_CONFIRMED)
    return step


def _decide(silence: Silence, now: datetime, expires: datetime, rules: Rules) -> Step:
    if silence.refused:
        return _where_refused(silence, now, expires, rules)
    if silence.call_open:
        return Wait(max(expires, now + timedelta(days=1)))  # what comes of the call decides
    if silence.channel is Channel.PHONE:
        return _on_the_phone(silence, now, expires, rules.phone)
    if silence.delivery is None and silence.calls_made:
        return Switch(silence.rung, "the call that came first reached nobody")
    if _has_failed(silence) or _is_dead(silence):
        return _after_failure(silence, now, expires, rules)
    if silence.contacted_at is None:
        return _under_way(silence, now, expires, rules)
    if now >= expires:
        return GiveUp(Disposition.NO_ANSWER, f"no answer within {rules.silence.expiry_days} days", Clause.ASK)
    return _remind(silence, now, rules.silence, expires)


def _after_failure(silence: Silence, now: datetime, expires: datetime, rules: Rules) -> Step:
    again_at = silence.again_at
    if again_at is not None and silence.cause is Cause.AWAY and _fits(again_at, silence, now, expires, rules):
        return SendAgain(again_at, f"{_failure(silence)}; once more when the handset may be on again")
    return _next_rung(silence, _failure(silence), now, expires, rules.phone)


def _has_failed(silence: Silence) -> bool:
    return silence.delivery in _REFUSED or (silence.delivery is Delivery.UNKNOWN and silence.contacted_at is None)


def _is_dead(silence: Silence) -> bool:
    """The next message would not arrive, whatever became of the last one. One that is being sent is waited for."""
    return silence.channel in silence.invalid and silence.delivery is not Delivery.CLAIMED


def _failure(silence: Silence) -> str:
    if not _has_failed(silence):
        return f"the address for {silence.channel} is known not to work"
    if silence.delivery is Delivery.FAILED:
        return f"the message did not arrive ({silence.code or silence.delivery})"
    return f"the message was not taken ({silence.delivery})"


def _fits(again_at: datetime, silence: Silence, now: datetime, expires: datetime, rules: Rules) -> bool:
    """Whether a message that goes out then delays nothing: the first contact, the next reminder or the end.

    The first contact must leave the next channel its rescue hours before the deadline.
    """
    if silence.contacted_at is None:
        return again_at < silence.contact_due_at - timedelta(hours=rules.contact.rescue_hours)
    reminders = (silence.begun_at + timedelta(days=days) for days in rules.silence.reminder_days)
    return again_at < min((date for date in reminders if date > now), default=expires)


def _where_refused(silence: Silence, now: datetime, expires: datetime, rules: Rules) -> Step:
    """Who was contacted may still answer, and hears no more; who was not is asked on the next channel."""
    if silence.contacted_at is None:
        return _next_rung(silence, f"the customer does not want {silence.channel}", now, expires, rules.phone)
    if now < expires:
        return Wait(expires)
    return GiveUp(Disposition.NO_ANSWER, f"no answer within {rules.silence.expiry_days} days", Clause.ASK)


def _under_way(silence: Silence, now: datetime, expires: datetime, rules: Rules) -> Step:
    if now < silence.contact_due_at - timedelta(hours=rules.contact.rescue_hours):
        return Wait(now + RETRY)
    step = _next_rung(silence, "the message could not be sent in time", now, expires, rules.phone)
    return Wait(now + RETRY) if isinstance(step, GiveUp) else step  # it may still go out


def expiry(begun_at: datetime, last_message_at: datetime | None, rules: SilenceRules) -> datetime:
    """When the wait is over. A message that went out late leaves as much time to answer as the last reminder does."""
    whole = timedelta(days=rules.expiry_days)
    if last_message_at is None:
        return begun_at + whole
    return max(begun_at + whole, last_message_at + whole - timedelta(days=max(rules.reminder_days, default=0)))


def _remind(silence: Silence, now: datetime, rules: SilenceRules, expires: datetime) -> Step:
    dates = [silence.begun_at + timedelta(days=days) for days in rules.reminder_days]
    passed = sum(date <= now for date in dates)
    # One whose date is not after the last message (which was late, or on another channel) would follow on its heels.
    skipped = sum(silence.last_message_at is not None and date <= silence.last_message_at + _APART for date in dates)
    reminded = max(silence.reminders, skipped)
    coming = [*dates[passed:], expires]
    if passed <= reminded:
        return Wait(coming[reminded - passed])
    following, checks = _following(silence)
    switches = rules.reminder_days[passed - 1] >= rules.switch_days and following < silence.preferred
    if switches and silence.ladder[following] is Channel.PHONE:
        return Switch(following, f"no answer within {rules.switch_days} days", checks)
    rung = following if switches else silence.rung
    return Remind(passed, rung, passed == len(dates), coming[0], checks if switches else ())


def _following(silence: Silence) -> tuple[int, tuple[Check, ...]]:
    """The next rung whose address may work (the length of the ladder when there is none), and what was passed over."""
    rungs = range(silence.rung + 1, len(silence.ladder))
    following = next((rung for rung in rungs if silence.ladder[rung] not in silence.invalid), len(silence.ladder))
    passed_over = silence.ladder[silence.rung + 1 : following]
    return following, tuple(address_check(channel) for channel in passed_over)


def _on_the_phone(silence: Silence, now: datetime, expires: datetime, phone: PhoneRules) -> Step:
    if silence.number_is_wrong:
        return _next_rung(silence, "the number is wrong", now, expires, phone)
    if silence.calls_made < phone.attempts:
        return CallAgain(silence.calls_made + 1, "nobody answered")
    return _next_rung(silence, f"nobody answered {phone.attempts} calls", now, expires, phone)


def _next_rung(silence: Silence, reason: str, now: datetime, expires: datetime, phone: PhoneRules) -> Step:
    following, checks = _following(silence)
    if following < len(silence.ladder):
        return Switch(following, reason, checks)
    has_mail = silence.contacted_at is not None and silence.last_message_at is not None
    if has_mail and now < expires:
        return Wait(expires)  # the mail said until when it can be answered
    if has_mail or (silence.contacted_at is not None and not silence.number_is_wrong):
        return GiveUp(Disposition.NO_ANSWER, f"{reason}; no channel is left", Clause.CHANNEL, checks)
    if silence.calls_made < phone.attempts and not silence.number_is_wrong and silence.channel is not Channel.PHONE:
        return CallAgain(silence.calls_made + 1, f"{reason}; no channel is left, a person is to find a way", checks)
    return GiveUp(Disposition.UNREACHABLE, f"{reason}; no channel is left", Clause.CHANNEL, checks)
