"""Telephone numbers as exports write them: read where only one number can be meant, refused with the reason otherwise.

The plans of countries come from the library phonenumbers. A spreadsheet takes plus and first zero from a number and
writes long ones as decimals, so what is left may be somebody else's number: that is why two readings are a fault.
"""

import re
import unicodedata
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, shortnumberinfo

_EXAMPLE: Final = "write it as +49 30 123456"
_FILLED: Final = f"is a filler and no telephone number; leave the cell empty, or {_EXAMPLE}"
_CALCULATED: Final = re.compile(
    r"\+?\d+[.,]0+|\+?\d{7,}[.,]\d+|\+?\d+(?:[.,]\d+)?[eE][+-]?\d+|-\d+(?:[.,]\d+)?", re.ASCII
)
"""A decimal, an exponent, or the difference that a spreadsheet made of +49-30-123456."""
_TURN: Final = re.compile(r"[/\\;,|&(\[]")
"""Stands within a number as well as between two, or before an extension: "030/123456", "030 123456/78"."""
_MOST_DIGITS: Final = 18
"""Of a number as it is written: fifteen by E.164, and what is dialled before them, 011 at most."""
_SEVERAL: Final = re.compile(r"[/;,|&\n]|\s{2,}")
_SURELY_SEVERAL: Final = re.compile(r"[;|&\n]")
_MORE_THAN_ONE: Final = "has more than one number, or an extension; write one number, as +49 30 123456"
_BEGINNING: Final = re.compile(r"\+|00?[1-9]")
_FEWEST_DIGITS: Final = 6
"""Of a number that stands beside another one in a cell."""
_FEWEST_EQUAL: Final = 6
"""Behind the area's code; "030 0000000" is what people type where a field must not be empty, "030 20000000" is not."""
_MOST_WITHOUT_ZERO: Final = 11
"""No country gives its people longer numbers than that without the first zero; the plans allow them all the same."""
_COMPLETE: Final = ("+", "0")
"""How a number begins that lacks nothing."""
_WORLDWIDE: Final = frozenset({"110", "112", "911", "999"})
"""Emergency numbers that people know beyond the countries that use them."""
_FOR_FILMS: Final = re.compile(r"\+447700900\d{3}|\+3363998\d{4}")
"""Mobiles that regulators keep for films, and so for examples: nobody has one, and the library leaves them out."""
_LANDLINES: Final = frozenset(
    {PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP, PhoneNumberType.TOLL_FREE, PhoneNumberType.UAN}
)
_REACHABLE: Final = _LANDLINES | {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_REFUSED: Final = {
    PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    PhoneNumberType.SHARED_COST: "a shared-cost number",
    PhoneNumberType.PERSONAL_NUMBER: "a number that forwards calls at the caller's cost",
    PhoneNumberType.PAGER: "a pager",
    PhoneNumberType.VOICEMAIL: "a voice mailbox",
}


def read_phone(text: str, country: str) -> str:
    """E.164. A number without a country's code is read as one of `country`. ValueError says what is wrong with it."""
    text = re.sub(r"^tel:", "", _plainly(text), flags=re.IGNORECASE).strip()
    fault = _fault_of_text(text, country)
    if fault:
        raise ValueError(fault)
    number = _only_reading(text, country)
    fault = _fault_of_number(number)
    if fault:
        raise ValueError(fault)
    return _e164(number)


def is_landline(number: str | None) -> bool:
    """Whether a number (E.164) takes no SMS, by its country's plan. Where mobiles share the plan of landlines: no."""
    if number is None:
        return False
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    return kind in _LANDLINES or kind in _REFUSED


def _plainly(text: str) -> str:
    """Writes digits, spaces, dashes and wide signs as ASCII has them, and drops marks that nobody sees."""
    return "".join(map(_plain_sign, text)).strip()


def _plain_sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if "\uff01" <= sign <= "\uff5e":  # letters and signs as wide as a Chinese character
        return unicodedata.normalize("NFKC", sign)
    kind = unicodedata.category(sign)
    if kind == "Pd" or sign == "\u2212":
        return "-"
    return {"Cf": "", "Zs": " "}.get(kind, sign)


def _fault_of_text(text: str, country: str) -> str | None:
    """What can be said before anybody reads a number in it."""
    digits = re.sub(r"\D", "", text)
    if _CALCULATED.fullmatch(text):
        return f"is a number as a spreadsheet writes it, and has lost digits or got some; {_EXAMPLE}"
    if not digits:
        return f"is not a telephone number; {_EXAMPLE}"
    if _is_several(text):
        return _MORE_THAN_ONE
    if re.search(r"[^\W\d_]|[#*]", text):
        return "is not a telephone number alone; write it without words and extensions, as +49 30 123456"
    if digits in _WORLDWIDE or shortnumberinfo.is_emergency_number(digits, country):
        return "is an emergency number"
    if len(set(digits)) == 1:
        return _FILLED
    if _goes_on(text, country):
        return _MORE_THAN_ONE
    return f"has more digits than a telephone number; {_EXAMPLE}" if len(digits) > _MOST_DIGITS else None


def _is_several(text: str) -> bool:
    """Numbers side by side, each with its own beginning; "030/123456" is one."""
    parts = [part.strip(" ()") for part in _SEVERAL.split(text)]
    whole = [part for part in parts if len(re.sub(r"\D", "", part)) >= _FEWEST_DIGITS]
    return len(whole) > 1 and (all(map(_BEGINNING.match, whole)) or _SURELY_SEVERAL.search(text) is not None)


def _goes_on(text: str, country: str) -> bool:
    """Whether something follows a number that is already whole: "030 123456/78" is not +49 30 12345678."""
    turns = [turn.start() for turn in _TURN.finditer(text) if re.search(r"\d", text[turn.start() :])]
    return any(_is_whole(text[:turn], country) for turn in turns)


def _is_whole(text: str, country: str) -> bool:
    number = _parsed(text, country)
    return number is not None and phonenumbers.is_valid_number(number)


def _only_reading(text: str, country: str) -> PhoneNumber:
    """The only number that can be meant. ValueError: none, or one of two."""
    at_home = _parsed(text, country)
    if at_home is None:
        raise ValueError(f"is not a telephone number; {_EXAMPLE}")
    abroad = None if text.lstrip("( ").startswith(_COMPLETE) else _parsed(f"+{text}", None)
    if abroad is None or abroad == at_home:
        return at_home
    own = abroad.country_code == phonenumbers.country_code_for_region(country)
    if not phonenumbers.is_valid_number(abroad):
        if own and phonenumbers.is_valid_number(at_home) and not _is_plausible(at_home):
            raise ValueError(f"may be {_shown(abroad)} with a digit too many or too few; {_EXAMPLE}")
        return at_home
    if _is_plausible(at_home):
        if own or _begins_with_zero(country):
            raise ValueError(f"may be {_shown(at_home)} or {_shown(abroad)}; write the one that is meant")
        return at_home
    if not own:
        raise ValueError(f"is no number of {country}; if {_shown(abroad)} is meant, write it so")
    return abroad


def _begins_with_zero(country: str) -> bool:
    """Whether numbers are written with a zero there, so that one without it lacks that or the plus."""
    return phonenumbers.ndd_prefix_for_region(country, strip_non_digits=True) == "0"


def _is_plausible(number: PhoneNumber) -> bool:
    """As one of the country from which the first zero was taken."""
    length = len(phonenumbers.national_significant_number(number))
    return phonenumbers.is_valid_number(number) and length <= _MOST_WITHOUT_ZERO


def _fault_of_number(number: PhoneNumber) -> str | None:
    digits, kind = phonenumbers.national_significant_number(number), phonenumbers.number_type(number)
    if not phonenumbers.is_possible_number(number):
        return f"is too long or too short for a number of that country; {_EXAMPLE}"
    if number.extension:  # set apart by a sign that the library knows, and left out of E.164
        return f"has an extension; {_EXAMPLE}"
    if _has_code_twice(number, digits):
        return f"has the code of its country twice; {_EXAMPLE}"
    behind = digits[phonenumbers.length_of_national_destination_code(number) :]
    if len(set(digits)) == 1 or (len(set(behind)) == 1 and len(behind) >= _FEWEST_EQUAL):
        return _FILLED
    if kind in _REFUSED:
        return f"is {_REFUSED[kind]}, which is neither called nor written to"
    if kind not in _REACHABLE and not _FOR_FILMS.fullmatch(_e164(number)):
        return f"is no number that anybody can have in that country; {_EXAMPLE}"
    return None


def _has_code_twice(number: PhoneNumber, digits: str) -> bool:
    """+49 49 151 12345678 would be a landline of Leer, but longer than any."""
    code = str(number.country_code)
    again = _parsed(f"+{digits}", None) if digits.startswith(code) and len(digits) > _MOST_WITHOUT_ZERO else None
    return again is not None and phonenumbers.is_valid_number(again)


def _parsed(text: str, country: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _shown(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
