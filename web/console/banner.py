"""What stands above every page of those who watch over the stages when none of them runs."""

from casework.stages import silent
from policy.run_rules import RunRules
from vocabulary import Permission
from web.console.doors import Notice, Visit


class Silence:
    """A banner of the shell: a sentence unless the stages run. One step in an index."""

    def __init__(self, rules: RunRules) -> None:
        self._rules = rules

    def __call__(self, visit: Visit) -> list[Notice]:
        told = silent(visit.db, visit.now, self._rules) if visit.may(Permission.RUNS) else None
        # Commands stand between these where there is no other type.
        return [Notice(told.replace("`", ""))] if told else []
