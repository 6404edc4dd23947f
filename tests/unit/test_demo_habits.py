"""Invented customers: the same seed, the same month; and in every deck each thing comes."""

import pytest

from cli.demo.habits import _DECKS, Deed, Habits
from vocabulary import Channel


def _month(seed: int) -> list[object]:
    habits = Habits(seed)
    return [habits.deed(channel) for channel in (Channel.EMAIL, Channel.SMS) for _ in range(100)] + [
        habits.opinion(),
        habits.words(Deed.REPLY, Channel.SMS),
    ]


def test_the_same_seed_makes_the_same_customers_and_another_one_others():
    assert _month(7) == _month(7)
    assert _month(7) != _month(8)


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_each_thing_comes_in_every_deck(channel: Channel, seed: int):
    habits, size = Habits(seed), sum(_DECKS[channel].values())
    for _ in range(3):
        assert {habits.deed(channel) for _ in range(size)} == set(_DECKS[channel])


def test_all_that_customers_can_do_is_in_a_deck():
    assert set().union(*_DECKS.values()) == set(Deed)
