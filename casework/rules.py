"""The rules that a case goes by: those of the policy version that it was opened under."""

from sqlalchemy import Connection

from models.policies import policy_text
from policy.file import rules_known_as
from policy.rules import Rules


def rules_of(db: Connection, version: str) -> Rules:
    return rules_known_as(version, lambda: policy_text(db, version))
