"""Read the policy file: validated as a whole, frozen, named by the hash of its text."""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from policy.rules import Rules
from vocabulary import Clause

_RULES: TypeAdapter[Rules] = TypeAdapter(Rules)


class PolicyError(Exception):
    """The policy file cannot be used. Its text has one line per fault: key, value, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Policy:
    version: str
    """The first 12 hex digits of the SHA-256 of `text`."""
    text: str
    rules: Rules


def read_policy(path: Path) -> Policy:
    """The policy at `path`, or `PolicyError` with every fault in it."""
    try:
        text = path.read_text(encoding="utf-8")
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


def parse_policy(text: str) -> Policy:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"not valid TOML: {error}") from None
    try:
        rules = _RULES.validate_python(values)
    except ValidationError as error:
        raise PolicyError("\n".join(_fault(detail["loc"], detail) for detail in error.errors())) from None
    faults = list(_contradictions(rules))
    if faults:
        raise PolicyError("\n".join(faults))
    return Policy(version=hashlib.sha256(text.encode()).hexdigest()[:12], text=text, rules=rules)


def _fault(loc: tuple[int | str, ...], detail: object) -> str:
    assert isinstance(detail, dict)  # noqa: S101 - pydantic's ErrorDetails, a TypedDict
    key = ".".join(str(part) for part in loc)
    match detail["type"]:
        case "missing":
            return f"{key}: is missing. Add it; policy/sop.toml shows every key with its meaning."
        case "unexpected_keyword_argument" | "extra_forbidden":
            return f"{key}: is not a key of the policy. Check its spelling and its section."
        case _:
            return f"{key} = {detail['input']!r}: {detail['msg'][0].lower()}{detail['msg'][1:]}."


def _contradictions(rules: Rules) -> list[str]:
    """Faults that only show when several values are seen together."""
    contact, survey, silence, calendar = rules.contact, rules.survey, rules.silence, rules.calendar
    escalation = rules.escalation
    demands = {
        "calendar.closes must be later than calendar.opens": calendar.closes > calendar.opens,
        "calendar.cut_off must not be earlier than calendar.opens": calendar.cut_off >= calendar.opens,
        "contact.window_closes must be later than contact.window_opens": contact.window_closes > contact.window_opens,
        "contact.ladder must name each channel once": len(set(contact.ladder)) == len(contact.ladder),
        "survey.satisfied_min must be greater than survey.low_max": survey.satisfied_min > survey.low_max,
        "silence.reminder_days must rise": list(silence.reminder_days) == sorted(set(silence.reminder_days)),
        "silence.expiry_days must be later than the last of silence.reminder_days": not silence.reminder_days
        or silence.expiry_days > silence.reminder_days[-1],
        "escalation.warn_percent must rise": list(escalation.warn_percent) == sorted(set(escalation.warn_percent)),
        'escalation.routes must end with department = "*"': escalation.routes[-1].department == "*",
        "calendar.closures: last must not be before first": all(c.last >= c.first for c in calendar.closures),
    }
    faults = [f"{demand}." for demand, holds in demands.items() if not holds]
    missing = sorted({clause.value for clause in Clause} - rules.clauses.keys())
    if missing:
        faults.append(f"clauses: the text of {', '.join(missing)} is missing. Decisions cite it.")
    cited = {exclusion.clause for exclusion in rules.scope.exclusions} - rules.clauses.keys()
    if cited:
        faults.append(f"scope.exclusions: clause {', '.join(sorted(cited))} has no text under [clauses].")
    return faults
