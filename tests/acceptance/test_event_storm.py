"""The promise that provider events end in the same state however they come, and that a forged one changes nothing."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from config.settings import Settings
from models.store import Store
from policy.delivery import Standing, Told, standing
from tasks.place import Place
from tests.databases import in_a_hurry
from tests.event_storm import NeverInjected, Storm, standing_of
from tests.providers import Providers, make_providers
from tests.sizes import enough

MAILS = enough(2_000, 6_600)
Site = Callable[[Storm], Providers]


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Site:
    """A new application over a store of its own, filled for a storm."""

    def make(storm: Storm) -> Providers:
        home = tmp_path / f"home-{len([*tmp_path.iterdir()])}"
        home.mkdir()
        file = Path(shutil.copy(sqlite_template, home / "aftercare.db"))
        store = in_a_hurry(Store(f"sqlite:///{file}"))
        storm.fill(store)
        return make_providers(Place(Settings(home=home), store))

    return make


def lived_through(storm: Storm, site: Site) -> tuple[Providers, Providers]:
    """The same events in order, and in the storm."""
    calm, stormy = site(storm), site(storm)
    storm.in_order(calm)
    storm.rage(stormy)
    print(storm.report())
    return calm, stormy


@pytest.mark.slow
def test_the_storm_ends_where_the_events_in_order_end_and_no_forgery_is_accepted(site: Site):
    storm = Storm(MAILS)
    calm, stormy = lived_through(storm, site)
    expected, found = standing_of(calm.site.store), standing_of(stormy.site.store)
    for name, rows in expected.items():
        assert found[name] == rows, name
    assert storm.accepted_forgeries == 0
    assert len(found["events"]) == len(storm.events), "each event once"
    assert not any(event_id.startswith("forged") for event_id, *_ in found["events"])


def test_a_merge_in_which_the_last_event_wins_is_found_out(site: Site, monkeypatch: pytest.MonkeyPatch):
    def last_event_wins(told: Iterable[Told]) -> Standing | None:
        return standing([*told][-1:])

    monkeypatch.setattr("web.news.standing", last_event_wins)
    calm, stormy = lived_through(Storm(300, forged_share=0.3), site)
    assert standing_of(calm.site.store)["messages"] != standing_of(stormy.site.store)["messages"]


def test_a_verifier_that_believes_everybody_is_found_out(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("channels.sendgrid_signature._fits", lambda *_: True)
    storm = Storm(300, forged_share=0.3)
    lived_through(storm, site)
    assert storm.accepted_forgeries > 0


def test_a_storm_without_forgeries_proves_nothing(site: Site):
    with pytest.raises(NeverInjected, match="never injected: forged: unsigned"):
        lived_through(Storm(300, forged_share=0.0), site)
