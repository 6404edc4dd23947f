"""What a sample is, and the company of all of them."""

from dataclasses import dataclass
from typing import Final

from templates.cleaning import Plain
from vocabulary import Purpose

Values = dict[str, Plain]

COMPANY: Final[Plain] = {
    "name": "Example Home Services",
    "postal_address": "Example Home Services, 1 Example Street, 10115 Berlin, Germany",
    "phone": "+49 30 23125 000",
    "privacy_url": "https://www.example.com/privacy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSample:
    name: str
    title: str
    purpose: Purpose
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSample:
    name: str
    title: str
    page: str
    values: Values
