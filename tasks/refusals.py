"""What a refusal says of an address for every later message: it is none for this channel, or its owner opted out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from channels.protocol import AddressFault, Receipt
from models.addresses import Unreachable, mark_invalid
from models.optouts import opt_out
from models.tables import cases, columns
from vocabulary import Channel


def heed(
    db: Connection, channel: Channel, owed: Mapping[str, Row[Any]], receipts: Sequence[Receipt], now: datetime
) -> None:
    """Write down, in the caller's transaction, what these receipts tell of customers' addresses."""
    found = ((owed[receipt.ref], receipt) for receipt in receipts if receipt.address is not None)
    # A message to staff names its case, too: their address says nothing of the customer's.
    of_customers = {
        row.case_id: receipt for row, receipt in found if row.case_id is not None and row.to_address is None
    }
    if not of_customers:
        return
    keys = select(*columns(cases, "id", "email_key", "phone_key")).where(cases.c.id.in_(of_customers))
    wrong: list[Unreachable] = []
    for case in db.execute(keys.order_by(cases.c.id)):
        receipt = of_customers[case.id]
        key = case.email_key if channel is Channel.EMAIL else case.phone_key
        if receipt.address is AddressFault.OPTED_OUT:
            source = f"the provider knows of an opt-out ({receipt.code})"
            opt_out(db, case.id, at=now, source=source, said_by=case.phone_key if channel is Channel.SMS else None)
        elif key is not None:
            wrong.append(Unreachable(address_key=key, channel=channel, code=receipt.code, case_id=case.id))
    mark_invalid(db, wrong, at=now)
