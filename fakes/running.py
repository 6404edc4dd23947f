"""Both providers and a receiver of announcements in one process: started, looked at, stopped."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fakes.desk import Desk
from fakes.keys import Keys
from fakes.ledger import Ledger
from fakes.options import Options
from fakes.postman import Postman
from fakes.receiver import CHAT_PATH, WEBHOOK_PATH, Receiver
from fakes.sendgrid import SendGrid
from fakes.sendgrid_events import Events
from fakes.twilio import Twilio
from fakes.wire import Reply, Request, Server

_READY_S, _STOP_S = 10.0, 5.0
_TURNS = 8
"""Turns of the event loop after which what was due at once has been handed to the postman: an event takes three."""
_LOOK_EVERY_S = 0.002


class Fakes:
    """A SendGrid, a Twilio, and a receiver of announcements. To be made, started and stopped in one event loop."""

    def __init__(self, options: Options, keys: Keys) -> None:
        self.keys = keys
        self.ledger = Ledger(options.keep)
        self._options = options
        self._held = options.held
        self._postman = Postman(self.ledger)
        self._sendgrid = SendGrid(options, keys, self.ledger, Events(options, keys, self._postman))
        self._twilio = Twilio(options, keys, self.ledger, self._postman)
        self._receiver = Receiver(options, keys, self.ledger)
        desk = Desk(options, keys, self.ledger, self._postman, self._twilio)
        self._servers = [Server(_first_of(part, desk)) for part in (self._sendgrid, self._twilio, self._receiver)]

    @property
    def sendgrid_url(self) -> str:
        return f"http://127.0.0.1:{self._sendgrid.port}"

    @property
    def twilio_url(self) -> str:
        return f"http://127.0.0.1:{self._twilio.port}"

    @property
    def webhook_url(self) -> str:
        return f"http://127.0.0.1:{self._receiver.port}{WEBHOOK_PATH}"

    @property
    def chat_url(self) -> str:
        return f"http://127.0.0.1:{self._receiver.port}{CHAT_PATH}"

    @property
    def longest_s(self) -> float:
        """The longest that a request was in hand, from its arrival to its answer or until the client gave up."""
        return max(server.longest_s for server in self._servers)

    async def start(self) -> None:
        """Raises OSError when a port is taken."""
        self._loop = asyncio.get_running_loop()
        if self._held:
            self._postman.goes.clear()
        mail, sms, receiver = self._servers
        self._sendgrid.port = await mail.start(self._options.sendgrid_port)
        self._twilio.port = await sms.start(self._options.twilio_port)
        self._receiver.port = await receiver.start(self._options.receiver_port)

    async def told(self) -> None:
        """Until everything that was due at once (`Options.pace` 0) is told and answered."""
        self._postman.goes.set()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        while self._postman.waiting:
            await asyncio.sleep(_LOOK_EVERY_S)
        if self._held:
            self._postman.goes.clear()

    def wait_until_told(self, at_most_s: float) -> None:
        """The same from another thread. Raises TimeoutError."""
        asyncio.run_coroutine_threadsafe(asyncio.wait_for(self.told(), at_most_s), self._loop).result()

    def tell_at_once(self) -> None:
        """From now on nothing is held any more. From another thread."""
        self._held = False
        self._loop.call_soon_threadsafe(self._postman.goes.set)

    async def stop(self) -> None:
        for server in self._servers:
            server.stop()
        await self._postman.stop()


def _first_of(part: SendGrid | Twilio | Receiver, desk: Desk) -> Callable[[Request], Reply]:
    return lambda request: part.handle(request) or desk.handle(request)


@contextmanager
def in_background(options: Options, keys: Keys) -> Iterator[Fakes]:
    """All of them in a thread of their own, until the context ends. Raises OSError when a port is taken."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="fakes", daemon=True)
    thread.start()
    try:
        fakes = asyncio.run_coroutine_threadsafe(_started(options, keys), loop).result(_READY_S)
        try:
            yield fakes
        finally:
            asyncio.run_coroutine_threadsafe(fakes.stop(), loop).result(_STOP_S)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_STOP_S)
        loop.close()


async def _started(options: Options, keys: Keys) -> Fakes:
    fakes = Fakes(options, keys)
    try:
        await fakes.start()
    except OSError:
        await fakes.stop()
        raise
    return fakes
