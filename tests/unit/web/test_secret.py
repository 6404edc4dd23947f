"""The key of the forms: given, or made once, for its owner's eyes only."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.settings import Settings, SettingsError
from web.secret import signing_key

GIVEN = "0123456789abcdef" * 2


def test_a_key_is_made_once_and_kept(tmp_path: Path):
    first = signing_key(Settings(home=tmp_path))
    assert len(first) == 64
    assert signing_key(Settings(home=tmp_path)) == first
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_processes_that_start_at_once_end_up_with_one_key(tmp_path: Path):
    with ThreadPoolExecutor(16) as pool:
        found = {*pool.map(lambda _: signing_key(Settings(home=tmp_path)), range(64))}
    assert len(found) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


def test_a_key_that_is_given_wins_and_nothing_is_written(tmp_path: Path):
    file = tmp_path / "given"
    file.write_text(GIVEN + "\n")
    assert signing_key(Settings(home=tmp_path, secret_key=SecretStr(GIVEN))) == GIVEN.encode()
    assert signing_key(Settings(home=tmp_path, secret_key_file=file)) == GIVEN.encode()
    assert [found.name for found in tmp_path.iterdir()] == ["given"]


def test_a_key_that_could_be_guessed_is_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match="AFTERCARE_SECRET_KEY: must have at least 32"):
        signing_key(Settings(home=tmp_path, secret_key=SecretStr("password")))
    (tmp_path / "secret.key").write_text("")
    with pytest.raises(SettingsError, match=r"secret\.key: must have at least 32"):
        signing_key(Settings(home=tmp_path))


def test_a_home_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "nowhere").write_text("a file")
    with pytest.raises(SettingsError, match="AFTERCARE_SECRET_KEY"):
        signing_key(Settings(home=tmp_path / "nowhere"))
