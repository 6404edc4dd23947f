"""Reading what is sent to us, up to a limit and not a byte further."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from starlette.requests import ClientDisconnect

_FORM_BYTES = 64 * 1024
_REPORT_BYTES = 1024 * 1024

__all__ = ["ClientDisconnect", "FormBody", "ReportBody", "pieces_up_to", "read_form", "read_up_to"]


async def read_form(request: Request) -> bytes:
    """What a form of ours sends; 413 when it is longer than any of them."""
    return await read_up_to(request, _FORM_BYTES)


async def _report(request: Request) -> bytes:
    return await read_up_to(request, _REPORT_BYTES)


async def read_up_to(request: Request, most: int) -> bytes:
    """The whole body; 413 as soon as it is known to be longer."""
    read = bytearray()
    async for piece in pieces_up_to(request, most):
        read += piece
    return bytes(read)


async def pieces_up_to(request: Request, most: int) -> AsyncIterator[bytes]:
    """The body as it comes in, of which nothing is kept; 413 as soon as it is known to be longer."""
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and (len(declared) > len(str(most)) or int(declared) > most):
        raise HTTPException(413)
    count = 0
    async for piece in request.stream():
        count += len(piece)
        if count > most:
            raise HTTPException(413)
        yield piece


FormBody = Annotated[bytes, Depends(read_form)]
ReportBody = Annotated[bytes, Depends(_report)]
