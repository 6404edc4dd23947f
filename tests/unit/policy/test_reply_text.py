"""What somebody wrote, without what their program added."""

from textwrap import wrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.ours import Letters
from policy.reply_text import newest_part

SURVEY = "Example Home Services\n\nHow did we do?\n\nHello Ann,\n\nHow satisfied are you with our service? 1 2 3 4 5"
LETTERS = Letters.of([SURVEY], names=["Example Home Services", "@reply.example.com"])
OURS = "Example Home Services <reply+k3v7q2m5x4c6b7n3z5l2p6r4t7w3y5d4@reply.example.com>"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("5 great", "5 great"),
        ("5\r\n\r\n\r\n\r\ngreat\r\n", "5\n\ngreat"),
        (f"5 great\n\nOn Mon, 5 Oct 2026 at 10:12, {OURS} wrote:\n> How did we do?\n> 1 2 3 4 5", "5 great"),
        (f"5 great\n\nOn Mon, 5 Oct 2026 at 10:12,\n{OURS}\nwrote:\n\nHow did we do? 1 2 3 4 5", "5 great"),
        (f"Danke, 4\n\nAm 05.10.2026 um 10:12 schrieb {OURS}:\n> Wie war es?", "Danke, 4"),
        (f"Merci, 4\n\nLe lun. 5 oct. 2026 à 10:12, {OURS} a écrit :\n> Alors ?", "Merci, 4"),
        (f"Gracias, 4\n\nEl lun, 5 oct 2026 a las 10:12, {OURS} escribió:\n> ¿Qué tal?", "Gracias, 4"),
        (f"Dank, 4\n\nOp ma 5 okt 2026 om 10:12 schreef {OURS}:\n> Hoe was het?", "Dank, 4"),
        ("> How did we do?\n> 1 2 3 4 5\n\n4 fine", "4 fine"),  # written below
        (f"On Mon, 5 Oct 2026 at 10:12, {OURS} wrote:\n> How did we do?\n\n4 fine", "4 fine"),
        ("> How did we do?\n4\n> What should we know?\nnothing", "4\nnothing"),  # written in between
        ("3\n-----Original Message-----\nFrom: us\nHow did we do?", "3"),
        ("3\n-----Ursprüngliche Nachricht-----\nHow did we do?", "3"),
        ("3\n________________________________\nFrom: us\nHow did we do?", "3"),
        (
            "3\n\nFrom: Ex <a@example.com>\nSent: Monday, 5 October 2026 10:12\nTo: me\nSubject: x\n\nHow did we do?",
            "3",
        ),
        ("3\n\nVon: Ex <a@example.com>\nGesendet: Montag\nAn: mich\nBetreff: x\n\nWie war es?", "3"),
        ("3\n\n*De :* Ex <a@example.com>\n*Envoyé :* lundi\n*À :* moi\n\nAlors ?", "3"),
        ("3\n\nVan: Ex <a@example.com>\nVerzonden: maandag\nAan: mij\n\nHoe was het?", "3"),
        ("4\n\n-- \nAnna Bergmann\n+49 30 5550 1", "4"),
        ("4\n\nSent from my iPhone", "4"),
        ("4\n\nVon meinem iPhone gesendet", "4"),
        ("4\nEnvoyé de mon iPhone\n", "4"),
        ("4\nEnviado desde mi iPhone", "4"),
        ("4\nVerzonden vanaf mijn iPhone", "4"),
        ("4\nGet Outlook for Android", "4"),
        ("> only quoted\n> nothing else", ""),
        ("", ""),
        # What looks like it, and is not:
        ("From: one to five I say four", "From: one to five I say four"),
        ("He wrote: see you at 10:30", "He wrote: see you at 10:30"),
        ("My wife wrote:\nit was fine", "My wife wrote:\nit was fine"),
        ("5 -- great", "5 -- great"),
        ("Tech: 5\nOffice: 2\nPrice: 3", "Tech: 5\nOffice: 2\nPrice: 3"),
        ("Example Home Services was great\nBut it drips", "Example Home Services was great\nBut it drips"),
        ("He came at 17:44 on 5.10.26\nand broke it", "He came at 17:44 on 5.10.26\nand broke it"),
        ("not at all satisfied", "not at all satisfied"),  # words of our scale, and anybody's
    ],
)
def test_quotations_and_signatures_are_left_out(text: str, written: str):
    assert newest_part(text, LETTERS).text == written


@given(st.text(), st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_what_is_quoted_below_never_changes_what_was_written(text: str, quoted: list[str]):
    quotation = "\n".join("> " + line for part in quoted for line in part.splitlines())
    assert newest_part(f"{text}\n{quotation}", LETTERS) == newest_part(text, LETTERS)


@pytest.mark.parametrize(
    "reply",
    [
        f"{{text}}\n{SURVEY}",  # no head, no mark
        f"{{text}}\n\n---- On Mon, 05 Oct 2026 17:44:22 +0200 {OURS} wrote ----\n{SURVEY}",
        f"{{text}}\nOd: {OURS}\nWysłano: poniedziałek, 5 października 2026 17:44\nDo: ann@example.com\n\n{SURVEY}",
        f"{{text}}\nAm 05.10.26 um 17:44 schrieb Example Home Services\n{SURVEY}",
        f"{{text}}\n\nOn Mon, 5 Oct 2026, {OURS} wrote:\n> " + SURVEY.replace("\n", "\n> "),
        "{text}\n\n> " + "\n".join(wrap(SURVEY, 40)),  # wrapped anew, and the marks lost
        f"{SURVEY}\n\n{{text}}",  # written below
    ],
)
@pytest.mark.parametrize(
    "text", ["5", "2 still cold", "STOP", "5\nGreat job\nBut it leaks, call me", "not at all satisfied"]
)
def test_our_own_words_are_taken_away_whatever_stands_around_them(reply: str, text: str):
    assert newest_part(reply.format(text=text), LETTERS).text == text


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("form", ["{said}", "5\n{said}", "please: {said}", "{said} please"])
def test_a_few_words_that_our_text_has_as_well_stay_the_customers(form: str, gap: str):
    for said in ("satisfied are you", "are you with our", "with our service"):
        assert said in SURVEY
        text = form.format(said=said)
        assert newest_part(f"{text}{gap}{SURVEY}", LETTERS).text.startswith(text)
        assert newest_part(f"{SURVEY}{gap}{text}", LETTERS).text.endswith(text)


def test_what_is_written_between_our_lines_is_theirs():
    lines = SURVEY.split("\n")
    quoted = "\n".join(f"> {line}" for line in lines[:5]) + "\n4\n" + "\n".join(f"> {line}" for line in lines[5:])
    assert newest_part(quoted, LETTERS).text == "4"


@given(st.text("abcdefgh ÄÖÜéñ 12345!?.,'👍⭐\n", max_size=60), st.sampled_from(["\n", "\n\n"]))
def test_what_was_written_does_not_depend_on_what_is_quoted_below(text: str, gap: str):
    assert newest_part(f"{text}{gap}{SURVEY}", LETTERS) == newest_part(text, LETTERS)
