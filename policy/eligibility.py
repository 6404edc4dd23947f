"""Clauses 2.1 to 2.5 and 4.2: is this service followed up, and on which channels."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from policy.asking_rules import BasisRule, Limit
from policy.checks import Check, address_check
from policy.rules import Exclusion, Rules
from policy.wildcards import matches
from vocabulary import Channel, Clause, ContactBasis, Disposition
from vocabulary.comparing import compared


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedServiceFacts:
    """What the rules look at. `asked_before`: when this person was last asked, `opted_out_at`: since when not to."""

    kind: str
    source: str
    department: str
    branch: str
    customer_ref: str | None
    tags: tuple[str, ...]
    email: str | None
    has_phone: bool
    is_landline: bool = False
    """The number takes calls and no SMS."""
    prefers: tuple[Channel, ...]
    closed_at: datetime
    reopened: bool
    closed_again: bool = False
    """The service was closed before, reopened, and is closed again: whether that helped is asked at once."""
    asked_before: datetime | None
    opted_out_at: datetime | None
    refuses: frozenset[Channel] = frozenset()
    """Channels that the customer does not want."""
    region: str = ""
    invalid: frozenset[Channel] = frozenset()
    """Channels on which the address in the report is known not to work: its mail bounced, it is a landline."""
    contact_basis: ContactBasis | None = None
    asked_of_limits: tuple[int, ...] = ()
    """For each of the policy's limits, how many customers it counts that were asked within its days."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    ladder: tuple[Channel, ...]
    """The usable channels in order: the customer's preference, then the company's."""
    preferred: int
    """How many of them the customer named."""
    checks: tuple[Check, ...]

    def phone_first(self) -> "FollowUp":
        """The same with the phone before everything else, for a person who takes over. The others are named no less."""
        if Channel.PHONE not in self.ladder:
            return self
        rest = tuple(channel for channel in self.ladder if channel is not Channel.PHONE)
        named = Channel.PHONE in self.ladder[: self.preferred]
        return replace(self, ladder=(Channel.PHONE, *rest), preferred=self.preferred + (not named))


@dataclass(frozen=True, slots=True)
class NoFollowUp:
    disposition: Disposition
    reason: str
    clause: str
    checks: tuple[Check, ...]


def decide(
    facts: ClosedServiceFacts, now: datetime, rules: Rules, *, available: frozenset[Channel]
) -> FollowUp | NoFollowUp:
    """Look at the rules in order; the first that speaks against it decides. `available`: channels that we can use."""
    checks: list[Check] = []
    for check, disposition in _objections(facts, now, rules):
        checks.append(check)
        if disposition:
            return NoFollowUp(disposition, check.verdict, check.clause, tuple(checks))
    lacking = [rule for rule in rules.contact.basis if _lacks_basis(facts, rule)]
    available -= {channel for rule in lacking for channel in rule.channels}
    checks += [_basis_check(facts, rule, lacks=rule in lacking)
               for rule in rules.contact.basis if _in_region(facts, rule)]  # fmt: skip
    ladder, preferred = _ladder(facts, rules, available)
    if facts.is_landline and Channel.SMS in available:
        checks.append(Check("number for SMS", Clause.CHANNEL, "a landline", "takes no SMS: passed over"))
    checks += [address_check(channel) for channel in Channel if channel in facts.invalid]
    names = ", ".join(ladder) or "none"
    if facts.refuses:
        unwanted = ", ".join(sorted(facts.refuses))
        checks.append(Check("opt-out by channel", Clause.OPT_OUT, unwanted, f"not on {unwanted}"))
    checks.append(Check("channels", Clause.CHANNEL, f"prefers {', '.join(facts.prefers) or 'nothing'}", names))
    if not ladder and facts.refuses:
        return NoFollowUp(Disposition.OPTED_OUT, _NONE_WANTED, Clause.OPT_OUT, tuple(checks))
    if not ladder and lacking and (facts.email or facts.has_phone):
        reason = f"no accepted basis to write to customers in {lacking[0].region}, and no other way to reach this one"
        return NoFollowUp(Disposition.INELIGIBLE, reason, lacking[0].clause, tuple(checks))
    if not ladder:
        known = " that is not known to fail" if facts.invalid else ""
        reason = f"no usable e-mail address or telephone number in the report{known}"
        return NoFollowUp(Disposition.UNREACHABLE, reason, Clause.CHANNEL, tuple(checks))
    return FollowUp(ladder, preferred, tuple(checks))


_NONE_WANTED = "the customer does not want the channels on which we could ask"


