"""The replies' benchmark: what it calls right, a person's or silently wrong, and what it says of a faulty file."""

import json
from pathlib import Path
from typing import Any

import pytest
from prefect import Task
from typer.testing import CliRunner

from benchmarks import bare, replies
from benchmarks.reply_cases import OWN_SETS, ReplyCase, read_cases, sets_of
from benchmarks.reply_generated import generated
from benchmarks.reply_mails import Ours, mail_fields
from benchmarks.reply_outcomes import Outcome
from benchmarks.reply_verdicts import Right, comment_fault, compare, is_legal_word, judge
from cli import bench
from cli.fault import Fault
from flows import await_response, deliver_messages, escalate, schedule_contact, send_survey
from tasks import announcements
from vocabulary import Channel


def a_case(text: str = "5", accept: tuple[str, ...] = ("rating:5", "person"), **more: Any) -> ReplyCase:
    values: dict[str, Any] = {"name": "set.json 1", "kind": "rating", "channel": Channel.SMS} | more
    return ReplyCase(text=text, accept=sets_of(accept), **values)


def an_outcome(*happened: str, **more: Any) -> Outcome:
    return Outcome(happened=set(happened), told=["so it went"], **more)


@pytest.mark.parametrize(
    ("accept", "happened", "right"),
    [
        (("rating:5", "person"), ["rating:5"], Right.BY_ITSELF),
        (("rating:5", "person"), ["person", "concern"], Right.PERSON),
        (("rating:5", "person"), ["rating:1"], Right.WRONG),
        (("rating:5", "person"), [], Right.WRONG),  # recorded without a rating, and nobody reads it
        (("concern", "person"), ["rating:1", "concern"], Right.WRONG),  # a rating that nobody gave
        (("concern", "person"), ["concern"], Right.BY_ITSELF),
        (("rating:5 + concern", "person"), ["rating:5"], Right.WRONG),  # the trouble beside it was not heard
        (("rating:5 + concern", "person"), ["rating:5", "concern"], Right.BY_ITSELF),
        (("danger",), ["person", "concern"], Right.WRONG),  # too slow
        (("danger",), ["danger", "person", "concern"], Right.BY_ITSELF),
        (("opt_out", "hold"), ["hold", "person", "concern"], Right.PERSON),
        (("opt_out", "hold"), ["person", "concern"], Right.WRONG),  # it waits, but reminders go on
        (("person", "hold"), ["person", "opt_out"], Right.WRONG),  # left for good, and nobody meant it
        (("confirm", "person"), ["reopen"], Right.WRONG),
        (("automatic", "person"), [], Right.WRONG),  # the case ended
    ],
)
def test_an_outcome_is_right_where_it_is_accepted_and_nothing_else_was_done(accept, happened, right):
    case = a_case("x", accept, clear=True)
    assert judge(case, an_outcome(*happened)).right is right


def test_the_line_of_a_wrong_one_says_what_happened_instead():
    assert judge(a_case(), an_outcome("rating:1")).why == "so it went"


@pytest.mark.parametrize(
    ("case", "comment", "fault"),
    [
        (a_case("2 still cold", comments=("still cold",)), "still  cold", ""),
        (a_case("2 still cold", comments=("still cold",)), None, "comment None is not what the customer wrote"),
        (a_case("5", comments=(None,)), None, ""),
        (a_case("5 all good"), "all good", ""),
        (a_case("5 all good"), "good", "lost from the comment: all"),
        (a_case("5 all good"), "all good. Unsubscribe: no more surveys", "holds what the customer did not write"),
        (a_case("Hello\n\n5 out of 5\n\nRegards\nBob"), None, ""),  # greeting, scale and signature say no more
        (a_case("5 all good\n\nWith greetings in a tongue of their own\nBob", said="5 all good"), "all good", ""),
        (a_case("It is a 5 from me", clear=True), None, ""),
    ],
)
def test_a_comment_holds_the_customers_words_and_no_others(case, comment, fault):
    found = comment_fault(case, comment)
    assert fault in found
    assert bool(found) is bool(fault)


def test_what_is_done_otherwise_below_a_quotation_is_wrong_and_what_a_person_reads_whole_is_not():
    case = a_case(alone="alone 1")
    alone = an_outcome("rating:5", text="5", understood=("answer", "5"))
    same = judge(case, an_outcome("rating:5", text="5", understood=("answer", "5")))
    other = judge(case, an_outcome("rating:5", text="5 1", understood=("answer", "5 1")))
    read = judge(case, an_outcome("person", text="5 From: us", understood=("unclear", "5 From: us")))
    lost = judge(case, an_outcome("person", text="From: us", understood=("unclear", "From: us")))
    found = [compare(each, alone) for each in (same, other, read, lost)]
    assert [each.right for each in found] == [Right.BY_ITSELF, Right.WRONG, Right.PERSON, Right.WRONG]
    assert [each.otherwise for each in found] == [False, True, True, True]


