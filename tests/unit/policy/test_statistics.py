"""Intervals and tests against published tables, against numbers worked out by hand, and against their own laws."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.statistics import (
    SIGNIFICANCE,
    Share,
    corrected,
    difference,
    log_odds_z,
    same_share_p,
    stands_out,
    wilson,
)
from policy.texts import interval_text, percent, points, points_text, share_text


@st.composite
def shares(draw: st.DrawFn, largest: int = 2000) -> Share:
    whole = draw(st.integers(1, largest))
    return Share(draw(st.integers(0, whole)), whole)


# R. G. Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(part: int, whole: int, low: float, high: float):
    interval = wilson(Share(part, whole))
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


# R. G. Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10
@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_the_difference_has_the_published_intervals(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
):
    interval = difference(Share(*first), Share(*second)).interval
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_the_z_test_is_as_by_hand():
    # pooled 50/200 = 0.25; standard error sqrt(0.25 * 0.75 * (1/100 + 1/100)) = 0.061237; z = 0.1 / 0.061237 = 1.63299
    assert same_share_p(Share(30, 100), Share(20, 100)) == pytest.approx(0.10247, abs=5e-6)
    # z = 2.5758 is the two-sided point of 1 %: 64/100 against 46/100 has pooled 0.55, error 0.0703562, z = 2.55841
    assert same_share_p(Share(64, 100), Share(46, 100)) == pytest.approx(0.010516, abs=5e-6)


@pytest.mark.parametrize(("first", "second"), [((10, 10), (30, 30)), ((0, 10), (0, 30))])
def test_two_shares_that_are_both_all_or_nothing_do_not_differ(first: tuple[int, int], second: tuple[int, int]):
    assert same_share_p(Share(*first), Share(*second)) == 1.0


# Y. Benjamini and Y. Hochberg (1995), section 4: fifteen p-values, of which the procedure rejects the first four
PUBLISHED = (0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
             0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000)  # fmt: skip


def test_the_correction_rejects_what_the_paper_rejects():
    found = corrected(PUBLISHED)
    assert sum(p <= SIGNIFICANCE for p in found) == 4
    assert found[3] == pytest.approx(0.0095 * 15 / 4)
    assert found[5] == pytest.approx(0.0298 * 15 / 7), "0.0278 * 15 / 6 is more, and a smaller p cannot be worse off"


def test_the_correction_keeps_the_order_in_which_it_was_asked():
    assert corrected((0.04, 0.01, 0.03)) == pytest.approx((0.04, 0.03, 0.04))
    assert corrected(()) == ()


def test_log_odds_are_as_by_hand():
    # ln(10.5/10.5) - ln(5.5/15.5) = 1.03609; variance 1/10.5 + 1/10.5 + 1/5.5 + 1/15.5 = 0.43681
    assert log_odds_z(Share(10, 20), Share(5, 20)) == pytest.approx(1.56766, abs=5e-6)
    assert not stands_out(1.9599)
    assert stands_out(1.9600)


@given(shares())
def test_an_interval_holds_its_share_and_stays_within_bounds(share: Share):
    interval = wilson(share)
    assert 0 <= interval.low <= interval.high <= 1
    assert interval.holds(share.value)


@given(shares(), st.integers(2, 50))
def test_more_of_the_same_makes_an_interval_narrower(share: Share, times: int):
    few, many = wilson(share), wilson(Share(share.part * times, share.whole * times))
    assert many.high - many.low < few.high - few.low


@given(shares())
def test_those_who_are_not_in_the_part_have_the_mirrored_interval(share: Share):
    part, rest = wilson(share), wilson(Share(share.whole - share.part, share.whole))
    assert (rest.low, rest.high) == pytest.approx((1 - part.high, 1 - part.low), abs=1e-12)


@pytest.mark.parametrize("whole", [10, 30, 100])
def test_the_interval_holds_the_true_share_in_about_95_of_100_months(whole: int):
    """Not a simulation: the binomial probability of all outcomes whose interval holds the truth, over many truths."""
    truths = [step / 200 for step in range(10, 191)]
    intervals = [wilson(Share(part, whole)) for part in range(whole + 1)]
    held = [
        sum(comb(whole, part) * truth**part * (1 - truth) ** (whole - part)
            for part in range(whole + 1) if intervals[part].holds(truth))
        for truth in truths
    ]  # fmt: skip
    assert sum(held) / len(held) == pytest.approx(0.95, abs=0.01)
    assert min(held) > 0.83, "the known low points of this interval"


@given(shares(), shares())
def test_a_difference_is_mirrored_when_its_sides_are_exchanged(first: Share, second: Share):
    one, two = difference(first, second), difference(second, first)
    assert (one.value, one.interval.low, one.interval.high) == pytest.approx(
        (-two.value, -two.interval.high, -two.interval.low), abs=1e-12
    )
    assert one.interval.holds(one.value)
    assert -1 - 1e-12 <= one.interval.low <= one.interval.high <= 1 + 1e-12
    assert 0 <= same_share_p(first, second) <= 1
    assert same_share_p(first, second) == pytest.approx(same_share_p(second, first))


@given(shares())
def test_a_share_does_not_differ_from_itself(share: Share):
    assert not difference(share, share).detectable
    assert same_share_p(share, share) == pytest.approx(1)


@given(st.lists(st.floats(0, 1), max_size=30))
def test_a_correction_never_makes_a_p_value_smaller_nor_changes_the_order(p_values: list[float]):
    found = corrected(p_values)
    assert all(before <= after + 1e-15 and after <= 1 for before, after in zip(p_values, found, strict=True))
    assert [after for _, after in sorted(zip(p_values, found, strict=True))] == sorted(found)


@pytest.mark.parametrize(("part", "whole"), [(1, 0), (-1, 3), (4, 3)])
def test_a_part_beyond_its_whole_is_no_share(part: int, whole: int):
    with pytest.raises(ValueError, match="is no share"):
        Share(part, whole)


@pytest.mark.parametrize("ask", [wilson, lambda share: share.value, lambda share: difference(share, Share(1, 2))])
def test_a_share_of_nothing_has_no_value(ask: object):
    with pytest.raises(ValueError, match="share of nothing"):
        ask(Share(0, 0))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (29, 50, "58%"),
        (200, 200, "100%"),
        (199, 200, "over 99%"),  # rounding must not make it look complete
        (0, 200, "0%"),
        (1, 300, "under 1%"),  # nor empty
    ],
)
def test_a_percentage_never_looks_complete_or_empty_when_it_is_not(part: int, whole: int, text: str):
    assert percent(Share(part, whole)) == text


def test_shares_and_differences_read_well():
    assert share_text(Share(31, 54)) == "31 of 54 (57%)"
    assert interval_text(Share(31, 54)) == "44–70%"
    assert interval_text(Share(98_000, 100_000)) == "97.9–98.1%"
    assert points(0.01) == "1 point"
    assert points(-0.07) == "−7 points"
    assert points_text(difference(Share(56, 70), Share(48, 80))) == "+5 to +33 points"
    assert points_text(difference(Share(87_746, 89_616), Share(77_783, 79_344))) == "−0.3 to +0.02 points"
