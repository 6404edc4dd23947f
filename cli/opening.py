"""The place that a command works in, or one sentence about what keeps it from opening."""

from sqlalchemy.exc import SQLAlchemyError

from cli.fault import Fault
from config.operations import operations
from models.schema import SchemaError
from tasks.place import Place, place


def here() -> Place:
    """Settings, store and policy. Faults of settings and policy are raised as they are; they name their remedy."""
    try:
        opened = place()
        opened.policy  # noqa: B018 - read now, so that nothing starts with a policy that does not hold
        operations(opened.settings)
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise Fault(f"the store cannot be opened ({cause}); check AFTERCARE_DATABASE_URL and AFTERCARE_HOME") from None
    except (SchemaError, OSError) as error:
        raise Fault(f"{error}") from None
    return opened
