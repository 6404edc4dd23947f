"""Writes closed_services.csv: October 2026 of an invented company. Seeded, so the same file every time.

Nobody in it exists. Mail domains are those that RFC 2606 keeps for examples. Telephone numbers are those that the
regulators of Germany, the United Kingdom, France and North America keep for films; Austria and the Emirates keep none,
so customers there have French ones. month_channels.py says who is reached how.
"""

import csv
import random
import sys
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from month_channels import Row, spread

COLUMNS = (
    "source", "external_id", "closed_at", "kind", "department", "branch", "region", "timezone", "agent", "customer_ref",
    "customer_name", "email", "phone", "customer_timezone", "language", "channels", "tags", "contact_basis",
)  # fmt: skip
ORDINARY = 268  # services without a story of their own


@dataclass(frozen=True)
class Branch:
    name: str
    region: str
    zone: str
    phone: str
    language: str
    names: str  # where its customers' names come from, the frequent ones repeatedly
    agents: tuple[str, ...]
    numbers: int = 1000

    def at(self, day: int, clock: str, fold: int = 0) -> datetime:
        return datetime.combine(date(2026, 10, day), time.fromisoformat(clock), ZoneInfo(self.zone)).replace(fold=fold)


BERLIN = Branch("Berlin", "DE-BE", "Europe/Berlin", "+49 30 23125 {:03d}", "de", "de de de tr pl vi ae en",
                ("Katrin Brandt", "Emre Aksoy", "Sven Lorenz", "Ewa Nowak"))  # fmt: skip
MUNICH = Branch("Munich", "DE-BY", "Europe/Berlin", "+49 89 99998 {:03d}", "de", "de de de cs tr it is",
                ("Xaver Huber", "Franziska Moser", "Ivana Marković"))  # fmt: skip
VIENNA = Branch("Vienna", "AT-9", "Europe/Vienna", "+33 6 39 98 2{:03d}", "de", "de de cs tr pl it",
                ("Leopold Gruber", "Jelena Petrović", "Hannes Pichler"))  # fmt: skip
BOSTON = Branch("Boston", "US-MA", "America/New_York", "+1 617 555 01{:02d}", "en", "en en es pt zh hi yo",
                ("Denise Carter", "Luis Ortega", "Tom Brannigan"), 100)  # fmt: skip
SAN_DIEGO = Branch("San Diego", "US-CA", "America/Los_Angeles", "+1 619 555 01{:02d}", "en", "es es en en vi zh hi",
                   ("Rosa Delgado", "Kevin Tran", "Brooke Ellison"), 100)  # fmt: skip
DUBAI = Branch("Dubai", "AE", "Asia/Dubai", "+33 6 39 98 4{:03d}", "en", "ar ae ae hi hi en yo",
               ("Faisal Rahman", "Divya Menon"))  # fmt: skip
BRISTOL = Branch("Bristol", "GB-ENG", "Europe/London", "+44 117 496 0{:03d}", "en", "en en en yo hi pl is",
                 ("Gareth Pugh", "Aisha Malik", "Ruth Penrose"))  # fmt: skip
BRANCHES = {BERLIN: 22, MUNICH: 17, VIENNA: 12, BOSTON: 15, SAN_DIEGO: 13, DUBAI: 10, BRISTOL: 11}

