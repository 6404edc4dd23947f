"""The policy file: what it refuses, in which words, and by which name it goes."""

import hashlib
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.file import PolicyError, parse_policy, read_policy

SHIPPED = Path(policy.__file__).with_name("sop.toml")
TEXT = SHIPPED.read_text("utf-8")


LADDER = 'ladder = ["email", "sms", "phone"]'
NO_KEY = ": is not a key of the policy. Check its spelling and its section."
MISSING = ": is missing. Add it; policy/sop.toml shows every key with its meaning."


def changed(old: str, new: str) -> str:
    """The shipped policy with the first `old` replaced."""
    assert old in TEXT, f"{old!r} is no longer in the shipped policy: mend this table"
    return TEXT.replace(old, new, 1)


def faults(old: str, new: str) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        parse_policy(changed(old, new))
    return str(refused.value).splitlines()


def test_the_shipped_policy_passes():
    assert parse_policy(TEXT).rules.document.title == "After-service follow-up"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        # Numbers beyond their bounds.
        ("cooldown_days = 30", "cooldown_days = -1",
         "survey.cooldown_days = -1: input should be greater than or equal to 0."),
        ("deadline_hours = 24", "deadline_hours = 25",
         "escalation.deadline_hours = 25: input should be less than or equal to 24."),
        ("claim_minutes = 20", "claim_minutes = 4",
         "phone.claim_minutes = 4: input should be greater than or equal to 5."),
        ("warn_percent = [50, 75, 90]", "warn_percent = [50, 100]",
         "escalation.warn_percent.1 = 100: input should be less than or equal to 99."),
        ("unsubscribe_days = 60", "unsubscribe_days = 29",
         "survey.unsubscribe_days = 29: input should be greater than or equal to 30."),
        ("reminder_days = [3, 7]", "reminder_days = [3, 7, 10]",  # the third would be nagging
         "silence.reminder_days = [3, 7, 10]: tuple should have at most 2 items after validation, not 3."),
        ("silent_minutes = 10", "silent_minutes = 2", "runs.silent_minutes = 2 must be from 3 to 1440."),
        ("keep_days = 90", "keep_days = 4000", "runs.keep_days = 4000 must be from 1 to 3660."),
        # Contact hours: no setting widens the floor of 08:00 to 21:00.
        ("window_opens = 09:00:00", "window_opens = 07:59:59",
         "contact.window_opens = 07:59:59: input should be greater than or equal to 08:00:00."),
        ("window_closes = 20:00:00", "window_closes = 21:00:01",
         "contact.window_closes = 21:00:01: input should be less than or equal to 21:00:00."),
        # Things of another kind.
        ("cooldown_days = 30", "cooldown_days = 30.5", "survey.cooldown_days = 30.5: input should be a valid integer."),
        ("cooldown_days = 30", 'cooldown_days = "30"', "survey.cooldown_days = '30': input should be a valid integer."),
        ("cooldown_days = 30", "cooldown_days = true", "survey.cooldown_days = True: input should be a valid integer."),
        ("opens = 09:00:00", "opens = 9", "calendar.opens = 9: write a time of day as 09:00:00, without quotes."),
        ("due_time = 20:00:00", 'due_time = "20:00Z"',
         "contact.due_time = '20:00Z': write a time of day as 09:00:00, without quotes."),
        (LADDER, 'ladder = "email"', "contact.ladder = 'email': input should be a valid tuple."),
        (LADDER, 'ladder = ["email", "fax"]',
         "contact.ladder.1 = 'fax': input should be 'email', 'sms' or 'phone'."),
        ('thank_you = "concerns"', 'thank_you = "some"',
         "survey.thank_you = 'some': input should be 'concerns', 'everybody' or 'nobody'."),
        ("petra.lindqvist@staff.example.com", "petra.lindqvist",
         "escalation.routes.0.owner.email = 'petra.lindqvist': value is not a valid email address:"
         " An email address must have an @-sign."),
        ("https://www.example.com/privacy", "http://www.example.com/privacy",
         "company.privacy_url = 'http://www.example.com/privacy': string should match pattern '^https://'."),
        ('region = "DE" ', 'region = "Germany"',  # it would never apply
         r"calendar.closures.0.region = 'Germany': string should match pattern '^(\*|[A-Z]{2}(-\S+)?)$'."),
        # Emptiness that would mean something.
        (LADDER, "ladder = []",
         "contact.ladder = []: tuple should have at least 1 item after validation, not 0."),
        ('title = "After-service follow-up"', 'title = " "',
         r"document.title = ' ': string should match pattern '\S'."),
        ("safety_words = []", 'safety_words = ["*"]',  # every comment would be a matter of safety
         r"escalation.safety_words.0 = '*': string should match pattern '\w'."),
        # Keys.
        ("cooldown_days = 30", "cooldown_days = 30\ncooldown_hours = 3",
         f"survey.cooldown_hours{NO_KEY}"),
        ("[document]", "[extra]\n[document]", f"extra{NO_KEY}"),
        ("cooldown_days = 30", "", f"survey.cooldown_days{MISSING}"),
        ('supervisor = { name = "Marek Novak", email', 'supervisor = { name = "Marek Novak", mail = "x", email',
         f"escalation.routes.0.supervisor.mail{NO_KEY}"),
    ],
)  # fmt: skip
def test_every_fault_names_the_key_the_value_and_what_is_allowed(old: str, new: str, fault: str):
    assert faults(old, new) == [fault]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("closes = 17:00:00", "closes = 09:00:00",
         "calendar.closes = 09:00:00 must be later than calendar.opens = 09:00:00."),
        ("cut_off = 17:00:00", "cut_off = 08:59:59",
         "calendar.cut_off = 08:59:59 must not be earlier than calendar.opens = 09:00:00."),
        ("window_opens = 09:00:00", "window_opens = 20:00:00",
         "contact.window_closes = 20:00:00 must be later than contact.window_opens = 20:00:00."),
        (LADDER, 'ladder = ["email", "phone", "email"]',
         "contact.ladder = email, phone, email must name each channel once."),
        ("satisfied_min = 4", "satisfied_min = 2", "survey.satisfied_min = 2 must be greater than survey.low_max = 2."),
        ("reminder_days = [3, 7]", "reminder_days = [7, 3]", "silence.reminder_days = 7, 3 must rise."),
        ("reminder_days = [3, 7]", "reminder_days = [3, 3]", "silence.reminder_days = 3, 3 must rise."),
        ("expiry_days = 14", "expiry_days = 7",
         "silence.expiry_days = 7 must be later than the last of silence.reminder_days = 3, 7."),
        ("keep_days = 90", "keep_days = 6", "runs.keep_days = 6 must not be less than runs.idle_days = 7."),
        ("warn_percent = [50, 75, 90]", "warn_percent = [90, 50]", "escalation.warn_percent = 90, 50 must rise."),
        ('department = "*"', 'department = "Other"', 'escalation.routes must end with department = "*", not "Other".'),
        ('department = "Heating"', 'department = "*"',  # the first one would take everything
         "escalation.routes must name each department once, whatever its case and spaces: *, Plumbing, *."),
        ('department = "Plumbing"', 'department = "Heating"',  # the second one would take nothing
         "escalation.routes must name each department once, whatever its case and spaces: Heating, Heating, *."),
        ('department = "Plumbing"', 'department = " HEATING"',  # a report of "heating" would be both
         "escalation.routes must name each department once, whatever its case and spaces: Heating,  HEATING, *."),
        ('"ticket resolved", "order delivered"]', '"Job  Completed"]',
         "scope.kinds must name each once, whatever its case and spaces: job completed, Job  Completed."),
        ("first = 2026-12-28", "first = 2026-12-31",
         "calendar.closures: last = 2026-12-30 must not be before first = 2026-12-31."),
        ('"4.4" = "', '"4.44" = "', "clauses: the text of 4.4 is missing. Decisions cite it."),
        ('values = ["test"]', 'values = ["test"]\nclause = "9.9"',
         "scope.exclusions: clause 9.9 has no text under [clauses]."),
    ],
)  # fmt: skip
def test_values_that_contradict_each_other_are_faults(old: str, new: str, fault: str):
    assert faults(old, new) == [fault]


