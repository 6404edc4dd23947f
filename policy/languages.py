"""In which language we write to somebody."""

import re
from collections.abc import Iterable

from policy.rules import LanguageRules


def choose(wanted: Iterable[str | None], rules: LanguageRules) -> str:
    """The first of the wanted languages that is offered; "de-AT" and "de_AT" are served by "de". Else the fallback.

    `wanted` are language tags as a source system or a browser writes them, the best first (RFC 4647, lookup).
    """
    offered = {_plain(tag): tag for tag in rules.offered}
    for tag in wanted:
        parts = _plain(tag or "").split("-")
        for length in range(len(parts), 0, -1):
            found = offered.get("-".join(parts[:length]))
            if found:
                return found
    return rules.fallback


def _plain(tag: str) -> str:
    """ "de_AT.UTF-8" and "de-at" alike: "de-at"."""
    return re.split(r"[.@]", tag.strip(), maxsplit=1)[0].replace("_", "-").lower()
