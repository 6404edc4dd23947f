"""The frame around every page of the console: who is here, where one can go, and what was done last."""

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from fastapi.responses import HTMLResponse

from policy.rules import Rules
from templates.render import render_console
from vocabulary import Permission
from web.console.doors import Notice, Page, Visit
from web.console.keys import BY_ACT, listed
from web.console.notes import NOTES


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the menu, for those who may go there."""

    path: str
    label: str
    needs: Permission | None = None


MENU: Final[tuple[Place, ...]] = (
    Place("/console", "My day"),
    Place("/console/calls", "Calls", Permission.CALLS),
    Place("/console/concerns", "Concerns", Permission.CONCERNS),
    Place("/console/alarms", "Alarms", Permission.CONCERNS),
    Place("/console/cases", "Cases", Permission.CASES),
    Place("/console/replies", "Replies", Permission.REPLIES),
    Place("/console/causes", "Root causes", Permission.ROOT_CAUSE),
    Place("/console/log", "Log", Permission.LOG),
    Place("/console/reviews", "Reviews", Permission.REPORTS),
    Place("/console/runs", "Runs", Permission.RUNS),
    Place("/console/sending", "Sending", Permission.SENDING),
    Place("/console/people", "People", Permission.PEOPLE),
    Place("/console/settings", "Settings", Permission.SETTINGS),
    Place("/console/me", "My account"),
    Place("/console/help", "Help"),
)
"""In the order in which it is shown."""

Banner = Callable[[Visit], list[Notice]]
"""Sentences that stand above everything, when there is something to say."""


class Shell:
    def __init__(self, rules: Rules, banners: tuple[Banner, ...] = ()) -> None:
        self._company = rules.company.name
        self._banners = banners

    def page(self, visit: Visit, page: Page, proof: str) -> HTMLResponse:
        menu = [{"path": place.path, "label": place.label, "here": _is_at(place.path, visit.path)}
                for place in MENU if place.needs is None or visit.may(place.needs)]  # fmt: skip
        said = [asdict(notice) for banner in self._banners for notice in banner(visit)]
        frame: dict[str, Any] = {
            "company_name": self._company,
            "person_name": visit.person.name,
            "menu": menu,
            "banners": said,
            "fault": visit.fault,
            "done": NOTES.get(visit.query.get("done", "")) if visit.fault is None else None,
            "csrf": proof,
            "nonce": secrets.token_urlsafe(18),
            "wrote": dict(visit.form) if visit.fault is not None else {},
            "keys": BY_ACT,
            "key_list": listed(visit.path),
        }
        return HTMLResponse(render_console(page.template, {**page.values, **frame}), status_code=page.status)

    def bare(self, template: str, values: dict[str, Any] | None = None, *, status: int = 200) -> HTMLResponse:
        """A page for somebody who is not signed in."""
        given = {"company_name": self._company, **(values or {})}
        return HTMLResponse(render_console(template, given), status_code=status)


def _is_at(path: str, now_at: str) -> bool:
    return now_at == path or (path != "/console" and now_at.startswith(f"{path}/"))
