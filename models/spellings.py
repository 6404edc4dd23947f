"""The spellings of one telephone number: three countries write their mobiles in more than one way.

The plan of a country (as the library phonenumbers has it) knows only today's spelling; providers and old address books
use the others, too. So these are rules of our own, for digits after the country's code:

- Mexico: a 1 before the ten digits of a mobile, until 2019.
- Brazil: since 2016 mobiles have a 9 before the eight digits that follow the area; those began with 6 to 9.
- Argentina: a 9 before the ten digits of a mobile when called from abroad; at home a 15 between area and number.
"""

import re

import phonenumbers

from models.report import address_key

_MEXICO = re.compile(r"(\+52)1?([2-9]\d{9})")
_BRAZIL = re.compile(r"(\+55[1-9][1-9])9?([6-9]\d{7})")
_ARGENTINA = re.compile(r"(\+54)9?([1-3]\d{9})")
_WITH = ((_MEXICO, "1"), (_BRAZIL, "9"), (_ARGENTINA, "9"))


def spellings(number: str) -> tuple[str, ...]:
    """How this number (with "+" and its country's code) may be written: as it is given, and the other ways."""
    written = _as_planned(number)
    for pattern, more in _WITH:
        found = pattern.fullmatch(written)
        if found is not None:
            return tuple(dict.fromkeys((number, written, found[1] + found[2], found[1] + more + found[2])))
    return tuple(dict.fromkeys((number, written)))


def keys_of_number(number: str) -> tuple[str, ...]:
    """The keys under which this number may be known, that of the spelling that is given first."""
    return tuple(address_key(spelling) for spelling in spellings(number))


def _as_planned(number: str) -> str:
    """Also with the 15 of Argentina taken out; what is no number stays as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return number
