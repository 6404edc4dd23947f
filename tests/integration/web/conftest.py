"""The web application over a real store."""

from collections.abc import Iterator

import pytest

from tasks.place import Place
from tests.web_site import Site, make_site


@pytest.fixture
def site(place: Place) -> Iterator[Site]:
    opened = make_site(place)
    with opened.client:
        yield opened
