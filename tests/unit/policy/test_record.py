"""Clause 4.5 in a table: what the record of a case must hold before it is closed and sealed."""

from dataclasses import replace
from typing import Any

import pytest

from policy.record import CaseRecord, missing
from vocabulary import Disposition

FULL = CaseRecord(
    disposition=Disposition.SATISFIED,
    reason="rating 5 of 5",
    clause="4.3",
    contact_attempts=1,
    contacted=True,
    answers=1,
    judged=1,
    escalations=1,
    escalations_closed=1,
    resolutions_complete=1,
    unreachable_signed=True,
)
DEMANDS: dict[str, dict[str, Any]] = {
    "reason": {"reason": None},
    "clause": {"clause": ""},
    "contact evidence": {"contacted": False},
    "answer": {"answers": 0, "judged": 0},
    "judgement of every answer": {"answers": 2, "judged": 1},
    "closing of every concern": {"escalations_closed": 0},
    "concern": {"escalations": 0, "escalations_closed": 0, "resolutions_complete": 0},
    "root cause and action of every concern": {"resolutions_complete": 0},
    "supervisor's signature": {"unreachable_signed": False},
}
ALWAYS = {"reason", "clause"}
ANSWERED = ALWAYS | {"contact evidence", "answer", "judgement of every answer", "closing of every concern"}
RESOLVED = ANSWERED | {"concern", "root cause and action of every concern"}
NOT_ASKED = ALWAYS | {"closing of every concern"}  # an opt-out or a reopened service closes no concern
DEMANDED = {
    Disposition.SATISFIED: ANSWERED,
    Disposition.NEUTRAL: ANSWERED,
    Disposition.RECOVERED: RESOLVED,
    Disposition.UNRESOLVED: RESOLVED,
    Disposition.NO_ANSWER: ALWAYS | {"contact evidence"},
    Disposition.UNREACHABLE: ALWAYS
    | {"supervisor's signature", "closing of every concern", "root cause and action of every concern"},
    Disposition.OPTED_OUT: NOT_ASKED,
    Disposition.INELIGIBLE: NOT_ASKED,
    Disposition.SUPPRESSED: NOT_ASKED,
    Disposition.CANCELLED: NOT_ASKED,
}


def test_the_table_knows_every_disposition():
    assert DEMANDED.keys() == set(Disposition)


@pytest.mark.parametrize("disposition", Disposition)
def test_a_full_record_is_complete_whatever_its_disposition(disposition: Disposition):
    assert missing(replace(FULL, disposition=disposition)) == ()


@pytest.mark.parametrize("demand", DEMANDS)
@pytest.mark.parametrize("disposition", Disposition)
def test_each_disposition_has_its_demands_and_no_others(disposition: Disposition, demand: str):
    lacks = missing(replace(FULL, disposition=disposition, **DEMANDS[demand]))
    assert (demand in lacks) is (demand in DEMANDED[disposition])
    assert set(lacks) <= {demand}


@pytest.mark.parametrize("disposition", Disposition)
def test_everything_that_is_missing_is_named_once(disposition: Disposition):
    empty = CaseRecord(
        disposition=disposition, reason=None, clause=None, contact_attempts=3, contacted=False, answers=2, judged=1,
        escalations=2, escalations_closed=1, resolutions_complete=1, unreachable_signed=False,
    )  # fmt: skip
    lacks = missing(empty)
    assert len(lacks) == len(set(lacks))
    assert set(lacks) == DEMANDED[disposition] - {"answer", "concern"}


def test_a_customer_without_any_address_needs_no_signature_because_nothing_was_tried():
    nothing_tried = replace(FULL, disposition=Disposition.UNREACHABLE, contact_attempts=0, unreachable_signed=False)
    assert missing(nothing_tried) == ()
    assert missing(replace(nothing_tried, contact_attempts=1)) == ("supervisor's signature",)


def test_one_concern_of_two_that_stays_open_keeps_the_record_open():
    two = replace(FULL, disposition=Disposition.RECOVERED, escalations=2, escalations_closed=1, resolutions_complete=2)
    assert missing(two) == ("closing of every concern",)
