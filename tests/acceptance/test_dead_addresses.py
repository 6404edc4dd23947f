"""A switch of channel within an open case passes over addresses that are known not to work, and `explain` says so."""

from sqlalchemy import select
from typer.testing import CliRunner

from cli.app import app
from models.addresses import Unreachable, mark_invalid
from models.tables import cases
from tests.acceptance.days import Days, berlin
from tests.acceptance.texts import MOBILE, StartTwilio, start_twilio
from tests.providers import event, make_providers, message_of
from vocabulary import Channel, Delivery

__all__ = ["start_twilio"]


def test_a_number_that_turned_out_to_be_none_is_passed_over_on_the_way_to_the_call(
    days: Days, start_twilio: StartTwilio
):
    server = start_twilio(("500 Internal Server Error", {}))
    days.report(channels="email,sms", phone=MOBILE)
    days.live(until=berlin("2026-10-05 14:30"))
    with days.here.store.write() as db:  # another case has found out meanwhile
        key = db.execute(select(cases.c.phone_key)).scalar_one()
        mark_invalid(db, [Unreachable(address_key=key, channel=Channel.SMS, code="21614")], at=days.now)
    providers = make_providers(days.here, days.now)
    assert providers.tell(event("bounce", days.now, message_of(days.here, 1), status="5.1.1")).status == 204
    days.live(minutes=5)
    assert server.requests == []
    [call] = days.calls()
    assert call.reason == "the message did not arrive (bounce 5.1.1)"
    told = CliRunner().invoke(app, ["explain", "1"]).output
    assert "address for sms (clause 4.2): known not to work → passed over" in told
    assert message_of(days.here, 1).state == Delivery.FAILED
