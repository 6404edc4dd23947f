"""Where this process works: its settings, its store and the policy in force."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, select

from config.settings import Settings, read_settings
from models.schema import ensure_schema
from models.store import Store, insert_new
from models.tables import policy_versions
from policy.file import Policy, parse_policy, read_policy
from policy.rules import Rules


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
    opened = _PLACES.get(settings)
    if opened is None:
        opened = _PLACES[settings] = _open(settings)
    return opened


def leave_places() -> None:
    """Close the stores of all places that this process has opened."""
    while _PLACES:
        _PLACES.popitem()[1].store.close()


_PLACES: dict[Settings, Place] = {}


def _open(settings: Settings) -> Place:
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store(settings.store_url)
    try:
        ensure_schema(store)
    except BaseException:
        store.close()
        raise
    return Place(settings, store)


@lru_cache(maxsize=8)
def _policy(path: object, _changed_at: int) -> Policy:
    return read_policy(path)  # type: ignore[arg-type]  # lru_cache wants hashable objects, and a Path is one


def keep_policy(db: Connection, policy: Policy, now: datetime) -> None:
    """Keep the text that cases of this version were opened under."""
    row = {"version": policy.version, "text": policy.text, "first_used_at": now}
    insert_new(db, policy_versions, [row], unique=["version"], returning=["version"])


def rules_of(db: Connection, version: str) -> Rules:
    """The rules that a case of this policy version goes by."""
    known = _RULES.get(version)
    if known is None:
        text = db.execute(select(policy_versions.c.text).where(policy_versions.c.version == version)).scalar_one()
        known = _RULES[version] = parse_policy(text).rules
    return known


_RULES: dict[str, Rules] = {}
"""By version; a version is a hash of its text, so what is here never changes."""
