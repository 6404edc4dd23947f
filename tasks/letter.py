"""From the rows of a message to the mail or SMS itself: its values, its fresh links, its text."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Connection, Row

from casework.rules import rules_of
from channels.protocol import Mail, TextMessage
from config.settings import Settings
from models.answers import NewLink, new_token
from models.letters import concerns, recipients, subjects
from policy.greeting import greeted
from policy.languages import choose
from policy.rules import Rules
from policy.silence import expiry
from tasks.letter_danger import DangerWords
from tasks.letter_replies import UnreadReplies
from tasks.letter_signature import Requests
from tasks.letter_words import Words
from tasks.place import place
from templates.dates import day_text, moment_text
from templates.language import SOURCE, read_language
from templates.render import Rendered, render_message, render_text
from vocabulary import Channel, LinkPurpose, Purpose

_SHORT_OF_A_WINDOW = timedelta(minutes=30)
"""How long an SMS may be tried that is owed without a contact window."""
_REPLY_DAYS = 366
"""Replies are heard for as long as their case is kept."""


class Desk:
    """Writes the messages of one burst. `links` are to be kept before the first of them goes out."""

    def __init__(self, db: Connection, owed: list[Row[Any]], now: datetime) -> None:
        self._settings: Settings = place().settings
        self._now = now
        self._languages = place().policy.rules.languages
        self._cases = subjects(db, [row.case_id for row in owed if row.case_id])
        self._concerns = concerns(db, [row.escalation_id for row in owed if row.escalation_id])
        self._requests = Requests(db, owed, self._settings.web_url)
        self._danger = DangerWords(place().policy.rules, self._settings.web_url)
        self._unread = UnreadReplies(db, owed, place().policy.rules, self._settings.web_url)
        self._words = Words(db, owed, self._settings.web_url)
        self._rules = {case.policy_version: rules_of(db, case.policy_version) for case in self._cases.values()}
        to_staff = [json.loads(row.note) for row in owed if row.to_address is not None]
        self._recipients = recipients(db, [id for note in to_staff for id in note.get("missed", ())])
        self.links: list[NewLink] = []

    def mail(self, message: Row[Any]) -> Mail | None:
        """The mail, or None when there is no address to send it to."""
        case = self._cases.get(message.case_id)
        rules = self._rules[case.policy_version] if case else place().policy.rules
        to_customer = message.to_address is None
        address = (case.email if case else None) if to_customer else message.to_address
        if address is None:
            return None
        values = {"company": asdict(rules.company), **json.loads(message.note), **self._words.of(message)}
        language = choose([case.language], self._languages) if to_customer and case else SOURCE
        if case is not None:
            values |= self._about(case, language)
        unsubscribe = None
        if to_customer and case is not None:
            unsubscribe = self._link(message, LinkPurpose.UNSUBSCRIBE, "u", rules.survey.unsubscribe_days)
            values |= self._to_customer(message, case, rules, unsubscribe, language)
        else:
            values["missed"] = " and ".join(self._recipients[id] for id in values.get("missed", ())) or None
            values |= self._for_staff(message, case)
        written = render_message(Purpose(message.purpose), values, language)
        return self._mail(message, address, case if to_customer else None, written, unsubscribe)

    def text(self, message: Row[Any]) -> TextMessage | None:
        """The SMS to the customer of a case, or None when there is no number to send it to; or to whom it names."""
        if message.to_address is not None:
            return self._text_to(message.to_address, message)
        case = self._cases.get(message.case_id)
        if case is None or case.phone is None:
            return None
        rules = self._rules[case.policy_version]
        language = choose([case.language], self._languages)
        values = {"company": asdict(rules.company), **json.loads(message.note), **self._words.of(message)}
        values |= self._about(case, language)
        values |= self._to_customer(message, case, rules, None, language)
        return TextMessage(
            ref=message.ref,
            to=case.phone,
            body=render_text(Purpose(message.purpose), values, language),
            try_for_s=self._try_for_s(message),
        )

    def _text_to(self, number: str, message: Row[Any]) -> TextMessage:
        """About a danger: to the person on call, or advice to a sender whom we do not know."""
        rules = place().policy.rules
        values = {"company": asdict(rules.company), **self._danger.of(message, self._languages.fallback)}
        body = render_text(Purpose(message.purpose), values, self._languages.fallback)
        return TextMessage(ref=message.ref, to=number, body=body, try_for_s=self._try_for_s(message))

    def _for_staff(self, message: Row[Any], case: Row[Any] | None) -> dict[str, Any]:
        if message.purpose == Purpose.DANGER_ALARM:
            return self._danger.of(message, SOURCE)
        if message.purpose == Purpose.REPLY_WAITING:
            return self._unread.of(message)
        return self._to_staff(message, case) if case is not None else {}

    def _try_for_s(self, message: Row[Any]) -> int:
        """Seconds until the recipient's window closes: no message may arrive at night."""
        closes_at = message.not_after or self._now + _SHORT_OF_A_WINDOW
        return int((closes_at - self._now).total_seconds())

    def _mail(
        self, message: Row[Any], address: str, case: Row[Any] | None, written: Rendered, unsubscribe: str | None
    ) -> Mail:
        return Mail(
            ref=message.ref,
            to=_ascii(address),
            to_name=case.customer_name if case else message.to_name,
            sender=self._settings.mail_from,
            sender_name=self._settings.mail_from_name,
            subject=written.subject,
            text=written.text,
            html=written.html,
            unsubscribe_url=unsubscribe,
            reply_to=self._reply_to(message) if case else None,
        )

    def _about(self, case: Row[Any], language: str) -> dict[str, Any]:
        return {
            "case_id": case.id,
            "customer_name": case.customer_name,
            "service_kind": case.kind,
            "service_date": day_text(case.service_closed_at, case.timezone, language),
            "branch": case.branch,
            "department": case.department,
        }

    def _to_customer(
        self, message: Row[Any], case: Row[Any], rules: Rules, unsubscribe: str | None, language: str
    ) -> dict[str, Any]:
        zone = case.recipient_timezone
        name = greeted(case.customer_name, whole=read_language(language).full_names)
        values: dict[str, Any] = {"customer_name": name, "unsubscribe_url": unsubscribe}
        note = json.loads(message.note)
        if message.purpose == Purpose.THANK_YOU:
            by = note.get("deadline_at")
            said = {"contact_by": moment_text(datetime.fromisoformat(by), zone, language)} if by else {}
            return values | {"change_url": None, **said}
        if message.purpose in (Purpose.CONCERN_UPDATE, Purpose.ANSWER_TO_REPLY):
            return values
        if message.purpose == Purpose.SAFETY_ADVICE:
            return values | self._danger.of(message, language)
        recovery = message.purpose == Purpose.RECOVERY_SURVEY
        days = rules.escalation.recovery_wait_days if recovery else rules.silence.expiry_days
        keep = days + rules.survey.change_hours // 24 + 1
        url = self._link(message, LinkPurpose.RECOVERY if recovery else LinkPurpose.SURVEY, "s", keep)
        values |= {
            "survey_url": url,
            "rating_urls": [{"rating": n, "url": f"{url}?r={n}"} for n in range(1, 6)],
            "trap_url": f"{url}/v",
            "answer_until": day_text(self._expiry(message, case, rules) - timedelta(days=1), zone, language),
        }
        if message.purpose == Purpose.REMINDER:
            values |= {"reminder_number": note["number"], "last": note["last"]}
        if recovery:
            concern = self._concerns[message.escalation_id]
            resolved_on = day_text(concern.resolved_at, zone, language)
            values |= {"resolved_on": resolved_on, "action_taken": concern.action}
        return values

    def _expiry(self, message: Row[Any], case: Row[Any], rules: Rules) -> datetime:
        """When the wait for this answer is over. The day before is the last one that can be promised as a whole."""
        if message.purpose == Purpose.RECOVERY_SURVEY:
            return self._concerns[message.escalation_id].recovery_until  # type: ignore[no-any-return]
        return expiry(case.contacted_at or self._now, self._now, rules.silence)

    def _to_staff(self, message: Row[Any], case: Row[Any]) -> dict[str, Any]:
        concern = self._concerns[message.escalation_id]
        zone = case.timezone
        values = {
            "escalation_id": concern.id,
            "department": concern.department,
            "owner": concern.owner,
            "supervisor": concern.supervisor,
            "severity": concern.severity,
            "reasons": json.loads(concern.reasons),
            "rating": concern.rating,
            "comment": concern.comment,
            "contact_me": concern.contact_me,
            "customer_email": case.email,
            "customer_phone": case.phone,
            "received_at": moment_text(concern.received_at, zone),
            "acknowledge_by": moment_text(concern.retake_by or concern.acknowledge_by, zone),
            "deadline_at": moment_text(concern.deadline_at, zone),
            "resolve_by": moment_text(concern.resolve_by, zone),
        }
        if message.purpose == Purpose.DEADLINE_WARNING:
            by = {"resolution": "resolve_by", "acknowledgement": "acknowledge_by"}
            values["deadline_at"] = values[by.get(json.loads(message.note)["what"], "deadline_at")]
        note = json.loads(message.note)
        if note.get("stands_in") and note["role"] == "owner":
            values["role"] = "stand-in"
        return values | self._words.for_staff(message, zone) | self._requests.of(message, zone)

    def _link(self, message: Row[Any], purpose: LinkPurpose, page: str, days: int) -> str:
        return f"{self._settings.web_url}/{page}/{self._token(message, purpose, days)}"

    def _reply_to(self, message: Row[Any]) -> str | None:
        """The address whose token says which case a reply belongs to; None when we cannot receive mail."""
        if not self._settings.reply_domain:
            return None
        return f"reply+{self._token(message, LinkPurpose.REPLY, _REPLY_DAYS)}@{self._settings.reply_domain}"

    def _token(self, message: Row[Any], purpose: LinkPurpose, days: int) -> str:
        token = new_token()
        # Of a thank-you mail the answer is about the service.
        asks_about_it = message.purpose == Purpose.RECOVERY_SURVEY
        self.links.append(
            NewLink(
                token=token,
                purpose=purpose,
                case_id=message.case_id,
                escalation_id=message.escalation_id if asks_about_it else None,
                channel=Channel(message.channel),
                created_at=self._now,
                expires_at=self._now + timedelta(days=days),
                message_id=message.id,
            )
        )
        return token


def _ascii(address: str) -> str:
    """With a domain of another script in its xn-- form, as mail carries it."""
    try:
        return validate_email(address, check_deliverability=False).ascii_email or address
    except EmailNotValidError:
        return address  # the provider says so, too
