"""A whole mail as it comes in, without the inside of its attachments: what is left can be parsed, in little memory.

Attachments come as lines of base64, of which each has sixty letters or more. Those are left out but in parts that say
that they are text, so that the parts behind them are seen, and counted, as well.
"""

import re

_CODED = rb"(?:[A-Za-z0-9+/=]{60,}(?:\r?\n|\r?\Z))+"
_MARK = rb"content-type:[^\n]*(?:\n|\Z)|--[^\n]*(?:\n|\Z)"
_TURN = re.compile(rb"^(?:(?P<coded>%b)|(?P<mark>%b))" % (_CODED, _MARK), re.IGNORECASE | re.MULTILINE)
"""Where coded text begins, or a part: what stands between is taken as it is, however many lines it has."""
_TEXT = re.compile(rb"content-type:\s*text/", re.IGNORECASE)
_MOST_TURNS = 50_000
"""No mail has so many parts. Behind them nothing is read."""
_LONGEST_LINE = 8 * 1024
"""Lines that are longer, which no mail has, are cut into such pieces."""


class Thinned:
    """At most `most` bytes. A run of coded text may take half of what is left: a long one hides nothing behind it."""

    def __init__(self, most: int) -> None:
        self.cut = False
        """Whether text was left out."""
        self.turns = 0
        self._left = most
        self._run = 0
        """So much the run of coded lines may still take."""
        self._coded = False
        self._is_text = True
        """What the part that we are in says of itself; one that says nothing is text."""
        self._data = bytearray()
        self._line = b""

    def write(self, data: bytes) -> None:
        if self._is_full:
            self.cut = True
            return
        whole, end, rest = (self._line + data).rpartition(b"\n")
        self._take(whole + end)
        long = len(rest) - len(rest) % _LONGEST_LINE if len(rest) > _LONGEST_LINE else 0
        self._take(rest[:long])
        self._line = rest[long:]

    def kept(self) -> bytes:
        self._take(self._line)
        self._line = b""
        return bytes(self._data)

    @property
    def _is_full(self) -> bool:
        return self._left <= 0 or self.turns > _MOST_TURNS

    def _take(self, data: bytes) -> None:
        at = 0
        for turn in _TURN.finditer(data):
            self._take_text(data[at : turn.start()])
            at = turn.end()
            if self._is_full:
                break
            self.turns += 1
            if turn["coded"] is not None:
                self._take_coded(turn["coded"])
            else:
                self._take_text(turn["mark"])
                self._is_text = turn["mark"].startswith(b"--") or _TEXT.match(turn["mark"]) is not None
        if self._is_full:
            self.cut = self.cut or at < len(data)
        else:
            self._take_text(data[at:])

    def _take_text(self, text: bytes) -> None:
        if text:
            self._coded = False
            self._keep(text, self._left)

    def _take_coded(self, lines: bytes) -> None:
        if not self._coded:
            self._run = self._left // 2 if self._is_text else 0
        self._coded = True
        fitting = lines if len(lines) <= self._run else lines[: lines.rfind(b"\n", 0, self._run) + 1]
        self._keep(fitting, self._run)
        # A line that does not fit ends what is kept of its run.
        self._run = self._run - len(fitting) if fitting is lines else 0
        self.cut = self.cut or (self._is_text and fitting is not lines)

    def _keep(self, data: bytes, most: int) -> None:
        kept = data[: max(most, 0)]
        self._data += kept
        self._left -= len(kept)
        self.cut = self.cut or len(kept) < len(data)
