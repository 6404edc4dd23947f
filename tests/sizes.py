"""How much of the same is tried: enough to notice on every run, and the whole of it with `./aftercare test --thorough`.

Nothing is left out but repetition: every behaviour, fault, page and hook is there each time.
"""

import os
from typing import Final

VARIABLE: Final = "AFTERCARE_THOROUGH_TESTS"
"""Set by the command, for the processes that it starts."""
IS_THOROUGH: Final = bool(os.environ.get(VARIABLE))


def enough(usually: int, thorough: int) -> int:
    return thorough if IS_THOROUGH else usually
