"""The survey: a form behind a link. Looking at it writes nothing; a person who presses the button is recorded."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import Row
from starlette.background import BackgroundTask

from models.answers import asks_again, last_answer, open_link, token_sha256
from models.closed_again import Again, case_of
from models.store import Store
from policy.authenticity import Deed, Visit
from policy.concern import Concern, Spoken, judge
from policy.greeting import greeted
from policy.rules import Rules
from templates.dates import day_text, moment_text
from vocabulary import LinkPurpose
from web.bell import Bell, sound_of
from web.bodies import FormBody
from web.form import ONCE_MORE, Fault, Form, read_form
from web.limiter import Limiter
from web.links import rating_in, token_in, trapped_in
from web.nonce import Nonces
from web.pages import Pages
from web.submissions import PURPOSES, Sender, Taken, keep_meanwhile, take
from web.visits import Visits, visitor_of


class Survey:
    def __init__(
        self, store: Store, clock: Callable[[], datetime], bell: Bell, pages: Pages, nonces: Nonces, visits: Visits,
        limiter: Limiter, rules: Rules,
    ) -> None:  # fmt: skip
        self._rules = rules
        self._visits = visits
        self._limiter = limiter
        self._store = store
        self._clock = clock
        self._bell = bell
        self._pages = pages
        self._nonces = nonces

    def show(self, link: str, request: Request) -> Response:
        """The form. A rating in the address is filled in, not recorded: programs follow links, people press buttons."""
        token = token_in(link)
        if token is None:
            return self.trap(link, request)  # perhaps with something hanging on to it
        now = self._clock()
        with self._store.read() as db:
            case = open_link(db, token, PURPOSES, now)
            before = last_answer(db, case.case_id, case.escalation_id) if case else None
            again = asks_again(db, token) if case is None else None
            dead = case_of(db, token_sha256(token), PURPOSES) if case is None else None
        wanted = rating_in(link, _query(request))
        self._note(case.case_id if case else dead, Deed.OPENED, request, wanted)  # in memory: looking writes no row
        if again is not None:
            return self._again_later(again, kept=False)
        if case is None:
            return self._nowhere(token, request)
        form = _as_before(before, self._nonces.issue(token, now), wanted)
        return self._form(token, case, form, already=before is not None)

    def trap(self, link: str, request: Request) -> Response:
        """Behind a link that people do not see. It looks like any link that cannot be used."""
        token = trapped_in(link)
        if token is not None:
            with self._store.read() as db:
                case = open_link(db, token, PURPOSES, self._clock())
                self._note(case_of(db, token_sha256(token), PURPOSES), Deed.TRAP, request)
            if case is not None:
                return self._pages.unavailable()
        return self._nowhere(token, request)

    def answer(self, link: str, body: FormBody, request: Request) -> Response:
        """Record what was said, once; or show the form again with everything that was typed."""
        token, form, now = token_in(link), read_form(body), self._clock()
        if token is None:
            return self._pages.unavailable()
        nonce = None if form.trapped else self._nonces.read(form.nonce, token, now)
        faults = form.faults()
        if faults or nonce is None:
            return self._again(token, form, faults or [ONCE_MORE], nonce, request)
        with self._store.write() as db:
            taken = take(db, token, form, nonce, Sender(self._visits, request.headers), now, in_force=self._rules)
            again = keep_meanwhile(db, token, form, nonce, now, in_force=self._rules) if taken is None else None
        if taken is None:
            return self._again_later(again, kept=True) if again else self._pages.unavailable()
        if not _says_the_same(form, taken.answer):  # the same form, changed and sent again by the browser's back button
            return self._again(token, form, [ONCE_MORE], None, request)
        return self._thanks(taken)

    def _nowhere(self, token: str | None, request: Request) -> Response:
        """For a link that cannot be used. Nobody needs to look at many; what is sent is never refused for it."""
        if request.method != "POST" and self._limiter.refuses(request, token, self._clock()):
            return self._pages.too_many()
        return self._pages.unavailable()

    def _again_later(self, again: Again, *, kept: bool) -> Response:
        """Nothing to fill in for now. `kept`: what was sent all the same is read by a person."""
        values = {"closed": again.closed, "kept": kept}
        return self._pages.show("again", values, language=self._pages.language(again))

    def _note(self, case_id: int | None, deed: Deed, request: Request, rating: int | None = None) -> None:
        """Of links that cannot be used any more, too: it tells whether a program is at work on the mails of a case."""
        if case_id is not None:
            self._visits.note(case_id, Visit(self._clock(), visitor_of(request.headers), deed, rating))

    def _again(self, token: str, form: Form, faults: list[Fault], nonce: str | None, request: Request) -> Response:
        """The form with its faults. A nonce that is still good stays, so that a quick correction counts."""
        now = self._clock()
        with self._store.read() as db:
            case = open_link(db, token, PURPOSES, now)
            before = last_answer(db, case.case_id, case.escalation_id) if case else None
            later = asks_again(db, token) if case is None else None
            of_link = case_of(db, token_sha256(token), PURPOSES)
        if form.trapped:
            self._note(of_link, Deed.FIELD, request)
        if case is None:
            return self._again_later(later, kept=False) if later else self._pages.unavailable()
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
            "customer_name": greeted(case.customer_name, whole=False),
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

    def _thanks(self, taken: Taken) -> Response:
        answer, rules = taken.answer, taken.rules
        zone, language = answer.recipient_timezone, self._pages.language(answer)
        # Alike for what is unconfirmed: the page tells a program nothing, and a person who was taken for one no less.
        until = answer.change_until or answer.received_at + timedelta(hours=rules.survey.change_hours)
        changeable = answer.escalation_id is None and until > answer.received_at
        concern = _is_concern(answer, rules)
        contact_by = answer.received_at + timedelta(hours=rules.escalation.deadline_hours)
        values = {
            "has_concern": concern,
            # Whoever raises a concern again was given a date the first time, and that one holds.
            "contact_by": moment_text(contact_by, zone, language) if concern and not answer.heard_before else None,
            "change_until": moment_text(until, zone, language) if changeable else None,
        }
        sound = sound_of(recorded=taken.new, alarmed=taken.alarmed)
        ring = BackgroundTask(self._bell.ring, sound) if sound else None
        return self._pages.show("thanks", values, after=ring, language=language)


def _query(request: Request) -> str:
    query: bytes = request.scope["query_string"]
    return query.decode("latin-1")  # any bytes; Starlette's own address objects insist on UTF-8


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
