"""What stands above every page of those who watch over the stages when none of them runs."""

from casework.stages import silent
from policy.run_rules import RunRules
from vocabulary import Permission
from web.console.doors import Visit


class Silence:
    """A banner of the shell: the sentence, or None while the stages run. One step in an index."""

    def __init__(self, rules: RunRules) -> None:
        self._rules = rules

    def __call__(self, visit: Visit) -> str | None:
        told = silent(visit.db, visit.now, self._rules) if visit.may(Permission.RUNS) else None
        return told and told.replace("`", "")  # commands stand between these where there is no other type
