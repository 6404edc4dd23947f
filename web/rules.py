"""The rules that a case goes by: those of the policy version that it was opened under."""

from sqlalchemy import Connection, select

from models.tables import policy_versions
from policy.file import parse_policy
from policy.rules import Rules

_RULES: dict[str, Rules] = {}
"""By version; a version is a hash of its text, so what is here never changes."""


def rules_of(db: Connection, version: str) -> Rules:
    known = _RULES.get(version)
    if known is None:
        text = db.execute(select(policy_versions.c.text).where(policy_versions.c.version == version)).scalar_one()
        known = _RULES[version] = parse_policy(text).rules
    return known
