"""The addresses that belong to nobody's case: the bare host, and what pages load."""

from pathlib import Path

from fastapi import HTTPException
from fastapi.responses import Response

from web.pages import Pages

_SHEETS = Path(__file__).parent.parent / "templates" / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript"}


class Front:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._sheets = {sheet.name: sheet.read_bytes() for kind in _TYPES for sheet in _SHEETS.glob(f"*{kind}")}

    def home(self) -> Response:
        return self._pages.note("home", status=200)

    def sheet(self, name: str) -> Response:
        if name not in self._sheets:
            raise HTTPException(404)
        headers = {"Cache-Control": "public, max-age=3600"}
        return Response(self._sheets[name], media_type=_TYPES[Path(name).suffix], headers=headers)
