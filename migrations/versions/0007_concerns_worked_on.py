"""concerns worked on"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"

TEXT, INSTANT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=True),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("at", INSTANT(), nullable=False),
        sa.Column("by", TEXT(), nullable=False),
        sa.Column("person_email", TEXT(), nullable=True),
        sa.Column("text", TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalations.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notes_case_id", "notes", ["case_id"])
    op.create_table(
        "subtasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("department", TEXT(), nullable=False),
        sa.Column("owner", TEXT(), nullable=False),
        sa.Column("owner_email", TEXT(), nullable=False),
        sa.Column("what", TEXT(), nullable=False),
        sa.Column("asked_at", INSTANT(), nullable=False),
        sa.Column("asked_by", TEXT(), nullable=False),
        sa.Column("asked_by_email", TEXT(), nullable=True),
        sa.Column("due_at", INSTANT(), nullable=False),
        sa.Column("ended_at", INSTANT(), nullable=True),
        sa.Column("ended_by", TEXT(), nullable=True),
        sa.Column("ended_as", TEXT(), nullable=True),
        sa.Column("result", TEXT(), nullable=True),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalations.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_subtasks_escalation_id", "subtasks", ["escalation_id"])
    still_open = sa.text("ended_at IS NULL")
    op.create_index("subtasks_open", "subtasks", ["due_at", "id"], sqlite_where=still_open, postgresql_where=still_open)
    op.add_column("escalations", sa.Column("taken_at", INSTANT(), nullable=True))
    op.add_column("escalations", sa.Column("retake_by", INSTANT(), nullable=True))
    op.add_column("escalations", sa.Column("attached_to", sa.Integer(), nullable=True))
    op.execute("UPDATE escalations SET taken_at = acknowledged_at")
    for name, columns, condition in _INDEXES:
        where = sa.text(condition)
        op.create_index(name, "escalations", columns, sqlite_where=where, postgresql_where=where)


_INDEXES = (
    ("escalations_open", ["deadline_at", "id"], "closed_at IS NULL"),
    ("escalations_closed", ["closed_at", "id"], "closed_at IS NOT NULL"),
    ("escalations_attached", ["attached_to"], "attached_to IS NOT NULL"),
)


def downgrade() -> None:
    for name, _columns, _condition in _INDEXES:
        op.drop_index(name, "escalations")
    op.drop_column("escalations", "attached_to")
    op.drop_column("escalations", "retake_by")
    op.drop_column("escalations", "taken_at")
    op.drop_table("subtasks")
    op.drop_table("notes")
