"""Mail that customers send back, as SendGrid's Inbound Parse posts it.

Who writes is not proven: From and the envelope's sender can be forged. The token in the address that the mail was sent
to decides which case it is about, and nothing in a mail ever changes contact data.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Connection
from starlette.background import BackgroundTask

from channels.returned import returned
from channels.sendgrid_signature import Claim
from config.settings import Settings
from models.answers import open_link, token_sha256
from models.report import address_key
from models.senders import Meant, answered_message
from models.store import Store
from policy.machines import Heard
from policy.replies import Meaning
from policy.rules import Rules
from vocabulary import Channel, LinkPurpose
from web.bell import Bell, sound_of
from web.bodies import pieces_up_to
from web.inbound_door import InboundDoor
from web.mail_heads import address_in
from web.multipart import FormReader, NotAForm
from web.news import take_in
from web.our_words import OurWords
from web.posted_mail import WANTED, PostedMail, posted_mail
from web.readers import FOR_MAIL, Readers
from web.replies import Arrived, take
from web.sendgrid_guard import of_mail

_RETURNED = "returned mail"
"""The name under which what a mail that came back tells is kept, beside what providers tell."""


class InboundMail:
    def __init__(
        self, store: Store, clock: Callable[[], datetime], bell: Bell, rules: Rules, settings: Settings
    ) -> None:
        self._store = store
        self._clock = clock
        self._bell = bell
        self._rules = rules
        self._ours = OurWords(rules, settings)
        self._most = settings.inbound_most_bytes
        self._door = InboundDoor(settings)
        self._guard = of_mail(settings)
        self._readers = Readers(FOR_MAIL)

    async def arrive(self, secret: str, request: Request) -> Response:
        """Whoever does not know the address is told that there is none; whoever does not sign leaves nothing."""
        refused = self._door.refuses(secret, request.headers)
        claimed = self._guard.claim(request.headers)
        if refused is not None:
            return refused
        if self._guard.is_set and claimed is None:
            return Response(status_code=401)
        form = FormReader(request.headers.get("content-type", ""), WANTED)
        async for piece in pieces_up_to(request, self._most):
            await self._readers.run(_note, form, claimed, piece)
        if self._guard.is_set and not self._guard.admits(claimed, self._clock()):
            return Response(status_code=401)
        return await self._readers.run(self._read, form)

    def _read(self, form: FormReader) -> Response:
        try:
            parts = form.finish()
        except NotAForm:
            return JSONResponse({"error": "This is not what Inbound Parse posts."}, status_code=400)
        return self._take(posted_mail(parts))

    def _take(self, mail: PostedMail) -> Response:
        now = self._clock()
        sender = address_in(mail.headers.get("from", ""))
        arrived = Arrived(
            heard=Heard(
                channel=Channel.EMAIL,
                text=mail.text,
                subject=mail.subject,
                headers=mail.headers,
                sender=mail.sender,
                unread=mail.unread,
            ),
            external_id=mail.external_id,
            sender=sender or None,
            from_keys=(address_key(sender),) if sender else (),
            attachments=mail.attachments,
        )
        with self._store.write() as db:
            case = open_link(db, mail.token, (LinkPurpose.REPLY,), now, hold=True) if mail.token else None
            arrived = replace(arrived, message_ref=_answered(db, mail.token))
            taken = take(db, arrived, Meant(case), now, in_force=self._rules, ours=self._ours)
            if taken.new and taken.meaning is Meaning.BOUNCE and arrived.message_ref:
                take_in(
                    db,
                    _RETURNED,
                    [returned(f"{mail.subject}\n{mail.text}", arrived.message_ref, mail.external_id, now)],
                    Channel.EMAIL,
                    at=now,
                )
        sound = sound_of(recorded=taken.recorded, alarmed=taken.alarmed)
        ring = BackgroundTask(self._bell.ring, sound) if sound else None
        # To whoever reads SendGrid's log: why the attachments are nowhere.
        return JSONResponse({"taken": taken.new, "attachments refused": mail.attachments}, background=ring)


def _note(form: FormReader, claimed: Claim | None, piece: bytes) -> None:
    if claimed is not None:
        claimed.read(piece)
    form.write(piece)


def _answered(db: Connection, token: str | None) -> str | None:
    return answered_message(db, token_sha256(token)) if token else None
