"""What import and doctor say of kinds, departments and languages that the policy does not know."""

from dataclasses import replace
from pathlib import Path

import policy
from casework.reported import Reported, warnings_about_names
from policy.file import read_policy

RULES = read_policy(Path(policy.__file__).with_name("sop.toml")).rules


def texts(**counts: dict[str, int]) -> list[str]:
    return [text for _, text in warnings_about_names(Reported(**counts), RULES)]


def test_what_the_policy_knows_is_no_matter():
    reported = Reported(
        kinds={"JOB COMPLETED": 3, "ticket resolved ": 1},
        departments={"heating": 3, "Customer Service": 1},
        languages={"Deutsch": 1, "deu": 1, "EN_us": 2, "Francais": 1, "dut": 1, "es-MX": 1},
    )
    assert warnings_about_names(reported, RULES) == []


def test_an_unknown_kind_is_named_with_its_number():
    [text] = texts(kinds={"Job Done": 2, "job completed": 7})
    assert text.startswith(
        "kind 'Job Done' (2 services) is not in scope, nobody is asked: correct the source (in scope: job "
    )


def test_an_unknown_department_is_named_with_who_takes_its_concerns():
    [text] = texts(departments={"Heizung": 1})
    assert text == (
        "department 'Heizung' (1 service) has no route, its concerns go to Customer Service:"
        " correct the source, or name it in escalation.routes"
    )


def test_a_language_that_is_none_asks_for_something_and_one_that_is_not_offered_does_not():
    rules = replace(RULES, languages=replace(RULES.languages, fallback="de"))
    to_whom = "customers are written to in German"
    assert warnings_about_names(Reported(languages={"xx": 1, "pl": 2, "Polish": 1}), rules) == [
        (True, f"language 'pl' (2 services) is Polish, which is not offered, {to_whom}"),
        (False, f"language 'xx' (1 service) is none that we know, {to_whom}: correct the source"),
        (True, f"language 'Polish' (1 service) is Polish, which is not offered, {to_whom}"),
    ]  # fmt: skip


def test_of_very_many_only_the_most_frequent_are_listed():
    told = texts(kinds={f"kind {number}": number for number in range(1, 31)})
    assert len(told) == 21
    assert told[0].startswith("kind 'kind 30' (30 services)")
    assert told[-1] == "10 more kinds like these (55 services)"
