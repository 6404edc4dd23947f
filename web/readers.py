"""Threads for what programs post: few, and none of those that serve pages to people."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from typing import Any, TypeVar

from fastapi.responses import Response

FOR_MAIL = 2
"""Mails and text messages that are read at once: each costs up to a second of a processor."""
FOR_REPORTS = 20
"""Posts that are taken in at once: as many as may share a transaction (`web.turns`)."""

T = TypeVar("T")


class Readers:
    """Runs what posts cost beside the event loop, at most so many at once; the others wait, and hold no thread."""

    def __init__(self, most: int) -> None:
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="posts")

    async def run(self, work: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args))

    def of(self, handler: Callable[..., Response]) -> Callable[..., Awaitable[Response]]:
        """A handler with the same parameters that is run here."""

        @wraps(handler)
        async def handle(*args: Any, **kwargs: Any) -> Response:
            return await self.run(partial(handler, *args, **kwargs))

        return handle
