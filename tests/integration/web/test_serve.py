"""`python -m web` as it runs in earnest: it starts, answers, keeps tokens to itself, and ends when it is told to."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from config.settings import ROOT
from models.answers import new_token

ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith(("AFTERCARE_", "PREFECT_"))}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(log: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = ENVIRONMENT | {f"AFTERCARE_{name.upper()}": value for name, value in settings.items()}
    with log.open("wb") as out:
        command = [sys.executable, "-W", "error", "-P", "-m", "web"]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out) as process:
            yield process
            process.kill()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> httpx.Response:
    for _ in range(1200):
        if process.poll() is not None:
            break
        try:
            return httpx.get(url, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the web application did not start")


def test_it_serves_until_it_is_told_to_stop_and_its_log_holds_no_token(tmp_path: Path):
    port, token, log = free_port(), new_token(), tmp_path / "log"
    address = f"http://127.0.0.1:{port}"
    with serving(log, home=str(tmp_path / "home"), web_port=str(port), intake_secrets="whsec_" + "QUJD" * 8) as web:
        healthy = wait_for(f"{address}/healthz", web)
        assert (healthy.status_code, healthy.json()) == (200, {"status": "ok"})
        assert "server" not in healthy.headers
        for method in ("GET", "POST", "HEAD", "OPTIONS"):
            assert httpx.request(method, f"{address}/s/{token}?r=1", trust_env=False).status_code < 500
        assert httpx.post(f"{address}/services/closed", content=b"{}", trust_env=False).status_code == 401
        for hostile in (b"GET /s/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", b"\0\0\0\r\n\r\n", b"GET / HTTP/9\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port)) as raw:
                raw.sendall(hostile)
                raw.shutdown(socket.SHUT_WR)
                assert b" 50" not in raw.makefile("rb").readline()
        web.send_signal(signal.SIGTERM)
        assert web.wait(60) in (0, -signal.SIGTERM)
    written = log.read_text()
    assert token not in written
    assert "Traceback" not in written
    assert (tmp_path / "home" / "aftercare.db").exists()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"policy_file": "/nowhere/sop.toml"}, "Set AFTERCARE_POLICY_FILE"),
        ({"web_port": "0"}, "AFTERCARE_WEB_PORT"),
        ({"intake_secrets": "secret"}, "AFTERCARE_INTAKE_SECRETS: a secret is"),
        ({"secret_key": "short"}, "AFTERCARE_SECRET_KEY: must have"),
    ],
)
def test_what_is_wrong_with_the_settings_is_said_in_one_line(tmp_path: Path, settings: dict[str, str], said: str):
    log = tmp_path / "log"
    given = {"home": str(tmp_path / "home"), "web_port": str(free_port())} | settings
    with serving(log, **given) as web:
        assert web.wait(60) == 1
    (line,) = log.read_text().splitlines()
    assert said in line
