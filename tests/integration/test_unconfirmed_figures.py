"""The monthly review counts unconfirmed answers, and mixes them into nothing else."""

import json
from typing import Any

from models.tables import answers, calls, judgements
from policy.file import read_policy
from tasks.review_tables import tables
from tests.review_month import NOW, Office, counted, october, office
from vocabulary import Stage

__all__ = ["october", "office"]


def doubtful(office: Office, case_id: int, version: int, **changes: Any) -> None:
    values = {
        "id": 9000 + case_id * 10 + version, "case_id": case_id, "version": version, "channel": "email", "rating": 1,
        "nonce": f"program {case_id} {version}", "received_at": NOW, "comment": "a dreadful dripping boiler",
        "suspicion": json.dumps(["a sign"]),
    }  # fmt: skip
    office.insert(answers, **values | changes)


def test_they_are_in_a_table_of_their_own(october: Office):
    before = counted(october)
    assert not any(before.unconfirmed.values())
    ended, asked = october.case(disposition="no answer", reason="r", clause="4.3"), october.case(stage=Stage.ASKED)
    plain = counted(october)
    doubtful(october, ended, 1)
    doubtful(october, ended, 2)
    doubtful(october, asked, 1)
    now = counted(october)
    assert now.unconfirmed == {"Received": 3, "Cases with one": 2, "… whose customer was heard": 0,
                               "… still waited for": 1, "… not confirmed": 1}  # fmt: skip
    assert (now.ratings, now.whole, now.words) == (plain.ratings, plain.whole, plain.words)
    assert now.concerns == plain.concerns


def test_one_that_was_doubted_afterwards_counts_as_well(october: Office):
    case = october.case(stage=Stage.ASKED)
    doubtful(october, case, 1, suspicion=None)
    october.insert(
        judgements, answer_id=9000 + case * 10 + 1, case_id=case, judged_at=NOW, verdict="unconfirmed", reasons="[]"
    )
    assert counted(october).unconfirmed["Received"] == 1


def test_a_call_that_was_not_needed_is_no_call_to_be_made(october: Office):
    case, before = october.case(stage=Stage.ASKED), counted(october).calls
    times = {"owed_at": NOW, "due_from": NOW, "due_to": NOW}
    october.insert(calls, id=9000, case_id=case, attempt=1, reason="r", withdrawn_at=NOW, **times)
    assert counted(october).calls == {**before, "not needed any more": 1}


def test_the_table_is_shown_only_when_there_is_something_in_it(october: Office):
    rules = read_policy(october.place.settings.policy_file).rules
    assert not tables(counted(october), rules)["unconfirmed"].rows
    doubtful(october, october.case(stage=Stage.ASKED), 1)
    assert ("Received", 1) in tables(counted(october), rules)["unconfirmed"].rows
