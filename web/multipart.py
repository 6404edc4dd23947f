"""multipart/form-data as bytes: the fields as they came, and how many files there were. Files are not kept."""

from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

_MOST_PARTS = 200


class NotAForm(Exception):
    """The body is not what its type says."""


@dataclass
class Parts:
    fields: dict[str, bytes] = field(default_factory=dict)
    """By name; of fields that come twice, the first."""
    files: int = 0


def read_parts(content_type: str, body: bytes) -> Parts:
    """The fields of a body that was read whole. Raises `NotAForm`."""
    try:
        kind, options = parse_options_header(content_type)
    except UnicodeEncodeError:
        raise NotAForm from None
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise NotAForm
    reader = _Reader()
    try:
        parser = MultipartParser(options[b"boundary"], reader.callbacks())  # type: ignore[arg-type]
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError, KeyError):
        raise NotAForm from None
    if not reader.whole:
        raise NotAForm
    return reader.parts


class _Reader:
    """Gathers what the parser finds."""

    def __init__(self) -> None:
        self.parts = Parts()
        self.whole = False
        self._count = 0
        self._name = self._value = b""
        self._disposition = b""
        self._field: str | None = None
        self._data = bytearray()

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
        self._field = None
        self._data = bytearray()

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
        else:
            self._field = options.get(b"name", b"").decode("utf-8", "replace")

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._field is not None:
            self._data += data[start:end]

    def _part_end(self) -> None:
        if self._field is not None:
            self.parts.fields.setdefault(self._field, bytes(self._data))

    def _end(self) -> None:
        self.whole = True
