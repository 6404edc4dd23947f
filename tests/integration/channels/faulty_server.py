"""A provider on a local socket that does to a request whatever the test says, and writes down what it did."""

import re
import select
import socket
import struct
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import Enum, auto

PATIENCE_S = 60.0
"""More than a busy machine needs for anything here: who waits so long waits in vain."""


class Ending(Enum):
    """What happens to the connection after the answer."""

    KEEP = auto()
    CLOSE = auto()
    RESET = auto()
    HANG = auto()
    """Nothing more, until the client hangs up."""
    DRIP = auto()
    """Twenty spaces a second, until the client hangs up."""


@dataclass(frozen=True)
class Answer:
    data: bytes
    ending: Ending = Ending.KEEP
    unread: bool = False
    """Act when the request begins to arrive, without reading any of it."""


@dataclass
class FaultyServer:
    """Gives the i-th connection or request the i-th answer of the script, and the last one to all others.

    `done` has the ending of each answer that was carried out in full: for HANG and DRIP, that the client hung up first.
    """

    script: Sequence[Answer]
    pause_s: float = 0.0
    """Before each answer."""
    together: int = 1
    """Nobody is answered before so many requests are in hand at one time."""
    requests: list[bytes] = field(default_factory=list)
    """Head and body of each complete request."""
    done: list[Ending] = field(default_factory=list)
    connections: int = 0
    received: int = 0
    """Bytes."""
    sent: int = 0
    """Bytes."""
    busiest: int = 0
    """The most requests that were in hand at one time."""

    def __post_init__(self) -> None:
        self._turn, self._busy = 0, 0
        self._lock, self._stopping = threading.Condition(), threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._accepting = threading.Thread(target=self._accept)
        self._threads: list[threading.Thread] = []
        self._last, self._ours = threading.Event(), None
        self._accepting.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def stop(self) -> "FaultyServer":
        """Wait until every connection has come to its end. What is written down is final then."""
        if not self._stopping.is_set():
            self._stopping.set()
            self.quiet()
            self._accepting.join()
            self._socket.close()
        return self

    def quiet(self) -> "FaultyServer":
        """Wait until all that the clients have sent until now is written down and they have hung up.

        One connection more comes after theirs: the system hands them out in the order in which they were made.
        """
        self._last.clear()
        with socket.socket() as ours:
            ours.bind(("127.0.0.1", 0))
            self._ours = ours.getsockname()
            ours.connect(("127.0.0.1", self.port))
            assert self._last.wait(PATIENCE_S), "the server accepts no connections"
        for thread in self._threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), "a client never hung up"
        return self

    def _accept(self) -> None:
        while True:
            connection, peer = self._socket.accept()
            if peer == self._ours:
                connection.close()
                self._last.set()
                if self._stopping.is_set():
                    return
                continue
            self.connections += 1
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with closing(connection):
            try:
                while self._exchange(connection):
                    pass
            except OSError:
                return  # the client went away; what was not carried out is not in `done`

    def _exchange(self, connection: socket.socket) -> bool:
        if self._peek().unread:
            select.select([connection], [], [], 10)
        elif not self._read_request(connection):
            return False
        with self._lock:
            answer = self._peek()
            self._turn += 1
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
            self._lock.notify_all()
            assert self._lock.wait_for(lambda: self.busiest >= self.together, PATIENCE_S), "too few requests at once"
        self._stopping.wait(self.pause_s)
        with self._lock:
            self._busy -= 1
        self._send(connection, answer.data)
        self._end(connection, answer.ending)
        self.done.append(answer.ending)
        return answer.ending is Ending.KEEP

    def _peek(self) -> Answer:
        return self.script[min(self._turn, len(self.script) - 1)]

    def _read_request(self, connection: socket.socket) -> bool:
        request = b""
        while b"\r\n\r\n" not in request or len(request) < _full_length(request):
            chunk = connection.recv(65536)
            if not chunk:
                return False
            self.received += len(chunk)
            request += chunk
        self.requests.append(request)
        return True

    def _send(self, connection: socket.socket, data: bytes) -> None:
        while data:
            sent = connection.send(data[:65536])
            self.sent += sent
            data = data[sent:]

    def _end(self, connection: socket.socket, ending: Ending) -> None:
        if ending is Ending.RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif ending in (Ending.HANG, Ending.DRIP):
            connection.settimeout(0.05)
            while not _hung_up(connection):
                if ending is Ending.DRIP:
                    self._drip(connection)

    def _drip(self, connection: socket.socket) -> None:
        try:
            self._send(connection, b" ")
        except ConnectionError:
            return  # hung up, which the next look will tell too


def _full_length(request: bytes) -> int:
    head, _, _ = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)", head)
    return len(head) + 4 + (int(length[1]) if length else 0)


def _hung_up(connection: socket.socket) -> bool:
    try:
        return connection.recv(65536) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True
