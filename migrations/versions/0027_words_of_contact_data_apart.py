"""words of contact data, apart from the others by which cases are found"""

import re
import unicodedata
from collections.abc import Iterator

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0027"
down_revision = "0026"

TEXT = sqlmodel.sql.sqltypes.AutoString
BYTEWISE = TEXT().with_variant(sa.Text(collation="C"), "postgresql")
_BATCH = 1000


def upgrade() -> None:
    op.create_table(
        "case_contact_words",
        sa.Column("word", BYTEWISE, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("word", "case_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("case_contact_words_of_case", "case_contact_words", ["case_id", "word"])
    # What an older version made words of is not known for certain: all are made anew.
    op.execute("DELETE FROM case_words")
    _index_what_is_there(op.get_bind())


def downgrade() -> None:
    op.execute(
        "INSERT INTO case_words (word, case_id) SELECT word, case_id FROM case_contact_words WHERE true "
        "ON CONFLICT DO NOTHING"
    )
    op.drop_table("case_contact_words")


def _index_what_is_there(db) -> None:
    told = (
        "SELECT c.id, s.email, s.phone, s.external_id, s.source, s.customer_ref, s.customer_name, s.agent "
        "FROM cases c JOIN services s ON s.id = c.service_id ORDER BY c.id"
    )
    said = "SELECT case_id, comment FROM answers WHERE comment IS NOT NULL ORDER BY case_id"
    for rows in _batches(db, told):
        _keep(
            db,
            {(word, row[0]) for row in rows for text in row[3:] if text for word in _words(text)},
            {(word, row[0]) for row in rows for word in (*_words(row[1] or ""), *_digits(row[2] or ""))},
        )
    for rows in _batches(db, said):
        texts = [(case_id, text, _without_contacts(text)) for case_id, text in rows]
        _keep(
            db,
            {(word, case_id) for case_id, _, rest in texts for word in _words(rest)},
            {(word, case_id) for case_id, text, rest in texts if text != rest for word in _words(text)},
        )


def _batches(db, statement: str) -> Iterator[list]:
    rows = db.execute(sa.text(statement))
    while found := rows.fetchmany(_BATCH):
        yield found


def _keep(db, words: set, contacts: set) -> None:
    for table, kept in (("case_words", words), ("case_contact_words", contacts - words)):
        if kept:
            db.execute(
                sa.text(f"INSERT INTO {table} (word, case_id) VALUES (:word, :case_id) ON CONFLICT DO NOTHING"),  # noqa: S608 -- our own names
                [{"word": word, "case_id": case_id} for word, case_id in sorted(kept)],
            )


# As policy.folding, policy.contact_words and casework.words have them when this was written.
_JOINED = re.compile("[\ufe0e\ufe0f\u20e3\u200b-\u200f\u2060\ufeff]")
_BETWEEN = r"[\s().\-/·\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060-\u2069]{0,3}"
_NUMBER = re.compile(rf"[+(]{{0,2}}\d(?:{_BETWEEN}\d){{5,}}")
_DATE = re.compile(r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\s?\d{1,2}[./]\s?(?:\d{4}|\d{2}))")
_AT = re.compile(r"@|[\[(]at[\])]|\uff20", re.IGNORECASE)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", _JOINED.sub("", text))
    folded = "".join(_folded(char) for char in plain)
    return list(dict.fromkeys(word[:40] for word in re.findall(r"[^\W_]+", folded)))[:300]


def _folded(char: str) -> str:
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return (unicodedata.normalize("NFD", char)[0].casefold() or char)[0]


def _digits(phone: str) -> list[str]:
    digits = re.sub(r"\D", "", phone)
    return [digits[length:] for length in range(4)] if digits else []


def _without_contacts(text: str) -> str:
    text = re.sub(r"[^\s<>]+", lambda found: "…" if _AT.search(found[0]) else found[0], text)
    return _NUMBER.sub(lambda found: found[0] if _DATE.fullmatch(found[0].strip()) else "…", text)
