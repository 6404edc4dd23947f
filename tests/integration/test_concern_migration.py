"""Concerns from before people worked on them in the console: nothing is lost, and what was taken is taken."""

from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import select

import models
from models.escalations import acknowledge
from models.store import Store
from models.tables import escalations, messages
from tasks.place import Place
from tests import seed

BEFORE = "0006"


def migrate(store: Store, revision: str, *, up: bool) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(models.__file__).parent.parent / "migrations"))
    with store.write() as db:
        config.attributes["connection"] = db
        (command.upgrade if up else command.downgrade)(config, revision)


def test_concerns_of_before_keep_what_they_have(place: Place):
    taken, waiting = seed.escalated(place), seed.escalated(place)
    at = seed.ANSWERED_AT + timedelta(hours=1)
    with place.store.write() as db:
        acknowledge(db, taken.escalation_id or 0, by="Petra", at=at)
    with place.store.read() as db:
        owed = len(db.execute(select(messages.c.id)).all())
    migrate(place.store, BEFORE, up=False)
    migrate(place.store, "head", up=True)
    with place.store.read() as db:
        found = {row.id: row for row in db.execute(select(escalations))}
        assert len(db.execute(select(messages.c.id)).all()) == owed
    assert (found[taken.escalation_id].taken_at, found[taken.escalation_id].acknowledged_at) == (at, at)
    assert (found[waiting.escalation_id].taken_at, found[waiting.escalation_id].attached_to) == (None, None)
