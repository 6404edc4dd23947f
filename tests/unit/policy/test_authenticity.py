"""Clause 4.3: signs of a program, weighed. People have half signs all the time, and now and then a full one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.authenticity import (
    POINTS,
    Confirmed,
    Deed,
    Earlier,
    Sign,
    Signals,
    Submission,
    Unconfirmed,
    Visit,
    doubted,
    weigh,
)
from policy.file import parse_policy, read_policy
from policy.rules import MachineRules

SHIPPED = Path(policy.__file__).with_name("sop.toml")
RULES = replace(
    read_policy(SHIPPED).rules.survey.machines,
    soon_seconds=30, trap_minutes=10, burst_seconds=5, contradiction_seconds=5, spree_ratings=3, wait_seconds=60,
)  # fmt: skip
NOW = datetime(2026, 10, 6, 10, 0, tzinfo=UTC)
CHROME = Signals(agent="Mozilla/5.0 … Chrome/156.0 Safari/537.36", language=True, fetch=True, gesture=True)
SAFARI = Signals(agent="Mozilla/5.0 … Version/18.5 Mobile Safari/604.1", language=True, fetch=True, gesture=False)
OLD = Signals(agent="Mozilla/5.0 (Linux; Android 6.0) … Chrome/60.0", language=True, fetch=False, gesture=False)
LYNX = Signals(agent="Lynx/2.9.0dev.12 libwww-FM/2.14", language=True, fetch=False, gesture=False)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def sent(**changes: object) -> Submission:
    plain = Submission(at=NOW, arrived_at=ago(3600), rating=4, comment=False, visitor="me", signals=CHROME)
    return replace(plain, **changes)  # type: ignore[arg-type]


def opened(*ratings: int | None, by: str = "me", since: float = 20, gap: float = 1) -> list[Visit]:
    """Links opened one after the other, the first one `since` seconds ago."""
    return [Visit(ago(since - number * gap), by, Deed.OPENED, rating) for number, rating in enumerate(ratings)]


def trap(seconds: float, by: str = "me", deed: Deed = Deed.TRAP) -> list[Visit]:
    return [Visit(ago(seconds), by, deed)]


def signs(submission: Submission, visits: list[Visit] = [], earlier: list[Earlier] = []) -> set[Sign] | None:  # noqa: B006
    """None when it counts."""
    verdict = weigh(submission, visits, earlier, RULES)
    return set(verdict.signs) if isinstance(verdict, Unconfirmed) else None


@pytest.mark.parametrize(
    ("submission", "visits"),
    [
        (sent(), opened(4)),
        (sent(comment=True), opened(None)),
        (sent(), []),  # we were started again in between
        (sent(signals=SAFARI), opened(4)),  # Safari never says that a person pressed
        (sent(signals=OLD), opened(4)),  # no comment, no signals: a telephone of 2016
        (sent(signals=LYNX), opened(4)),
        (sent(arrived_at=ago(20)), opened(4, since=8)),  # quick, and no comment
        (sent(arrived_at=ago(20), signals=SAFARI), opened(4, since=8)),
        (sent(arrived_at=ago(20), signals=OLD, comment=True), opened(4, since=8)),
        (sent(), opened(4, 5, since=20, gap=3)),  # a thumb that missed
        (sent(signals=OLD), opened(4, 5, since=20, gap=6)),
        (sent(), opened(1, 2, 3, 4, 5, by="filter", since=240) + trap(230, "filter")),  # of the customer's company
        (sent(signals=OLD), opened(1, 2, 3, 4, 5, by="filter", since=240) + trap(230, "filter")),
        (sent(), opened(4, by="filter", since=10) + opened(4, since=8)),  # it looks at a link when it is clicked
        (sent(comment=True), trap(300, deed=Deed.FIELD)),  # the browser filled in the field
        (sent(), trap(20, deed=Deed.FIELD)),
        (sent(), trap(601)),  # too long ago
        (sent(comment=True, arrived_at=ago(29)), []),
        (sent(signals=replace(CHROME, agent="Mozilla/5.0 (Linux; Android 9; CUBOT_X19) Chrome/120.0")), []),
    ],
)
def test_people_count(submission: Submission, visits: list[Visit]):
    assert signs(submission, visits) is None


@pytest.mark.parametrize(
    ("submission", "visits", "expected"),
    [
        (sent(), opened(1, 2, 3, 4, 5), {Sign.ALL_AT_ONCE, Sign.NO_COMMENT}),
        (sent(), opened(5, 4, 3, 2, 1, gap=0.05), {Sign.ALL_AT_ONCE, Sign.NO_COMMENT}),
        (sent(comment=True), opened(1, 2, 3, 4, 5) + trap(10), {Sign.ALL_AT_ONCE, Sign.TRAP}),
        (sent(comment=True, arrived_at=ago(29)), opened(1, 2, since=5), {Sign.SOON, Sign.TWO_AT_ONCE}),
        (sent(), trap(10), {Sign.TRAP, Sign.NO_COMMENT}),
        (sent(comment=True, arrived_at=ago(29)), trap(10, "crawler"), {Sign.SOON, Sign.OTHERS_NOW}),
        (sent(comment=True, arrived_at=ago(-3)), trap(10), {Sign.SOON, Sign.TRAP}),  # while it was being delivered
        (sent(signals=replace(CHROME, agent="HeadlessChrome/156.0"), comment=True), [], {Sign.PROGRAM}),
        (sent(signals=Signals(agent="", language=False, fetch=False, gesture=False)), [],
         {Sign.PROGRAM, Sign.NO_LANGUAGE, Sign.NO_SIGNALS, Sign.NO_COMMENT}),
        (sent(comment=True, signals=Signals(agent="python-requests/2.32", language=False, fetch=False, gesture=False)),
         [], {Sign.PROGRAM, Sign.NO_LANGUAGE, Sign.NO_SIGNALS}),
        (sent(comment=True, arrived_at=ago(5), signals=replace(CHROME, gesture=False)), [],
         {Sign.SOON, Sign.NO_GESTURE}),
        (sent(signals=replace(LYNX, language=False)), [], {Sign.NO_LANGUAGE, Sign.NO_SIGNALS, Sign.NO_COMMENT}),
    ],
)  # fmt: skip
def test_programs_do_not(submission: Submission, visits: list[Visit], expected: set[Sign]):
    assert signs(submission, visits) == expected


@pytest.mark.parametrize(
    ("name", "known"),
    [("bot", True), ("Bingbot/2.0", False), ("a bot.", True), ("BOT", True), ("robots", False), ("Cubot", False)],
)
def test_programs_are_known_by_whole_words(name: str, known: bool):
    rules = replace(RULES, programs=("bot",))
    verdict = weigh(sent(signals=replace(CHROME, agent=name)), [], [], rules)
    assert isinstance(verdict, Unconfirmed) is known


@pytest.mark.parametrize(("seconds", "contradicts"), [(0, True), (5, True), (5.01, False), (3600, False)])
def test_another_rating_within_seconds_makes_both_unconfirmed(seconds: float, contradicts: bool):
    earlier = [Earlier("n1", ago(seconds), 5)]
    verdict = weigh(sent(rating=1, comment=True), [], earlier, RULES)
    against = doubted(sent(rating=1, comment=True), verdict, [], earlier, RULES)
    assert isinstance(verdict, Unconfirmed) is contradicts
    assert against == ({"n1": Sign.CONTRADICTION} if contradicts else {})


def test_the_same_rating_again_and_a_comment_alone_contradict_nothing():
    earlier = [Earlier("n1", ago(3), 4)]
    assert signs(sent(rating=4), earlier=earlier) is None
    assert signs(sent(rating=None, comment=True), earlier=earlier) is None


def test_a_third_rating_within_minutes_makes_all_of_them_unconfirmed():
    two = [Earlier("n1", ago(20), 1), Earlier("n2", ago(10), 2)]
    visits = [Visit(one.at, "me", Deed.SENT, nonce=one.nonce) for one in two]
    third = sent(rating=3, comment=True)
    verdict = weigh(third, visits, two, RULES)
    assert doubted(third, verdict, visits, two, RULES) == {"n1": Sign.SPREE, "n2": Sign.SPREE}
    assert signs(sent(rating=2), visits, two) is None  # back to the second: people waver
    assert signs(third, visits, [Earlier("n1", ago(3600), 1), two[1]]) is None
    assert signs(replace(third, visitor="Ann"), visits, two) is None  # a person after a program


def test_what_the_same_visitor_sent_before_is_doubted_with_it_and_what_others_sent_is_not():
    visits = [*trap(30), Visit(ago(60), "me", Deed.SENT, nonce="n1"), Visit(ago(50), "Ann", Deed.SENT, nonce="n2")]
    earlier = [Earlier("n1", ago(60), 4), Earlier("n2", ago(50), 4)]
    verdict = weigh(sent(), visits, earlier, RULES)
    assert doubted(sent(), verdict, visits, earlier, RULES) == {"n1": Sign.SAME_VISITOR}


@pytest.mark.parametrize(
    ("submission", "wait"),
    [
        (sent(comment=True), timedelta(0)),
        (sent(), timedelta(seconds=60)),  # no comment: programs that press one button press the next one soon
        (sent(comment=True, arrived_at=ago(10)), timedelta(minutes=10)),
    ],
)
def test_an_answer_with_a_sign_against_it_waits_for_what_may_still_come(submission: Submission, wait: timedelta):
    assert weigh(submission, [], [], RULES) == Confirmed(NOW + wait)


SUBMISSIONS = st.builds(
    sent,
    arrived_at=st.integers(0, 7200).map(ago),
    rating=st.one_of(st.none(), st.integers(1, 5)),
    comment=st.booleans(),
    signals=st.builds(
        Signals, agent=st.sampled_from([CHROME.agent, SAFARI.agent, LYNX.agent, "curl/8", ""]),
        language=st.booleans(), fetch=st.booleans(), gesture=st.booleans(),
    ),
)  # fmt: skip
VISITS = st.lists(
    st.builds(Visit, st.integers(0, 1200).map(ago), st.sampled_from(["me", "filter"]), st.sampled_from(Deed),
              st.one_of(st.none(), st.integers(1, 5))), max_size=12,
)  # fmt: skip


@given(SUBMISSIONS, VISITS, st.data())
def test_to_forget_visits_makes_nothing_more_suspicious(submission: Submission, visits: list[Visit], data):
    kept = [visit for visit in visits if data.draw(st.booleans())]
    if signs(submission, visits) is None:
        assert signs(submission, kept) is None


@given(SUBMISSIONS, VISITS)
def test_it_takes_two_full_signs_or_a_programs_own_word(submission: Submission, visits: list[Visit]):
    found = signs(submission, visits)
    assert found is None or len(found) > 1 or found == {Sign.PROGRAM}
    assert found is None or sum(POINTS[sign] for sign in found) >= 4


def test_a_policy_from_before_there_was_this_is_still_read():
    text = SHIPPED.read_text("utf-8")
    start = text.index("[survey.machines]")
    before = text[:start] + text[text.index("[silence]") :]
    assert parse_policy(before).rules.survey.machines == MachineRules()
