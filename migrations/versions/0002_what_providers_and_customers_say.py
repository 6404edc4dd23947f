"""what providers and customers say"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT, INSTANT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.add_column("messages", sa.Column("reported_at", INSTANT(), nullable=True))
    op.create_index("messages_of_provider", "messages", ["provider_id"])
    op.add_column("calls", sa.Column("call_back_at", INSTANT(), nullable=True))
    op.add_column("calls", sa.Column("confirms", sa.Integer(), nullable=True))
    op.add_column("calls", sa.Column("withdrawn_at", INSTANT(), nullable=True))
    op.add_column("answers", sa.Column("suspicion", TEXT(), nullable=True))
    op.add_column("links", sa.Column("channel", TEXT(), nullable=True))
    op.add_column("services", sa.Column("contact_basis", TEXT(), nullable=True))
    op.create_table(
        "provider_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", TEXT(), nullable=False),
        sa.Column("event_id", TEXT(), nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("news", TEXT(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", TEXT(), nullable=True),
        sa.Column("happened_at", INSTANT(), nullable=False),
        sa.Column("received_at", INSTANT(), nullable=False),
        sa.Column("code", TEXT(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "event_id"),
    )
    op.create_index("provider_events_of_message", "provider_events", ["message_id"])
    op.create_table(
        "replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", TEXT(), nullable=False),
        sa.Column("external_id", TEXT(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("from_key", TEXT(), nullable=True),
        sa.Column("received_at", INSTANT(), nullable=False),
        sa.Column("text", TEXT(), nullable=False),
        sa.Column("attachments", sa.Integer(), nullable=False),
        sa.Column("understood", TEXT(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", INSTANT(), nullable=True),
        sa.Column("settled_by", TEXT(), nullable=True),
        sa.Column("settlement", TEXT(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "external_id"),
    )
    op.create_index("ix_replies_case_id", "replies", ["case_id"])
    still_open = sa.text("settled_at IS NULL")
    op.create_index("replies_open", "replies", ["id"], sqlite_where=still_open, postgresql_where=still_open)
    op.create_table(
        "invalid_addresses",
        sa.Column("address_key", TEXT(), nullable=False),
        sa.Column("channel", TEXT(), nullable=False),
        sa.Column("since", INSTANT(), nullable=False),
        sa.Column("code", TEXT(), nullable=False),
        sa.PrimaryKeyConstraint("address_key", "channel"),
    )
    # SQLite cannot change a primary key: the table is made anew.
    op.rename_table("suppressions", "suppressions_before")
    op.create_table(
        "suppressions",
        sa.Column("address_key", TEXT(), nullable=False),
        sa.Column("channel", TEXT(), nullable=False),
        sa.Column("since", INSTANT(), nullable=False),
        sa.Column("until", INSTANT(), nullable=True),
        sa.Column("source", TEXT(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("address_key", "channel"),
    )
    op.execute(
        "INSERT INTO suppressions (address_key, channel, since, source, case_id) "
        "SELECT address_key, '*', since, source, case_id FROM suppressions_before"
    )
    op.drop_table("suppressions_before")


def downgrade() -> None:
    op.rename_table("suppressions", "suppressions_after")
    op.create_table(
        "suppressions",
        sa.Column("address_key", TEXT(), nullable=False),
        sa.Column("since", INSTANT(), nullable=False),
        sa.Column("source", TEXT(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("address_key"),
    )
    op.execute(
        "INSERT INTO suppressions (address_key, since, source, case_id) "
        "SELECT address_key, since, source, case_id FROM suppressions_after WHERE channel = '*'"
    )
    op.drop_table("suppressions_after")
    op.drop_table("invalid_addresses")
    op.drop_table("replies")
    op.drop_table("provider_events")
    op.drop_column("services", "contact_basis")
    op.drop_column("links", "channel")
    op.drop_column("answers", "suspicion")
    op.drop_column("calls", "withdrawn_at")
    op.drop_column("calls", "confirms")
    op.drop_column("calls", "call_back_at")
    op.drop_index("messages_of_provider", "messages")
    op.drop_column("messages", "reported_at")
