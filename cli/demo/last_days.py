"""The last days of the story, and what they leave on everybody's desk: a table of customers, what each of them says,
and what the staff make of it. Hours are counted back from the end, 14:10 UTC on a Wednesday: 24 is Tuesday, 48 Monday,
120 Friday, at that time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cli.demo.deeds import Deed, asking, commenting, handing_to, having_called, pausing, resolving, take, writing
from vocabulary import CallOutcome

BRANCHES: Final = {
    "Berlin": ("DE-BE", "Europe/Berlin"),
    "Munich": ("DE-BY", "Europe/Berlin"),
    "Vienna": ("AT-9", "Europe/Vienna"),
    "Bristol": ("GB-ENG", "Europe/London"),
    "Boston": ("US-MA", "America/New_York"),
    "San Diego": ("US-CA", "America/Los_Angeles"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """What a customer says, so many hours before the end: on the survey page, or by writing back."""

    before_h: float
    rating: int | None = None
    comment: str = ""
    contact_me: bool = False
    reply: str = ""
    letter_h: float = 1000.0
    """To a letter that came no longer ago than this: the one that asks whether it was put right."""

    @property
    def before(self) -> timedelta:
        return timedelta(hours=self.before_h)


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A call. Without an outcome it is in somebody's hands at the end."""

    before_h: float
    outcome: CallOutcome | None = None
    rating: int | None = None
    comment: str | None = None
    back_h: float | None = None
    """When the customer wants to be called, in hours after the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    name: str
    reach: str
    """A mail address, or a number; a number with "sms:" before it is written to."""
    kind: str = "job completed"
    department: str
    branch: str
    agent: str
    closed_h: float
    says: Sequence[Says] = ()
    deeds: Sequence[tuple[float, Deed]] = ()
    """What the owner of the concern, or the supervisor, does, and when."""
    calls: Sequence[Called] = ()


_SAM = "sam.rivera@staff.example.com"

CUSTOMERS: Final[tuple[Customer, ...]] = (
    # Concerns: late; nearly late; just come in; taken; paused; with a sub-task; late with its resolution
    Customer(name="Dieter Vogel", reach="dieter.vogel@example.com", department="Plumbing", branch="Berlin",
             agent="Emre Aksoy", closed_h=54.1,
             says=[Says(before_h=27.5, rating=1, contact_me=True,
                        comment="There is a leak under the sink since the visit, and nobody answers the phone.")]),
    Customer(name="Grace Adeyemi", reach="grace.adeyemi@example.com", department="Heating", branch="Munich",
             agent="Ivana Marković", closed_h=54.0,
             says=[Says(before_h=21.8, rating=2, comment="The heating is still not working in two rooms.")]),
    Customer(name="Jonas Becker", reach="jonas.becker@example.com", department="Electrical", branch="Berlin",
             agent="Katrin Brandt", closed_h=30.1,
             says=[Says(before_h=0.9, rating=2, comment="I waited half a day and nobody called.")]),
    Customer(name="Elif Demir", reach="elif.demir@example.com", department="Heating", branch="Berlin",
             agent="Sven Lorenz", closed_h=125.1,
             says=[Says(before_h=53.2, rating=2, contact_me=True,
                        comment="Radiator in the children's room stays cold. Please come again before the weekend.")],
             deeds=[(51.5, take),
                    (51.2, having_called("Spoke to Ms Demir: both valves were exchanged, the pump was not looked at.")),
                    (50.6, writing("Thank you for the call. Our technician comes on Thursday between 8 and 10 and "
                                   "looks at the pump.")),
                    (29.8, commenting("Pump is in stock in Berlin; Sven takes it along on Thursday."))]),
    Customer(name="Marta Keller", reach="marta.keller@example.com", department="Plumbing", branch="Vienna",
             agent="Hannes Pichler", closed_h=149.1,
             says=[Says(before_h=122.0, rating=2, comment="The new tap drips already.")],
             deeds=[(119.8, take), (119.4, having_called("The cartridge is faulty. The maker sends another one.")),
                    (54.2, pausing("part on order", "The maker delivers the cartridge on Monday."))]),
    Customer(name="Oliver Grant", reach="oliver.grant@example.com", department="Heating", branch="Bristol",
             agent="Ruth Penrose", closed_h=124.0,
             says=[Says(before_h=49.0, rating=3, comment="The invoice is wrong, I want a refund of the second visit.",
                        contact_me=True)],
             deeds=[(47.0, take),
                    (29.9, asking("Customer Service", "Please check invoice 4471 and refund the second visit.",
                                  within_h=50))]),
    Customer(name="Paul Hoffmann", reach="paul.hoffmann@example.com", department="Heating", branch="Munich",
             agent="Xaver Huber", closed_h=173.0,
             says=[Says(before_h=149.0, rating=1, comment="Very disappointed with the result.")],
             deeds=[(147.5, take), (147.0, commenting("Left a message on the answering machine, twice."))]),
    # Resolved and waiting for the customer's word; opened again by it; with another colleague now
    Customer(name="Sofia Lindgren", reach="sofia.lindgren@example.com", kind="order delivered", department="Appliances",
             branch="Berlin", agent="Franziska Moser", closed_h=173.2,
             says=[Says(before_h=149.2, rating=2, comment="The door of the dishwasher is scratched.")],
             deeds=[(147.6, take),
                    (53.9, resolving("product", "Replaced the door free of charge on Monday morning."))]),
    Customer(name="Rachel Stone", reach="rachel.stone@example.com", department="Plumbing", branch="Bristol",
             agent="Gareth Pugh", closed_h=197.0,
             says=[Says(before_h=173.5, rating=1, comment="There is water on the floor again."),
                   Says(before_h=3.6, rating=2, letter_h=100,
                        comment="It held for three days. Now it leaks at the same place.")],
             deeds=[(172.4, take), (144.0, resolving("workmanship", "Sealed the joint again and tested it."))]),
    Customer(name="Andreas Wolf", reach="andreas.wolf@example.com", department="Electrical", branch="Munich",
             agent="Ewa Nowak", closed_h=125.2,
             says=[Says(before_h=47.1, rating=2, comment="The new socket is loose.", contact_me=True)],
             deeds=[(45.8, take), (4.1, handing_to(_SAM, "Amira is out until tomorrow; please call him."))]),
    # People who are content, or ask something
    Customer(name="Nora Jansen", reach="nora.jansen@example.com", department="Electrical", branch="Berlin",
             agent="Katrin Brandt", closed_h=54.3, says=[Says(before_h=25.0, rating=5, comment="Quick and friendly.")]),
    Customer(name="Ben Carter", reach="ben.carter@example.com", department="Plumbing", branch="Bristol",
             agent="Gareth Pugh", closed_h=54.2, says=[Says(before_h=26.1, rating=4)]),
    Customer(name="Ines Roth", reach="ines.roth@example.com", department="Plumbing", branch="Vienna",
             agent="Hannes Pichler", closed_h=53.0,
             says=[Says(before_h=2.3, reply="When will somebody come back for the second tap?")]),
    Customer(name="Tariq Mansour", reach="sms:+49 171 3920188", department="Heating", branch="Berlin",
             agent="Sven Lorenz", closed_h=53.2,
             says=[Says(before_h=5.2, reply="Which of you has my cellar key? The technician had it.")]),
    # Calls: to be made now, in somebody's hands, tried in vain, called back later, and where it is still night
    Customer(name="Hannah Krüger", reach="+49 30 23125 144", department="Heating", branch="Berlin",
             agent="Sven Lorenz", closed_h=23.5),
    Customer(name="Wilhelm Brandl", reach="+43 1 2345 6789", department="Plumbing", branch="Vienna",
             agent="Leopold Gruber", closed_h=23.4, calls=[Called(before_h=0.1)]),
    Customer(name="Claire Dubois", reach="+49 89 4523 9911", department="Electrical", branch="Munich",
             agent="Ewa Nowak", closed_h=30.2, calls=[Called(before_h=21.2, outcome=CallOutcome.NO_ANSWER)]),
    Customer(name="Edward Pike", reach="+44 117 496 0321", department="Plumbing", branch="Bristol",
             agent="Gareth Pugh", closed_h=29.9,
             calls=[Called(before_h=3.2, outcome=CallOutcome.CALL_BACK, back_h=2.0)]),
    Customer(name="Maria Costa", reach="+1 617 555 0142", department="Heating", branch="Boston",
             agent="Denise Carter", closed_h=47.0, calls=[Called(before_h=20.0, outcome=CallOutcome.NO_ANSWER)]),
    Customer(name="Victor Nguyen", reach="+1 619 555 0177", department="Plumbing", branch="San Diego",
             agent="Luis Ortega", closed_h=44.0),
    Customer(name="Lukas Steiner", reach="+43 1 9876 5432", kind="ticket resolved", department="Customer Service",
             branch="Vienna", agent="Hannes Pichler", closed_h=23.6,
             calls=[Called(before_h=2.6, outcome=CallOutcome.ANSWERED, rating=5,
                           comment="Everything was explained well.")]),
    Customer(name="Anna Vogt", reach="+49 30 23125 171", department="Appliances", kind="order delivered",
             branch="Berlin", agent="Franziska Moser", closed_h=29.0),
)  # fmt: skip
