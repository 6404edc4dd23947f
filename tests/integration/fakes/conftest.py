"""Our providers running, and a listener in Aftercare's place that writes down what it is told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from fakes.keys import Keys
from fakes.options import Options
from fakes.running import Fakes, in_background

KEYS = Keys.made()


@dataclass
class Listener:
    """Answers 503 to so many posts, then 204."""

    refuses: int = 0
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    """Path, headers by name in lower case, body."""
    url: str = ""

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        self.posts.append((path, headers, body))
        self.refuses -= 1
        return 503 if self.refuses >= 0 else 204


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(listening.take(self.path, headers, body))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        listening.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield listening
        server.shutdown()
        thread.join()


@pytest.fixture
def start() -> Iterator[Callable[..., Fakes]]:
    """`start(fault_rate=0.4)`: both providers, which are stopped at the end of the test. Events are told at once."""
    with ExitStack() as running:

        def begin(**options: Any) -> Fakes:
            return running.enter_context(in_background(Options(**({"pace": 0.0} | options)), KEYS))

        yield begin
