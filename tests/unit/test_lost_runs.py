"""Which runs of Prefect are known to be lost: never one that may be working on another host."""

import os
import socket
import subprocess
import sys

import pytest

from cli.lost_runs import _is_lost

HERE, ELSEWHERE = socket.gethostname(), "elsewhere.example"


@pytest.fixture(scope="module")
def ended() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize("known", [None, HERE])
@pytest.mark.parametrize("host", ["", f"{HERE}:"])
def test_one_whose_process_is_gone_here_is_lost(ended: int, known: str | None, host: str):
    assert _is_lost({"infrastructure_pid": f"{host}{ended}"}, known, restarted=False)
    assert not _is_lost({"infrastructure_pid": f"{host}{os.getpid()}"}, known, restarted=True)


@pytest.mark.parametrize("restarted", [True, False])
def test_one_on_another_host_is_nobodys_to_give_up(ended: int, restarted: bool):
    assert not _is_lost({"infrastructure_pid": str(ended)}, ELSEWHERE, restarted=restarted)
    assert not _is_lost({"infrastructure_pid": f"{ELSEWHERE}:{ended}"}, None, restarted=restarted)
    assert not _is_lost({"infrastructure_pid": None}, ELSEWHERE, restarted=restarted)


def test_one_that_never_got_a_process_is_lost_after_a_restart():
    assert _is_lost({"infrastructure_pid": None}, None, restarted=True)
    assert not _is_lost({"infrastructure_pid": None}, None, restarted=False)
