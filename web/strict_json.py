"""JSON that means one thing only: what parsers read differently is refused (NaN, a key twice, half a character)."""

import json
from typing import Any


class NotJson(Exception):
    """The text says what is wrong, without repeating what was sent."""


def parse(body: bytes) -> Any:
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_no_twins, parse_constant=_no_constant)
        # Half of a character pair can be written as an escape, but it can be stored nowhere.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(f"byte {error.start} is not UTF-8") from None
    except UnicodeEncodeError:
        raise NotJson("a text holds half of a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"not JSON at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise NotJson("nested too deeply") from None
    except ValueError:  # more than 4,300 digits, or beyond what a float can hold
        raise NotJson("a number is out of range") from None
    return value


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJson("an object has a key twice")
    return found


def _no_constant(_name: str) -> None:
    raise NotJson("NaN and Infinity are not JSON")
