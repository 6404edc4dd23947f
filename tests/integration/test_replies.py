"""What a person makes of a reply: once, with what follows from it; by the model and as people type it."""

import io
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.replying import settle_reply
from cli.app import main
from models.log import SYSTEM
from models.replies import NewReply, ReplyError, Settlement, find, keep, listed
from models.report import address_key
from models.tables import answers, cases, entries, replies, suppressions
from tasks.concerns import judge_answers
from tasks.place import Place
from tests import seed
from tests.review_queue import to_review
from vocabulary import Channel, Disposition, Event, Stage

NOW = seed.ASKED_AT + timedelta(hours=1)
LATER = NOW + timedelta(hours=5)


def kept(place: Place, case: seed.Seeded | None, text: str = "8/10 [bold]?", **changes: Any) -> int:
    values = {"channel": Channel.SMS, "external_id": text, "case_id": case.case_id if case else None,
              "policy_version": None, "from_key": address_key("+4930999"), "text": text, "attachments": 1,
              "understood": "unclear", "to_person": "a rating on another scale"}  # fmt: skip
    with place.store.write() as db:
        id = keep(db, NewReply(**(values | changes)), at=NOW)
    assert id is not None
    return id


def settled(place: Place, reply: int, how: Settlement, **said: Any) -> None:
    with place.store.write() as db:
        settle_reply(db, reply, how, by="Petra", at=LATER, **said)


def rows(place: Place, table: Any) -> list[Any]:
    with place.store.read() as db:
        return list(db.execute(select(table).order_by(*table.primary_key.columns)))


def test_a_reply_is_kept_once(place: Place):
    reply = kept(place, seed.asked(place))
    with place.store.write() as db:
        again = NewReply(channel=Channel.SMS, external_id="8/10 [bold]?", case_id=None, policy_version=None,
                         from_key=None, text="other", attachments=0, understood="answer", to_person=None)  # fmt: skip
        assert keep(db, again, at=LATER) is None
    with place.store.read() as db:
        assert [row.id for row in listed(db, everything=False)] == [reply]
        assert find(db, reply).text == "8/10 [bold]?"


def test_what_needs_nobody_is_settled_at_once(place: Place):
    kept(place, None, to_person=None, understood="automatic")
    with place.store.read() as db:
        assert listed(db, everything=False) == []
        [row] = listed(db, everything=True)
    assert (row.settled_by, row.settlement, row.settled_at) == (SYSTEM, "automatic", NOW)


def test_an_answer_counts_from_when_the_customer_gave_it(place: Place):
    case = seed.asked(place)
    settled(place, kept(place, case), Settlement.ANSWER, rating=1)
    [answer] = rows(place, answers)
    assert (answer.rating, answer.comment, answer.received_at) == (1, "8/10 [bold]?", NOW)
    assert (answer.entered_by, answer.channel) == ("Petra", "sms")
    assert rows(place, replies)[0].answer_id == answer.id
    judge_answers.fn([case.case_id], LATER)
    assert rows(place, cases)[0].stage == Stage.ESCALATED
    told = [(entry.event, entry.actor) for entry in rows(place, entries) if entry.event.startswith("reply")]
    assert told == [(Event.REPLY_RECEIVED, "customer"), (Event.REPLY_SETTLED, "Petra")]


def test_a_person_may_say_it_in_better_words(place: Place):
    settled(place, kept(place, seed.asked(place)), Settlement.ANSWER, rating=4, comment="quick")
    assert [(row.rating, row.comment) for row in rows(place, answers)] == [(4, "quick")]


def test_an_opt_out_ends_what_waits(place: Place):
    settled(place, kept(place, seed.asked(place)), Settlement.OPT_OUT)
    assert rows(place, cases)[0].disposition == Disposition.OPTED_OUT
    assert len(rows(place, suppressions)) == 2


def test_an_opt_out_of_nobodys_number_holds_too(place: Place):
    settled(place, kept(place, None), Settlement.OPT_OUT)
    assert [row.address_key for row in rows(place, suppressions)] == [address_key("+4930999")]


def test_noted_changes_nothing_else(place: Place):
    settled(place, kept(place, seed.asked(place)), Settlement.NOTED)
    assert (rows(place, answers), rows(place, suppressions)) == ([], [])
    assert rows(place, cases)[0].stage == Stage.ASKED


def test_a_reply_is_settled_once(place: Place):
    reply = kept(place, seed.asked(place))
    settled(place, reply, Settlement.NOTED)
    with pytest.raises(ReplyError, match="done already: Petra reviewed it as “noted”"):
        settled(place, reply, Settlement.ANSWER, rating=5)
    with pytest.raises(ReplyError, match="there is no reply 99"):
        settled(place, 99, Settlement.NOTED)