NAMES = {  # given names; family names
    "de": "Anna Jürgen Sabine Uwe Käthe Matthias Heike Dörte Lukas Miriam Detlef Frauke;"
    "Schmidt Müller Weiß Großmann Köhler von_der_Heyde Böhm Lindner Schäfer Vogt Krüger",
    "tr": "Ayşe Mehmet Elif Çağrı Gülsüm;Yılmaz Öztürk Demir Şahin",  # noqa: RUF001 - Turkish letters
    "pl": "Łukasz Agnieszka Małgorzata Stanisław;Wójcik Kowalczyk Zając Wróbel",
    "cs": "Jiří Zdeňka Tomáš Šárka;Dvořák Horák Růžička Beneš",
    "it": "Giosuè Nicolò Chiara Beatrice;D'Angelo De_Luca Ferrari Esposito",
    "is": "Þórunn Søren Åsa Eiríkur;Jónsdóttir Kjær Lindström Bergström",
    "vi": "Thị_Hoa Văn_Minh Thu_Hà Quốc_Bảo;Nguyễn Trần Lê Phạm",
    "ar": "محمد فاطمة خالد نورة;الهاشمي المنصوري السويدي",
    "ae": "Yusuf Layla Tariq Mariam;Al-Mansoori Haddad El-Sayed Rahman",
    "en": "Joan Patrick Siobhán Zoë Terence Marcus Denise Aoife;O'Brien Whitcombe Fairweather Smith-Jones Ng Baptiste",
    "es": "María_José Guadalupe Andrés Begoña Iñaki;Núñez Ibarra Fernández_de_la_Cruz Ramírez Muñoz",
    "pt": "João Conceição Thiago Inês;da_Silva Gonçalves Araújo Simões",
    "zh": "娜 伟 思远 美玲;李 王 陈 欧阳",
    "hi": "Priya Arjun Sunita Venkatesh Harpreet;Raghunathan Iyer Kaur_Gill Chatterjee D'Souza",
    "yo": "Oluwaseun Chidi Ngozi Folasadé;Adéyẹmí Okonkwo Eze Balogun",
}
FAMILY_FIRST = {"vi", "zh"}
PLAIN = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "Ł": "L", "ł": "l", "\u0131": "i", "Þ": "Th"})

JOBS = {  # source, department, kind
    ("field-service", "Heating", "job completed"): 27,
    ("field-service", "Plumbing", "job completed"): 20,
    ("field-service", "Electrical", "job completed"): 16,
    ("field-service", "Appliances", "job completed"): 6,
    ("shop", "Appliances", "order delivered"): 13,
    ("helpdesk", "Customer Service", "ticket resolved"): 12,
    ("crm", "Customer Service", "ticket resolved"): 6,
}
NUMBERS = {"field-service": "WO-26{:05d}", "shop": "ORD-77{:04d}", "helpdesk": "HD-{:05d}", "crm": "CRM/2026/{:04d}"}


