"""What looks like an address or a number of somebody goes, and what does not stays."""

import pytest

from policy.contact_words import without_contacts


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("write to anna@example.com, please", "write to … please"),
        ("Anna <anna.b+x@mail.example.co.uk>", "Anna <…>"),
        ("anna[at]example.com or ANNA(AT)EXAMPLE.COM", "… or …"),
        ("anna\uff20example.com", "…"),
        ("call +49 30 23125 417 today", "call … today"),
        ("call (030) 23125-417.", "call ….") ,
        ("0049/30/23125417", "…"),
        ("+1 (415) 555-0132", "…"),
        ("030\u00a0231\u202f25\u2011417", "…"),
        ("23\u200b12\u200b54\u200b17", "…"),
        ("\u0660\u0661\u0662\u0663\u0664\u0665\u0666", "…"),
        ("my number:\n555 0132 99\nthanks", "my number:\n…\nthanks"),
        ("job 12345678", "job …"),  # rather too much
        ("on 2026-10-05 at 14:00", "on 2026-10-05 at 14:00"),
        ("on 05.10.2026, 5/10/26", "on 05.10.2026, 5/10/26"),
        ("5 of 5, 120 euros, 10115 Berlin", "5 of 5, 120 euros, 10115 Berlin"),
        ("", ""),
    ],
)  # fmt: skip
def test_contact_data_goes_and_the_rest_stays(text: str, left: str):
    assert without_contacts(text) == left


def test_a_long_comment_is_read_in_no_time():
    assert without_contacts("1 " * 50_000 + "@") == "… …"
    assert without_contacts("-(" * 50_000) == "-(" * 50_000
    assert without_contacts("a" * 100_000) == "a" * 100_000
