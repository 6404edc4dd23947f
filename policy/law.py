"""Clause 4.4: does what somebody says speak of the law, the authorities or the press."""

from policy.lexicon import ear

_LAW = frozenset({"law"})


def speaks_of_law(text: str) -> bool:
    """In any language: lawyers, courts, police, newspapers, consumer and data protection."""
    return bool(ear("law", _LAW).kinds(text))
