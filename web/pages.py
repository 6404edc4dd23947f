"""Pages as responses: what a template makes of plain values, in the name of the company and the reader's language."""

from dataclasses import asdict
from typing import Any

from fastapi.responses import HTMLResponse
from starlette.background import BackgroundTask
from starlette.types import Receive, Scope, Send

from policy.languages import choose
from policy.rules import Rules
from templates.render import render_page
from web.language import asked_for


class Pages:
    def __init__(self, rules: Rules) -> None:
        self._company = asdict(rules.company)
        self._languages = rules.languages

    def language(self, case: Any) -> str:
        """In which language we write to the customer of this case."""
        return choose([case.language], self._languages)

    def show(
        self,
        page: str,
        values: dict[str, Any] | None = None,
        *,
        status: int = 200,
        after: BackgroundTask | None = None,
        language: str | None = None,
    ) -> HTMLResponse:
        """The page, with `after` to be done once it is sent. Without a language: as the browser asks for it."""
        given = {"company": self._company, **(values or {})}
        if language is None:
            return _AsAskedFor(self, page, given, status, after)
        return HTMLResponse(render_page(page, given, language), status_code=status, background=after)

    def unavailable(self) -> HTMLResponse:
        """For every link that cannot be used, whatever the reason: who guesses links learns nothing."""
        return self.show("unavailable", status=404)

    def too_many(self) -> HTMLResponse:
        """For who tries more links that lead nowhere than a person would."""
        page = self.note("too many", status=429)
        page.headers["Retry-After"] = "60"
        return page

    def note(self, problem: str, *, status: int) -> HTMLResponse:
        """One of the problems that `pages/problems.html.j2` has words for."""
        return self.show("problem", {"problem": problem}, status=status)

    def as_asked_for(self, page: str, given: dict[str, Any], scope: Scope) -> str:
        return render_page(page, given, choose(asked_for(scope), self._languages))


class _AsAskedFor(HTMLResponse):
    """A page that belongs to nobody's case. It is made when it is sent: only then is the browser's wish at hand."""

    def __init__(
        self, pages: Pages, page: str, given: dict[str, Any], status: int, after: BackgroundTask | None
    ) -> None:
        super().__init__(status_code=status, background=after)
        self._pages = pages
        self._page = page
        self._given = given

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.body = self.render(self._pages.as_asked_for(self._page, self._given, scope))
        self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)
