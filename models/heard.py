"""A submission that was recorded before, with what its page needs to say thank you again."""

from typing import Any

from sqlalchemy import Connection, Row, select

from models.doubts import is_unconfirmed
from models.tables import answers, cases, columns, services

_OLDER = answers.alias("older")
_HEARD_BEFORE = (
    select(_OLDER.c.id)
    .where(_OLDER.c.case_id == answers.c.case_id, _OLDER.c.version < answers.c.version, ~is_unconfirmed(_OLDER))
    .correlate(answers)
    .exists()
)


def find_answer(db: Connection, nonce: str) -> Row[Any] | None:
    """The submission of this nonce, if it was recorded, with its case."""
    return db.execute(
        select(
            *columns(answers, "case_id", "version", "received_at", "rating", "comment", "contact_me", "escalation_id"),
            *columns(cases, "change_until", "policy_version", "recipient_timezone"),
            services.c.language,
            _HEARD_BEFORE.label("heard_before"),
        )
        .join_from(answers, cases, cases.c.id == answers.c.case_id)
        .join(services, services.c.id == cases.c.service_id)
        .where(answers.c.nonce == nonce)
    ).one_or_none()
