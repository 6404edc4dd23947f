"""Kinds and departments as sources write them: case and spaces do not count, everything else does."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.asking_rules import Limit
from policy.file import read_policy
from policy.own_names import as_in_policy, unknown_to_policy
from policy.rules import Exclusion
from vocabulary.comparing import compared

RULES = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
KINDS = RULES.scope.kinds


@pytest.mark.parametrize(
    "written",
    ["job completed", "Job Completed", "JOB COMPLETED", "  job   completed ", "JOB  COMPLETED", "job\u00a0completed",
     "\uff2a\uff4f\uff42 completed"],
)  # fmt: skip
def test_a_kind_in_another_case_is_the_policys(written: str):
    assert as_in_policy(written, "kind", RULES) == "job completed"


@pytest.mark.parametrize(
    "written",
    ["job complete", "jobs completed", "job-completed", "job_completed", "Completed", "Job Done", "jobcompleted", ""],
)
def test_what_differs_in_more_is_left_as_it_is(written: str):
    """ServiceTitan's "Completed" may be a job of any kind: no more than the source can say which."""
    assert as_in_policy(written, "kind", RULES) == written


@pytest.mark.parametrize(
    ("written", "department"),
    [("heating", "Heating"), (" HEATING ", "Heating"), ("customer service", "Customer Service"), ("Roofing", "Roofing"),
     ("Heizung", "Heizung"), ("*", "*")],
)  # fmt: skip
def test_a_department_in_another_case_is_the_policys(written: str, department: str):
    assert as_in_policy(written, "department", RULES) == department


@given(st.text(max_size=20) | st.sampled_from(KINDS).map(str.title))
def test_reading_a_name_again_changes_nothing(written: str):
    name = as_in_policy(written, "kind", RULES)
    assert as_in_policy(name, "kind", RULES) == name
    assert compared(name) == compared(written)


@given(st.sampled_from(KINDS), st.lists(st.sampled_from(" \t\u00a0"), max_size=3).map("".join))
def test_whatever_the_case_and_the_spaces_the_kind_is_known(kind: str, space: str):
    for written in (kind.upper(), kind.title(), kind.swapcase()):
        assert as_in_policy(space + written.replace(" ", " " + space) + space, "kind", RULES) == kind


def test_names_that_the_policy_does_not_know_are_counted_the_most_first():
    counts = {"JOB COMPLETED": 4, "estimate": 1, "Job Done": 3, "inspection": 3}
    assert list(unknown_to_policy(counts, "kind", RULES).items()) == [
        ("Job Done", 3),
        ("inspection", 3),
        ("estimate", 1),
    ]


def test_what_the_policy_excepts_it_knows():
    excepted = Exclusion(field="kind", values=("Estimate", "inspection*"), reason="no work was done")
    rules = replace(RULES, scope=replace(RULES.scope, exclusions=(excepted,)))
    assert unknown_to_policy({"ESTIMATE": 1, "Inspection (yearly)": 2, "visit": 1}, "kind", rules) == {"visit": 1}
    assert as_in_policy("ESTIMATE", "kind", rules) == "Estimate"


def test_what_the_policy_limits_it_knows():
    limit = Limit(field="department", value="Electrical", most=5, days=30)
    rules = replace(RULES, survey=replace(RULES.survey, limits=(limit,)))
    assert as_in_policy("ELECTRICAL", "department", rules) == "Electrical"
    assert unknown_to_policy({"electrical": 3}, "department", rules) == {}
