"""Starting the web application as a program."""

import logging
import sys

import uvicorn

from config.operations import operations
from config.prefect_api import prefect_api
from config.private import private_home
from config.settings import Settings, SettingsError, read_settings
from models.schema import SchemaError, ensure_schema
from models.store import Store
from policy.file import PolicyError
from policy.lexicon import LexiconFault
from policy.listening import check_words
from web import clock
from web.app import create_app
from web.bell import PrefectBell


def main() -> None:
    """Serve with the settings of the environment; what is wrong with them is said in one line each."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        serve(read_settings())
    except (SettingsError, PolicyError, LexiconFault, SchemaError) as error:
        sys.exit(str(error))


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Raises before it: SettingsError, PolicyError, LexiconFault or SchemaError."""
    private_home(settings.home)
    store = Store(settings.store_url, settings.announced_to)
    try:
        ensure_schema(store)
        check_words()
        operations(settings)
        app = create_app(settings, store, clock.now, PrefectBell(prefect_api(settings), clock.now))
        uvicorn.run(
            app,
            host=settings.web_host,
            port=settings.web_port,
            access_log=False,  # addresses hold tokens
            server_header=False,
            proxy_headers=False,  # only web.limiter looks at who asks, and knows how many proxies to trust
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=10,
        )
    finally:
        store.close()
