"""Clause 2.4: leaving is believed easily, coming back is not."""

from dataclasses import replace

import pytest

from policy.presses import is_a_persons_press, is_a_persons_return
from tests.unit.policy.test_authenticity import CHROME, LYNX, OLD, RULES, SAFARI, ago, opened, sent, trap


@pytest.mark.parametrize(
    ("changes", "leaves", "returns"),
    [
        ({}, True, True),
        ({"signals": SAFARI}, True, True),
        ({"signals": OLD}, True, True),
        ({"signals": LYNX}, True, True),
        ({"signals": replace(CHROME, gesture=False)}, True, False),  # a script pressed it
        ({"signals": replace(SAFARI, language=False)}, True, False),  # a mail program's request to leave looks so
        ({"arrived_at": ago(5)}, True, False),  # a person who is that quick may press again a minute later
        ({"signals": replace(CHROME, agent="HeadlessChrome/156.0")}, False, False),
    ],
)
def test_coming_back_asks_for_more_than_leaving(changes: dict[str, object], leaves: bool, returns: bool):
    press = sent(rating=None, **changes)
    assert is_a_persons_press(press, [], RULES) is leaves
    assert is_a_persons_return(press, [], RULES) is returns


def test_a_filter_that_looked_at_the_mail_before_keeps_nobody_from_coming_back():
    press = sent(rating=None)
    assert is_a_persons_return(press, trap(300, by="a filter"), RULES)
    assert not is_a_persons_return(press, trap(10, by="a filter"), RULES)
    assert not is_a_persons_return(press, trap(300), RULES)


def test_who_looked_at_rating_after_rating_however_slowly_brings_nobody_back():
    press = sent(rating=None)
    assert is_a_persons_return(press, opened(4, 5, since=500, gap=60), RULES)
    assert not is_a_persons_return(press, opened(1, 2, 3, since=500, gap=60), RULES)
    assert is_a_persons_return(press, opened(1, 2, 3, since=900, gap=60), RULES)
    assert is_a_persons_return(press, opened(1, 2, 3, by="a filter", since=500, gap=60), RULES)