def test_all_faults_are_told_at_once_one_line_each():
    text = changed("cooldown_days = 30", "cooldown_days = 999").replace("spacing_hours = 4", "space = 4")
    with pytest.raises(PolicyError) as refused:
        parse_policy(text)
    keys = [line.split(" ")[0].rstrip(":") for line in str(refused.value).splitlines()]
    assert sorted(keys) == ["phone.space", "phone.spacing_hours", "survey.cooldown_days"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a = 1\na = 2\n[b]", "not valid TOML: Cannot overwrite a value (at line 2, column 6)"),
        ("at = 09:00", "not valid TOML: Expected newline or end of document after a statement (at line 1, column 7)"),
    ],
)
def test_what_is_not_toml_says_in_which_line(text: str, fault: str):
    with pytest.raises(PolicyError) as refused:
        parse_policy(text)
    assert str(refused.value) == fault


@given(opens=st.times(), closes=st.times())
def test_the_contact_window_is_accepted_between_8_and_21_only(opens: time, closes: time):
    text = changed("window_opens = 09:00:00", f"window_opens = {opens.isoformat('microseconds')}")
    text = text.replace("window_closes = 20:00:00", f"window_closes = {closes.isoformat('microseconds')}")
    lawful = time(8) <= opens < closes <= time(21)
    try:
        contact = parse_policy(text).rules.contact
    except PolicyError:
        assert not lawful
    else:
        assert lawful
        assert (contact.window_opens, contact.window_closes) == (opens, closes)


