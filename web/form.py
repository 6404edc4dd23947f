"""The survey's form as it arrives: whatever the bytes are, something that can be shown again comes of them."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from models.tokens import without_tokens

COMMENT_LENGTH = 4000
_MOST_FIELDS = 50
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Not the line feed and the tab. PostgreSQL cannot store NUL, and nobody types the others."""
_RATINGS = {str(number): number for number in range(1, 6)}

Fault = dict[str, str | int]
"""As the page takes it: the field and what is wrong with it. `pages/fields.html.j2` has the words for each fault."""
ONCE_MORE: Fault = {"field": "form", "fault": "once more"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    nonce: str
    rating: int | None
    comment: str
    contact_me: bool
    trapped: bool = False
    """The field that people do not see was filled in."""
    odd_rating: bool = False

    @property
    def said(self) -> str | None:
        """The comment, if it says anything."""
        return self.comment.strip() or None

    def faults(self) -> list[Fault]:
        if self.odd_rating:
            return [{"field": "rating", "fault": "no rating of ours"}]
        if len(self.comment) > COMMENT_LENGTH:
            return [{"field": "comment", "fault": "too long", "over": len(self.comment) - COMMENT_LENGTH}]
        if self.rating is None and self.said is None and not self.contact_me:
            return [{"field": "rating", "fault": "nothing said"}]
        return []


def read_form(body: bytes) -> Form:
    """Fields that are missing are empty; bytes that are no form at all are a form with nothing in it."""
    try:
        fields = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:  # more fields than any form of ours has
        fields = {}
    rating = fields.get("rating", "").strip()
    comment = fields.get("comment", "").replace("\r\n", "\n").replace("\r", "\n")
    return Form(
        nonce=fields.get("nonce", ""),
        rating=_RATINGS.get(rating),
        comment=without_tokens(_CONTROL.sub("", comment)),
        contact_me=bool(fields.get("contact_me", "")),
        trapped=bool(fields.get("website", "")),
        odd_rating=bool(rating) and rating not in _RATINGS,
    )
