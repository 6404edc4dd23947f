"""multipart/form-data as it comes in: the beginning of the fields that are wanted, and how many files there were.

Neither files nor fields of other names are kept, so memory does not grow with the body.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

_MOST_PARTS = 1000


class NotAForm(Exception):
    """The body is not what its type says."""


class Holder(Protocol):
    """Keeps as much of a field as it wants to. `cut`: whether that was not all that somebody may have written."""

    @property
    def cut(self) -> bool: ...
    def write(self, data: bytes) -> None: ...
    def kept(self) -> bytes: ...


class Beginning:
    """The first bytes of a field."""

    def __init__(self, most: int) -> None:
        self.cut = False
        self._most = most
        self._data = bytearray()

    def write(self, data: bytes) -> None:
        self.cut = self.cut or len(data) > self._most - len(self._data)
        self._data += data[: self._most - len(self._data)]

    def kept(self) -> bytes:
        return bytes(self._data)


@dataclass
class Parts:
    fields: dict[str, bytes] = field(default_factory=dict)
    """By name; of fields that come twice, the first."""
    files: int = 0
    cut: set[str] = field(default_factory=set)
    """Names of the fields of which more came than is kept."""


class FormReader:
    """Takes a body piece by piece. `wanted`: how each field that is kept is held, by its name."""

    def __init__(self, content_type: str, wanted: Mapping[str, Callable[[], Holder]]) -> None:
        self._reader = _Reader(wanted)
        self._parser = _parser(content_type, self._reader)

    def write(self, data: bytes) -> None:
        """What is no form is noticed here and told by `finish`: who sent it may have to prove who it is first."""
        if self._parser is None:
            return
        try:
            self._parser.write(data)
        except (FormParserError, ValueError, KeyError, NotAForm):
            self._parser = None

    def finish(self) -> Parts:
        """What the whole body held. Raises `NotAForm`."""
        if self._parser is None or not self._reader.whole:
            raise NotAForm
        return self._reader.parts


def _parser(content_type: str, reader: "_Reader") -> MultipartParser | None:
    try:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            return None
        return MultipartParser(options[b"boundary"], reader.callbacks())  # type: ignore[arg-type]
    except (FormParserError, UnicodeEncodeError):
        return None


class _Reader:
    """Gathers what the parser finds."""

    def __init__(self, wanted: Mapping[str, Callable[[], Holder]]) -> None:
        self.parts = Parts()
        self.whole = False
        self._count = 0
        self._name = self._value = b""
        self._disposition = b""
        self._wanted = wanted
        self._field = ""
        self._held: Holder | None = None
        """None within a part that is not kept."""

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._count += 1
        if self._count > _MOST_PARTS:
            raise NotAForm
        self._disposition = self._name = self._value = b""
        self._held = None

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        if b"filename" in options:
            self.parts.files += 1
            return
        self._field = options.get(b"name", b"").decode("utf-8", "replace")
        if self._field in self._wanted and self._field not in self.parts.fields:
            self._held = self._wanted[self._field]()

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._held is not None:
            self._held.write(data[start:end])

    def _part_end(self) -> None:
        if self._held is not None:
            self.parts.fields[self._field] = self._held.kept()
            self.parts.cut |= {self._field} if self._held.cut else set()

    def _end(self) -> None:
        self.whole = True
