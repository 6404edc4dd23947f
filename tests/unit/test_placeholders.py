"""Addresses that are nobody's, and those that may be somebody's."""

import pytest

from models.placeholders import is_no_address


@pytest.mark.parametrize(
    "email",
    [
        "noemail@noemail.com", "no-email@company.com", "nomail@nomail.de", "no_mail@x.org", "NoEmail@gmail.com",
        "unknown@unknown.com", "none@none.com", "na@na.com", "test@test.com", "xx@xx.com", "a@a.de", "null@null.com",
        "no-reply@shop.example.com", "noreply@x.com", "donotreply@x.com", "do.not.reply@x.com", "nicht-antworten@x.de",
        "keine-email@firma.de", "keinemail@keinemail.de", "keine@keine.de", "unbekannt@unbekannt.de", "sans-mail@x.fr",
        "nepasrepondre@x.fr", "ne-pas-repondre@x.fr", "sincorreo@x.es", "geen-mail@x.nl", "geen@geen.nl",
    ],
)  # fmt: skip
def test_what_stands_where_there_is_no_address_is_none(email: str):
    assert is_no_address(email)


@pytest.mark.parametrize(
    "email",
    [
        "ann@example.com", "info@info.com", "kontakt@kontakt.de", "bergmann@bergmann.de", "test@bergmann.de", "no@x.de",
        "mail@bergmann.de", "noel@noel.fr", "noa@gmail.com", "norbert.mailer@gmx.de", "unknown.artist@gmail.com",
        "emil@x.de", "reply@x.de", "customer@bergmann.com", "naomi@na.com",
    ],
)  # fmt: skip
def test_what_may_be_somebodys_address_is_one(email: str):
    assert not is_no_address(email)
