"""What a message is about: the rows that its text is made from. This is customer data; it stays in this process."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from models.doubts import is_unconfirmed
from models.tables import answers, cases, columns, escalations, messages, services


def subjects(db: Connection, case_ids: Sequence[int]) -> dict[int, Any]:
    """Cases with the customer and the service that they are about, by case id."""
    statement = (
        select(
            *columns(
                cases,
                "id",
                "policy_version",
                "recipient_timezone",
                "timezone",
                "department",
                "branch",
                "kind",
                "change_until",
                "contacted_at",
            ),
            *columns(services, "customer_name", "email", "phone", "language"),
            services.c.closed_at.label("service_closed_at"),
        )
        .join_from(cases, services, services.c.id == cases.c.service_id)
        .where(cases.c.id.in_(case_ids))
    )
    return {row.id: row for row in db.execute(statement)}


def concerns(db: Connection, escalation_ids: Sequence[int]) -> Mapping[int, Row[Any]]:
    """Escalations with the newest thing that the customer is known to have said, by escalation id."""
    statement = (
        select(*escalations.c, *columns(answers, "rating", "comment", "contact_me"))
        .join_from(escalations, answers, answers.c.case_id == escalations.c.case_id)
        .where(escalations.c.id.in_(escalation_ids), ~is_unconfirmed())
        .order_by(answers.c.version)
    )
    return {row.id: row for row in db.execute(statement)}


def recipients(db: Connection, message_ids: Sequence[int]) -> dict[int, str]:
    """The names of the staff that these messages were for; the address of one without a name."""
    wanted = select(*columns(messages, "id", "to_name", "to_address")).where(messages.c.id.in_(message_ids))
    return {row.id: row.to_name or row.to_address for row in db.execute(wanted)}