def _objections(facts: ClosedServiceFacts, now: datetime, rules: Rules) -> Iterator[tuple[Check, Disposition | None]]:
    yield _check("reopened", Clause.REOPENED, "yes" if facts.reopened else "no", Disposition.CANCELLED,
                 "the service was reopened" if facts.reopened else None)  # fmt: skip
    in_scope = compared(facts.kind) in map(compared, rules.scope.kinds)
    yield _check("kind of service", Clause.SCOPE, facts.kind, Disposition.INELIGIBLE,
                 None if in_scope else f'services of kind "{facts.kind}" are not in scope')  # fmt: skip
    for exclusion in rules.scope.exclusions:
        hit = _excluded(facts, exclusion)
        looked = f"{exclusion.field}: {'match' if hit else 'no match'}"
        yield _check(f"exception: {exclusion.reason}", exclusion.clause, looked,
                     Disposition.INELIGIBLE, exclusion.reason if hit else None)  # fmt: skip
    age = now - facts.closed_at
    yield _check("age of the report", Clause.SCOPE, f"{age.days} days", Disposition.INELIGIBLE,
                 f"reported more than {rules.scope.max_age_days} days after closing"
                 if age > timedelta(days=rules.scope.max_age_days) else None)  # fmt: skip
    yield _check("opt-out", Clause.OPT_OUT, _day(facts.opted_out_at), Disposition.OPTED_OUT,
                 "the customer has opted out" if facts.opted_out_at else None)  # fmt: skip
    cooldown = timedelta(days=rules.survey.cooldown_days)
    recent = facts.asked_before is not None and cooldown > timedelta() and now - facts.asked_before < cooldown
    cooling, again = recent and not facts.closed_again, ", closed again after it was reopened" * facts.closed_again
    yield _check("cooldown", Clause.COOLDOWN, _day(facts.asked_before) + again, Disposition.SUPPRESSED,
                 f"asked less than {rules.survey.cooldown_days} days ago" if cooling else None)  # fmt: skip

    for limit, asked in zip(rules.survey.limits, facts.asked_of_limits, strict=False):
        if falls_under(facts, limit):
            yield _check(f"limit: {limit.field} = {limit.value}", limit.clause, f"{asked} asked in {limit.days} days",
                         Disposition.SUPPRESSED, f"at most {limit.most} are asked in {limit.days} days where "
                         f"{limit.field} = {limit.value}" if asked >= limit.most else None)  # fmt: skip


def falls_under(facts: ClosedServiceFacts, limit: Limit) -> bool:
    """Kinds and departments are compared as the policy spells them: without case and spaces."""
    if limit.field in ("kind", "department"):
        return compared(limit.value) == compared(getattr(facts, limit.field))
    return limit.value in (facts.tags if limit.field == "tag" else (getattr(facts, limit.field),))


def _in_region(facts: ClosedServiceFacts, rule: BasisRule) -> bool:
    return facts.region == rule.region or facts.region.startswith(f"{rule.region}-")


def _lacks_basis(facts: ClosedServiceFacts, rule: BasisRule) -> bool:
    return _in_region(facts, rule) and facts.contact_basis not in rule.accepts


def _basis_check(facts: ClosedServiceFacts, rule: BasisRule, *, lacks: bool) -> Check:
    channels, accepted = ", ".join(rule.channels), " or ".join(rule.accepts)
    verdict = f"not by {channels}: {rule.region} asks for {accepted}" if lacks else "passes"
    return Check(f"contact basis in {rule.region}", rule.clause, facts.contact_basis or "not reported", verdict)


def _check(
    rule: str, clause: str, value: str, disposition: Disposition, objection: str | None
) -> tuple[Check, Disposition | None]:
    return Check(rule, clause, value, objection or "passes"), disposition if objection else None


def _excluded(facts: ClosedServiceFacts, exclusion: Exclusion) -> bool:
    values = facts.tags if exclusion.field == "tag" else (getattr(facts, exclusion.field) or "",)
    return any(matches(value, pattern) for value in values for pattern in exclusion.values)


def _ladder(facts: ClosedServiceFacts, rules: Rules, available: frozenset[Channel]) -> tuple[tuple[Channel, ...], int]:
    texts = facts.has_phone and not facts.is_landline
    reachable = {Channel.EMAIL: facts.email is not None, Channel.SMS: texts, Channel.PHONE: facts.has_phone}
    usable = [channel for channel in dict.fromkeys(facts.prefers + rules.contact.ladder_in(facts.region))
              if channel in available - facts.invalid - facts.refuses and reachable[channel]]  # fmt: skip
    return tuple(usable), sum(channel in facts.prefers for channel in usable)


def _day(instant: datetime | None) -> str:
    return "none" if instant is None else f"{instant:%Y-%m-%d}"
