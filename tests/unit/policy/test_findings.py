"""What a month may say: counts when there are few, and nothing that chance alone could explain."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.file import read_policy
from policy.findings import Facts, Finding, Rate, Weight, findings
from policy.statistics import Share
from policy.words import Word, Words, telling_words

RULES = replace(
    read_policy(Path(policy.__file__).with_name("sop.toml")).rules.review,
    percentages_from=10, rankings_from=30, comments_from=5,
)  # fmt: skip
NOTHING = Rate(Share(0, 0), Share(0, 0))
MONTH = Facts(
    month="October 2026",
    before="September 2026",
    reported=312,
    accounted=312,
    still_open=0,
    in_time=NOTHING,
    answered=NOTHING,
    satisfied=NOTHING,
    departments={},
    branches={},
    concerns=0,
    handed_over=Share(0, 0),
    root_causes={},
)


def found(topic: str, **facts: object) -> Finding:
    """The one finding of a topic."""
    (finding,) = [one for one in findings(replace(MONTH, **facts), RULES) if one.topic == topic]  # type: ignore[arg-type]
    return finding


def test_an_empty_month_has_one_finding():
    assert findings(replace(MONTH, reported=0, accounted=0), RULES) == (
        Finding("Account", "No service was reported for October 2026.", Weight.COUNT, "4.5"),  # type: ignore[arg-type]
    )


def test_the_account_says_how_many_are_open():
    account = found("Account", still_open=22)
    assert account.text == "All 312 services of October 2026 are accounted for; 22 of them are still open."


def test_a_service_that_is_not_accounted_for_must_be_looked_into():
    account = found("Account", accounted=309)
    assert account.weight is Weight.ACT
    assert account.text.startswith("Only 309 of 312 services of October 2026 are accounted for.")


def test_below_ten_there_are_counts_only():
    satisfied = found("Satisfaction", satisfied=Rate(Share(8, 9), Share(150, 200)))
    assert satisfied.weight is Weight.TOO_FEW
    assert satisfied.text == "Satisfied, of those who rated: 8 of 9. Percentages are given from 10."


def test_from_ten_on_there_are_percentages_with_their_interval():
    satisfied = found("Satisfaction", satisfied=Rate(Share(8, 10), Share(9, 9)))
    assert satisfied.text == (
        "Satisfied, of those who rated: 8 of 10 (80%, interval 49–94%). "
        "Not compared with September 2026, which has 9 of 9."
    )


def test_a_difference_that_chance_explains_is_no_detectable_change():
    satisfied = found("Satisfaction", satisfied=Rate(Share(31, 54), Share(40, 61)))
    assert satisfied.weight is Weight.SAME
    assert satisfied.text.endswith(
        "September 2026: 40 of 61 (66%). No detectable change: the difference may lie anywhere from −25 to +9 points."
    )


@pytest.mark.parametrize(
    ("now", "before", "weight", "text"),
    [
        # R. G. Newcombe's first example: 0.0524 to 0.3339
        ((56, 70), (48, 80), Weight.GOOD, "That is a detectable rise of 20 points (+5 to +33 points)."),
        ((48, 80), (56, 70), Weight.BAD, "That is a detectable fall of 20 points (−33 to −5 points)."),
    ],
)
def test_a_change_that_chance_does_not_explain_is_named(
    now: tuple[int, int], before: tuple[int, int], weight: Weight, text: str
):
    change = found("First contact", in_time=Rate(Share(*now), Share(*before)))
    assert (change.weight, change.clause) == (weight, "4.1")
    assert change.text.endswith(text)


def test_a_fall_that_late_answers_may_undo_is_not_called_a_fall():
    """Of this month's customers 60 are still waited for; the month before is complete."""
    rate = Rate(Share(90, 200), Share(120, 200), waited_for=(60, 0))
    response = found("Response", answered=rate)
    assert response.weight is Weight.NOT_YET
    assert response.text.endswith("Whether that is a change cannot be said yet: 60 customers may still answer.")


def test_a_fall_that_no_late_answer_can_undo_is_called_a_fall():
    assert found("Response", answered=Rate(Share(90, 200), Share(150, 200), waited_for=(10, 0))).weight is Weight.BAD


def test_a_rise_over_a_month_that_still_waits_is_a_rise_only_if_it_stays_one():
    rate = Rate(Share(150, 200), Share(110, 200), waited_for=(0, 60))
    assert found("Response", answered=rate).weight is Weight.NOT_YET
    assert found("Response", answered=replace(rate, waited_for=(0, 5))).weight is Weight.GOOD


def test_where_nobody_can_change_the_verdict_nobody_is_waited_for():
    rate = Rate(Share(100, 200), Share(101, 200), waited_for=(1, 1))
    assert found("Response", answered=rate).weight is Weight.SAME


def test_departments_that_differ_are_named_with_their_numbers_the_lowest_first():
    shares = {"Heating": Share(61, 98), "Plumbing": Share(60, 65), "Electrical": Share(80, 95)}
    texts = [one.text for one in findings(replace(MONTH, departments=shares), RULES) if "department" in one.topic]
    # Electrical, with 80 of 95 against 121 of 163, has p = 0.06
    assert texts == [
        "Heating: detectably lower than the other departments: 61 of 98 (62%) against 140 of 160 (88%), "
        "a difference of −25 points (−36 to −14 points; corrected p below 0.001).",
        "Plumbing: detectably higher than the other departments: 60 of 65 (92%) against 141 of 193 (73%), "
        "a difference of 19 points (+8 to +27 points; corrected p 0.002).",
    ]


