"""Which encoding a file has: said when it is certain, asked for when a name may be two."""

from pathlib import Path

import pytest

from cli.file_letters import betrays, is_plausible
from cli.file_text import FileFault, read_text


def read(folder: Path, text: str, encoding: str, named: str | None = None) -> tuple[str, str]:
    path = folder / "names.csv"
    path.write_bytes(f"id,name\n1,{text}\n".encode(encoding))
    content, found = read_text(path, named)
    return content.removeprefix("id,name\n1,").removesuffix("\n"), found


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("Łukasz Żak, Jiří, Παπαδόπουλος, Иванов, 张三, 田中", "utf-8", "utf-8"),
        ("Łukasz Żak", "utf-8-sig", "utf-8-sig"),
        ("Łukasz Żak", "utf-16", "utf-16"),
        ("Käthe Weiß, Jörg Ärmel, Özdemir, Übel, André", "cp1252", "cp1252"),
        ("Käthe Weiß, Jörg Ärmel, Özdemir, Übel, André", "latin-1", "cp1252"),
        ("Müller–Schmidt, O’Neill, „Nord“ – 5 €, m², 21°C", "cp1252", "cp1252"),
        ("Müller\u00a0", "cp1252", "cp1252"),
        ("Mueller", "ascii", "utf-8"),
    ],
)
def test_what_is_certain_is_taken(tmp_path: Path, text: str, encoding: str, found: str):
    assert read(tmp_path, text, encoding) == (text, found)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Łukasz Żak", "iso8859-2"),
        ("Jiří Dvořák", "cp1250"),
        ("Müller", "mac_roman"),
        ("Schröder", "mac_roman"),
        ("Peña", "mac_roman"),
        ("Schröder", "cp850"),
        ("Straße", "cp850"),
        ("Tomé", "cp850"),
        ("Sichuán", "cp850"),
        ("Hélène", "cp1252"),  # Hélčne
        ("Søren", "latin-1"),  # Sřren
        ("Y\u0131lmaz", "cp1254"),
        ("Jānis", "cp1257"),
        ("Иванов", "cp1251"),
        ("Иванов", "koi8_r"),
        ("Παπαδόπουλος", "cp1253"),
        ("张三", "gbk"),
        ("田中", "cp932"),
        ("김철수", "cp949"),
    ],
)
def test_what_may_be_another_name_is_asked_for_and_read_when_it_is_named(tmp_path: Path, text: str, encoding: str):
    with pytest.raises(FileFault, match="name its encoding with --encoding") as fault:
        read(tmp_path, text, encoding)
    assert "line 2: '" in str(fault.value)
    assert f"'{text.split()[0]}' (" in str(fault.value), "the right name is among those that are offered"
    assert read(tmp_path, text, encoding, encoding) == (text, encoding)


@pytest.mark.parametrize(
    ("encoding", "named", "told"),
    [
        ("utf-8", "windows-1252", "the file is utf-8 and not windows-1252; leave --encoding out"),
        ("utf-16", "utf-8", "the file is utf-16 and not utf-8"),
        ("cp1252", "utf-8", "line 2 is not utf-8"),
        ("cp1252", "klingon", "'klingon' is no encoding that we know; write for example windows-1252"),
        ("cp1252", "rot13", "'rot13' is no encoding that we know"),
        ("cp1252", "a\0b", "is no encoding that we know"),
        ("cp1252", "", "is no encoding that we know"),
        ("utf-16-le", None, "perhaps UTF-16 without its mark"),
    ],
)
def test_a_named_encoding_has_to_be_the_files(tmp_path: Path, encoding: str, named: str | None, told: str):
    with pytest.raises(FileFault) as fault:
        read(tmp_path, "Müller", encoding, named)
    assert told in str(fault.value)


def test_a_named_encoding_may_be_one_that_the_file_has_anyway(tmp_path: Path):
    assert read(tmp_path, "Mueller", "ascii", "windows-1252")[0] == "Mueller"
    assert read(tmp_path, "Müller", "utf-8-sig", "utf-8")[0] == "Müller"
    assert read(tmp_path, "Müller", "utf-16", "utf-16-le")[0] == "Müller"


@pytest.mark.parametrize(
    "name",
    [
        "MÃ¼ller",
        "M\ufffdller",
        "M‰ller",
        "MŸller",
        "£ukasz ¯ak",
        "Stra§e",
        "K„the",
        "J?rgen",
        "Weiﬂ",
        "Mьller",
        "AndrÈ",
    ],
)
def test_letters_of_a_wrong_encoding_betray_themselves(name: str):
    assert betrays(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Müller",
            "MÜLLER",
            "Łukasz Żak",
            "d’Élan",
            "O\u00b4Neill",
            "McDonald",
            "MüLLER",
            "GROßMANN",
            "Gal·la",
            "Nguyễn",
            "Иванов",
            "Παπαδόπουλος",
        ),
        *(
            "张三",
            "田中さくら",
            "김철수",
            "علي",
            "लक्ष्मी",
            "Mª Jesús",
            "Vaillant®",
            "„Nord“ GmbH",
            "¿Qué?",
            "Öl & Gas – 21°C",
        ),
        *("Who?", "Heizung (2²)", "Ærø", "Straße", "Çelik", "İpek", "e\u0301lan"),
    ],
)
def test_names_of_all_countries_are_plausible(name: str):
    assert not betrays(name)
    assert all(map(is_plausible, name.split()))
