"""Text from outside as it can be stored: no NUL, which PostgreSQL refuses, and no characters that nobody types."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Not the line feed and the tab."""


def cleaned(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
