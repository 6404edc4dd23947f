"""E-mail addresses that stand where there is none, because a program wanted the field filled: noemail@noemail.com."""

import re
from typing import Final

_NOT_READ: Final = re.compile(
    r"(?:no|non|none|not|without|kein|keine|ohne|sans|pas|sin|geen)(?:e?mails?(?:adress?e?|address)?|address?e?|adress?e|correo|courriel)"
    r"|(?:no|donot|dont|bittenicht|nicht|nepas|nao|nietop)(?:reply|replyto|antworten|repondre|responder|beantwoorden)"
)
"""As the part before the @ alone, in five languages: there is no mailbox, or nobody reads it."""
_FILLERS: Final = frozenset({
    "unknown", "unbekannt", "inconnu", "inconnue", "desconocido", "onbekend", "none", "null", "nil", "na", "nope",
    "nobody", "niemand", "noname", "test", "dummy", "fake", "example", "beispiel", "sample", "asdf", "qwerty", "email",
    "mail", "keine", "geen", "customer", "kunde", "client", "klant", "cliente",
})  # fmt: skip
"""With the same word before and behind the @: unknown@unknown.com."""


def is_no_address(email: str) -> bool:
    """Whether nobody can mean to be written to there. What may be somebody's address is one."""
    local, _, domain = email.casefold().rpartition("@")
    said, label = _letters(local), _letters(domain.rpartition(".")[0].rpartition(".")[2])
    if _NOT_READ.fullmatch(said):
        return True
    return bool(said) and said == label and (said in _FILLERS or len(set(said)) == 1)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text)
