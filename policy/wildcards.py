"""Values of the policy in which a star stands for anything: "*@example.com"."""

import re

from vocabulary.comparing import compared


def matches(value: str, pattern: str) -> bool:
    """Without case and spaces. Only the star means something: a tag may well be "[VIP] gold?"."""
    return re.fullmatch(re.escape(compared(pattern)).replace(r"\*", ".*"), compared(value), re.DOTALL) is not None
