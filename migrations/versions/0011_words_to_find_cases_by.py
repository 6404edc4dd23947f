"""words to find cases by"""

import re
import unicodedata

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"

TEXT = sqlmodel.sql.sqltypes.AutoString
_BATCH = 1000


def upgrade() -> None:
    op.create_table(
        "case_words",
        sa.Column("word", TEXT().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("word", "case_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("case_words_of_case", "case_words", ["case_id", "word"])
    op.drop_index("cases_closed_at", "cases")
    op.create_index("cases_listed", "cases", ["closed_at", "id", "department", "branch", "stage", "disposition"])
    op.create_index("cases_of_department", "cases", ["department", "closed_at", "id", "branch", "stage", "disposition"])
    _index_what_is_there(op.get_bind())


def downgrade() -> None:
    op.drop_index("cases_of_department", "cases")
    op.drop_index("cases_listed", "cases")
    op.create_index("cases_closed_at", "cases", ["closed_at"])
    op.drop_table("case_words")


def _index_what_is_there(db) -> None:
    told = (
        "SELECT c.id, s.external_id, s.source, s.customer_ref, s.customer_name, s.email, s.phone, s.agent "
        "FROM cases c JOIN services s ON s.id = c.service_id ORDER BY c.id"
    )
    said = "SELECT case_id, comment FROM answers WHERE comment IS NOT NULL ORDER BY case_id"
    for statement in (told, said):
        rows = db.execute(sa.text(statement))
        while found := rows.fetchmany(_BATCH):
            words = {(word, row[0]) for row in found for text in row[1:] if text for word in _words(text)}
            db.execute(
                sa.text("INSERT INTO case_words (word, case_id) VALUES (:word, :case_id) ON CONFLICT DO NOTHING"),
                [{"word": word, "case_id": case_id} for word, case_id in sorted(words)],
            )


def _words(text: str) -> set[str]:
    """As policy.folding has them when this was written."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
    folded = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    return {word[:40] for word in re.findall(r"[^\W_]+", folded)}
