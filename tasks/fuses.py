"""Fuses: what would happen to many customers at once waits for a person's word when it is more than ever expected."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from config.operations import operations
from models import holds
from models.due import open_cases
from models.log import SYSTEM
from models.store import take_turns
from tasks.place import Place, place
from vocabulary import Channel, Fuse, Scope

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_ALLOWED_FOR = timedelta(days=1)
"""So long after a person's word cases may end in any number."""


def allowance(db: Connection, here: Place, channel: Channel, now: datetime, at: datetime) -> int | None:
    """So many more messages may go to customers on this channel now; None when a fuse has blown, which holds them.

    `now`: as at which messages are due. `at`: the time of day, by which they are counted; anew from the instant at
    which a person released the fuse. What others have in hand counts. Who asks is the only one until the transaction
    ends.
    """
    take_turns(db, "fuses of sending")
    fuses = operations(here.settings).fuses
    guards: list[tuple[Fuse, timedelta, Channel | None, int, Scope, str]] = [
        (Fuse.MESSAGES_PER_HOUR, _HOUR, None, fuses.messages_per_hour, Scope.COMPANY, "")
    ]
    if channel is Channel.SMS:
        guards.append((Fuse.SMS_PER_DAY, _DAY, channel, fuses.sms_per_day, Scope.CHANNEL, channel))
    left, blown = [], False
    for fuse, within, on, most, scope, name in guards:
        since = max(at - within, holds.last_release(db, fuse) or at - within)
        begun = holds.count_begun(db, since, on)
        left.append(most - begun - holds.count_claimed(db, on))
        if begun >= most:
            blown = True
            if holds.count_due(db, now, on):
                what = "text messages" if on is Channel.SMS else "messages"
                hours = int(within / _HOUR)
                reason = (
                    f"{begun} {what} to customers went out within {hours} h, and {most} may without a person's word"
                )
                holds.hold(db, scope, name, reason=reason, by=SYSTEM, at=at, fuse=fuse)
    return None if blown else max(0, min(left))


def may_end(due: int, count_endings: Callable[[], int], at: datetime) -> bool:
    """Whether a sweep over so many `due` cases may end as many of them as it would. If not, their ending is held.

    `count_endings` says how many that would be. It is not asked where the fuse cannot blow: counting costs as much as
    ending.
    """
    here = place()
    fuses = operations(here.settings).fuses
    with here.store.read() as db:
        held, word = holds.is_held(db, Scope.ENDING), holds.last_release(db, Fuse.ENDING)
        most = max(fuses.ending_least, int(fuses.ending_share * open_cases(db)))
    if held or due <= fuses.ending_least or (word is not None and at < word + _ALLOWED_FOR):
        return not held
    would_end = count_endings()
    if would_end > most:
        reason = f"{would_end} cases would have ended at once as unanswered, and {most} may without a person's word"
        with here.store.write() as db:
            holds.hold(db, Scope.ENDING, "", reason=reason, by=SYSTEM, at=at, fuse=Fuse.ENDING)
    return would_end <= most


def held_alarm() -> str | None:
    """What the run's page says first while something is held."""
    with place().store.read() as db:
        found = holds.in_force(db)
    if not found:
        return None
    told = "; ".join(f"{one.scope}{f' {one.name}' if one.scope is Scope.CHANNEL else ''}" for one in found)
    return f"HELD until a person releases it: {told} (console, Sending)"
