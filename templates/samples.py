"""Invented data for every mail and page: for the preview, and for the tests of the templates."""

from typing import Final

from templates.cleaning import Plain
from templates.sample_kinds import COMPANY, MessageSample, PageSample, Values
from templates.samples_of_closing import CLOSING_SAMPLES
from templates.samples_of_concerns import CONCERN_SAMPLES
from templates.samples_of_danger import DANGER_SAMPLES
from templates.samples_of_replies import REPLY_SAMPLES
from vocabulary import Purpose

__all__ = ["COMPANY", "MESSAGE_SAMPLES", "PAGE_SAMPLES", "MessageSample", "PageSample", "Values"]

_LINK: Final = "https://feedback.example.com/s/k3v7q2m5x4c6b7n3z5l2p6r4t7w3y5d4"


_CUSTOMER: Final[Values] = {
    "company": COMPANY,
    "customer_name": "Anna",
    "service_kind": "job completed",
    "service_date": "Thursday, 12 March 2026",
    "unsubscribe_url": "https://feedback.example.com/u/m4t6x2p7q5w3z6k2v4c7b5n3l6r2y4d7",
}
_ASK: Final[Values] = _CUSTOMER | {
    "branch": "Berlin Mitte",
    "department": "Heating",
    "survey_url": _LINK,
    "rating_urls": [{"rating": number, "url": f"{_LINK}?r={number}"} for number in range(1, 6)],
    "trap_url": f"{_LINK}/v",
    "answer_until": "Friday, 27 March 2026",
}
_THANKS: Final[Values] = _CUSTOMER | {"has_concern": False, "contact_by": None, "change_url": _LINK}
_STAFF: Final[Values] = {
    "company": COMPANY,
    "escalation_id": "E-2047",
    "case_id": "C-18233",
    "department": "Heating",
    "owner": "Petra Lindqvist",
    "role": "owner",
    "severity": "high",
    "missed": None,
    "url": "https://feedback.example.com/console/concerns/2047",
}
_NOTICE: Final[Values] = _STAFF | {
    "supervisor": "Marek Novak",
    "reasons": ["rating 1 of 5", "the customer asks to be contacted", "safety word: smell of gas"],
    "rating": 1,
    "comment": "The boiler has been off again since this morning.\nThere is a smell of gas in the cellar, and nobody "
    "called back although I rang twice.\n\nPlease send somebody today.",
    "contact_me": True,
    "customer_name": "Anna Bergmann",
    "customer_email": "anna.bergmann@example.com",
    "customer_phone": "+49 30 5550 1234",
    "service_kind": "job completed",
    "service_date": "Thursday, 12 March 2026",
    "received_at": "Wed 18 Mar 2026, 10:12",
    "acknowledge_by": "Wed 18 Mar 2026, 14:12",
    "deadline_at": "Thu 19 Mar 2026, 10:12",
    "resolve_by": "Sun 22 Mar 2026, 10:12",
    "repeat": False,
}
_WARNING: Final[Values] = _STAFF | {
    "percent": 75,
    "what": "acknowledgement",
    "deadline_at": "Wed 18 Mar 2026, 14:12",
    "time_left": "1 h 0 min",
}
_BULLETIN: Final[Values] = {
    "company": COMPANY,
    "month": "March 2026",
    "figures": [
        {"label": "Services closed", "value": "412", "note": "every one followed up or accounted for"},
        {"label": "Contacted within 2 business days", "value": "405 of 409", "note": "4 late, all in one branch"},
        {"label": "Answers", "value": "138", "note": "34 % of those asked; 95 % interval 29 to 38 %"},
        {"label": "Satisfied (4 or 5)", "value": "81 %", "note": "no detectable change from February"},
        {"label": "Concerns raised", "value": "17", "note": None},
        {"label": "Escalated within 24 hours", "value": "17 of 17", "note": None},
    ],
    "findings": [
        "Appointments that were moved without a call: 6 of 17 concerns.",
        "Invoices that name parts nobody ordered: 3 of 17 concerns, too few to call a trend.",
    ],
    "thanks": "You called 96 customers who do not read mail. 11 of the 17 concerns are settled and confirmed by the "
    "customers themselves.",
    "review_path": "reviews/2026-03/review.html",
    "missed": None,
}


def _mail(name: str, title: str, purpose: Purpose, values: Values, **changes: Plain) -> MessageSample:
    return MessageSample(name=name, title=title, purpose=purpose, values=values | changes)


def _remind(name: str, title: str, **changes: Plain) -> MessageSample:
    return _mail(name, title, Purpose.REMINDER, _ASK | {"reminder_number": 1, "last": False}, **changes)


