"""Clause 4.1 in tables: what has become of a message, whatever the order in which its provider told of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.delivery import SPAM_REPORT, Standing, Told, standing
from vocabulary import Cause, Delivery, News

NOON = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TAKEN, DELAYED, BLOCKED, ARRIVED, SPAM, AWAY, BARRED, LOST = News


def told(news: News | None, second: int = 0, word: str = "") -> Told:
    return Told(news=news, at=NOON + second * SECOND, word=word or (news or "hint"))


def stood(*news: News | None) -> Standing:
    found = standing(told(one, second) for second, one in enumerate(news))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("news", "state"),
    [
        ([TAKEN], Delivery.ACCEPTED),
        ([TAKEN, DELAYED, DELAYED], Delivery.ACCEPTED),
        ([None], Delivery.ACCEPTED),  # whoever tells of our message has it, whatever the word means
        ([TAKEN, ARRIVED], Delivery.DELIVERED),
        ([ARRIVED, TAKEN], Delivery.DELIVERED),
        ([ARRIVED, DELAYED], Delivery.DELIVERED),
        ([TAKEN, LOST], Delivery.FAILED),
        ([LOST, TAKEN], Delivery.FAILED),
        ([TAKEN, ARRIVED, LOST], Delivery.FAILED),  # a bounce that comes after the receiving server's yes
        ([LOST, ARRIVED], Delivery.FAILED),
        ([TAKEN, BLOCKED], Delivery.FAILED),
        ([BLOCKED, ARRIVED], Delivery.DELIVERED),  # soft: another try got through
        ([ARRIVED, BLOCKED], Delivery.DELIVERED),
        ([ARRIVED, SPAM], Delivery.FAILED),
        ([TAKEN, AWAY], Delivery.FAILED),
        ([BARRED, TAKEN], Delivery.FAILED),
    ],
)
def test_a_message_stands_where_the_strongest_word_puts_it(news: list[News | None], state: Delivery):
    assert stood(*news).state is state


def test_nothing_told_is_nothing_known():
    assert standing([]) is None


def test_that_it_arrived_is_remembered_when_it_bounces_later():
    found = stood(TAKEN, ARRIVED, LOST)
    assert (found.arrived_at, found.failed_at) == (NOON + SECOND, NOON + 2 * SECOND)


def test_a_message_called_spam_has_reached_its_reader_and_a_lost_one_has_not():
    assert stood(TAKEN).reached
    assert stood(TAKEN, ARRIVED, SPAM).reached
    assert stood(TAKEN, ARRIVED, SPAM).word == SPAM_REPORT
    assert not stood(TAKEN, LOST).reached
    assert not stood(TAKEN, BLOCKED).reached
    assert not stood(SPAM, LOST).reached


@pytest.mark.parametrize(
    ("news", "cause"),
    [
        ([TAKEN, AWAY], Cause.AWAY),
        ([AWAY, TAKEN], Cause.AWAY),
        ([TAKEN, BARRED], Cause.SENDER),
        ([AWAY, LOST], None),  # the stronger word decides
        ([TAKEN, LOST], None),
        ([TAKEN, ARRIVED], None),
    ],
)
def test_why_it_did_not_arrive_is_known_where_it_matters(news: list[News | None], cause: Cause | None):
    found = stood(*news)
    assert (found.cause, found.reached) == (cause, found.state is not Delivery.FAILED)


def test_of_two_failures_the_earlier_one_is_named():
    found = standing([told(LOST, 9, "bounce 5.1.1"), told(LOST, 3, "dropped"), told(TAKEN, 1)])
    assert found is not None
    assert found.word == "dropped"


FACTS = st.lists(
    st.builds(
        Told,
        news=st.none() | st.sampled_from(News),
        at=st.integers(0, 5).map(lambda second: NOON + second * SECOND),
        word=st.sampled_from(["processed", "bounce 5.1.1", "dropped", "delivered"]),
    ),
    min_size=1,
    max_size=8,
)


@given(st.data())
def test_order_repetition_and_division_change_nothing(data: st.DataObject):
    facts = data.draw(FACTS)
    repeated = facts + data.draw(st.lists(st.sampled_from(facts), max_size=10))
    assert standing(data.draw(st.permutations(repeated))) == standing(facts)
    part = facts[: data.draw(st.integers(0, len(facts)))]
    assert standing([*part, *reversed(facts)]) == standing(facts)


@given(FACTS, FACTS)
def test_more_facts_never_undo_what_was_told(before: list[Told], more: list[Told]):
    first, later = standing(before), standing(before + more)
    assert first is not None
    assert later is not None
    assert later.taken_at <= first.taken_at
    assert later.newest_at >= first.newest_at
    assert first.arrived_at is None or later.arrived_at is not None
    assert first.failed_at is None or later.failed_at is not None
    if any(fact.news is LOST for fact in before):
        assert later.state is Delivery.FAILED
