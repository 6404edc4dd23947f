"""Prefect's server as a program, for those addresses alone under which it is meant to be reached.

`prefect server start` answers to any name. A page elsewhere whose name is made to lead to this machine would count as
one of its own.
"""

from urllib.parse import urlsplit

from config.settings import Settings, read_settings


def origins(settings: Settings) -> tuple[str, ...]:
    """Where Prefect's pages come from: only they may call its API from a browser."""
    return tuple(
        dict.fromkeys((settings.prefect_ui, settings.prefect_url, f"http://localhost:{settings.prefect_port}"))
    )


def names(settings: Settings) -> tuple[str, ...]:
    """The hosts that the server answers to."""
    return tuple(dict.fromkeys(urlsplit(origin).hostname or "" for origin in origins(settings)))


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    import uvicorn
    from prefect.server.api.server import create_app
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    settings = read_settings()
    app = TrustedHostMiddleware(create_app(final=True), allowed_hosts=names(settings), www_redirect=False)
    uvicorn.run(app, host="127.0.0.1", port=settings.prefect_port, server_header=False)


if __name__ == "__main__":
    main()