class Month:
    """The rows as they are added, each with the moment by which the file is sorted."""

    def __init__(self) -> None:
        self.chance = random.Random(2026_10)  # invented people, no secrets  # noqa: S311  # nosec B311
        self.rows: list[tuple[datetime, Row]] = []
        self.phones = {branch: self.chance.sample(range(branch.numbers), branch.numbers) for branch in BRANCHES}
        self._issued = dict.fromkeys(NUMBERS, 417)
        self._addresses: set[str] = set()

    def add(self, branch: Branch, closed_at: datetime, given: Row | None = None) -> None:
        source, department, kind = self.chance.choices(list(JOBS), list(JOBS.values()))[0]
        self._issued[source] += self.chance.randint(1, 4)
        moment = closed_at.astimezone(UTC) if source in ("helpdesk", "shop") else closed_at
        row = dict.fromkeys(COLUMNS, "") | {
            "source": source, "external_id": NUMBERS[source].format(self._issued[source]), "kind": kind,
            "closed_at": moment.isoformat().replace("+00:00", "Z" if source == "helpdesk" else "+00:00"),
            "department": department, "branch": branch.name, "region": branch.region, "timezone": branch.zone,
            "agent": self.chance.choice(branch.agents)}  # fmt: skip
        row |= self.person(branch) | (given or {})
        row["contact_basis"] = _basis(row, self._issued[source]) if row["region"].startswith("DE") else ""
        if source == "crm":  # its exports are made for spreadsheets: no cell that would be taken for a formula
            row["channels"] = row["channels"].replace(",", ";")
            row["phone"] = row["phone"].replace("+", "'+")
        self.rows.append((closed_at.astimezone(UTC), row))

    def person(self, branch: Branch) -> Row:
        origin = self.chance.choice(branch.names.split())
        given, family = (self.chance.choice(part.split()).replace("_", " ") for part in NAMES[origin].split(";"))
        phone = branch.phone.format(self.phones[branch].pop())
        return {
            "customer_ref": f"C{self.chance.randrange(10_000, 99_999)}",
            "customer_name": f"{family} {given}" if origin in FAMILY_FIRST else f"{given} {family}",
            "language": branch.language if origin != "es" or self.chance.random() < 0.5 else "es",
            **self._reached_by(self.address(given, family), phone),
        }

    def address(self, given: str, family: str) -> str:
        letters = unicodedata.normalize("NFKD", f"{given}.{family}".translate(PLAIN))
        plain = "".join(letter for letter in letters.lower() if letter in "abcdefghijklmnopqrstuvwxyz.-").strip(".-")
        plain = plain if len(plain) > 4 else "customer"
        while (address := f"{plain}@example.{self.chance.choice(('com', 'com', 'org', 'net'))}") in self._addresses:
            plain += str(self.chance.randint(1, 9))
        self._addresses.add(address)
        return address

    def _reached_by(self, email: str, phone: str) -> Row:
        """Most give both; some prefer to be called or texted, some have given no mail address or no number."""
        wish = self.chance.random()
        if wish < 0.10:
            return {"email": email, "phone": phone, "channels": self.chance.choice(("phone", "phone,email"))}
        if wish < 0.19:
            return {"email": email, "phone": phone, "channels": "sms,email"}
        if wish < 0.25:
            return {"email": "", "phone": phone, "channels": self.chance.choice(("", "phone"))}
        if wish < 0.36:
            return {"email": email, "phone": "", "channels": ""}
        return {"email": email, "phone": phone, "channels": self.chance.choice(("", "", "email"))}

    def some_time(self, branch: Branch, first: int = 1, last: int = 31) -> datetime:
        """Mostly on working days until five; emergencies also in the evening and at weekends."""
        days = range(first, last + 1)
        day = self.chance.choices(days, [(14, 14, 14, 14, 13, 3, 1)[date(2026, 10, day).weekday()] for day in days])[0]
        hour = self.chance.choices(range(7, 22), (2, 6, 9, 10, 10, 8, 7, 9, 9, 8, 4, 2, 1, 1, 1))[0]
        return branch.at(day, f"{hour:02d}:{self.chance.randrange(60):02d}:{self.chance.choice((0, 0, 0, 17, 42)):02d}")


def _basis(row: Row, number: int) -> str:
    """Where a survey needs one. A few have a contract and nothing else: they are called, not written to."""
    called = number % 4 == 0 and row["source"] in ("helpdesk", "crm") and row["phone"]
    return "contract" if called else "existing customer" if number % 3 else "consent"


def closings(month: Month) -> None:
    """At the cut-off and a second later, before and on public holidays, and in the hour that a night had twice."""
    for branch, day, clock, fold in (
        (BERLIN, 5, "17:00:00", 0), (BERLIN, 5, "17:00:01", 0), (MUNICH, 9, "17:00:00", 0), (BOSTON, 9, "17:00:01", 0),
        (VIENNA, 23, "17:00:01", 0), (DUBAI, 16, "17:00:00", 0), (BERLIN, 3, "11:20", 0), (MUNICH, 3, "09:40", 0),
        (VIENNA, 26, "10:15", 0), (VIENNA, 26, "19:30", 0), (BOSTON, 12, "08:50", 0), (BOSTON, 12, "14:05", 0),
        (SAN_DIEGO, 12, "13:30", 0), (BERLIN, 25, "02:30", 0), (BERLIN, 25, "02:30", 1), (BRISTOL, 25, "01:30", 0),
        (BRISTOL, 25, "01:30", 1), (DUBAI, 17, "12:00", 0), (MUNICH, 4, "15:10", 0), (SAN_DIEGO, 30, "16:50", 0),
        (BOSTON, 31, "21:15", 0),
    ):  # fmt: skip
        month.add(branch, branch.at(day, clock, fold))


