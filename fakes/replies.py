"""A customer's reply by mail, as Inbound Parse hands it over: a form in parts, signed as by a security policy."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate

from fakes.keys import Keys
from fakes.ledger import Received
from fakes.postman import Made, Post

PATH = "/hooks/sendgrid/inbound"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReply:
    sender: str
    to: str
    subject: str
    text: str
    answered: Received | None = None
    """The mail that is answered, whose text is quoted below the reply."""


def post_of(reply: MailReply, url: str, keys: Keys, clock: Callable[[], float]) -> Post:
    boundary = f"xYz{secrets.token_hex(12)}"
    body = _in_parts(_fields(reply, clock()), boundary)

    def make() -> Made:
        signed = keys.sign_mail(str(int(clock())), body)
        return {"Content-Type": f"multipart/form-data; boundary={boundary}", **signed}, body

    return Post("mail", url, make, insists=False)


def _fields(reply: MailReply, now_s: float) -> dict[str, str]:
    domain = reply.sender.rpartition("@")[2]
    headers = [
        f"Received: by mx.fake.invalid with SMTP; {formatdate(now_s)}",
        f"Message-ID: <{secrets.token_hex(12)}@{domain}>",
        f"Date: {formatdate(now_s)}",
        f"From: {reply.sender}",
        f"To: {reply.to}",
        f"Subject: {reply.subject}",
    ]
    text = reply.text
    if reply.answered:
        headers.append(f"In-Reply-To: <{reply.answered.provider_id}@geopod-ismtpd-fake>")
        quoted = "\n".join(f"> {line}".rstrip() for line in reply.answered.text.splitlines())
        text = f"{text}\n\nOn {formatdate(reply.answered.at)}, {reply.answered.sender} wrote:\n{quoted}\n"
    names = ("to", "from", "subject", "text")
    return {
        "headers": "\n".join(headers) + "\n",
        "dkim": f"{{@{domain} : pass}}",
        "to": reply.to,
        "from": reply.sender,
        "text": text,
        "sender_ip": "192.0.2.25",
        "spam_report": "",
        "envelope": json.dumps({"to": [reply.to], "from": reply.sender}),
        "attachments": "0",
        "subject": reply.subject,
        "spam_score": "0.011",
        "charsets": json.dumps(dict.fromkeys(names, "UTF-8")),
        "SPF": "pass",
    }


def _in_parts(values: Mapping[str, str], boundary: str) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in values.items()
    ]
    return ("".join(parts) + f"--{boundary}--\r\n").encode("utf-8", "replace")
