"""Clause 4.4: does a comment sound as if something is wrong, whatever rating stands beside it."""

from policy.lexicon import ear

_CERTAIN = "certain"
_GRADES = frozenset({_CERTAIN, "likely"})


def tells_of_trouble(text: str) -> bool:
    """For certain, so that it is a concern at once: leaks, broken, call me."""
    return _CERTAIN in ear("trouble", _GRADES).kinds(text)


def sounds_like_trouble(text: str) -> bool:
    """Perhaps, so that a person looks: any negation, any but, any question, any stem of what goes wrong."""
    return bool(ear("trouble", _GRADES).kinds(text))
