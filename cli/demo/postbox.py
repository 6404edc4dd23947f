"""What the invented customers find in their mailboxes: the .eml files of the outbox, read as a mail program would."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

_SURVEY = re.compile(r"https?://[^\s/]+(?::\d+)?/s/[a-z2-7]{32}(?=[\s?]|$)")
_UNSUBSCRIBE = re.compile(r"<(https?://[^>]+)>")


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    subject: str
    survey_url: str
    unsubscribe_url: str | None


class Postbox:
    """Letters with a link to the survey page, each once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: set[str] = set()

    def new(self) -> list[Letter]:
        found = []
        for path in sorted(self._folder.glob("*.eml")):
            if path.name not in self._read:
                self._read.add(path.name)
                letter = _letter(path)
                if letter is not None:
                    found.append(letter)
        return found


def _letter(path: Path) -> Letter | None:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - what policy.default makes
    body = mail.get_body(("plain",))
    survey = _SURVEY.search(body.get_content()) if body else None
    if survey is None:
        return None
    unsubscribe = _UNSUBSCRIBE.search(str(mail.get("List-Unsubscribe", "")))
    to = mail["To"].addresses[0].addr_spec
    return Letter(to, str(mail["Subject"]), survey.group(), unsubscribe.group(1) if unsubscribe else None)
