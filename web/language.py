"""The languages that a browser asks for."""

from starlette.types import Scope

_MOST = 20
"""More than anybody speaks; the rest of the header is not read."""


def asked_for(scope: Scope) -> list[str]:
    """The language tags of the header Accept-Language, the most wanted first. What cannot be read is passed over."""
    header = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    weighed = []
    for part in header.decode("latin-1").split(",")[:_MOST]:
        tag, _, weight = part.partition(";")
        wanted = _weight(weight)
        if wanted > 0 and tag.strip() not in ("", "*"):
            weighed.append((wanted, tag.strip()))
    return [tag for _, tag in sorted(weighed, key=lambda one: -one[0])]  # sorting keeps equals in their order


def _weight(text: str) -> float:
    """ "q=0.8"; 1 when nothing is said, 0 for what is none."""
    name, _, number = text.replace(" ", "").partition("=")
    if not name:
        return 1.0
    try:
        weight = float(number) if name == "q" else 0.0
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
