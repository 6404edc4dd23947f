"""Read the policy file: validated as a whole, frozen, named by the hash of its text."""

import hashlib
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from policy.asking_rules import BasisRule, Limit
from policy.holiday_rules import demands as holiday_demands
from policy.retired import without_retired
from policy.rules import Exclusion, Rules
from vocabulary import Channel, Clause
from vocabulary.comparing import compared

_RULES: TypeAdapter[Rules] = TypeAdapter(Rules)


class PolicyError(Exception):
    """The policy file cannot be used. Its text has one line per fault: key, value, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Policy:
    version: str
    """The first 12 hex digits of the SHA-256 of `text`."""
    text: str
    rules: Rules
    retired: tuple[str, ...] = ()
    """Keys in it that mean nothing any more."""


def read_policy(path: Path) -> Policy:
    """The policy at `path`, or `PolicyError` with every fault in it."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors put a mark before the first line
    except OSError as error:
        raise PolicyError(
            f"{path}: cannot be read ({error.strerror}). Set AFTERCARE_POLICY_FILE to your policy."
        ) from None
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}: byte {error.start} is not UTF-8. Save the file as UTF-8.") from None
    try:
        return parse_policy(text)
    except PolicyError as error:
        raise PolicyError("\n".join(f"{path}: {line}" for line in str(error).splitlines())) from None


@lru_cache(maxsize=16)
def parse_policy(text: str) -> Policy:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"not valid TOML: {error}") from None
    retired = without_retired(values)
    try:
        rules = _RULES.validate_python(values)
    except ValidationError as error:
        raise PolicyError("\n".join(_fault(detail["loc"], detail) for detail in error.errors())) from None
    faults = list(_contradictions(rules))
    if faults:
        raise PolicyError("\n".join(faults))
    return Policy(version=hashlib.sha256(text.encode()).hexdigest()[:12], text=text, rules=rules, retired=retired)


def rules_known_as(version: str, text: Callable[[], str]) -> Rules:
    """The rules of a version; `text` is asked for them once per process. A version is a hash, so they never change."""
    known = _KNOWN.get(version)
    if known is None:
        known = _KNOWN[version] = parse_policy(text()).rules
    return known


_KNOWN: dict[str, Rules] = {}


def _fault(loc: tuple[int | str, ...], detail: object) -> str:
    assert isinstance(detail, dict)  # noqa: S101 - pydantic's ErrorDetails, a TypedDict
    key = ".".join(str(part) for part in loc)
    match detail["type"]:
        case "missing":
            return f"{key}: is missing. Add it; policy/sop.toml shows every key with its meaning."
        case "unexpected_keyword_argument" | "extra_forbidden":
            return f"{key}: is not a key of the policy. Check its spelling and its section."
        case "time_type":
            return f"{key} = {detail['input']!r}: write a time of day as 09:00:00, without quotes."
        case _:
            shown = detail["input"] if isinstance(detail["input"], date | time) else repr(detail["input"])
            return f"{key} = {shown}: {detail['msg'][0].lower()}{detail['msg'][1:].rstrip('.')}."


def _contradictions(rules: Rules) -> Iterator[str]:
    """Faults that only show when several values are seen together."""
    demands = (*_times(rules), *_orders(rules), *_limits(rules), *_runs(rules), *_causes(rules), *_closing(rules))
    yield from (f"{demand}." for demand, holds in demands if not holds)
    missing = sorted({clause.value for clause in Clause} - rules.clauses.keys())
    if missing:
        yield f"clauses: the text of {', '.join(missing)} is missing. Decisions cite it."
    citing: dict[str, Sequence[Exclusion | BasisRule | Limit]] = {
        "scope.exclusions": rules.scope.exclusions,
        "contact.basis": rules.contact.basis,
        "survey.limits": rules.survey.limits,
    }
    for key, parts in citing.items():
        cited = {part.clause for part in parts} - rules.clauses.keys()
        if cited:
            yield f"{key}: clause {', '.join(sorted(cited))} has no text under [clauses]."


def _times(rules: Rules) -> Iterator[tuple[str, bool]]:
    """What is demanded of times and dates, and whether it holds."""
    calendar, contact = rules.calendar, rules.contact
    opens, closes, cut_off = calendar.opens, calendar.closes, calendar.cut_off
    yield f"calendar.closes = {closes} must be later than calendar.opens = {opens}", closes > opens
    yield f"calendar.cut_off = {cut_off} must not be earlier than calendar.opens = {opens}", cut_off >= opens
    opens, closes = contact.window_opens, contact.window_closes
    yield f"contact.window_closes = {closes} must be later than contact.window_opens = {opens}", closes > opens
    for closure in calendar.closures:
        first, last = closure.first, closure.last
        yield f"calendar.closures: last = {last} must not be before first = {first}", last >= first
    yield from holiday_demands(calendar.holidays, calendar.opens)


