"""Replies put together at random: texts, greetings and signatures above quotations, and the same texts alone.

What is understood must not depend on the quotation: whose head it has, how wide our lines were broken, whether they are
marked, plain or HTML, with or without an empty line above.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from random import Random

from benchmarks.reply_cases import OWN_SETS, Asked, Quotation, ReplyCase, heads_in, read_cases
from vocabulary import Channel

_PER_BODY = 40
"""Quotations for each text that also stands alone."""
_WIDTHS = (None, None, *range(60, 79, 3))
_LANGUAGES = ("en", "de", "fr", "es", "nl")
_GREETINGS = {
    "en": ("Hello,", "Hi there", "Good morning", "Dear Sir or Madam,"),
    "de": ("Guten Tag,", "Hallo", "Sehr geehrte Damen und Herren,", "Moin,"),
    "fr": ("Bonjour,", "Bonsoir", "Madame, Monsieur,"),
    "es": ("Hola:", "Buenos días,", "Estimados señores:"),
    "nl": ("Goedemorgen,", "Hallo", "Beste mensen,"),
}
_SIGNATURES = {
    "en": (
        "Regards\nBob Smith",
        "Kind regards,\nMary Jones\n0151 234567",
        "Sent from my iPhone",
        "Best wishes\nJo",
        "-- \nBob Smith\nSmith & Sons Ltd\nwww.example.org",
        "Thanks\nT. Brown",
    ),
    "de": (
        "Mit freundlichen Grüßen\nBernd Beispiel\nTel. 030 1234567",
        "Viele Grüße\nEva",
        "LG Tom",
        "MfG",
        "-- \nBernd Beispiel\nBeispiel GmbH, Musterweg 3, 10115 Berlin",
        "Von meinem iPhone gesendet",
    ),
    "fr": ("Cordialement,\nJean Exemple", "Bien à vous\nMme Exemple\n06 12 34 56 78", "Envoyé de mon iPhone"),
    "es": ("Un saludo,\nLuis Ejemplo", "Saludos cordiales\nAna Ejemplo\nTel. 91 123 45 67", "Enviado desde mi iPhone"),
    "nl": ("Met vriendelijke groet,\nJan Voorbeeld", "Groetjes, Els", "Verstuurd vanaf mijn iPhone"),
}


def generated(count: int, seed: int) -> list[ReplyCase]:
    """So many replies above quotations, and before them the texts alone that they are compared with."""
    chance = Random(seed)
    texts, heads = _texts(), list(heads_in(OWN_SETS))
    bodies = [_body(chance, text, number) for number, text in enumerate(_drawn(chance, texts, -(-count // _PER_BODY)))]
    quoted = (_quoted(chance, body, heads, number) for body in bodies for number in range(_PER_BODY))
    return [*bodies, *islice(quoted, count)]


def _texts() -> list[ReplyCase]:
    """What customers write, from the project's own sets; without machines' mail and what quotes our text already."""
    wanted = [case for case in read_cases([]) if case.quotation is None and case.asked is Asked.SURVEY]
    return [case for case in wanted if case.text.strip() and _stands_alone(case)]


def _stands_alone(case: ReplyCase) -> bool:
    """Whether its text by itself is what was said. A machine's depends on head and sender, and what quotes us already
    has its quotation.
    """
    by_a_person = case.listed.isdisjoint({"automatic", "bounce"}) and case.kind not in ("machine", "reaction")
    quotes_us = "{our_text}" in case.text or "{company}" in case.text or case.kind in ("interleaved", "quoted mail")
    return by_a_person and not quotes_us


def _drawn(chance: Random, texts: Sequence[ReplyCase], count: int) -> Iterator[ReplyCase]:
    """Every text about equally often, in an order of chance."""
    for _ in range(-(-count // len(texts))):
        taken = min(count, len(texts))
        yield from chance.sample(texts, taken)
        count -= taken


def _body(chance: Random, case: ReplyCase, number: int) -> ReplyCase:
    language = case.language if case.language != "en" else chance.choice(_LANGUAGES)
    greeting = chance.choice((None, None, *_GREETINGS[language]))
    signature = chance.choice((None, None, *_SIGNATURES[language]))
    gap = chance.choice(("\n", "\n\n"))
    text = gap.join(part for part in (greeting, case.text, signature) if part)
    comments = case.comments if text == case.text else None
    return replace(
        case,
        name=f"alone {number}",
        text=text,
        channel=Channel.EMAIL,
        language=language,
        comments=comments,
        said=case.text,
        subject=None,
        headers="",
        sender=None,
    )


def _quoted(chance: Random, body: ReplyCase, heads: Sequence[tuple[str, str]], number: int) -> ReplyCase:
    program, head = chance.choice(heads)
    quotation = Quotation(
        program=program,
        head=head,
        marked=chance.random() < 0.5,
        blank=chance.random() < 0.5,
        html=chance.random() < 0.5,
        wrap=chance.choice(_WIDTHS),
        from_text=chance.random() < 0.3,
        tight=chance.random() < 0.2,
        crlf=chance.random() < 0.5,
    )
    return replace(
        body, name=f"{body.name}, quoted {number} ({_told(quotation)})", quotation=quotation, alone=body.name
    )


def _told(quotation: Quotation) -> str:
    form = "HTML from text" if quotation.html and quotation.from_text else "HTML" if quotation.html else "plain"
    width = f", {quotation.wrap} columns" if quotation.wrap and not quotation.html else ""
    marked = ", marked" if quotation.marked else ""
    return f"{quotation.program}; {form}{width}{marked}{'' if quotation.blank else ', no empty line'}"
