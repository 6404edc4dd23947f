"""The targets of announcements, made from the settings. Only tasks pick who carries what.

It does without Prefect, because the command line needs it and must start quickly.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from channels.claims import Unguarded
from channels.pinned import Pinned
from channels.protocol import Outcome, Provider, Receipt, Word
from channels.slack import Slack
from channels.webhook import Webhook
from config.settings import Settings
from config.targets import Target, WebhookTarget, key_of
from models import announcements as owed
from tasks.place import place


def carrier(settings: Settings, target: Target, now: datetime) -> Provider[Word]:
    """Ready to send to this target."""
    post = Pinned(address=target.url.get_secret_value(), loopback=settings.outbound_loopback, now=lambda: now)
    if isinstance(target, WebhookTarget):
        return Webhook(post, [key_of(secret) for secret in target.secret])
    return Slack(post)


def tested(target: str, word: Word, now: datetime) -> Receipt:
    """Hand one test to a target, past its rest. When it is taken, the target runs again. Nothing is logged."""
    here = place()
    through = carrier(here.settings, here.settings.targets[target], now)
    (receipt,) = through.send([word], claim=Unguarded(), in_flight=1)
    if receipt.outcome is Outcome.ACCEPTED:
        with here.store.write() as db:
            owed.resume(db, target)
    return receipt


def standing(db: Connection, settings: Settings, since: datetime) -> Mapping[str, Mapping[str, int]]:
    """By target of the settings and state, how many announcements: all that are due, and those settled `since`."""
    counted = owed.counts(db, since)
    return {name: {state: many for (of, state), many in counted.items() if of == name} for name in settings.targets}
