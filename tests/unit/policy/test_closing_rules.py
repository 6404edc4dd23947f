"""What the policy file may say of pauses and of customers who cannot be reached, and what it is told otherwise."""

from pathlib import Path

import pytest

import policy
from policy.closing_rules import UnreachableRules
from policy.file import PolicyError, parse_policy

SHIPPED = Path(policy.__file__).with_name("sop.toml").read_text("utf-8")


def faults(old: str, new: str) -> list[str]:
    assert SHIPPED.count(old) == 1, old
    with pytest.raises(PolicyError) as refused:
        parse_policy(SHIPPED.replace(old, new))
    return str(refused.value).splitlines()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        # The 24 hours into a named person's hands cannot be paused, whatever a company writes.
        ('words = "a part is on order"\nstops = "resolution"', 'words = "a part is on order"\nstops = "deadline"',
         "escalation.pauses.0.stops = 'deadline': input should be 'resolution'."),
        ('code = "third party"', 'code = "part on order"',
         "escalation.pauses must name each code once: part on order, customer's date, part on order."),
        ("longest_days = 21", "longest_days = 0",
         "escalation.pauses: code = 'third party': longest_days = 0 must be from 1 to 90."),
        ("longest_days = 21", "longest_days = 91",
         "escalation.pauses: code = 'third party': longest_days = 91 must be from 1 to 90."),
        ("longest_days = 21", "",
         "escalation.pauses.2.longest_days: is missing. Add it; policy/sop.toml shows every key with its meaning."),
        ('words = "a part is on order"', 'words = " "',
         "escalation.pauses: code = 'part on order' must say something, and words = ' ' too."),
        ("attempts = 3\nchannels = 2", "attempts = 0\nchannels = 2",
         "escalation.unreachable: attempts = 0 must be from 1 to 20."),
        ("channels = 2\n", "channels = 4\n", "escalation.unreachable: channels = 4 must be from 1 to 3."),
        ("business_days = 5 ", "business_days = -1 ",
         "escalation.unreachable: business_days = -1 must be from 0 to 60."),
        ("business_days = 5 ", "calendar_days = 5 ",
         "escalation.unreachable.calendar_days: is not a key of the policy. Check its spelling and its section."),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_a_fault(old: str, new: str, fault: str):
    assert fault in faults(old, new)


def test_a_policy_from_before_there_were_pauses_has_none_and_the_procedures_own_numbers():
    begin, end = SHIPPED.index("# When the clock of the resolution may"), SHIPPED.index("# Who takes a concern:")
    rules = parse_policy(SHIPPED[:begin] + SHIPPED[end:]).rules.escalation
    assert rules.pauses == ()
    assert rules.unreachable == UnreachableRules(attempts=3, channels=2, business_days=5)
