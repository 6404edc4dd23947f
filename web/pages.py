"""Pages as responses: what a template makes of plain values, in the name of the company."""

from dataclasses import asdict
from typing import Any

from fastapi.responses import HTMLResponse
from starlette.background import BackgroundTask

from policy.rules import Company
from templates.render import render_page


class Pages:
    def __init__(self, company: Company) -> None:
        self._company = asdict(company)

    def show(
        self, page: str, values: dict[str, Any] | None = None, *, status: int = 200, after: BackgroundTask | None = None
    ) -> HTMLResponse:
        """The page, with `after` to be done once it has been sent."""
        html = render_page(page, {"company": self._company, **(values or {})})
        return HTMLResponse(html, status_code=status, background=after)

    def unavailable(self) -> HTMLResponse:
        """For every link that cannot be used, whatever the reason: who guesses links learns nothing."""
        return self.show("unavailable", status=404)

    def note(self, title: str, message: str, *, status: int) -> HTMLResponse:
        return self.show("problem", {"title": title, "message": message}, status=status)
