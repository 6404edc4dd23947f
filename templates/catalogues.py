"""The messages of the templates, and whether each language has all of them."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po
from jinja2 import Environment, TemplateSyntaxError, nodes

from templates.folder import FOLDER, TemplateFault
from templates.language import SOURCE, known_languages, read_catalogue, read_language, read_rules
from templates.translating import called, constants, fits, places

_HEADER = """\
# The messages of Aftercare in {name}. `./aftercare templates catalogue {tag}` adds what is new and drops what is gone.
msgid ""
msgstr ""
"Language: {tag}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def messages_of(folder: Path = FOLDER) -> Catalog:
    """Every message that a template says, with the files that say it. Files that cannot be parsed are passed over."""
    found = Catalog()
    for file in sorted(folder.glob("*/*.j2")):
        for message in _messages_in(file.read_text(encoding="utf-8")):
            found.add(message, locations=[(f"{file.parent.name}/{file.name}", 0)])
    return found


@lru_cache(maxsize=512)
def _messages_in(source: str) -> tuple[str | tuple[str, ...], ...]:
    """What one template says; nothing, when it cannot be parsed."""
    try:
        tree = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True).parse(source)
    except TemplateSyntaxError:
        return ()
    return tuple(texts[0] if call == "_" else texts[:2] for call, texts in _calls(tree) if texts)


def misuses(name: str, tree: nodes.Template) -> Iterator[str]:
    """What keeps a template's messages from being found, or from being filled in."""
    for node in tree.find_all(nodes.Call):
        call = called(node)
        if call is None:
            continue
        texts = constants(node)
        wanted = 1 if call == "_" else 2
        if len(texts) != wanted or len(node.args) != wanted + (call == "ngettext") or node.dyn_args or node.dyn_kwargs:
            yield f"{name}: line {node.lineno}: {call} takes its text in quotes; write it out."
            continue
        given = {pair.key for pair in node.kwargs}
        for text in texts:
            if not fits(text, given) or (text is texts[-1] and places(text) != given):
                yield f"{name}: line {node.lineno}: the values of “{text}” are not those it is given; correct them."


def catalogue_faults(folder: Path = FOLDER, languages: Sequence[str] | None = None) -> Iterator[str]:
    """What is wrong with these languages; with all that have a folder, when none are named."""
    messages = messages_of(folder)
    for tag in languages or known_languages(folder):
        try:
            read_language(tag, folder)
            if tag != SOURCE:
                yield from _faults(tag, read_catalogue(tag, folder), messages)
        except TemplateFault as fault:
            yield str(fault)


def leftovers(tag: str, folder: Path = FOLDER) -> list[str]:
    """Messages of a catalogue that no template says any more."""
    messages, catalogue = messages_of(folder), read_catalogue(tag, folder)
    return [str(_one(entry)) for entry in catalogue if entry.id and entry.id not in messages]


def write_catalogue(tag: str, folder: Path = FOLDER) -> list[str]:
    """Bring the catalogue of a language up to the templates, or begin it. Returns the messages without a translation.

    What is translated stays as it is; new messages come without a translation; what no template says is dropped.
    """
    rules, file = read_rules(tag, folder), folder / "languages" / tag / "messages.po"
    before = read_catalogue(tag, folder) if file.exists() else Catalog(locale=rules["locale"])
    after = Catalog(locale=rules["locale"], fuzzy=False)
    for message in messages_of(folder):
        if message.id:
            known = before.get(message.id)
            kept = known.string if known is not None and not known.fuzzy else None
            after.add(message.id, kept, locations=message.locations, user_comments=known.user_comments if known else ())
    with file.open("wb") as out:
        out.write(_HEADER.format(name=rules["name"], tag=tag, plurals=after.plural_forms).encode())
        write_po(out, after, width=116, omit_header=True, include_lineno=False)
    return [_one(message) for message in after if message.id and not _translated(message)]


def _faults(tag: str, catalogue: Catalog, messages: Catalog) -> Iterator[str]:
    where = f"languages/{tag}/messages.po"
    for message in messages:
        if not message.id:
            continue
        entry = catalogue.get(message.id)
        said = f"“{_one(message)}”"
        if entry is None:
            yield f"{where}: lacks {said}; `templates catalogue {tag}` adds it, then translate it."
        elif entry.fuzzy:
            yield f"{where}: {said} is marked as fuzzy; look at its translation and remove the mark."
        elif not _translated(entry) or len(_forms(entry)) != (catalogue.num_plurals if entry.pluralizable else 1):
            yield f"{where}: {said} is not translated, or not in all of its forms; translate it."
        elif not all(fits(form, places(_last(message))) for form in _forms(entry)):
            yield f"{where}: the translation of {said} has other values than the message; keep each %(name)s as it is."
        elif places(_forms(entry)[-1]) != places(_last(message)):
            yield f"{where}: the translation of {said} leaves out a value; keep each %(name)s as it is."


def _calls(tree: nodes.Template) -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in tree.find_all(nodes.Call):
        call = called(node)
        if call is not None:
            yield call, constants(node)


def _forms(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def _translated(entry: Message) -> bool:
    return bool(entry.string) and all(_forms(entry))


def _one(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _last(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[-1]