def test_a_legal_word_is_one_alone_or_with_numbers_and_courtesy():
    said = ("STOP", "stop, 5", "Please STOP. Thank you.", "stop texting me", "Stop de lekkage")
    assert [is_legal_word(a_case(text, kind="opt-out")) for text in said] == [True, True, True, False, False]


def test_our_own_mail_stands_below_what_the_customer_wrote():
    heads = OWN_SETS / "quoted_heads.json"
    case = next(case for case in read_cases([heads]) if "gmail en; plain, an empty line" in case.name)
    ours = Ours("How did we do?\n\nUnsubscribe", "<html><body><p>How did we do?</p></body></html>", "r@example.com")
    fields = mail_fields(case, ours, "Example", 1, "ann@example.com")
    head = "On Mon, Oct 5, 2026 at 6:26 PM Example <r@example.com> wrote:"
    assert fields["text"] == f"5\n\n{head}\n> How did we do?\n>\n> Unsubscribe"
    html = next(case for case in read_cases([heads]) if "gmail en; HTML, no empty line" in case.name)
    fields = mail_fields(html, ours, "Example", 1, "ann@example.com")
    assert "text" not in fields
    assert "<div>5</div><div>On Mon," in fields["html"]
    assert "<blockquote><p>How did we do?</p></blockquote>" in fields["html"]


def test_each_own_set_is_read_and_says_why():
    files = sorted(OWN_SETS.glob("*.json"))
    assert len(read_cases([])) == sum(len(read_cases([file])) for file in files)
    for file in files:
        for case in json.loads(file.read_text())["cases"]:
            assert case.get("why") or case.get("program"), case


def test_combinations_are_the_same_for_the_same_seed_and_each_is_compared_with_its_text_alone():
    made = generated(200, seed=7)
    assert made == generated(200, seed=7)
    assert made != generated(200, seed=8)
    alone = {case.name: case for case in made if case.alone is None}
    quoted = [case for case in made if case.alone is not None]
    assert len(quoted) == 200
    assert all(case.quotation and case.text == alone[case.alone].text for case in quoted)


GOOD = {"kind": "rating", "text": "5", "channel": "sms", "accept": ["rating:5"], "asked": "survey"}


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (GOOD | {"accept": ["rating:6"]}, "'rating:6', which is no outcome; write one of rating:1, "),
        (GOOD | {"accept": []}, '"accept" must be a list of outcomes'),
        ({key: GOOD[key] for key in GOOD if key != "channel"}, 'has no "channel"; add it'),
        (GOOD | {"channel": "fax"}, "\"channel\" is 'fax'; write one of sms, email"),
        (GOOD | {"clear": "yes"}, '"clear" must be true or false'),
        (GOOD | {"comment": 5}, '"comment" must be a text'),
        ({"head": "On … wrote:", "language": "en", "program": "x"}, 'has no "quoted_with_gt"'),
        ({"head": "", "language": "it", "program": "x", "quoted_with_gt": True}, "write one of en, de, fr, es, nl"),
        ("5", "must be an object with keys"),
    ],
)
def test_a_fault_names_file_case_and_remedy(tmp_path: Path, case: Any, said: str):
    file = tmp_path / "set.json"
    file.write_text(json.dumps({"cases": [GOOD, case]}))
    with pytest.raises(Fault, match=r"set\.json, case 2: ") as fault:
        read_cases([file])
    assert said in str(fault.value)


@pytest.mark.parametrize("content", ["[]", '{"cases": 5}', "{", "\xff"])
def test_a_file_that_is_no_set_is_a_fault_with_status_2(tmp_path: Path, content: str, capsys):
    file = tmp_path / "set.json"
    file.write_bytes(content.encode("latin-1"))
    assert replies.main([str(file)]) == 2
    assert str(file) in capsys.readouterr().err
    assert replies.main([str(tmp_path / "none.json")]) == 2


def test_files_and_combinations_exclude_each_other(capsys):
    assert replies.main(["set.json", "--generated", "5"]) == 2
    assert "leave the files away" in capsys.readouterr().err


def test_the_options_reach_the_program_that_measures(monkeypatch: pytest.MonkeyPatch):
    started: list[list[str]] = []
    monkeypatch.setattr(bench.os, "execv", lambda _program, command: started.append(command))
    assert CliRunner().invoke(bench.app, ["replies", "a.json", "--seed", "3"]).exit_code == 0
    assert started[0][3:] == ["benchmarks.replies", "--generated", "0", "--seed", "3", "a.json"]


def test_the_stages_that_are_lived_through_do_all_that_the_flows_do():
    pages = (schedule_contact, send_survey, await_response, escalate, deliver_messages)
    of_flows = {task.name for page in pages for task in vars(page).values() if isinstance(task, Task)}
    of_bare = {task.name for task in vars(bare).values() if isinstance(task, Task)}
    to_other_programs = {task.name for task in vars(announcements).values() if isinstance(task, Task)}
    assert of_flows - of_bare == to_other_programs  # which nobody has set up there
