"""How the customers of the invented month are reached: mobile numbers, wishes, languages, and addresses that fail.

What an address asks of our own providers stands in docs/fakes.md. Nobody is added or taken away, so that the accounts
stay as they are. Mobile numbers are those that the regulators of Germany (0171 39200xx), the United Kingdom (07700
900xxx) and France (06 39 98 xx xx) keep for films; the last are also Vienna's and Dubai's, whose countries keep none.
"""

import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

Row = dict[str, str]
Entry = tuple[datetime, Row]

MAIL_FATES = ("bounce", "slow", "dropped", "bounce", "spam", "bounce", "latebounce", "leaves", "bounce", "blocked",
              "never", "dropped", "bounce")  # fmt: skip
SMS_FATES = {
    "Bristol": ("+44 7700 900614", "+44 7700 900211", "+44 7700 900610"),  # a landline; no number; has opted out
    "Vienna": ("+33 6 39 98 3005", "+33 6 39 98 3003"),  # taken, and then undelivered
}
MOBILES = {"Berlin": "+49 171 39200{:02d}", "Munich": "+49 171 39200{:02d}", "Bristol": "+44 7700 900{:03d}"}
GUESTS = (
    ("fr", "Camille Laurent"), ("nl", "Sanne de Vries"), ("fr", "Étienne Dubois"), ("nl", "Joost van Dijk"),
    ("es", "Lucía Navarro"), ("fr", "Maëlle Girard"), ("nl", "Femke Bakker"), ("es", "Rubén Castillo"),
)  # fmt: skip


class HasRows(Protocol):
    rows: list[Entry]


def spread(month: HasRows) -> None:
    """Change the rows in place; in the order of the file, so that the beginning of it has of everything, too."""
    rows = [row for _, row in sorted(month.rows, key=lambda entry: entry[0]) if row["source"] != "crm"]
    texters = [row for row in rows if row["channels"] == "sms,email"]
    open_to_all = [row for row in rows if row["email"] and row["phone"] and row["channels"] == ""]
    _mobiles(texters, every=1, wish="sms,email")
    _mobiles([row for row in open_to_all if row["branch"] in ("Berlin", "Munich", "Bristol")], every=4, wish="sms")
    _numbers_that_fail(rows)
    _mails_that_fail([row for row in rows if row["email"] and row["channels"] in ("", "email")])
    _guests([row for row in rows if row["email"] and row["channels"] in ("", "sms")])


def _mobiles(rows: Sequence[Row], *, every: int, wish: str) -> None:
    """Numbers that take SMS, for those who shall have one."""
    chosen = [row for row in rows if row["branch"] in MOBILES and row["contact_basis"] != "contract"]
    for row in chosen[::every]:
        row |= {"phone": MOBILES[row["branch"]].format(next(_NUMBERS)), "channels": wish}


_NUMBERS: Iterator[int] = itertools.count(11)


def _numbers_that_fail(rows: Sequence[Row]) -> None:
    for branch, numbers in SMS_FATES.items():
        wanted = [row for row in rows if row["branch"] == branch and row["email"] and row["phone"]]
        willing = [row for row in wanted if row["channels"] in ("", "sms,email")]
        for row, number in zip(willing, numbers, strict=False):
            row |= {"phone": number, "channels": "sms,email"}


def _mails_that_fail(rows: Sequence[Row]) -> None:
    chosen = [row for row in rows if row["contact_basis"] != "contract"]
    apart = len(chosen) // len(MAIL_FATES)
    for row, fate in zip(chosen[apart // 4 :: apart], MAIL_FATES, strict=False):
        row["email"] = f"{fate}.{row['email']}"


def _guests(rows: Sequence[Row]) -> None:
    """Customers who are written to in a language that is not their branch's."""
    plain = [row for row in rows if not row["email"].startswith(MAIL_FATES)]
    apart = len(plain) // len(GUESTS)
    for row, (language, name) in zip(plain[apart // 3 :: apart], GUESTS, strict=False):
        address = name.lower().replace(" ", ".").translate(_PLAIN)
        row |= {"customer_name": name, "language": language, "email": f"{address}@example.org"}


_PLAIN = str.maketrans("éëíú", "eeiu")
