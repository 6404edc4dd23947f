"""Tables as programs export them: whatever letters, separator and header, the same table, or a question."""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.table_file import Columns, FileFault, Table, read_table
from cli.wrong_letters import are_doubtful, are_wrong

COLUMNS = Columns(("source", "external_id", "closed_at"), ("source", "external_id", "closed_at", "name", "note"))
HEADER = ("source", "external_id", "closed_at", "name")
ROW = ["crm", "J-1", "2026-10-05", "Müller"]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files") / "table.csv"


def written(rows: Sequence[Sequence[str]], separator: str = ",", end: str = "\r\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end).writerows(rows)
    return text.getvalue()


def read(path: Path, content: bytes, encoding: str | None = None) -> Table:
    path.write_bytes(content)
    return read_table(path, COLUMNS, encoding)


CELL = st.text(st.characters(codec="cp1252", exclude_categories=["Cc", "Cs"]), max_size=12).map(
    lambda text: f"x{text}x"
)


@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL, CELL), min_size=1, max_size=5),
    separator=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    spelt=st.sampled_from([str, str.upper, str.title, lambda name: name.replace("_", " ").title(),
                           lambda name: f" {name.replace('_', '-')}\xa0", lambda name: name.title().replace("_", "")]),
    stated=st.booleans(),
    above=st.lists(st.sampled_from(["Closed jobs of October", "Exported by Ann", ""]), max_size=3),
    spare=st.integers(0, 3),
)  # fmt: skip
def test_a_table_is_the_same_however_it_was_exported(
    path, rows, separator, end, encoding, spelt, stated, above, spare
):  # fmt: skip
    spared = [""] * spare
    table = [[title, *spared] for title in above] + [[*map(spelt, HEADER), *spared], *([*row, *spared] for row in rows)]
    text = f"sep={separator}{end}" * (stated and end != "\r") + written(table, separator, end)
    found = read(path, text.encode(encoding))
    assert found.header == HEADER
    assert [tuple(cells) for _, cells in found.rows] == rows
    assert [cells[0] for _, cells in found.passed_over] == [title for title in above if title]


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: (",".join(HEADER) + "\n" + text).encode()),
       st.sampled_from([None, "utf-16", "cp1250", "nonsense", "hex", "idna", "undefined"]))  # fmt: skip
def test_whatever_the_bytes_they_are_read_or_refused(path: Path, content: bytes, encoding: str | None):
    with suppress(FileFault):
        read(path, content, encoding)


@pytest.mark.parametrize(
    "footer", [["Total", "", "", "1"], ["1 job"], ["Exported 2026-10-06", "by Ann"], ["", "", "", "Confidential"]]
)
def test_what_stands_below_the_last_row_is_told_and_is_no_row(path: Path, footer: list[str]):
    found = read(path, written([HEADER, ROW, footer, footer]).encode())
    assert ([line for line, _ in found.rows], [line for line, _ in found.passed_over]) == ([2], [3, 4])


def test_a_row_that_lacks_something_is_a_row_wherever_it_stands(path: Path):
    poor = ["crm", "", "", ""]
    assert len(read(path, written([HEADER, poor, ROW]).encode()).rows) == 2  # not at the end
    assert (
        len(read(path, written([HEADER, ROW, ["crm", "J-2", "", "Ann"]]).encode()).rows) == 2
    )  # more than a footer has
    assert len(read(path, written([HEADER, poor]).encode()).rows) == 1  # all there is


def test_a_name_that_stands_twice_in_whatever_spelling_is_a_fault(path: Path):
    with pytest.raises(FileFault, match="external_id appears twice"):
        read(path, written([[*HEADER, "External Id"], [*ROW, "J-2"]]).encode())


def test_an_encoding_that_is_stated_is_taken_or_refused(path: Path):
    content = written([HEADER, ["crm", "J-1", "2026-10-05", "Łukasz Żak"]])
    assert read(path, content.encode("iso8859-2"), "iso8859-2").rows[0][1][3] == "Łukasz Żak"
    assert read(path, content.encode("utf-16-le"), "utf-16-le").rows[0][1][3] == "Łukasz Żak"
    for encoding in ("ascii", "nonsense", "hex"):
        with pytest.raises(FileFault, match=f"not in {encoding}, or that is no encoding"):
            read(path, content.encode("iso8859-2"), encoding)


NAMES = [
    "Łukasz Żak", "Wałęsa", "Jürgen Groß", "Zoë Müller", "José Núñez", "Œuvrard", "Béatrice Lebœuf", "Søren Ångström",
    "Ana-María Peña", "Çelik", "Nuño d’Écosse", "O’Neill", "Gal·la", "Käthe Weiß", "Straße 5 ½", "Vaillant® GmbH",
    "»Zum Löwen«", "„Adler“", "Bäcker…", "García — hijo", "MÜLLER", "ÖZGÜR", "DÜRR & SÖHNE", "Ümit",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_that_are_read_right_are_not_doubted(name: str):
    assert not are_wrong(name)


@pytest.mark.parametrize("name", [name for name in NAMES if "ł" not in name.lower()])
def test_names_in_western_letters_are_not_asked_about(name: str):
    assert not are_doubtful(name.encode("cp1252").decode("cp1252"))


@pytest.mark.parametrize(
    ("name", "written_in", "read_as"),
    [
        ("Łukasz Żak", "iso8859-2", "cp1252"), ("Łukasz Żak", "cp1250", "cp1252"), ("Wałęsa", "cp1250", "cp1252"),
        ("Müller", "mac_roman", "cp1252"), ("José", "mac_roman", "cp1252"), ("Weiß", "mac_roman", "cp1252"),
        ("Schröder", "mac_roman", "cp1252"), ("Núñez", "mac_roman", "cp1252"), ("Bär", "mac_roman", "cp1252"),
        ("Müller", "utf-8", "cp1252"), ("Renée", "utf-8", "cp1252"), ("Bär", "cp1252", "mac_roman"),
        ("Müller", "utf-8", "mac_roman"), ("Müller", "cp437", "cp1252"), ("Weiß", "utf-8", "latin-1"),
    ],
)  # fmt: skip
def test_names_that_are_read_wrong_are_doubted(name: str, written_in: str, read_as: str):
    wrong = name.encode(written_in).decode(read_as, "replace")
    assert wrong != name
    assert are_doubtful(wrong)
