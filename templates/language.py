"""A language: its folder in languages/ with its rules for dates, numbers and names, and its catalogue of messages."""

import gettext
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal

from templates.folder import FOLDER, TemplateFault

SOURCE: Final = "en"
"""What the templates are written in. Mails to staff are in it, too."""
_RULES: Final = {"name", "locale", "day", "moment", "names"}
_OPTIONAL: Final = {"first", "grouped_from"}
_NAMES: Final = ("given", "full")


@dataclass(frozen=True, eq=False, kw_only=True)
class Language:
    """`day` and `moment` are Unicode date patterns; `first` is written for the day number 1, if that is special."""

    tag: str
    """As in the name of its folder and in the attribute `lang`: "de", "pt-BR"."""
    name: str
    """In the language itself."""
    locale: Locale
    day: str
    moment: str
    first: str | None
    grouped_from: int
    """Smaller numbers are written without separators."""
    full_names: bool
    """A greeting says the whole name."""
    catalogue: gettext.NullTranslations = field(repr=False)

    @property
    def in_english(self) -> str:
        """ "German", "Brazilian Portuguese": as staff call it."""
        return str(self.locale.get_language_name("en") or self.name)

    def say(self, text: str, /, **values: object) -> str:
        """The message in this language, with its values in the places `%(name)s`. Plain text, not escaped."""
        return self.catalogue.gettext(text) % values

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The form of the message that goes with the number."""
        return self.catalogue.ngettext(one, many, number) % values

    def number(self, value: int) -> str:
        """ "4,000", "4.000", "4 000", "4000" """
        return str(format_decimal(value, locale=self.locale, group_separator=value >= self.grouped_from))


def known_languages(folder: Path = FOLDER) -> tuple[str, ...]:
    """The tags of all languages that have a folder: the source first."""
    found = {file.parent.name for file in (folder / "languages").glob("*/language.toml")}
    return (SOURCE, *sorted(found - {SOURCE}))


@lru_cache(maxsize=64)
def read_language(tag: str, folder: Path = FOLDER) -> Language:
    """The language of that tag, read once. Raises TemplateFault when its folder is missing or cannot be read."""
    rules = read_rules(tag, folder)
    return Language(
        tag=tag,
        name=rules["name"],
        locale=_locale(tag, rules["locale"]),
        day=rules["day"],
        moment=rules["moment"],
        first=rules.get("first"),
        grouped_from=int(rules.get("grouped_from", "0")),
        full_names=rules["names"] == "full",
        catalogue=gettext.NullTranslations() if tag == SOURCE else _translations(read_catalogue(tag, folder)),
    )


def read_catalogue(tag: str, folder: Path = FOLDER) -> Catalog:
    """The messages of a language as its translators wrote them."""
    where = f"languages/{tag}/messages.po"
    try:
        with (folder / where).open("rb") as file:
            return read_po(file, locale=_locale(tag, read_rules(tag, folder)["locale"]), abort_invalid=True)
    except FileNotFoundError:
        raise TemplateFault(f"{where}: there is no such file; `templates catalogue {tag}` writes it.") from None
    except (PoFileError, ValueError) as error:
        raise TemplateFault(f"{where}: cannot be read ({' '.join(str(error).split())}); correct it.") from None


def _translations(catalogue: Catalog) -> gettext.GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, catalogue)  # leaves out what is not translated, and what is marked as fuzzy
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def read_rules(tag: str, folder: Path = FOLDER) -> dict[str, str]:
    """What language.toml says."""
    where = f"languages/{tag}/language.toml"
    try:
        rules = tomllib.loads((folder / where).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TemplateFault(
            f"{where}: there is no such file; write it, or take {tag} out of languages.offered."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TemplateFault(f"{where}: cannot be read ({error}); correct it.") from None
    if _RULES - rules.keys() or rules.keys() - _RULES - _OPTIONAL:
        wanted = f"{', '.join(sorted(_RULES))}, and if need be {', '.join(sorted(_OPTIONAL))}"
        raise TemplateFault(f"{where}: must hold {wanted}; see docs/adding-a-language.md.")
    if not all(isinstance(value, str) and value for value in rules.values()) or rules["names"] not in _NAMES:
        raise TemplateFault(f'{where}: every value must be a text, and names "given" or "full"; correct it.')
    if not rules.get("grouped_from", "0").isdecimal():
        raise TemplateFault(f'{where}: grouped_from must be a number in quotes, such as "10000"; correct it.')
    return rules


def _locale(tag: str, name: str) -> Locale:
    try:
        return Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        raise TemplateFault(
            f"languages/{tag}/language.toml: locale {name} is not known; see docs/adding-a-language.md."
        ) from None
