"""What goes with every response, and comes with every request, whatever it is about."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS: Final = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",  # addresses hold tokens
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_CONSOLE: Final = {
    "Content-Security-Policy": f"{_POLICY}; script-src 'self'",
    "Referrer-Policy": "same-origin",  # numbers only; and by it browsers say where a form was sent from
}
_OWN: Final = ("Content-Security-Policy", "Cross-Origin-Opener-Policy")
"""What a response brings along stands: a file that is no page of ours is shut in more tightly."""
_ONE_YEAR = "max-age=31536000"


class Headers:
    """Sets the headers that protect a page and its reader. Paths are read in lower case: some filters use capitals."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                own = {name: headers[name] for name in _OWN if name in headers}
                protect(headers, https=self._https)
                if scope["path"].lower().startswith("/console"):
                    headers.update(_CONSOLE)
                headers.update(own)
            await send(message)

        await self._app({**scope, "path": scope["path"].lower()}, receive, send_with_headers)


def protect(headers: MutableHeaders, *, https: bool) -> None:
    headers.update(_ALWAYS)
    headers.setdefault("Cache-Control", "no-store")
    if https:
        headers["Strict-Transport-Security"] = _ONE_YEAR
