"""The people of the company, and what they do at their desks."""

from enum import StrEnum


class Role(StrEnum):
    """What a person of the company does in the procedure (SOP 3, policy 7). A person may hold several."""

    SERVICE_TEAM = "service_team"
    SERVICE_MANAGER = "service_manager"
    """The supervisor."""
    QA = "qa"
    MANAGEMENT = "management"
    ADMIN = "admin"


class Permission(StrEnum):
    """What somebody may do in the console. Who holds which is in `policy.permissions.GRANTS`."""

    CALLS = "calls"
    """See the calls to be made, take one, and record what came of it."""
    CASES = "cases"
    """Search cases and read one's whole record."""
    CONTACT_DATA = "contact_data"
    """See how customers can be reached."""
    CONCERNS = "concerns"
    """Take, comment and resolve concerns, and write to their customers."""
    REASSIGN = "reassign"
    """Give a concern to somebody else."""
    SIGN = "sign"
    """Sign that a customer cannot be reached."""
    PAUSE = "pause"
    """Let a concern's clock stand still for a reason that the policy lists."""
    OPT_OUTS = "opt_outs"
    """Lift an opt-out that a colleague recorded by mistake."""
    REPLIES = "replies"
    """Say what a reply means that no program understood."""
    LOG = "log"
    """Read and export the Customer Feedback Log, without contact data."""
    ROOT_CAUSE = "root_cause"
    """Correct the root cause of a concern."""
    REPORTS = "reports"
    """Read the monthly reviews."""
    RUNS = "runs"
    """See what the stages did and when they run next."""
    SENDING = "sending"
    """Hold back what goes to customers, and release what is held."""
    PEOPLE = "people"
    """Let people in, change what they may do, and shut them out."""
    SETTINGS = "settings"
    """See how the installation is set up."""
