"""What is answered when something does not work: a page for people, JSON for programs, and nothing of our inside."""

import logging
from collections.abc import Callable

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from sqlalchemy import exc
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Match

from web.bodies import ClientDisconnect
from web.headers import protect
from web.pages import Pages

_LOG = logging.getLogger("aftercare.web")
_FOR_PROGRAMS = ("/services", "/healthz", "/ready", "/hooks")
_RETRY_AFTER_S = "30"
_OUR_FAULT = (exc.DataError, exc.IntegrityError, exc.NotSupportedError, exc.ProgrammingError)
"""What the database says of statements that are wrong. Everything else it says is about itself."""
_PROBLEMS = {404: "nothing here", 405: "not like this", 413: "too long", 500: "our fault", 503: "busy"}
"""As `pages/problems.html.j2` has words for them, in the reader's language."""
_FOR_THEIR_LOG = {
    404: "There is nothing at this address",
    405: "This does not work here",
    413: "That is too long",
    500: "Something went wrong",
    503: "Please try again in a minute",
}


def answer_problems(app: FastAPI, pages: Pages, *, https: bool) -> None:
    """Install the handlers of everything that may be raised."""
    problems = _Problems(app, pages, https=https)
    handlers: dict[type[Exception], Callable[[Request, Exception], Response]] = {
        HTTPException: problems.refused,
        ClientDisconnect: problems.gone,
        exc.DBAPIError: problems.database,
        exc.TimeoutError: problems.database,
        Exception: problems.bug,
    }
    for problem, handler in handlers.items():
        app.add_exception_handler(problem, handler)


class _Problems:
    def __init__(self, app: FastAPI, pages: Pages, *, https: bool) -> None:
        self._app = app
        self._pages = pages
        self._https = https

    def refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
        if error.status_code == 404 and not _for_a_program(request):
            return self._pages.unavailable()
        if error.status_code != 405:
            return self._answer(request, error.status_code)
        allow = ", ".join(sorted(self._methods(request)))
        response = Response(status_code=204) if request.method == "OPTIONS" else self._answer(request, 405)
        response.headers["Allow"] = allow
        return response

    def gone(self, _request: Request, _error: Exception) -> Response:
        return Response(status_code=400)  # the sender hung up and reads nothing

    def database(self, request: Request, error: Exception) -> Response:
        """The store is full, read-only, locked or away: whoever sends tries again. Never a false success."""
        if isinstance(error, _OUR_FAULT):
            raise error
        cause = getattr(error, "orig", None) or error
        _LOG.error("The store cannot be used (%s); answered 503.", type(cause).__name__)
        response = self._answer(request, 503)
        response.headers["Retry-After"] = _RETRY_AFTER_S
        return response

    def bug(self, request: Request, _error: Exception) -> Response:
        response = self._answer(request, 500)
        protect(response.headers, https=self._https)  # the other responses get them on their way out, this one not
        return response

    def _answer(self, request: Request, status: int) -> Response:
        if _for_a_program(request):
            return JSONResponse({"error": _FOR_THEIR_LOG.get(status, "This does not work")}, status_code=status)
        return self._pages.note(_PROBLEMS.get(status, "not understood"), status=status)

    def _methods(self, request: Request) -> set[str]:
        """What may be done with this address, over all of its routes."""
        fitting = [route for route in self._app.routes if route.matches(request.scope)[0] is not Match.NONE]
        return {"OPTIONS"}.union(*(getattr(route, "methods", None) or () for route in fitting))


def _for_a_program(request: Request) -> bool:
    path: str = request.scope["path"]
    return path.startswith(_FOR_PROGRAMS)
