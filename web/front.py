"""The addresses that belong to nobody's case: the bare host, its health, and what pages load."""

from pathlib import Path

from fastapi import HTTPException
from fastapi.responses import JSONResponse, Response

from models.store import Store, ping
from web.pages import Pages

_SHEETS = Path(__file__).parent.parent / "templates" / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript"}


class Front:
    def __init__(self, store: Store, pages: Pages) -> None:
        self._store = store
        self._pages = pages
        self._sheets = {sheet.name: sheet.read_bytes() for kind in _TYPES for sheet in _SHEETS.glob(f"*{kind}")}

    def home(self) -> Response:
        return self._pages.note("home", status=200)

    def health(self) -> Response:
        ping(self._store)
        return JSONResponse({"status": "ok"})

    def sheet(self, name: str) -> Response:
        if name not in self._sheets:
            raise HTTPException(404)
        headers = {"Cache-Control": "public, max-age=3600"}
        return Response(self._sheets[name], media_type=_TYPES[Path(name).suffix], headers=headers)