def test_departments_are_compared_from_thirty_ratings_on():
    few = found("Satisfaction by department", departments={"Heating": Share(5, 29), "Plumbing": Share(29, 29)})
    assert few.weight is Weight.TOO_FEW
    assert few.text == "Not compared: that needs 30 ratings in a department and in the others together."


def test_one_department_alone_is_compared_with_nobody():
    topics = [one.topic for one in findings(replace(MONTH, departments={"Heating": Share(50, 60)}), RULES)]
    assert "Satisfaction by department" not in topics


def test_of_two_branches_one_comparison_says_it_all():
    finding = found("Satisfaction by branch", branches={"Berlin": Share(30, 60), "Munich": Share(57, 60)})
    assert finding.text.startswith("Berlin: detectably lower than the other branches")


def test_what_one_comparison_would_call_a_difference_twenty_do_not():
    """17 of 30 against 75 % of the rest: p is 0.025 if one looks there only, and 0.5 if one looks at twenty."""
    odd = {"Odd": Share(17, 30), "Rest": Share(450, 600)}
    assert found("Satisfaction by branch", branches=odd).weight is Weight.BAD
    twenty = {"Odd": Share(17, 30)} | {f"Branch {n}": Share(24, 32) if n % 2 else Share(23, 31) for n in range(19)}
    quiet = found("Satisfaction by branch", branches=twenty)
    assert quiet.weight is Weight.SAME
    assert quiet.text == (
        "No branch differs detectably from the others (20 comparisons with the rest, corrected for their number)."
    )


@given(st.lists(st.tuples(st.integers(30, 300), st.just(0.8)), min_size=3, max_size=12))
def test_departments_that_are_all_the_same_never_differ(sizes: list[tuple[int, float]]):
    same = {f"Department {n}": Share(round(whole * share), whole) for n, (whole, share) in enumerate(sizes)}
    assert found("Satisfaction by department", departments=same).weight is Weight.SAME


def test_concerns_that_were_late_must_be_looked_into():
    late = found("Concerns", concerns=12, handed_over=Share(10, 11))
    assert late.text == "Opened: 12. Acknowledged by a person within 24 hours: 10 of 11 whose time is over."
    assert late.weight is Weight.ACT
    assert found("Concerns", concerns=12, handed_over=Share(11, 11)).weight is Weight.COUNT
    assert found("Concerns").text == "No concern was opened."


def test_root_causes_are_ranked_from_thirty_on_and_ties_are_named_together():
    few = found("Root causes", concerns=29, root_causes={"parts": 20, "scheduling": 9})
    assert few.text == "Counted, not ranked: 29 are known, and a ranking needs 30."
    tied = found("Root causes", concerns=30, root_causes={"parts": 12, "scheduling": 12, "other": 6})
    assert tied.text == "Named most often: parts and scheduling (12 each of 30 resolved concerns)."


def test_words_are_told_with_their_counts():
    words = Words(60, 473, (Word("late", 51, 3), Word("not working", 41, 0)))
    assert found("Comments", words=words).text == (
        "Words that mark low ratings: “late” (51 of 60), “not working” (41 of 60); "
        "from 60 comments with low and 473 with high ratings."
    )
    assert found("Comments", words=Words(4, 473)).weight is Weight.TOO_FEW
    assert found("Comments", words=Words(60, 473)).text.startswith("No word marks low ratings")


def heard(*comments: tuple[int, str, tuple[str, ...]]) -> Words:
    return telling_words(comments, low_max=2, satisfied_min=4, at_least=3)


def test_a_word_counts_once_in_a_comment_and_common_words_mark_nothing():
    low = [(1, "Late, late, LATE! The boiler is still leaking.", ())] * 6
    high = [(5, "The boiler is fine, thank you.", ())] * 6
    words = heard(*low, *high)
    assert (words.low_comments, words.high_comments) == (6, 6)
    assert Word("late", 6, 0) in words.of_low or Word("late late", 6, 0) in words.of_low
    assert all(word.low == 6 and word.high == 0 for word in words.of_low)
    assert not [word for word in words.of_low + words.of_high if "boiler" in word.text.split() or word.text == "the"]


def test_a_word_of_too_few_comments_is_not_shown():
    low = [(1, "rude", ()), (1, "rude", ()), (2, "late", ()), (2, "late", ()), (2, "late", ())]
    assert [word.text for word in heard(*low, *[(5, "great", ())] * 9).of_low] == ["late"]


def test_names_and_numbers_are_never_words():
    comments = [(1, "Tom Okafor came late, call 0170 5550100", ("Ann Lee", "Tom Okafor"))] * 5
    words = heard(*comments, *[(5, "great", ("Great, Alexander",))] * 5)
    assert {token for word in words.of_low for token in word.text.split()} == {"came", "late", "call"}
    assert words.of_high == ()


def test_neutral_ratings_belong_to_neither_side():
    assert heard((3, "so so", ())) == Words(0, 0)