def test_reminders_may_be_switched_off():
    rules = parse_policy(changed("reminder_days = [3, 7]", "reminder_days = []")).rules
    assert rules.silence.reminder_days == ()


def test_a_version_is_the_hash_of_the_text_so_any_change_gives_another():
    shipped, commented = parse_policy(TEXT), parse_policy(TEXT + "# a remark\n")
    assert shipped.version == hashlib.sha256(TEXT.encode()).hexdigest()[:12]
    assert shipped.version != commented.version
    assert shipped.rules == commented.rules
    assert shipped.text == TEXT


def test_the_kept_text_gives_the_same_policy_again(tmp_path: Path):
    (tmp_path / "policy.toml").write_bytes(TEXT.replace("\n", "\r\n").encode("utf-8-sig"))
    read = read_policy(tmp_path / "policy.toml")  # with the byte order mark and line ends that some editors add
    assert read == parse_policy(TEXT)
    assert parse_policy(read.text) == read


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"title = \xff", "byte 8 is not UTF-8. Save the file as UTF-8."),
        (TEXT.encode("utf-16"), "byte 0 is not UTF-8. Save the file as UTF-8."),
        (b"title =", "not valid TOML: Invalid value (at end of document)"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(tmp_path: Path, content: bytes, fault: str):
    path = tmp_path / "policy.toml"
    path.write_bytes(content)
    with pytest.raises(PolicyError) as refused:
        read_policy(path)
    assert str(refused.value) == f"{path}: {fault}"


def test_an_empty_file_misses_every_section(tmp_path: Path):
    (tmp_path / "policy.toml").touch()
    with pytest.raises(PolicyError) as refused:
        read_policy(tmp_path / "policy.toml")
    lines = str(refused.value).splitlines()
    assert len(lines) == 12
    assert all(line.startswith(f"{tmp_path / 'policy.toml'}: ") and "is missing" in line for line in lines)


@pytest.mark.parametrize(("name", "reason"), [("none.toml", "No such file or directory"), (".", "Is a directory")])
def test_a_missing_file_says_which_setting_names_it(tmp_path: Path, name: str, reason: str):
    with pytest.raises(PolicyError) as refused:
        read_policy(tmp_path / name)
    remedy = "Set AFTERCARE_POLICY_FILE to your policy."
    assert str(refused.value) == f"{tmp_path / name}: cannot be read ({reason}). {remedy}"


def test_a_policy_from_before_calls_were_claimed_still_passes():
    line = next(line for line in TEXT.splitlines(keepends=True) if line.startswith("claim_minutes"))
    assert parse_policy(changed(line, "")).rules.phone.claim_minutes == 20
