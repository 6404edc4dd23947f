"""A whole mail as it comes in, without the inside of its attachments: what is left can be parsed, in little memory.

Attachments come as lines of base64, of which each has sixty letters or more. Those are left out but in parts that say
that they are text, so that the parts behind them are seen, and counted, as well.
"""

import re

_CODED = re.compile(rb"[A-Za-z0-9+/=]{60,}\r?\n?")
_TYPE = re.compile(rb"content-type:\s*(text/)?", re.IGNORECASE)
_LONGEST_LINE = 8 * 1024
"""Lines that are longer, which no mail has, are cut into such pieces."""


class Thinned:
    """At most `most` bytes. A run of coded text may take half of what is left: a long one hides nothing behind it."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._run = 0
        """So much the run of coded lines may still take."""
        self._coded = False
        self._is_text = True
        """What the part that we are in says of itself; one that says nothing is text."""
        self._data = bytearray()
        self._line = b""

    def write(self, data: bytes) -> None:
        *lines, self._line = (self._line + data).split(b"\n")
        for line in lines:
            self._take(line + b"\n")
        while len(self._line) > _LONGEST_LINE:
            self._take(self._line[:_LONGEST_LINE])
            self._line = self._line[_LONGEST_LINE:]

    def kept(self) -> bytes:
        self._take(self._line)
        self._line = b""
        return bytes(self._data)

    def _take(self, line: bytes) -> None:
        coded = _CODED.fullmatch(line) is not None
        if not coded:
            self._note_type(line)
        elif not self._coded:
            self._run = self._left // 2 if self._is_text else 0
        self._coded = coded
        if len(line) > (self._run if coded else self._left):
            self._run = 0  # a line that does not fit ends what is kept of its run
            return
        self._data += line
        self._left -= len(line)
        self._run -= len(line) if coded else self._run

    def _note_type(self, line: bytes) -> None:
        said = _TYPE.match(line)
        if said is not None:
            self._is_text = said[1] is not None
        elif line.startswith(b"--"):
            self._is_text = True
