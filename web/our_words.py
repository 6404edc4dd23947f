"""What we write to customers, as far as it is the same in every letter: to be told from what they write back."""

from collections.abc import Iterator
from dataclasses import asdict
from functools import cached_property

from babel import Locale

from config.settings import Settings
from models.addressees import Addressee
from models.deliveries import TO_CUSTOMERS
from policy.ours import Letters
from policy.rules import Rules
from templates.dates import day_text
from templates.render import TEXT_VALUES, render_message, render_text
from templates.samples import MESSAGE_SAMPLES
from vocabulary import Purpose
from web.mail_text import text_of_html


class OurWords:
    """Every letter in every language that we offer. Rendered once, when the first reply comes."""

    def __init__(self, rules: Rules, settings: Settings) -> None:
        self._rules = rules
        self._names = [rules.company.name, settings.mail_from_name or "", settings.mail_from or ""]
        if settings.reply_domain:
            self._names.append(f"@{settings.reply_domain}")

    def to(self, addressee: Addressee | None) -> Letters:
        """With what was written to this customer besides: their name, their service, words of our people."""
        if addressee is None:
            return self._letters
        dates = [day_text(addressee.service_closed_at, addressee.timezone, language) for language in self._languages]
        values = [
            *dates,
            *filter(None, (addressee.customer_name, addressee.kind, addressee.department, addressee.branch)),
        ]
        return self._letters.besides(addressee.written, values=values)

    @cached_property
    def _letters(self) -> Letters:
        company = self._rules.company
        values = [company.postal_address, company.phone, *self._days_and_months()]
        return Letters.of(self._texts(), values=values, names=self._names)

    @property
    def _languages(self) -> tuple[str, ...]:
        return self._rules.languages.offered

    def _texts(self) -> Iterator[str]:
        for sample in MESSAGE_SAMPLES:
            if sample.purpose in TO_CUSTOMERS:
                values = dict(sample.values) | {"company": asdict(self._rules.company)}
                for language in self._languages:
                    yield from _of(sample.purpose, values, language)
        for tongue in self._rules.replies.languages:
            yield from (
                text.replace("{company}", self._rules.company.name) for text in (tongue.left_text, tongue.help_text)
            )

    def _days_and_months(self) -> Iterator[str]:
        for language in self._languages:
            locale = Locale.parse(language, sep="-")
            for names in (locale.days, locale.months):
                yield from (word for width in names["format"].values() for word in width.values())


def _of(purpose: Purpose, values: dict[str, object], language: str) -> Iterator[str]:
    mail = render_message(purpose, values, language)
    yield from (mail.subject, mail.text, text_of_html(mail.html))
    if purpose in TEXT_VALUES:
        yield render_text(purpose, values, language)
