"""Clause 4.4: does what somebody says tell of a danger. A false alarm is cheap, a miss is not."""

from policy.lexicon import ear
from vocabulary import Danger

_KINDS = frozenset(Danger)


def dangers(text: str) -> tuple[Danger, ...]:
    """The dangers that a text tells of in any language, each once, gravest first; none in most texts."""
    kinds = ear("danger", _KINDS).kinds(text)
    return tuple(danger for danger in Danger if danger in kinds)
