"""The kinds of values that the policy file holds, with their bounds."""

from datetime import time
from typing import Annotated, Any, Literal

from pydantic import Field

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Text = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
Word = Annotated[str, Field(max_length=500, pattern=r"\w")]
Clock = Annotated[time, Field(strict=True)]
Percent = Annotated[int, Field(strict=True, ge=1, le=99)]
LanguageTag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Place = Annotated[str, Field(pattern=r"^(\*|[A-Z]{2}(-\S+)?)$")]
"""A country, a part of one, or `*` for everywhere."""
Days = Annotated[int, Field(strict=True, ge=1, le=366)]

SHAPE: Any = {"extra": "forbid", "strict": False}
"""A key that the procedure does not know is an error: a misspelt rule must not be silently without effect."""
