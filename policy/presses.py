"""Clause 2.4: did a person press the button that ends all surveys, or the one that takes an opt-out back?"""

from collections.abc import Sequence

from policy.authenticity import FULL, POINTS, Sign, Submission, Visit, around, signs_of_press
from policy.rules import MachineRules

_OF_MAIL_PROGRAMS = {Sign.NO_LANGUAGE, Sign.NO_SIGNALS, Sign.NO_GESTURE}


def is_a_persons_press(press: Submission, visits: Sequence[Visit], rules: MachineRules) -> bool:
    """Of the button that ends all surveys. What a mail program lacks that presses it for a person is no sign here."""
    return _points(signs_of_press(press, visits, rules) - _OF_MAIL_PROGRAMS) <= FULL


def is_a_persons_return(press: Submission, visits: Sequence[Visit], rules: MachineRules) -> bool:
    """Of the button that takes an opt-out back. No mail program presses that for a person, so what a browser says
    counts; and one full sign is enough to doubt it: who is doubted wrongly gets no mail and may try again later.
    """
    signs = signs_of_press(press, visits, rules)
    own = [visit for visit in visits if visit.visitor == press.visitor and press.at - visit.at <= around(rules)]
    if len({visit.rating for visit in own} - {None}) >= rules.spree_ratings:  # however slowly
        signs.add(Sign.SPREE)
    return _points(signs) < FULL


def _points(signs: set[Sign]) -> int:
    return sum(POINTS[sign] for sign in signs)
