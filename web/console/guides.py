"""Help: the page of each role, which anybody may read and print."""

from functools import partial

from templates.guides import Guide, guide_of, guides, pieces
from web.console.doors import Desk, Door, Page, Visit
from web.console.keys import listed

PATH = "/console/help"


class Guides:
    def __init__(self, desk: Desk) -> None:
        self._clauses = desk.rules.clauses

    def doors(self) -> tuple[Door, ...]:
        return (
            Door(path=PATH, handler=lambda visit: self.show(guide_of(visit.person.roles), visit)),
            *(Door(path=_path(guide), handler=partial(self.show, guide)) for guide in guides().values()),
        )

    def show(self, guide: Guide, _visit: Visit) -> Page:
        return Page(template="help", values={
            "title": guide.title,
            "task": pieces(guide.task),
            "day": [pieces(line) for line in guide.day],
            "late": [pieces(line) for line in guide.late],
            "buttons": [
                {"label": button.label, "means": pieces(button.means), "clause": button.clause,
                 "words": self._clauses.get(button.clause, "")}
                for button in guide.buttons
            ],
            "guides": [{"title": one.title, "path": _path(one), "here": one.name == guide.name}
                       for one in guides().values()],
            "all_keys": listed(),
        })  # fmt: skip


def _path(guide: Guide) -> str:
    return f"{PATH}/{guide.name}"
