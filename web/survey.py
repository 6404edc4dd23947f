"""The survey: a form behind a link. Looking at it writes nothing; a person who presses the button is recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import Connection, Row
from starlette.background import BackgroundTask

from models.answers import Said, find_answer, last_answer, open_link, record
from models.store import Store
from policy.concern import Concern, Spoken, judge
from policy.rules import Rules
from templates.dates import day_text, given_name, moment_text
from vocabulary import Channel, LinkPurpose
from web.bell import Bell, Sound
from web.bodies import FormBody
from web.form import ONCE_MORE, Fault, Form, read_form
from web.links import rating_in, token_in
from web.nonce import Nonces
from web.pages import Pages
from web.rules import rules_of

_PURPOSES = (LinkPurpose.SURVEY, LinkPurpose.RECOVERY)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A submission as it stands in the store."""

    answer: Row[Any]
    rules: Rules
    new: bool


class Survey:
    def __init__(self, store: Store, clock: Callable[[], datetime], bell: Bell, pages: Pages, nonces: Nonces) -> None:
        self._store = store
        self._clock = clock
        self._bell = bell
        self._pages = pages
        self._nonces = nonces

    def show(self, link: str, request: Request) -> Response:
        """The form. A rating in the address is filled in, not recorded: programs follow links, people press buttons."""
        token = token_in(link)
        if token is None:
            return self._pages.unavailable()
        now = self._clock()
        with self._store.read() as db:
            case = open_link(db, token, _PURPOSES, now)
            before = last_answer(db, case.case_id, case.escalation_id) if case else None
        if case is None:
            return self._pages.unavailable()
        form = _as_before(before, self._nonces.issue(token, now), rating_in(link, _query(request)))
        return self._form(token, case, form, already=before is not None)

    def trap(self) -> Response:
        """Behind a link that people do not see. It looks like any link that cannot be used."""
        return self._pages.unavailable()

    def answer(self, link: str, body: FormBody) -> Response:
        """Record what was said, once; or show the form again with everything that was typed."""
        token, form, now = token_in(link), read_form(body), self._clock()
        if token is None:
            return self._pages.unavailable()
        nonce = None if form.trapped else self._nonces.read(form.nonce, token, now)
        faults = form.faults()
        if faults or nonce is None:
            return self._again(token, form, faults or [ONCE_MORE], nonce, now)
        with self._store.write() as db:
            taken = _take(db, token, form, nonce, now)
        if taken is None:
            return self._pages.unavailable()
        if not _says_the_same(form, taken.answer):  # the same form, changed and sent again by the browser's back button
            return self._again(token, form, [ONCE_MORE], None, now)
        return self._thanks(taken)

    def _again(self, token: str, form: Form, faults: list[Fault], nonce: str | None, now: datetime) -> Response:
        """The form with its faults. A nonce that is still good stays, so that a quick correction counts."""
        with self._store.read() as db:
            case = open_link(db, token, _PURPOSES, now)
            before = last_answer(db, case.case_id, case.escalation_id) if case else None
        if case is None:
            return self._pages.unavailable()
        again = form if nonce else Form(
            nonce=self._nonces.issue(token, now), rating=form.rating, comment=form.comment, contact_me=form.contact_me
        )  # fmt: skip
        return self._form(token, case, again, already=before is not None, faults=faults)

    def _form(
        self, token: str, case: Row[Any], form: Form, *, already: bool, faults: list[Fault] | None = None
    ) -> Response:
        recovery = case.purpose == LinkPurpose.RECOVERY
        until = None if recovery else case.change_until  # set once there is an answer
        language = self._pages.language(case)
        values = {
            "customer_name": given_name(case.customer_name),
            "service_kind": case.kind,
            "service_date": day_text(case.service_closed_at, case.timezone, language),
            "branch": case.branch,
            "action": f"/s/{token}",
            "trap_path": f"/s/{token}/v",
            "unsubscribe_path": None,  # a token serves one purpose; that of the way out is in the mail only
            "nonce": form.nonce,
            "preselected": form.rating,
            "comment": form.comment,
            "contact_me": form.contact_me,
            "errors": faults or [],
            "already": already,
            "change_until": moment_text(until, case.recipient_timezone, language) if until else None,
            "recovery": recovery,
        }
        return self._pages.show("survey", values, status=422 if faults else 200, language=language)

    def _thanks(self, taken: _Taken) -> Response:
        answer, rules = taken.answer, taken.rules
        zone, language = answer.recipient_timezone, self._pages.language(answer)
        changeable = answer.escalation_id is None and answer.change_until > answer.received_at
        concern = _is_concern(answer, rules)
        contact_by = answer.received_at + timedelta(hours=rules.escalation.deadline_hours)
        values = {
            "has_concern": concern,
            # Whoever raises a concern again was given a date the first time, and that one holds.
            "contact_by": moment_text(contact_by, zone, language) if concern and answer.version == 1 else None,
            "change_until": moment_text(answer.change_until, zone, language) if changeable else None,
        }
        ring = BackgroundTask(self._bell.ring, Sound.ANSWER_RECEIVED) if taken.new else None
        return self._pages.show("thanks", values, after=ring, language=language)


def _query(request: Request) -> str:
    query: bytes = request.scope["query_string"]
    return query.decode("latin-1")  # any bytes; Starlette's own address objects insist on UTF-8


def _take(db: Connection, token: str, form: Form, nonce: str, now: datetime) -> _Taken | None:
    """Record the submission if the link is open; if it was recorded before, that one. None: the link is not open."""
    case = open_link(db, token, _PURPOSES, now, hold=True)
    answer = find_answer(db, nonce)
    if answer is not None:
        return _Taken(answer, rules_of(db, answer.policy_version), new=False)
    if case is None:
        return None
    rules = rules_of(db, case.policy_version)
    said = Said(nonce=nonce, channel=Channel.EMAIL, rating=form.rating, comment=form.said, contact_me=form.contact_me)
    change_for = timedelta(hours=rules.survey.change_hours)
    record(db, case.case_id, said, at=now, change_for=change_for, escalation_id=case.escalation_id)
    recorded = find_answer(db, nonce)
    return _Taken(recorded, rules, new=True) if recorded else None


def _as_before(before: Row[Any] | None, nonce: str, wanted: int | None) -> Form:
    """What the customer said last, to be changed. What a colleague wrote down on the phone is not shown to anybody."""
    if before is None or before.entered_by is not None:
        return Form(nonce=nonce, rating=wanted, comment="", contact_me=False)
    return Form(nonce=nonce, rating=wanted or before.rating, comment=before.comment or "", contact_me=before.contact_me)


def _says_the_same(form: Form, answer: Row[Any]) -> bool:
    return (form.rating, form.said, form.contact_me) == (answer.rating, answer.comment, answer.contact_me)


def _is_concern(answer: Row[Any], rules: Rules) -> bool:
    """As it will be judged, so that the page does not promise less or more than happens."""
    spoken = Spoken(
        rating=answer.rating, comment=answer.comment, contact_me=answer.contact_me,
        solved=False, concern=False, concern_open=False,
    )  # fmt: skip
    return isinstance(judge(spoken, rules.survey, rules.escalation), Concern)
