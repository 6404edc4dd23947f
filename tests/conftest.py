"""What every test may ask for."""

from hypothesis import settings

from tests.databases import database_url, place, postgres, sqlite_template, store
from tests.prefect_server import on_prefect, prefect_template, stages

__all__ = ["database_url", "on_prefect", "place", "postgres", "prefect_template", "sqlite_template", "stages", "store"]

settings.register_profile("aftercare", deadline=None)  # machines are small and busy; how long it takes is no promise
settings.register_profile("quick", deadline=None, max_examples=20)  # `./aftercare test --unit`, while one is at work
settings.load_profile("aftercare")