@pytest.mark.parametrize(
    ("how", "of_case", "changes", "words"),
    [
        (Settlement.ANSWER, None, {}, "belongs to no case"),
        (Settlement.OPT_OUT, None, {"from_key": None}, "its sender is not known"),
        (Settlement.ANSWER, seed.planned, {}, "takes no answers: it is planned"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(place: Place, how: Settlement, of_case: Any, changes: Any,
                                                            words: str):  # fmt: skip
    reply = kept(place, of_case(place) if of_case else None, **changes)
    with pytest.raises(ReplyError, match=words):
        settled(place, reply, how)
    assert rows(place, replies)[0].settled_at is None
    assert Event.REPLY_SETTLED not in [entry.event for entry in rows(place, entries)]


@pytest.fixture
def typed(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setenv("COLUMNS", "220")

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["aftercare", "replies", *words])
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        told = capsys.readouterr()
        return status, told.out + told.err

    return run


def test_the_commands(place: Place, typed: Any):
    assert typed("list") == (0, "No replies to review.\n")
    assert typed("list", "--all") == (0, "No replies yet.\n")
    kept(place, seed.asked(place, customer_name="Ann [b]Lee"))
    status, shown = typed("list")
    assert status == 0
    assert all(word in shown for word in ("8/10 [bold]?", "a rating on another scale", "sms"))
    status, shown = typed("show", "1")
    assert all(word in shown for word in ("Ann [b]Lee", "8/10 [bold]?", "needs review: a rating", "not taken: 1"))
    assert typed("show", "7")[0] == typed("settle", "7", "--as", "noted")[0] == 2
    assert typed("settle", "1", "--as", "noted", "--rating", "4")[0] == 2
    status, shown = typed("settle", "1", "--as", "answer", "--rating", "4", "--by", "Petra")
    assert (status, shown) == (0, "Reply 1 is done: answer.\n")
    assert typed("settle", "1", "--as", "noted")[0] == 2
    assert "reviewed as answer by Petra" in typed("show", "1")[1]
    assert "done: answer" in typed("list", "--all")[1]


def test_the_command_says_and_does_what_the_console_does(place: Place, typed: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("cli.replies.now", lambda: LATER)
    case = seed.asked(place)
    number = to_review(place, case.case_id, proposal=Settlement.OPT_OUT, at=NOW)
    assert typed("settle", str(number), "--as", "noted")[0] == 2
    assert "give the reason" in typed("settle", str(number), "--as", "noted")[1]
    assert "opt-out" in typed("list")[1]
    assert "19 h 0 min" in typed("list")[1]
    status, shown = typed("answer", str(number), "--channel", "email", "--text", "Tom comes on Friday.")
    assert (status, shown) == (0, "The message goes out at 2026-10-06 15:00 UTC.\n")
    status, shown = typed("hand-over", str(number), "Plumbing", "--reason", "You know the pump.")
    assert (status, shown) == (0, f"Reply {number} is with Plumbing.\n")
    assert "handed over to: Plumbing: You know the pump." in typed("show", str(number))[1]
    status, shown = typed("settle", str(number), "--as", "opt-out", "--channel", "sms", "--until", "2026-12-01")
    assert (status, shown) == (0, f"Reply {number} is done: opt-out.\n")
    found = {(row.channel, row.until) for row in rows(place, suppressions)}
    assert found == {("sms", datetime(2026, 11, 30, 23, tzinfo=UTC))}


def test_an_opt_out_of_everything_is_asked_about_at_the_command_line(
    place: Place, typed: Any, monkeypatch: pytest.MonkeyPatch
):
    number = to_review(place, seed.asked(place).case_id)
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    status, shown = typed("settle", str(number), "--as", "opt-out")
    assert (status != 0, "opts the customer out of everything, for good" in shown) == (True, True)
    assert rows(place, suppressions) == []
    assert typed("settle", str(number), "--as", "opt-out", "--yes")[0] == 0
    assert len(rows(place, suppressions)) == 2


def test_answered_and_done_is_one_command(place: Place, typed: Any):
    number = to_review(place, seed.asked(place).case_id)
    status, shown = typed("answer", str(number), "--channel", "email", "--text", "Yes.", "--done")
    assert (status, shown.endswith(" The reply is done.\n")) == (0, True)
    assert typed("answer", str(number), "--channel", "email", "--text", "Yes.")[0] == 2
    assert typed("hand-over", str(number), "Plumbing", "--reason", "Please help.")[0] == 2
