"""The bare loop beside our hook: an application that verifies a post and inserts its events, and knows nothing else.

`python -m benchmarks.bare_events` serves with the settings of the environment, as `python -m web` does.
"""

import json
from datetime import UTC, datetime
from threading import Lock

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response

from channels.sendgrid_signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, is_signed, public_key
from config.settings import read_settings
from models.store import Store
from web.bodies import ReportBody

_INSERT = (
    "INSERT INTO provider_events (provider, event_id, kind, provider_id, happened_at, received_at) "
    "VALUES ('sendgrid', ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)


def bare_app(store: Store, key: str) -> FastAPI:
    app, keys, turn = FastAPI(openapi_url=None), [public_key(key)], Lock()

    def events(request: Request, body: ReportBody) -> Response:
        signatures, stamps = (request.headers.getlist(name) for name in (SIGNATURE_HEADER, TIMESTAMP_HEADER))
        if not is_signed(signatures, stamps, body, keys):
            return Response(status_code=401)
        now = datetime.now(UTC).isoformat(" ")
        rows = [(one["sg_event_id"], one["event"], one["sg_message_id"], now, now) for one in json.loads(body)]
        with turn, store.write() as db:
            db.exec_driver_sql(_INSERT, rows)
        return Response(status_code=204)

    app.add_api_route("/hooks/sendgrid/events", events, methods=["POST"], response_model=None)
    app.add_api_route("/healthz", lambda: Response(), methods=["GET"], response_model=None)
    return app


if __name__ == "__main__":
    settings = read_settings()
    uvicorn.run(
        bare_app(Store(settings.store_url), settings.sendgrid_event_keys[0]),
        host="127.0.0.1",
        port=settings.web_port,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
    )
