"""In which language we write to somebody."""

import re
from collections.abc import Iterable

from policy.rules import LanguageRules


def choose(wanted: Iterable[str | None], rules: LanguageRules) -> str:
    """The first of the wanted languages that is offered; "de-AT" and "de_AT" are served by "de". Else the fallback.

    `wanted` are language tags as a source system or a browser writes them, the best first (RFC 4647, lookup).
    """
    return next(filter(None, (_served(tag or "", rules) for tag in wanted)), rules.fallback)


def serves(tag: str, rules: LanguageRules) -> bool:
    """Whether who wants this language gets it, and not the fallback."""
    return _served(tag, rules) is not None


def _served(tag: str, rules: LanguageRules) -> str | None:
    offered = {_plain(one): one for one in rules.offered}
    parts = _plain(tag).split("-")
    return next(filter(None, (offered.get("-".join(parts[:length])) for length in range(len(parts), 0, -1))), None)


def _plain(tag: str) -> str:
    """ "de_AT.UTF-8" and "de-at" alike: "de-at"."""
    return re.split(r"[.@]", tag.strip(), maxsplit=1)[0].replace("_", "-").lower()
