"""Clause 4.3 in tables: what is a rating for certain, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.possible_ratings import likely_rating
from policy.said_rating import Stated, stated


@pytest.mark.parametrize(
    ("text", "rating", "rest"),
    [
        ("5", 5, ""),
        (" 5. ", 5, ""),
        ("(4)", 4, ""),
        ("\uff15", 5, ""),  # full width
        ("٤", 4, ""),  # Arabic digits
        ("5\ufe0f\u20e3", 5, ""),  # the emoji of a key
        ("④", 4, ""),
        ("5!!! Thank you", 5, ""),
        ("Thanks, 4", 4, ""),
        ("Danke, 4", 4, ""),
        ("five", 5, ""),
        ("FÜNF", 5, ""),
        ("fu\u0308nf", 5, ""),  # typed with a separate accent
        ("quatre !", 4, ""),
        ("Tres.", 3, ""),
        ("vijf", 5, ""),
        ("one star", 1, ""),
        ("⭐⭐⭐⭐", 4, ""),
        ("★★★☆☆", 3, ""),
        ("*****", 5, ""),
        ("5 ⭐", 5, ""),  # one star is its unit
        ("⭐5", 5, ""),
        ("5/5 ⭐⭐⭐⭐⭐", 5, ""),
        ("3 / 5", 3, ""),
        ("4 out of 5 stars", 4, ""),
        ("four out of five", 4, ""),
        ("vier von fünf Sternen", 4, ""),
        ("4 sur 5", 4, ""),
        ("4 de 5", 4, ""),
        ("4 van de 5", 4, ""),
        ("5-star", 5, ""),
        ("5star", 5, ""),
        ("5 Punkte", 5, ""),
        ("I'd give 4/5", 4, ""),
        ("It's a 5 from me", 5, ""),
        ("My rating: 4", 4, ""),
        ("ich gebe eine 5", 5, ""),
        ("je mets 5", 5, ""),
        ("le doy un 5", 5, ""),
        ("ik geef een 4", 4, ""),
        ("5 \U0001f44d", 5, ""),
        ("1 \U0001f621", 1, ""),
        ("5 :)", 5, ""),
        # With a greeting, a farewell, a name and a number below it.
        ("Hello\n\n5\n\nRegards\nBob Smith\n0151 234567", 5, ""),
        ("Guten Tag,\n\n5\n\nMit freundlichen Grüßen\nBernd Beispiel\nTel. 030 1234567", 5, ""),
        ("Hi Anna, 5. Regards Bob Smith", 5, ""),
        ("Bonjour,\n4\nCordialement,\nJean Dupont", 4, ""),
        # With praise or blame that agrees.
        ("4 great job", 4, "great job"),
        ("4 - great job", 4, "great job"),
        ("Vier, alles gut", 4, "alles gut"),
        ("5 sehr gut", 5, "sehr gut"),
        ("1 terrible", 1, "terrible"),
        ("Great work, five stars!", 5, "Great work,"),
        # On a line of its own, with the comment below.
        ("5\nGreat job\nBut the boiler leaks again, please call me", 5,
         "Great job\nBut the boiler leaks again, please call me"),
        ("Hallo,\n\n2\n\nEs tropft noch.", 2, "Es tropft noch."),
    ],
)  # fmt: skip
def test_a_rating_that_cannot_mean_anything_else(text: str, rating: int, rest: str):
    assert stated(text) == Stated(rating, rest)


@pytest.mark.parametrize(
    "text",
    [
        "", "\U0001f44d", "⭐", "Great service ⭐", "10", "0", "-5", "4.5", "5.0", "8/10", "0/5", "9 von 10", "⭐" * 6,
        "4-5", "4 or 5", "5 5", "5+", "3+", "1-", "1*", "5€", "5?", "#5",
        # Counted, dated, addressed
        "2 hours late", "5 minutes early", "2 Stunden zu spät", "1 technicien est venu", "2 of 5 radiators still cold",
        "4 of 5 lamps work", "came 5/5", "on 4/5", "5, High Street", "Flat\n3", "Room\n4", "3 guys came", "1 question",
        "2 thumbs up", "2nd visit needed", "1st floor flat", "1A Service", "Eins a", "Note 6", "2\nradiators are cold",
        # More than one
        "5 until yesterday, now 1", "5 sorry i meant 1", "5 for the technician, 1 for the price", "5 no wait 2",
        "5 stars? More like 1.", "5 Sterne minus 2 wegen Dreck", "5\nGreat job, see you at 4", "1. on time\n2. clean",
        # Against itself
        "5 \U0001f44e", "1 \U0001f44d", "5 \U0001f621", "5 out of 5, not!", "1 excellent", "5 terrible",
        "Great job!\n1",
        # Words that are an article as well, or begin something else
        "one", "un!", "één", "One word: brilliant", "Un peu cher", "Two. Thumbs. Up.", "Tres. Semanas. Esperando.",
        # With words that nobody here knows
        "4 but late", "3. Nothing special", "5 thumbs", "5 but when do you send the invoice?", "score 1 for the team",
        "A1",  # the best there is, a house, a road
        "E5",  # a fault code
        "ID 4", "my id 3", "2 x",  # a number of something
    ],
)  # fmt: skip
def test_what_may_mean_something_else_is_no_rating(text: str):
    assert stated(text) is None


@given(
    st.integers(1, 5),
    st.sampled_from(["", " ", "!", ".", " \n", "!!!"]),
    st.sampled_from(["", "Hello,\n\n", "Danke, "]),
)
def test_a_plain_number_is_always_that_rating(rating: int, after: str, before: str):
    assert stated(f"{before}{rating}{after}") == Stated(rating, "")


@given(st.integers(1, 5), st.from_regex(r"[a-z]{4,12}( [a-z]{3,12}){0,4}", fullmatch=True))
def test_a_word_that_is_not_known_leaves_no_rating_on_its_line(rating: int, words: str):
    """Unless each of them is praise or blame, which random letters are not."""
    found = stated(f"{rating} {words} qqqq")
    assert found is None


@given(st.text())
def test_nothing_raises(text: str):
    found = stated(text)
    assert found is None or 1 <= found.rating <= 5


@pytest.mark.parametrize(
    ("text", "rating"),
    [("2 still cold", 2), ("4/5", None), ("1, it drips", 1), ("5 or 4", None), ("7 visits", None), ("no number", None)],
)
def test_a_likely_rating_is_only_proposed(text: str, rating: int | None):
    assert likely_rating(text) == rating
