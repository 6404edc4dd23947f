"""Taking a submission into the store: once, as a person's or as unconfirmed, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row
from starlette.datastructures import Headers

from casework.alarms import Reported, raise_alarm
from casework.reading import for_a_reader, have_comment_read
from casework.rules import rules_of
from models.answers import Said, asks_again, open_link, record
from models.closed_again import Again
from models.doubts import arrived_at, doubt, sent_since
from models.heard import find_answer
from models.replies import NewReply, keep
from models.senders import cases_by_id
from policy.authenticity import Confirmed, Deed, Earlier, Submission, Unconfirmed, Visit, doubted, weigh
from policy.danger import dangers
from policy.machines import Question
from policy.remarks import Remark, remark_on
from policy.replies import Proposal
from policy.rules import MachineRules, Rules
from vocabulary import Channel, LinkPurpose
from web.form import Form
from web.visits import Visits, signals_of, visitor_of

PURPOSES = (LinkPurpose.SURVEY, LinkPurpose.RECOVERY)
_NOT_ASKED = "was sent by the survey page when the customer was not being asked"


@dataclass(frozen=True, slots=True)
class Taken:
    """A submission as it stands in the store."""

    answer: Row[Any]
    rules: Rules
    new: bool
    alarmed: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """Who presses the button, as far as requests tell, and what was done behind the links of the case."""

    visits: Visits
    headers: Headers

    def submission(self, form: Form, arrived: datetime, now: datetime) -> Submission:
        return Submission(at=now, arrived_at=arrived, rating=form.rating, comment=form.said is not None,
                          visitor=visitor_of(self.headers), signals=signals_of(self.headers))  # fmt: skip


def take(
    db: Connection, token: str, form: Form, nonce: str, sender: Sender, now: datetime, *, in_force: Rules
) -> Taken | None:
    """Record the submission if the link is open; if it was recorded before, that one. None: the link is not open."""
    case = open_link(db, token, PURPOSES, now, hold=True)
    answer = find_answer(db, nonce)
    if answer is not None:
        return Taken(answer, rules_of(db, answer.policy_version), new=False)
    if case is None:
        return None
    rules = rules_of(db, case.policy_version)
    verdict = _weigh(db, case, sender.submission(form, arrived_at(db, case), now), sender.visits.of(case.case_id, now),
                     rules.survey.machines)  # fmt: skip
    said = _said(form, case.channel, nonce, verdict)
    change_for = timedelta(hours=rules.survey.change_hours)
    answered = record(db, case.case_id, said, at=now, change_for=change_for, escalation_id=case.escalation_id)
    alarmed = _heed_danger(db, form, f"answer:{answered.answer_id}", said.channel, case.case_id, in_force, now)
    if isinstance(verdict, Confirmed):
        question = Question.SURVEY if case.escalation_id is None else Question.RECOVERY
        remark = Remark(rating=form.rating, comment=form.said, contact_me=form.contact_me, question=question)
        have_comment_read(
            db,
            remark,
            case_id=case.case_id,
            answer_id=answered.answer_id,
            policy_version=case.policy_version,
            rules=rules,
            at=now,
        )
    sender.visits.note(case.case_id, Visit(now, visitor_of(sender.headers), Deed.SENT, nonce=nonce))
    recorded = find_answer(db, nonce)
    return Taken(recorded, rules, new=True, alarmed=alarmed) if recorded else None


def keep_meanwhile(
    db: Connection, token: str, form: Form, nonce: str, now: datetime, *, in_force: Rules
) -> Again | None:
    """What is sent while its service is open again, or before its customer is asked anew, is read by a person.

    None when the link is none of such a service.
    """
    again = asks_again(db, token)
    if again is not None:
        said = [str(form.rating or ""), form.said or "", "(asks to be contacted)" if form.contact_me else ""]
        rules = rules_of(db, again.policy_version)
        judged = remark_on(Remark(rating=form.rating, comment=form.said, contact_me=form.contact_me), rules)
        proposal = judged[1] if judged else Proposal("answer" if form.rating else "concern", form.rating)
        new = NewReply(
            channel=again.channel,
            external_id=f"page:{nonce}",
            case_id=again.case_id,
            policy_version=again.policy_version,
            from_key=None,
            text="\n".join(filter(None, said)),
            understood="unclear",
            **for_a_reader(_NOT_ASKED, proposal, rules.escalation, now),
        )
        keep(db, new, at=now)
        _heed_danger(db, form, f"page:{nonce}", Channel(again.channel), again.case_id, in_force, now)
    return again


def _heed_danger(
    db: Connection, form: Form, source: str, channel: Channel, case_id: int, in_force: Rules, now: datetime
) -> bool:
    """Also of what may be a program's: a false alarm is cheap."""
    found = dangers(form.said or "")
    if not found:
        return False
    reported = Reported(dangers=found, source=source, received_at=now, channel=channel, said=form.said)
    [case] = cases_by_id(db, [case_id])
    return raise_alarm(db, reported, case, rules=in_force, at=now) is not None


def _weigh(
    db: Connection, case: Row[Any], sent: Submission, visits: Sequence[Visit], rules: MachineRules
) -> Confirmed | Unconfirmed:
    """The verdict on this submission. Earlier ones that it speaks against become unconfirmed, too."""
    since = sent.at - timedelta(minutes=rules.trap_minutes)
    earlier = [
        Earlier(row.nonce, row.received_at, row.rating)
        for row in sent_since(db, case.case_id, case.escalation_id, since)
    ]
    verdict = weigh(sent, visits, earlier, rules)
    against = doubted(sent, verdict, visits, earlier, rules)
    doubt(db, case.case_id, case.escalation_id, against, at=sent.at)
    return verdict


def _said(form: Form, channel: str | None, nonce: str, verdict: Confirmed | Unconfirmed) -> Said:
    return Said(
        nonce=nonce,
        channel=Channel(channel or Channel.EMAIL),
        rating=form.rating,
        comment=form.said,
        contact_me=form.contact_me,
        suspicion=verdict.signs if isinstance(verdict, Unconfirmed) else (),
        judge_at=verdict.judge_at if isinstance(verdict, Confirmed) else None,
    )
