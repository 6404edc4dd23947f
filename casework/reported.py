"""What reports say that the policy does not know: kinds, departments and languages, each by name and number."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.language_tags import language_name, language_tag
from policy.concern import route
from policy.languages import serves
from policy.own_names import unknown_to_policy
from policy.rules import Rules

_SHOWN = 20
"""So many names of a field are listed; a file with its columns mixed up has thousands."""
Warned = tuple[bool, str]
"""Whether it can be meant, and the sentence."""


@dataclass(frozen=True, slots=True)
class Reported:
    """How many services were reported with each kind, department and language."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    departments: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, reports: Iterable[Any]) -> "Reported":
        """Of reports or rows with these three fields."""
        rows = [(one.kind, one.department, one.language) for one in reports]
        kinds, departments, languages = ([row[place] for row in rows] for place in range(3))
        return cls(Counter(kinds), Counter(departments), Counter(filter(None, languages)))


def warnings_about_names(reported: Reported, rules: Rules) -> list[Warned]:
    """A sentence for each name that will not do what its source may expect."""
    return [*_kinds(reported, rules), *_departments(reported, rules), *_languages(reported, rules)]


def _kinds(reported: Reported, rules: Rules) -> Iterator[Warned]:
    scope = ", ".join(rules.scope.kinds)
    remedy = f"correct the source (in scope: {scope}), or name it in scope.kinds or scope.exclusions"

    def told(name: str, count: int) -> Warned:
        return False, f"kind {name!r} ({_services(count)}) is not in scope, nobody is asked: {remedy}"

    return _each("kinds", unknown_to_policy(reported.kinds, "kind", rules), told)


def _departments(reported: Reported, rules: Rules) -> Iterator[Warned]:
    remedy = "correct the source, or name it in escalation.routes"

    def told(name: str, count: int) -> Warned:
        taker = route(name, rules.escalation).handled_by
        return False, f"department {name!r} ({_services(count)}) has no route, its concerns go to {taker}: {remedy}"

    return _each("departments", unknown_to_policy(reported.departments, "department", rules), told)


def _languages(reported: Reported, rules: Rules) -> Iterator[Warned]:
    fallback = language_name(rules.languages.fallback)

    def told(name: str, count: int) -> Warned:
        tag = language_tag(name)
        what = "is none that we know" if tag is None else f"is {language_name(tag)}, which is not offered"
        remedy = ": correct the source" if tag is None else ""
        text = f"language {name!r} ({_services(count)}) {what}, customers are written to in {fallback}{remedy}"
        return tag is not None, text

    unserved = Counter({name: count for name, count in reported.languages.items() if not _is_served(name, rules)})
    return _each("languages", dict(unserved.most_common()), told)


def _is_served(language: str, rules: Rules) -> bool:
    return serves(language_tag(language) or language, rules.languages)


def _each(names: str, counts: Mapping[str, int], told: Callable[[str, int], Warned]) -> Iterator[Warned]:
    """The most frequent ones, one by one; the others together."""
    listed = list(counts.items())
    yield from (told(name, count) for name, count in listed[:_SHOWN])
    if more := listed[_SHOWN:]:
        yield False, f"{len(more)} more {names} like these ({_services(sum(count for _, count in more))})"


def _services(count: int) -> str:
    return f"{count} service{'s' * (count != 1)}"
