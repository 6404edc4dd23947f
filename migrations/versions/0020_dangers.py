"""dangers, and who is on call"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0020"
down_revision = "0018"

TEXT, INSTANT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", TEXT(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("reply_id", sa.Integer(), nullable=True),
        sa.Column("dangers", TEXT(), nullable=False),
        sa.Column("department", TEXT(), nullable=False),
        sa.Column("channel", TEXT(), nullable=True),
        sa.Column("policy_version", TEXT(), nullable=True),
        sa.Column("received_at", INSTANT(), nullable=False),
        sa.Column("raised_at", INSTANT(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("next_at", INSTANT(), nullable=True),
        sa.Column("told", TEXT(), nullable=False),
        sa.Column("taken_at", INSTANT(), nullable=True),
        sa.Column("taken_by", TEXT(), nullable=True),
        sa.Column("ended_at", INSTANT(), nullable=True),
        sa.Column("ended_by", TEXT(), nullable=True),
        sa.Column("outcome", TEXT(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_alarms_case_id", "alarms", ["case_id"])
    op.create_index("alarms_open", "alarms", ["next_at", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "duty_shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department", TEXT(), nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("email", TEXT(), nullable=False),
        sa.Column("phone", TEXT(), nullable=True),
        sa.Column("starts_at", INSTANT(), nullable=False),
        sa.Column("ends_at", INSTANT(), nullable=False),
        sa.Column("uid", TEXT(), nullable=True),
        sa.Column("added_by", TEXT(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("duty_shifts_by_end", "duty_shifts", ["ends_at", "id"])


def downgrade() -> None:
    op.drop_table("duty_shifts")
    op.drop_table("alarms")
