"""The intake: source systems report services as closed or reopened. What is answered with success is committed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.background import BackgroundTask

from models.inbox import Fault, UnknownService, is_ahead, receive, reopen
from models.report import ClosedService, ReopenedService
from models.store import Store
from web.bell import Bell, Sound
from web.bodies import ReportBody
from web.signature import is_signed
from web.strict_json import NotJson, parse

_MOST_REPORTS = 1000
_MOST_FAULTS = 100
_CONFLICT = "external_id"
"""The field that the inbox names when it has the service with other content."""

Report = TypeVar("Report", bound=BaseModel)


class Refused(Exception):
    """What to answer instead. Nothing has been written."""

    def __init__(self, status: int, content: dict[str, Any] | None = None) -> None:
        super().__init__(status)
        self.response = Response(status_code=status) if content is None else JSONResponse(content, status)


class Intake:
    def __init__(self, store: Store, clock: Callable[[], datetime], bell: Bell, keys: Sequence[bytes]) -> None:
        self._store = store
        self._clock = clock
        self._bell = bell
        self._keys = keys

    def closed(self, request: Request, body: ReportBody) -> Response:
        now = self._clock()
        try:
            reports = self._reports(ClosedService, request, body, now)
            with self._store.write() as db:
                received = receive(db, reports, at=now)
        except Refused as refused:
            return refused.response
        if received.faults:
            conflict = any(fault.field == _CONFLICT for fault in received.faults)
            return _faulty(409 if conflict else 422, received.faults)
        ring = BackgroundTask(self._bell.ring, Sound.SERVICE_CLOSED) if received.new else None
        return _taken(received.new, received.known, ring)

    def reopened(self, request: Request, body: ReportBody) -> Response:
        now = self._clock()
        try:
            reports = self._reports(ReopenedService, request, body, now)
            new = self._reopen(reports, now)
        except Refused as refused:
            return refused.response
        return _taken(new, len(reports) - new)

    def _reopen(self, reports: Sequence[ReopenedService], now: datetime) -> int:
        """All of them or, by `Refused`, none; how many are new."""
        ahead = [Fault(index, "reopened_at", "lies in the future; report a service after it was reopened")
                 for index, report in enumerate(reports) if is_ahead(report.reopened_at, now)]  # fmt: skip
        if ahead:
            raise Refused(422, _listed(ahead))
        new, unknown = 0, []
        with self._store.write() as db:
            for index, report in enumerate(reports):
                try:
                    new += reopen(db, report)
                except UnknownService:
                    unknown.append(Fault(index, "external_id", "this service was never reported as closed"))
            if unknown:
                raise Refused(404, _listed(unknown))
        return new

    def _reports(self, kind: type[Report], request: Request, body: bytes, now: datetime) -> list[Report]:
        """What was sent, if we know who sent it. Strangers are told nothing, not even what is wrong with the body."""
        if not self._keys:
            setting = "set AFTERCARE_INTAKE_SECRETS or AFTERCARE_INTAKE_SECRETS_FILE"
            raise Refused(503, {"error": f"The intake has no secret: {setting} and restart."})
        if not is_signed(request.headers, body, self._keys, now):
            raise Refused(401)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise Refused(415, {"error": "Send application/json."})
        try:
            value = parse(body)
        except NotJson as error:
            raise Refused(400, {"error": f"The body cannot be read: {error}."}) from None
        return _checked(kind, value if isinstance(value, list) else [value])


def _checked(kind: type[Report], values: list[Any]) -> list[Report]:
    if len(values) > _MOST_REPORTS:
        raise Refused(413, {"error": f"Send at most {_MOST_REPORTS} reports at once."})
    reports: list[Report] = []
    faults: list[Fault] = []
    for index, value in enumerate(values):
        try:
            reports.append(kind.model_validate(value))
        except ValidationError as error:
            details = error.errors(include_input=False, include_url=False, include_context=False)
            faults += [_fault(index, detail) for detail in details]
    if faults:
        raise Refused(422, _listed(faults))
    return reports


def _fault(index: int, detail: ErrorDetails) -> Fault:
    if detail["type"] == "model_type":
        return Fault(index, "", "must be an object")
    return Fault(index, ".".join(map(str, detail["loc"])), detail["msg"].removeprefix("Value error, "))


def _faulty(status: int, faults: Sequence[Fault]) -> Response:
    return JSONResponse(_listed(faults), status)


def _listed(faults: Sequence[Fault]) -> dict[str, Any]:
    shown = [{"index": fault.index, "field": fault.field, "rule": fault.rule} for fault in faults[:_MOST_FAULTS]]
    return {"errors": shown, "more": max(0, len(faults) - _MOST_FAULTS)}


def _taken(new: int, known: int, after: BackgroundTask | None = None) -> Response:
    return JSONResponse({"new": new, "known": known}, status_code=201 if new else 200, background=after)