MESSAGE_SAMPLES: Final[tuple[MessageSample, ...]] = (
    _mail("survey", "survey", Purpose.SURVEY, _ASK),
    _mail("survey-unnamed", "survey, name not known", Purpose.SURVEY, _ASK, customer_name=None),
    _remind("reminder", "first reminder"),
    _remind("reminder-last", "last reminder", reminder_number=2, last=True),
    _mail("thank-you", "thank you", Purpose.THANK_YOU, _THANKS),
    _mail(
        "thank-you-concern",
        "thank you, with a concern",
        Purpose.THANK_YOU,
        _THANKS,
        has_concern=True,
        contact_by="Thursday, 19 March 2026, 10:12",
        change_url=None,
    ),
    _mail(
        "recovery-survey",
        "recovery survey",
        Purpose.RECOVERY_SURVEY,
        _ASK,
        resolved_on="Saturday, 21 March 2026",
        action_taken="we replaced the gas valve and checked the whole line for leaks.",
    ),
    _mail("escalation-owner", "escalation, to the owner", Purpose.ESCALATION_NOTICE, _NOTICE),
    _mail(
        "escalation-supervisor",
        "escalation raised again, to the supervisor",
        Purpose.ESCALATION_NOTICE,
        _NOTICE,
        role="supervisor",
        repeat=True,
        reasons=["an open concern was raised again"],
        rating=None,
        comment=None,
        customer_phone=None,
        contact_me=False,
    ),
    _mail("deadline-75", "deadline warning, 75 %", Purpose.DEADLINE_WARNING, _WARNING),
    _mail(
        "deadline-breached",
        "deadline breached, to the supervisor",
        Purpose.DEADLINE_WARNING,
        _WARNING,
        percent=100,
        role="supervisor",
        missed="Petra Lindqvist",
        what="deadline",
        deadline_at="Thu 19 Mar 2026, 10:12",
        time_left="none",
    ),
    _mail("monthly-bulletin", "monthly bulletin", Purpose.MONTHLY_BULLETIN, _BULLETIN),
    *CLOSING_SAMPLES,
    *CONCERN_SAMPLES,
    *DANGER_SAMPLES,
    *REPLY_SAMPLES,
)

_FORM: Final[Values] = {
    "company": COMPANY,
    "customer_name": "Anna",
    "service_kind": "job completed",
    "service_date": "Thursday, 12 March 2026",
    "branch": "Berlin Mitte",
    "action": "/s/k3v7q2m5x4c6b7n3z5l2p6r4t7w3y5d4",
    "nonce": "q7w3e5r2t6y4",
    "preselected": None,
    "comment": "",
    "contact_me": False,
    "errors": [],
    "already": False,
    "change_until": None,
    "unsubscribe_path": "/u/m4t6x2p7q5w3z6k2v4c7b5n3l6r2y4d7",
    "recovery": False,
    "trap_path": "/s/k3v7q2m5x4c6b7n3z5l2p6r4t7w3y5d4/v",
}
_LEAVE: Final[Values] = {"company": COMPANY, "action": "/u/m4t6x2p7q5w3z6k2v4c7", "out": False}
_AGAIN: Final[Values] = {"company": COMPANY, "action": "/u/m4t6x2p7q5w3z6k2v4c7", "again": "q7w3e5r2t6y4"}
_AFTER: Final[Values] = {"company": COMPANY, "has_concern": False, "contact_by": None, "change_until": None}
_LESS: Final[Values] = {"company": COMPANY, "channel": None, "until": None}


def _page(name: str, title: str, page: str, values: Values, **changes: Plain) -> PageSample:
    return PageSample(name=name, title=title, page=page, values=values | changes)


PAGE_SAMPLES: Final[tuple[PageSample, ...]] = (
    _page("survey", "survey", "survey", _FORM),
    _page("survey-preselected", "survey, opened by a number in the mail", "survey", _FORM, preselected=4),
    _page(
        "survey-errors",
        "survey, with faults",
        "survey",
        _FORM,
        contact_me=True,
        comment="x",
        errors=[
            {"field": "rating", "fault": "no rating of ours"},
            {"field": "comment", "fault": "too long", "over": 1234},
            {"field": "contact_me", "fault": "nothing said"},
            {"field": "form", "fault": "once more"},
        ],
    ),
    _page(
        "survey-again",
        "survey, answered before",
        "survey",
        _FORM,
        preselected=2,
        comment="It rattles.\nStill.",
        already=True,
        change_until="Saturday, 21 March 2026, 10:12",
        unsubscribe_path=None,
    ),
    _page("survey-recovery", "recovery survey", "survey", _FORM, recovery=True, customer_name=None),
    _page("thanks", "thanks", "thanks", _AFTER, change_until="Saturday, 21 March 2026, 10:12"),
    _page(
        "thanks-concern",
        "thanks, with a concern",
        "thanks",
        _AFTER,
        has_concern=True,
        contact_by="Thursday, 19 March 2026, 10:12",
    ),
    _page("again-open", "a service that is open again", "again", {"company": COMPANY}, closed=False, kept=False),
    _page("again-closed", "closed again, and an answer", "again", {"company": COMPANY}, closed=True, kept=True),
    _page("unavailable", "a link that cannot be used", "unavailable", {"company": COMPANY}),
    _page("unsubscribe", "unsubscribe", "unsubscribe", _LEAVE),
    _page("unsubscribe-again", "unsubscribe, once more", "unsubscribe_again", _AGAIN, stop=None, back=False),
    _page("come-back", "unsubscribe, opted out before", "unsubscribe", _LEAVE, out=True),
    _page("come-back-again", "surveys again, once more", "unsubscribe_again", _AGAIN, stop="nothing", back=True),
    _page("welcome-back", "surveys again", "welcome_back", {"company": COMPANY}, texts_stopped=False),
    _page(
        "welcome-back-stop", "surveys again, but for texts", "welcome_back", {"company": COMPANY}, texts_stopped=True
    ),
    _page("unsubscribed", "unsubscribed", "unsubscribed", {"company": COMPANY}),
    _page("preference-channel", "less of one channel", "preference_set", _LESS, channel="sms"),
    _page("preference-pause", "a pause", "preference_set", _LESS, until="10 June 2026"),
    _page(
        "problem",
        "a problem on our side",
        "problem",
        {"company": COMPANY, "problem": "busy"},
    ),
)
