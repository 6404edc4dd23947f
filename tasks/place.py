"""Where this process works: its settings, its store and the policy in force."""

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from config.private import private_home
from config.settings import Settings, read_settings
from models.schema import ensure_schema
from models.store import Store
from policy.file import Policy, read_policy


@dataclass(frozen=True)
class Place:
    settings: Settings
    store: Store

    @property
    def policy(self) -> Policy:
        """The policy in force: the file as it is now. Cases that are open keep the version they began with."""
        path = self.settings.policy_file
        return _policy(path, path.stat().st_mtime_ns if path.exists() else 0)


def place() -> Place:
    """The place that the environment names. Opened once; its schema is brought up to date at that time."""
    settings = read_settings()
    with _OPENING:  # of two threads that come first, one opens
        opened = _PLACES.get(settings)
        if opened is None:
            opened = _PLACES[settings] = _open(settings)
        return opened


def leave_places() -> None:
    """Close the stores of all places that this process has opened."""
    while _PLACES:
        _PLACES.popitem()[1].store.close()


_PLACES: dict[Settings, Place] = {}
_OPENING = Lock()


def _open(settings: Settings) -> Place:
    private_home(settings.home)
    store = Store(settings.store_url, settings.announced_to)
    try:
        ensure_schema(store)
    except BaseException:
        store.close()
        raise
    return Place(settings, store)


@lru_cache(maxsize=8)
def _policy(path: object, _changed_at: int) -> Policy:
    return read_policy(path)  # type: ignore[arg-type]  # lru_cache wants hashable objects, and a Path is one
