"""The Jinja environment, one for each language: escaping on, nothing undefined passes, links lead where links may."""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from templates.folder import FOLDER, TemplateFault
from templates.inlining import InliningFault, with_styles
from templates.language import SOURCE, read_language
from templates.translating import TranslatingEnvironment

__all__ = ["FOLDER", "TemplateFault", "environment_of"]

MAIL_STYLES: Final = "messages/mail.css"
NAME_LENGTH: Final = 60


@lru_cache(maxsize=64)
def environment_of(folder: Path = FOLDER, language: str = SOURCE) -> Environment:
    """The environment of a folder of templates in a language. Files are read once: a changed one needs a new process.

    Raises TemplateFault when the language has no folder, or one that cannot be read.
    """
    environment = TranslatingEnvironment(
        read_language(language, folder),
        loader=_Loader(folder),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), disabled_extensions=("txt.j2",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"link": link, "path": path, "mailto": mailto, "dial": dial, "sentence": sentence}
    environment.tests["a_name"] = is_a_name
    return environment


class _Loader(FileSystemLoader):
    """Reads templates; those of HTML mails get their style attributes here."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, filename, uptodate = super().get_source(environment, template)
        if template.startswith("messages/") and template.endswith(".html.j2"):
            environment.parse(source, template)  # a syntax error is reported with its line in the file itself
            css = super().get_source(environment, MAIL_STYLES)[0]
            try:
                source = with_styles(source, css)
            except InliningFault as fault:
                raise TemplateFault(f"{template}: {fault}; correct the HTML.") from None
        return source, filename, uptodate


# Escaping keeps a value inside its attribute; it does not keep `javascript:` out of a link.
_LINK = re.compile(r"https?://[^\s\"'<>`\\]+")
_NO_NAME = re.compile(r"[/:@<>{}|\\]|\.\w|www")
_PATH = re.compile(r"/(?!/)[^\s\"'<>`\\]*")


def link(url: str) -> str:
    """A web address for href. Raises ValueError for anything else."""
    if not _LINK.fullmatch(url):
        raise ValueError("a link in a template must be an http or https address")
    return url


def path(value: str) -> str:
    """A path on our own server for href and action. Raises ValueError for anything else."""
    if not _PATH.fullmatch(value):
        raise ValueError("a path in a template must begin with one slash")
    return value


def mailto(address: str) -> str:
    """A mail link that is harmless whatever the address holds, for addresses that customers gave."""
    return "mailto:" + quote(address, safe="@+")


def dial(number: str) -> str:
    """A phone link: digits and the plus sign only."""
    return "tel:" + re.sub(r"[^0-9+]", "", number)


def sentence(text: str) -> str:
    """The text with a capital first letter; `capitalize` would make "HVAC" into "Hvac"."""
    return text[:1].upper() + text[1:]


def is_a_name(text: str | None) -> bool:
    """Whether a customer's name can stand in a greeting. One that is a link or a slogan would speak in our voice."""
    return bool(text and text.strip() and len(text) <= NAME_LENGTH and not _NO_NAME.search(text))
