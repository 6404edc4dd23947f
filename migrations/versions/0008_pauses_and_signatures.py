"""pauses and signatures"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"

TEXT, INSTANT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "escalation_pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=False),
        sa.Column("code", TEXT(), nullable=False),
        sa.Column("note", TEXT(), nullable=False),
        sa.Column("begun_at", INSTANT(), nullable=False),
        sa.Column("begun_by", TEXT(), nullable=False),
        sa.Column("ends_by", INSTANT(), nullable=False),
        sa.Column("ended_at", INSTANT(), nullable=True),
        sa.Column("ended_by", TEXT(), nullable=True),
        sa.Column("ended_because", TEXT(), nullable=True),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalations.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_escalation_pauses_escalation_id", "escalation_pauses", ["escalation_id"])
    _one_open("escalation_pauses_open", "escalation_pauses", sa.text("ended_at IS NULL"))
    op.create_table(
        "unreachable_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT(), nullable=False),
        sa.Column("asked_by", TEXT(), nullable=False),
        sa.Column("root_cause", TEXT(), nullable=False),
        sa.Column("action", TEXT(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("channels", TEXT(), nullable=False),
        sa.Column("first_at", INSTANT(), nullable=False),
        sa.Column("decided_at", INSTANT(), nullable=True),
        sa.Column("decided_by", TEXT(), nullable=True),
        sa.Column("signed", sa.Boolean(), nullable=True),
        sa.Column("note", TEXT(), nullable=True),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalations.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_unreachable_requests_escalation_id", "unreachable_requests", ["escalation_id"])
    _one_open("unreachable_requests_open", "unreachable_requests", sa.text("decided_at IS NULL"))
    op.execute("UPDATE escalations SET outcome = 'resolved, unconfirmed' WHERE outcome = 'unconfirmed'")


def downgrade() -> None:
    op.execute("UPDATE escalations SET outcome = 'unconfirmed' WHERE outcome = 'resolved, unconfirmed'")
    op.drop_table("unreachable_requests")
    op.drop_table("escalation_pauses")


def _one_open(name: str, table: str, still_open: sa.TextClause) -> None:
    op.create_index(name, table, ["escalation_id"], unique=True, sqlite_where=still_open, postgresql_where=still_open)
