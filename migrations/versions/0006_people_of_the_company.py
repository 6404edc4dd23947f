"""people of the company"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"

TEXT, INSTANT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", TEXT(), nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("roles", TEXT(), nullable=False),
        sa.Column("departments", TEXT(), nullable=False),
        sa.Column("timezone", TEXT(), nullable=False),
        sa.Column("password_hash", TEXT(), nullable=True),
        sa.Column("oidc_subject", TEXT(), nullable=True),
        sa.Column("away_from", sa.Date(), nullable=True),
        sa.Column("away_until", sa.Date(), nullable=True),
        sa.Column("stand_in_id", sa.Integer(), nullable=True),
        sa.Column("created_at", INSTANT(), nullable=False),
        sa.Column("disabled_at", INSTANT(), nullable=True),
        sa.ForeignKeyConstraint(["stand_in_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("oidc_subject"),
    )
    op.create_table(
        "sign_ins",
        sa.Column("token_sha256", TEXT(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", INSTANT(), nullable=False),
        sa.Column("seen_at", INSTANT(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    op.create_index("ix_sign_ins_person_id", "sign_ins", ["person_id"])
    op.create_table(
        "failed_sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", TEXT(), nullable=False),
        sa.Column("at", INSTANT(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("failed_sign_ins_recent", "failed_sign_ins", ["key", "at"])
    op.create_table(
        "submissions",
        sa.Column("nonce", TEXT(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT(), nullable=False),
        sa.Column("went_to", TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("nonce"),
    )


def downgrade() -> None:
    for table in ("submissions", "failed_sign_ins", "sign_ins", "people"):
        op.drop_table(table)
