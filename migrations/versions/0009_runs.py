"""runs"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"

TEXT, INSTANT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("flow", TEXT(), nullable=False),
        sa.Column("prefect_run_id", TEXT(), nullable=True),
        sa.Column("as_of", INSTANT(), nullable=True),
        sa.Column("started_at", INSTANT(), nullable=False),
        sa.Column("ended_at", INSTANT(), nullable=True),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("word", TEXT(), nullable=True),
        sa.Column("counts", TEXT(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("runs_of_flow", "runs", ["flow", "id"])
    op.create_index("runs_by_state", "runs", ["state", "started_at"])
    # Added, not rebuilt: the triggers that keep the log append-only stay, and no entry is touched.
    op.add_column("entries", sa.Column("run_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("entries", "run_id")
    op.drop_table("runs")
