"""How customers are greeted: by the first name only where it is certain, else whole; not by what is no name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.greeting import greeted

NO_NAMES = """
Unknown|unknown|UNKNOWN|Unknown Customer|unknown unknown|(unknown)|Mr. Unknown|Frau Unbekannt|Herr|Mrs|Dr.|Familie
-|--|—|.|...|?|??|*|#|0|00000|12345|+4915112345678|0151 / 123456|Kunde 4711|Visitor 12345678|Customer #17
null|NULL|(null)|<null>|None|nil|NaN|undefined|[object Object]|{{customer.name}}|{{ first_name }}|%NAME%|${name}
N/A|n/a|NA|n.a.|n. a.|#N/A|#REF!|#NAME?|#VALUE!|(blank)|(empty)|TBD|tba|xxx|XX|x|aaa
[not provided]|Not Provided|not available|no name|NO NAME|NoName Customer|Anonymous|anonymous user|Deleted User
Permanently deleted user|Walk-in Customer|WALK-IN|Walk In|Cash Customer|Cash Sale|Homeowner|Current Resident|Tenant
Guest|Guest User|Wireless Caller|WIRELESS CALLER|Private Number|Mobile App User|Web User|One-Time Customer|A.N. Other
test|Test|TEST TEST|Test Customer|Tester|Demo User|Dummy|asdf|First Last|First Name
keine Angabe|Keine Angaben|k.A.|k. A.|ohne Namen?|nicht bekannt|Unbekannter Kunde|Laufkunde|Laufkundschaft|Barverkauf
CPD|CPD-Debitor|CPD Kunde|Einmalkunde|Diverse|Privatkunde|Max Mustermann|Mieter|Eigentümer|N.N.|gelöschter Benutzer
inconnu|Client inconnu|non renseigné|NON RENSEIGNE|Client de passage|client comptoir|sans nom|N.C.|Monsieur|Mme
desconocido|Sin nombre|Cliente contado|Consumidor Final|Público en General|PUBLICO EN GENERAL|no disponible|S/N
onbekend|Onbekende klant|geen naam|niet opgegeven|n.v.t.|anoniem|Particulier|dhr.|Mevrouw
anna@example.com|mailto:anna@example.com|www.example.com|example.com|https://example.com|x.arrieta|anna_b|@anna
Bergmann (VIP)|Anna Bergmann *do not call*|Bergmann - zahlt nicht|Bergmann; Meier|Anna/Peter|c/o Bergmann
\u200b|\u3000|\uff11\uff12\uff13|\N{FULLWIDTH LATIN CAPITAL LETTER U}nknown|Tel. 030 123456
"""


@pytest.mark.parametrize("name", [None, "", " ", "\t", *NO_NAMES.strip().replace("\n", "|").split("|")])
def test_what_is_no_name_is_not_said(name: str | None):
    assert greeted(name, whole=False) is None
    assert greeted(name, whole=True) is None


WHOLE = """
Müller GmbH & Co. KG|Müller GmbH|Bergmann AG|Smith Ltd|Smith Inc.|Dupont SARL|García S.L.|Jansen B.V.|Jansen BV|ACME Inc
Smith Plumbing|Hotel Adler|Autohaus Berg|Schreinerei Müller|Müller Heizungsbau|Praxis Bergmann|Deutsche Bahn
Hausverwaltung Schmidt|Schmidt Hausverwaltung|Stadt Köln|Gemeinde Rust|Boulangerie Dupont|Talleres Pérez|Bakkerij Smit
Smith Partners|Oak Apartments|Grace Church|Müller Wohnungsgesellschaft|3M Deutschland GmbH|Auto 2000 GmbH|Studio 54
BERGMANN, ANNA|Bergmann, Anna|O'Neill, Mary Ann|Mr. & Mrs. Smith|Mr and Mrs Smith|Ms. Jones|Anna & Peter Bergmann
Dr. med. Anna Bergmann|Dr. Bergmann|Prof. Bergmann|Frau Bergmann|Herr Meier|Familie Bergmann|Fam. Bergmann|Sir Elton
Mme Dupont|M. Dupont|Monsieur Dupont|Sra. García|Don Quijote|Dhr. Jansen|De Boer|Mevrouw Jansen
ANNA BERGMANN|BERGMANN Anna|Anna BERGMANN|anna bergmann|Anna B.|A. Bergmann|A Bergmann|J.R.|Jan de Boer
Anna Maria Bergmann|Anna Bergmann jun.|Иванов Иван|Παπαδόπουλος Γιώργος|王芳|王 芳|ஜெயா|محمد علي|Anna
Bergmann|Null Müller GmbH|Łukasz Żak-Nowak Sp|Unknown Pleasures Records|Test Valley Council|Guest House Inn
"""


@pytest.mark.parametrize("name", WHOLE.strip().replace("\n", "|").split("|"))
def test_who_may_be_a_company_or_stand_last_name_first_is_greeted_whole(name: str):
    assert greeted(name, whole=False) == name
    assert greeted(name, whole=True) == name


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Anna Bergmann", "Anna"),
        ("  Anna   Bergmann ", "Anna"),
        ("Anna\N{NO-BREAK SPACE}Bergmann", "Anna"),
        ("Anne-Marie O'Neill", "Anne-Marie"),
        ("Anna-Lena O’Neill", "Anna-Lena"),
        ("José García", "José"),
        ("Łukasz Żak", "Łukasz"),
        ("Ronald McDonald", "Ronald"),
        # Words that say that there is no name are names beside another one.
        ("Jennifer Null", "Jennifer"),
        ("Li Na", "Li"),
        ("Edgar Guest", "Edgar"),
        ("Johnny Cash", "Johnny"),
        ("Nil Yilmaz", "Nil"),
    ],
)
def test_two_plain_words_are_a_first_and_a_last_name(name: str, first: str):
    assert greeted(name, whole=False) == first
    assert greeted(name, whole=True) == " ".join(name.split())


@pytest.mark.parametrize(
    ("name", "said"), [("BERGMANN,", "BERGMANN"), (", Anna", "Anna"), ("Anna Bergmann,", "Anna Bergmann")]
)
def test_the_comma_of_an_empty_half_is_left_out(name: str, said: str):
    assert greeted(name, whole=False) == said


PARTS = """
Anna Bergmann Müller GmbH & Co. KG Dr. Frau BERGMANN, unknown test 4711 de Hotel - (VIP) 王芳
"""
NAMES = st.text(max_size=40) | st.lists(st.sampled_from(PARTS.split()), max_size=5).map(" ".join)


@given(NAMES, st.booleans())
def test_whatever_the_name_it_is_said_whole_or_by_its_first_word_or_not_at_all(name: str, whole: bool):
    said, words = greeted(name, whole=whole), name.split()
    if said is None or said == " ".join(words).strip(", "):
        return
    assert not whole
    assert len(words) == 2
    assert said == words[0]


@given(NAMES)
def test_who_has_no_name_has_none_in_any_language(name: str):
    assert (greeted(name, whole=False) is None) == (greeted(name, whole=True) is None)
