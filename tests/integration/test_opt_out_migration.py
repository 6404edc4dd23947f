"""Opt-outs from before the customer's word had a row of its own: none is lost on the way up, nor on the way back."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import text

import models
from models.optouts import EVERYTHING, Refusal, Standing, in_force, opt_out
from models.schema import ensure_schema
from models.store import Store
from tasks.place import Place
from tests import seed
from vocabulary import Channel

NOW = seed.ASKED_AT
BEFORE = "0021"


def back(store: Store) -> list[Any]:
    """The rows, by the schema of before."""
    config = Config()
    config.set_main_option("script_location", str(Path(models.__file__).parent.parent / "migrations"))
    with store.write() as db:
        config.attributes["connection"] = db
        command.downgrade(config, BEFORE)
        rows = db.execute(text("SELECT channel, recorded_by FROM suppressions WHERE case_id = 1 ORDER BY 1, 2"))
        return [tuple(row) for row in rows]


def test_opt_outs_of_before_keep_what_they_say(place: Place):
    case = seed.asked(place, phone=None)
    pause = Refusal(until=NOW + timedelta(days=30))
    for refusal, by in ((pause, None), (EVERYTHING, "Petra"), (Refusal(channel=Channel.SMS), None),
                        (Refusal(channel=Channel.PHONE), "Tim")):  # fmt: skip
        with place.store.write() as db:
            opt_out(db, case.case_id, at=NOW, source="test", refusal=refusal, recorded_by=by)
    assert back(place.store) == [("*", None), ("phone", "Tim"), ("sms", None)]
    ensure_schema(place.store)
    with place.store.read() as db:
        assert in_force(db, case.case_id, NOW) == [
            Standing("*", NOW, None, "test", None),  # for the longer time of the two
            Standing("phone", NOW, None, "test", "Tim"),
            Standing("sms", NOW, None, "test", None),
        ]