def _orders(rules: Rules) -> Iterator[tuple[str, bool]]:
    """What is demanded of numbers and lists, and whether it holds."""
    low, satisfied, expiry = rules.survey.low_max, rules.survey.satisfied_min, rules.silence.expiry_days
    yield f"survey.satisfied_min = {satisfied} must be greater than survey.low_max = {low}", satisfied > low
    reminders, warnings = rules.silence.reminder_days, rules.escalation.warn_percent
    listed = _listed(reminders)
    yield f"silence.reminder_days = {listed} must rise", _rise(reminders)
    later = f"must be later than the last of silence.reminder_days = {listed}"
    yield f"silence.expiry_days = {expiry} {later}", expiry > max(reminders, default=0)
    yield f"escalation.warn_percent = {_listed(warnings)} must rise", _rise(warnings)
    channels, kinds = rules.contact.ladder, rules.scope.kinds
    departments = [route.department for route in rules.escalation.routes]
    yield f"contact.ladder = {_listed(channels)} must name each channel once", _each_once(channels)
    regions = [one.region for one in rules.contact.ladders]
    yield f"contact.ladders must name each region once: {_listed(regions)}", _each_once(regions)
    for one in rules.contact.ladders:
        named = f"contact.ladders: ladder = {_listed(one.ladder)} of region = {one.region}"
        yield f"{named} must name each channel once", _each_once(one.ladder)
    fallback, offered = rules.languages.fallback, rules.languages.offered
    yield f"languages.offered = {_listed(offered)} must name each language once", _each_once(offered)
    yield f"languages.fallback = {fallback} must be one of languages.offered = {_listed(offered)}", fallback in offered
    yield f'escalation.routes must end with department = "*", not "{departments[-1]}"', departments[-1] == "*"
    for key, names in (
        ("escalation.routes must name each department", departments),
        ("scope.kinds must name each", kinds),
    ):
        yield f"{key} once, whatever its case and spaces: {_listed(names)}", _each_once([*map(compared, names)])


def _limits(rules: Rules) -> Iterator[tuple[str, bool]]:
    for limit in rules.survey.limits:
        yield (
            f"survey.limits: most = {limit.most} must be 0 or more, and days = {limit.days} 1 or more",
            (limit.most >= 0 and limit.days >= 1),
        )


def _closing(rules: Rules) -> Iterator[tuple[str, bool]]:
    """What is demanded of pauses, and before a customer counts as unreachable."""
    codes = [pause.code for pause in rules.escalation.pauses]
    yield f"escalation.pauses must name each code once: {_listed(codes)}", _each_once(codes)
    for pause in rules.escalation.pauses:
        named, days = f"escalation.pauses: code = {pause.code!r}", pause.longest_days
        said = all(text.strip() for text in (pause.code, pause.words))
        yield f"{named} must say something, and words = {pause.words!r} too", said
        yield f"{named}: longest_days = {days} must be from 1 to {_LONGEST_PAUSE}", 1 <= days <= _LONGEST_PAUSE
    for name, least, most in (("attempts", 1, 20), ("channels", 1, len(Channel)), ("business_days", 0, 60)):
        value = getattr(rules.escalation.unreachable, name)
        yield f"escalation.unreachable: {name} = {value} must be from {least} to {most}", least <= value <= most


_LONGEST_PAUSE = 90
"""Days. What takes longer is no pause of a concern."""


def _runs(rules: Rules) -> Iterator[tuple[str, bool]]:
    for name, (least, most) in _RUN_BOUNDS.items():
        value = getattr(rules.runs, name)
        yield f"runs.{name} = {value} must be from {least} to {most}", least <= value <= most
    kept, idle = rules.runs.keep_days, rules.runs.idle_days
    yield f"runs.keep_days = {kept} must not be less than runs.idle_days = {idle}", kept >= idle


_RUN_BOUNDS = {
    "silent_minutes": (3, 1440),
    "late_minutes": (1, 1440),
    "unfinished_minutes": (5, 1440),
    "shown_days": (1, 90),
    "idle_days": (1, 366),
    "keep_days": (1, 3660),
}


def _causes(rules: Rules) -> Iterator[tuple[str, bool]]:
    """What is demanded of root causes, and whether it holds."""
    common, of_kinds = rules.escalation.root_causes, rules.escalation.kind_causes
    kinds = [one.kind for one in of_kinds]
    yield f"escalation.root_causes must name each cause once: {_listed(common)}", _each_once(common)
    yield f"escalation.kind_causes must name each kind once: {_listed(kinds)}", _each_once(kinds)
    for one in of_kinds:
        where = f"escalation.kind_causes of {one.kind}"
        known = _listed(rules.scope.kinds)
        yield f"{where}: the kind must be one of scope.kinds = {known}", one.kind in rules.scope.kinds
        words = [cause for cause in one.causes if cause.strip()]
        yield f"{where}: name at least one cause, and no empty one", bool(words) and len(words) == len(one.causes)
        both = (*common, *one.causes)
        yield f"{where}: each cause once, and none of root_causes: {_listed(one.causes)}", _each_once(both)


def _each_once(values: Sequence[str]) -> bool:
    return len(set(values)) == len(values)


def _rise(values: Sequence[int]) -> bool:
    return list(values) == sorted(set(values))


def _listed(values: Sequence[object]) -> str:
    return ", ".join(map(str, values))
