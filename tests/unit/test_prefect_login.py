"""The login of Prefect's server."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from config.prefect_api import login_file, prefect_api, told_pages
from config.settings import Settings, SettingsError


def test_it_is_made_once_and_kept_for_its_owner(tmp_path: Path):
    settings = Settings(home=tmp_path / "home")
    first = prefect_api(settings)
    assert prefect_api(settings) == first
    assert first.auth_string.startswith("aftercare:")
    assert len(first.auth_string) == len("aftercare:") + 64
    assert login_file(settings).stat().st_mode & 0o777 == 0o600
    assert first.auth_string not in repr(first) + told_pages(settings)


@pytest.mark.parametrize("given", ["", "aftercare", "aftercare:short", f":{'x' * 32}", f"a:{'x' * 16} {'x' * 16}",
                                   f"a b:{'x' * 32}", f"ü:{'x' * 32}"])  # fmt: skip
def test_one_that_could_be_guessed_or_is_none_is_refused(tmp_path: Path, given: str):
    with pytest.raises(SettingsError, match="must be user:password"):
        prefect_api(Settings(home=tmp_path, prefect_login=SecretStr(given)))
    (tmp_path / "prefect.login").write_text(given, encoding="utf-8")
    with pytest.raises(SettingsError, match="prefect.login"):
        prefect_api(Settings(home=tmp_path))


def test_one_that_is_given_counts_and_none_is_made(tmp_path: Path):
    kept = tmp_path / "given"
    kept.write_text(f"ops:{'x' * 32}\n")
    settings = Settings(home=tmp_path, prefect_login_file=kept)
    with prefect_api(settings).client(timeout_s=1) as client:
        request = client.build_request("GET", "/ready")
        assert str(request.url) == f"{settings.prefect_url}/api/ready"
    assert prefect_api(settings).auth_string == f"ops:{'x' * 32}"
    assert not login_file(settings).exists()
    assert str(kept) in told_pages(settings)
