"""The rules that a case goes by: those of the policy version that it was opened under."""

from sqlalchemy import Connection, select

from models.policies import policy_text
from models.tables import cases
from policy.file import rules_known_as
from policy.rules import Rules


def rules_of(db: Connection, version: str) -> Rules:
    return rules_known_as(version, lambda: policy_text(db, version))


def rules_of_case(db: Connection, case_id: int) -> Rules:
    version = db.execute(select(cases.c.policy_version).where(cases.c.id == case_id)).scalar_one()
    return rules_of(db, version)
