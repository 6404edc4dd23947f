"""what customers said, kept beside what people recorded"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0022"
down_revision = "0021"

TEXT, INSTANT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
VALUES = "address_key, channel, since, until, source, case_id, said_by, recorded_by"


def upgrade() -> None:
    # SQLite cannot change a primary key: the table is made anew.
    _make_anew(sa.Column("by_person", sa.Boolean(), nullable=False))
    op.execute(
        f"INSERT INTO suppressions ({VALUES}, by_person) "  # noqa: S608 -- our own names
        f"SELECT {VALUES}, recorded_by IS NOT NULL FROM suppressions_before"
    )
    op.drop_table("suppressions_before")


def downgrade() -> None:
    """Where both stand, the customer's own stays, which nobody but the customer can take back, for the longer time."""
    _make_anew()
    recorded = (
        "FROM suppressions_before AS recorded WHERE recorded.by_person AND NOT suppressions_before.by_person "
        "AND recorded.address_key = suppressions_before.address_key AND recorded.channel = suppressions_before.channel "
        "AND (recorded.until IS NULL OR recorded.until > suppressions_before.until)"
    )
    op.execute(
        f"UPDATE suppressions_before SET until = (SELECT recorded.until {recorded}) "  # noqa: S608 -- our own names
        f"WHERE until IS NOT NULL AND EXISTS (SELECT 1 {recorded})"
    )
    own = (
        "NOT by_person OR NOT EXISTS (SELECT 1 FROM suppressions_before AS own WHERE NOT own.by_person "
        "AND own.address_key = suppressions_before.address_key AND own.channel = suppressions_before.channel)"
    )
    op.execute(
        f"INSERT INTO suppressions ({VALUES}) SELECT {VALUES} FROM suppressions_before WHERE {own}"  # noqa: S608
    )
    op.drop_table("suppressions_before")


def _make_anew(*more: sa.Column[bool]) -> None:
    op.rename_table("suppressions", "suppressions_before")
    op.create_table(
        "suppressions",
        sa.Column("address_key", TEXT(), nullable=False),
        sa.Column("channel", TEXT(), nullable=False),
        *more,
        sa.Column("since", INSTANT(), nullable=False),
        sa.Column("until", INSTANT(), nullable=True),
        sa.Column("source", TEXT(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("said_by", TEXT(), nullable=True),
        sa.Column("recorded_by", TEXT(), nullable=True),
        sa.PrimaryKeyConstraint("address_key", "channel", *(column.name for column in more)),
    )
