"""A mail as the JSON of SendGrid's mail/send, made by the helpers of the `sendgrid` package."""

import json

from sendgrid.helpers import mail as sg

from channels.letter import ONE_CLICK
from channels.protocol import ContentFault, Mail, checked

SEND_ARG = "ac_send"
"""The custom argument that carries `Mail.ref`. SendGrid repeats it in every event and keeps it for ever."""
VERSION_ARG = "ac_v"
VERSION = "1"
CATEGORY = "aftercare"


def payload(mail: Mail, *, sandbox: bool) -> bytes:
    """One message to one recipient, as UTF-8 JSON. Raises `MessageFault`; the helpers themselves check no header."""
    checked(mail)
    message = sg.Mail()
    message.from_email = _mailbox(sg.From(), mail.sender, mail.sender_name)
    if mail.reply_to:
        message.reply_to = _mailbox(sg.ReplyTo(), mail.reply_to, None)
    message.subject = sg.Subject(mail.subject)
    message.add_personalization(_personalization(mail))
    try:
        message.add_content(sg.PlainTextContent(mail.text))
        message.add_content(sg.HtmlContent(mail.html))
    except sg.ApiKeyIncludedException:
        raise ContentFault("a body begins with what looks like a SendGrid key") from None
    message.category = sg.Category(CATEGORY)
    if mail.unsubscribe_url:
        message.header = sg.Header("List-Unsubscribe", f"<{mail.unsubscribe_url}>")
        message.header = sg.Header("List-Unsubscribe-Post", ONE_CLICK)
    message.mail_settings = sg.MailSettings(sandbox_mode=sg.SandBoxMode(enable=sandbox))
    message.tracking_settings = _no_tracking()
    return json.dumps(message.get(), ensure_ascii=False, separators=(",", ":")).encode()


def _personalization(mail: Mail) -> sg.Personalization:
    """The custom arguments stand here: SendGrid's own description types those of the whole message as one string."""
    personalization = sg.Personalization()
    personalization.add_to(_mailbox(sg.To(), mail.to, mail.to_name))
    personalization.add_custom_arg(sg.CustomArg(SEND_ARG, mail.ref))
    personalization.add_custom_arg(sg.CustomArg(VERSION_ARG, VERSION))
    return personalization


def _mailbox(mailbox: sg.Email, address: str, name: str | None) -> sg.Email:
    """Filled field by field: the constructor would look for a name inside of an address that comes without one."""
    mailbox.email = address
    mailbox.name = name or None
    return mailbox


def _no_tracking() -> sg.TrackingSettings:
    """Click tracking would rewrite survey links in HTML and plain text; the unsubscribe link is ours."""
    return sg.TrackingSettings(
        click_tracking=sg.ClickTracking(enable=False, enable_text=False),
        open_tracking=sg.OpenTracking(enable=False),
        subscription_tracking=sg.SubscriptionTracking(enable=False),
    )
