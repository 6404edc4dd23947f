"""Tokens of our links in texts that customers send: never kept, however a program between us has written them."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.answers import new_token
from models.tokens import without_tokens

TOKEN = "abcd2345efgh67ijklmn2345opqr67st"
HOST = "feedback.example.com"


def link(token: str) -> str:
    return f"https://{HOST}/s/{token}?r=5"


WRITTEN = {
    "reply address": lambda token: f"<reply+{token}@reply.example.com>",
    "other name": lambda token: f"feedback+{token}@reply.example.com",
    "survey": link,
    "unsubscribe": lambda token: f"[https://{HOST}/u/{token}]",
    "capitals": lambda token: link(token).upper(),
    "encoded": lambda token: quote(link(token), safe=""),
    "encoded twice": lambda token: quote(quote(link(token), safe=""), safe=""),
    "reply address, encoded": lambda token: f"mailto:reply%2B{token}%40{HOST}",
    "safelinks": lambda token: (
        f"https://eur01.safelinks.protection.outlook.com/?url={quote(link(token), safe='')}&data=05%7C02&reserved=0"
    ),
    "urldefense 2": lambda token: (
        f"https://urldefense.proofpoint.com/v2/url?u=https-3A__{HOST}_s_{token}-3Fr-3D5&d=DwMFaQ&c=x"
    ),
    "urldefense 3": lambda token: f"https://urldefense.com/v3/__https://{HOST}/u/{token}__;!!A!B$",
    "quoted-printable": lambda token: f"https://{HOST}/s/{token[:20]}=\r\n{token[20:]}?r=3D5",
    "over two quoted lines": lambda token: f"> https://{HOST}/s/{token[:9]}\n> {token[9:]}",
    "over two lines after the path": lambda token: f"https://{HOST}/s/\n{token}",
    "address over two lines": lambda token: f"reply+{token[:30]}\n{token[30:]}@{HOST}",
    "html": lambda token: f'<a href="https:&#x2F;&#x2F;{HOST}&#x2F;s&#x2F;{token}">5</a>',
    "path of another host": lambda token: f"https://click.example.net/c?to={token}",
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
@given(token=st.builds(new_token).filter(lambda token: any(sign.isdigit() for sign in token)))
def test_no_token_stays_whoever_has_rewritten_its_link(written, token: str):
    kept = without_tokens(f"5 thank you\n{written(token)}\nAnna")
    assert not {token[at : at + 8] for at in range(25)} & _pieces(kept)
    assert kept.startswith("5 thank you\n")
    assert kept.endswith("\nAnna")
    assert without_tokens(kept) == kept


def _pieces(text: str) -> set[str]:
    return {text[at : at + 8].lower() for at in range(len(text))}


@pytest.mark.parametrize("cut", [8, 20, 31])
def test_a_token_at_which_a_text_was_cut_off_does_not_stay_either(cut: int):
    assert without_tokens(f"see https://{HOST}/s/{TOKEN[:cut]}") == f"see https://{HOST}/s/…"


@pytest.mark.parametrize(
    "text",
    [
        "5, the technician was great!",
        "see https://example.com/s/about and https://example.com/u/anna-bergmann for pictures",
        "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerk",
        "order 0198fedc0198fedc0198fedc0198fedc",  # no token of ours: it has digits that none has
        "anna+work@example.com wrote\nthis line and the next one are hers",
        "either/or, 4/5, his/her",
        "",
    ],
)
def test_other_words_and_links_stay_as_they_are(text: str):
    assert without_tokens(text) == text


@given(st.text(max_size=300))
def test_twice_is_the_same_as_once(text: str):
    once = without_tokens(text)
    assert without_tokens(once) == once
