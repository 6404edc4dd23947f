"""Text messages that customers send us, as Twilio posts them. The answer is TwiML: nothing, or one text."""

from collections.abc import Callable
from datetime import datetime
from xml.sax.saxutils import escape

from fastapi import Request
from fastapi.responses import Response
from starlette.background import BackgroundTask

from channels.twilio_signature import SIGNATURE_HEADER, is_signed, only, read_form
from config.settings import Settings, secret_from
from models.senders import whose
from models.spellings import keys_of_number
from models.store import Store
from policy.machines import Heard
from policy.replies import Meaning, words_for
from policy.reply_rules import ReplyWords
from policy.rules import Rules
from vocabulary import Channel
from web.bell import Bell, sound_of
from web.bodies import FormBody
from web.cleaned import cleaned
from web.our_words import OurWords
from web.replies import Arrived, Taken, take

PATH = "/hooks/twilio/sms"
_SIDS = ("SM", "MM")
_SID_LENGTH = 34
_HEX = frozenset("0123456789abcdef")


class InboundSms:
    def __init__(
        self, store: Store, clock: Callable[[], datetime], bell: Bell, rules: Rules, settings: Settings
    ) -> None:
        self._store = store
        self._clock = clock
        self._bell = bell
        self._rules = rules
        self._ours = OurWords(rules, settings)
        self._url = settings.web_url + PATH
        self._account = settings.twilio_account_sid
        token = secret_from(settings.twilio_auth_token, settings.twilio_auth_token_file)
        self._token = token.get_secret_value() if token else ""

    def arrive(self, request: Request, body: FormBody) -> Response:
        """Strangers are told nothing. Who has a signature but sends what Twilio never sends is refused."""
        if not self._token:
            return Response(status_code=404)
        form = read_form(body)
        query = request.scope["query_string"].decode("latin-1")
        url = f"{self._url}?{query}" if query else self._url
        signatures = request.headers.getlist(SIGNATURE_HEADER)
        if form is None or not is_signed(signatures, url, form, self._token):
            return Response(status_code=401)
        said = {name: only(form, name) for name in form}
        sid, sender = said.get("MessageSid", ""), cleaned(said.get("From", "")).strip()
        if not _is_sid(sid) or not sender or self._account not in (None, said.get("AccountSid")):
            return Response(status_code=400)
        return self._take(sid, sender, said)

    def _take(self, sid: str, sender: str, said: dict[str, str]) -> Response:
        filtered = said.get("OptOutType", "")
        media = said.get("NumMedia", "")
        arrived = Arrived(
            heard=Heard(channel=Channel.SMS, text=cleaned(said.get("Body", "")), opt_out_type=filtered),
            external_id=sid,
            sender=sender,
            from_keys=keys_of_number(sender),
            attachments=int(media) if media.isascii() and media.isdigit() and len(media) <= 2 else 0,
        )
        now = self._clock()
        with self._store.write() as db:
            meant = whose(db, Channel.SMS, arrived.from_keys, now)
            taken = take(db, arrived, meant, now, in_force=self._rules, ours=self._ours)
        words = words_for(meant.case.language if meant.case else None, self._rules.replies)
        # With Twilio's own opt-out service, Twilio answers these; a second text would be one too many.
        text = None if filtered else self._text(taken, words)
        sound = sound_of(recorded=taken.recorded, alarmed=taken.alarmed)
        return _twiml(text, BackgroundTask(self._bell.ring, sound) if sound else None)

    def _text(self, taken: Taken, words: ReplyWords | None) -> str | None:
        """One confirmation of an opt-out, once; and help for who asks for it."""
        if words is None or not taken.new:
            return None
        text = words.left_text if taken.left else words.help_text if taken.meaning is Meaning.HELP else None
        company = self._rules.company
        return text and text.replace("{company}", company.name).replace("{phone}", company.phone)


def _is_sid(text: str) -> bool:
    return text.startswith(_SIDS) and len(text) == _SID_LENGTH and set(text[2:]) <= _HEX


def _twiml(text: str | None, after: BackgroundTask | None) -> Response:
    message = f"<Message>{escape(text)}</Message>" if text else ""
    body = f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
    return Response(body, media_type="application/xml", background=after)
