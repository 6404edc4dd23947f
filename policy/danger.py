"""Clause 4.4: does what somebody says tell of a danger. A false alarm is cheap, a miss is not."""

from vocabulary import Danger


def dangers(text: str) -> tuple[Danger, ...]:
    """The dangers that a text tells of, each once, gravest first; none in most texts."""
    return (Danger.GAS,) if "smell of gas" in text.casefold() else ()
