"""Where a case stands and how it ends, how customers are reached, and the clauses that decisions cite."""

from enum import StrEnum, auto


class Stage(StrEnum):
    """Where a case stands. The legal moves between stages are in `models.moves.MOVES`."""

    PLANNED = auto()
    """Opened, waits for its contact slot."""
    ASKED = auto()
    """The survey or a call is owed or was made; we wait for the customer."""
    ANSWERED = auto()
    """The customer said something that has not been judged yet."""
    ESCALATED = auto()
    """A concern is open and in a named person's hands."""
    RECOVERING = auto()
    """The concern was resolved; we wait for the customer to confirm."""
    ENDED = auto()
    """The outcome is known; the record has not been checked yet."""
    CLOSED = auto()
    """The record is complete and sealed."""


class Disposition(StrEnum):
    """How a case ended. Every closed service gets exactly one."""

    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    RECOVERED = "recovered"
    UNRESOLVED = "unresolved"
    NO_ANSWER = "no answer"
    UNREACHABLE = "unreachable"
    OPTED_OUT = "opted out"
    INELIGIBLE = "ineligible"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"


class Channel(StrEnum):
    """A way to reach a customer."""

    EMAIL = auto()
    SMS = auto()
    PHONE = auto()


class ContactBasis(StrEnum):
    """Why a customer may be written to, as the source system reports it."""

    CONSENT = "consent"
    EXISTING_CUSTOMER = "existing customer"
    """Gave us the address when buying, and was told of the right to object then and in every mail."""
    CONTRACT = "contract"
    """The contract itself needs it."""


class CallOutcome(StrEnum):
    """What came of a call to a customer."""

    ANSWERED = "answered"
    SOLVED = "solved"
    """A concern was raised and settled on the phone: logged, not escalated (clause 4.4)."""
    CONCERN = "concern"
    NO_ANSWER = "no answer"
    BUSY = "busy"
    WRONG_NUMBER = "wrong number"
    REFUSED = "refused"
    CALL_BACK = "call back"
    """The customer asked to be called at another time."""


class Danger(StrEnum):
    """What a customer may report that cannot wait for the next working day, gravest first."""

    GAS = "gas"
    CARBON_MONOXIDE = "carbon monoxide"
    FIRE = "fire"
    """Fire, smoke, an explosion."""
    ELECTRICITY = "electricity"
    WATER = "water"
    """Where it does harm: through a ceiling, flooding."""
    INJURY = "injury"


class Clause(StrEnum):
    """The clause of the procedure that a decision rests on. Their texts are in the policy file."""

    SCOPE = "2.1"
    EXCEPTIONS = "2.2"
    COOLDOWN = "2.3"
    OPT_OUT = "2.4"
    REOPENED = "2.5"
    CONTACT = "4.1"
    CHANNEL = "4.2"
    ASK = "4.3"
    ESCALATE = "4.4"
    RECORD = "4.5"
    REVIEW = "4.6"
    SUPERVISOR = "6"