def exceptions(month: Month) -> None:
    """Services that are not followed up, each kind with its reason; and `vip`, which changes nothing."""
    for count, changes in (
        (4, {"tags": "staff"}), (3, {"tags": "test"}), (4, {"tags": "open complaint"}), (6, {"tags": "vip"}),
        (1, {"tags": "vip,open complaint"}), (5, {"kind": "warranty inspection"}),
        (5, {"email": "", "phone": "", "channels": ""}),
    ):  # fmt: skip
        for _ in range(count):
            branch = month.chance.choice(list(BRANCHES))
            month.add(branch, month.some_time(branch), changes)
    for name in ("Petra Lindqvist", "Tom Okafor", "Amira Haddad"):
        own = {"customer_name": name, "email": f"{name.lower().replace(' ', '.')}@staff.example.com"}
        month.add(BERLIN, month.some_time(BERLIN), own)


def returning(month: Month) -> None:
    """Customers who are served twice within 30 days; some of them give another mail address, and the same number."""
    for number in range(13):
        branch = month.chance.choice(list(BRANCHES))
        person = month.person(branch)
        again = dict(person)
        if number < 4:
            person["phone"] = again["phone"] = branch.phone.format(month.phones[branch].pop())
            again["email"] = month.address("family", person["customer_name"].split()[-1])
        month.add(branch, month.some_time(branch, 1, 9), person)
        month.add(branch, month.some_time(branch, 12), again)


def abroad(month: Month) -> None:
    """Customers for whom it is another time of day than for the branch that served them."""
    for branch, zone in (
        (BERLIN, "Pacific/Auckland"), (BERLIN, "America/New_York"), (MUNICH, "America/Sao_Paulo"),
        (VIENNA, "Australia/Sydney"), (BOSTON, "Europe/Dublin"), (SAN_DIEGO, "Pacific/Honolulu"),
        (DUBAI, "Asia/Kolkata"), (BRISTOL, "Asia/Tokyo"),
    ):  # fmt: skip
        home = month.address("post", zone.rpartition("/")[2])
        month.add(branch, month.some_time(branch), {"customer_timezone": zone, "email": home, "channels": "email"})


def reported_again(month: Month) -> None:
    """Rows that a later export repeats, one of them in another spelling. They change nothing."""
    repeated = month.chance.sample([entry for entry in month.rows[:ORDINARY] if entry[1]["email"]], 4)
    month.rows += [(moment + timedelta(days=1), dict(row)) for moment, row in repeated]
    moment, row = repeated[0]
    spelled = {"closed_at": moment.isoformat(), "email": row["email"].replace("@example", "@EXAMPLE")}
    month.rows.append((moment + timedelta(days=2), row | spelled))


def refused(month: Month) -> None:
    """Rows that cannot be taken, each for another reason."""
    for branch, changes in (
        (BERLIN, {"email": "anna.schmidt(at)example.com"}), (MUNICH, {"region": "DE-XX"}),
        (MUNICH, {"timezone": "Europe/Munich"}), (BERLIN, {"closed_at": "2026-10-25 02:30"}),
        (BERLIN, {"closed_at": "2026-02-30T10:15:00+01:00"}), (DUBAI, {"department": ""}),
        (BRISTOL, {"channels": "fax"}),
    ):  # fmt: skip
        month.add(branch, month.some_time(branch), changes)
    moment, row = month.rows[7]
    month.rows.append((moment + timedelta(days=1), row | {"department": "Management"}))  # the same id


def main(target: Path) -> None:
    month = Month()
    for branch in month.chance.choices(list(BRANCHES), list(BRANCHES.values()), k=ORDINARY):
        month.add(branch, month.some_time(branch))
    for story in (spread, closings, exceptions, returning, abroad, reported_again, refused):
        story(month)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for _, row in sorted(month.rows, key=lambda entry: entry[0]))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("closed_services.csv"))
