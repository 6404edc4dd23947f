"""All texts as files to look at, with sample data: mails, SMS, pages, scripts of calls; an index for each language."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from templates.folder import FOLDER
from templates.language import SOURCE, known_languages, read_language
from templates.render import render_call, render_document, render_message, render_page, render_text
from templates.samples import MESSAGE_SAMPLES, MessageSample, PageSample
from templates.samples_in import calls_in, messages_in, pages_in, texts_in
from templates.segments import segments
from templates.values import CUSTOMER_PURPOSES


def write_preview(folder: Path) -> Path:
    """Write the preview into `folder`, which is made if need be, and return its index.html.

    English, with the mails to staff, stands in the folder itself, and each other language in a folder of its own.
    """
    (folder / "static").mkdir(parents=True, exist_ok=True)
    for sheet in (FOLDER / "static").glob("*.css"):
        (folder / "static" / sheet.name).write_text(sheet.read_text(encoding="utf-8"), encoding="utf-8")
    languages = known_languages()
    for language in languages:
        _write_language(folder, language, languages)
    return folder / "index.html"


def _write_language(folder: Path, language: str, languages: Sequence[str]) -> None:
    root = "" if language == SOURCE else "../"
    place = folder if language == SOURCE else folder / language
    for name in ("messages", "pages", "calls"):
        (place / name).mkdir(parents=True, exist_ok=True)
    to_staff = [sample for sample in MESSAGE_SAMPLES if sample.purpose not in CUSTOMER_PURPOSES]
    mails = [*messages_in(language), *(to_staff if language == SOURCE else ())]
    values = {
        "messages": _write_messages(place, mails, language),
        "texts": _write_texts(place, texts_in(language), language),
        "pages": _write_pages(place, pages_in(language), language, f"../{root}static/"),
        "calls": _write_calls(place, language),
        "languages": [_way_to(other, root, shown=other == language) for other in languages],
    }
    (place / "index.html").write_text(render_document("preview", values), encoding="utf-8")


def _way_to(language: str, root: str, *, shown: bool) -> dict[str, object]:
    index = f"{root}index.html" if language == SOURCE else f"{root}{language}/index.html"
    return {"tag": language, "name": read_language(language).name, "index": index, "shown": shown}


def _write_messages(folder: Path, samples: Iterable[MessageSample], language: str) -> list[dict[str, str]]:
    shown = []
    for sample in samples:
        mail = render_message(sample.purpose, sample.values, language)
        file = folder / "messages" / f"{sample.name}.html"
        file.write_text(mail.html, encoding="utf-8")
        file.with_suffix(".txt").write_text(mail.text, encoding="utf-8")
        file.with_suffix(".subject.txt").write_text(mail.subject + "\n", encoding="utf-8")
        shown.append(
            {"title": sample.title, "subject": mail.subject, "html": f"messages/{file.name}", "text": mail.text}
        )
    return shown


def _write_texts(folder: Path, samples: Iterable[MessageSample], language: str) -> list[dict[str, str | int]]:
    shown: list[dict[str, str | int]] = []
    for sample in samples:
        text = render_text(sample.purpose, sample.values, language)
        (folder / "messages" / f"{sample.name}.sms.txt").write_text(text + "\n", encoding="utf-8")
        shown.append({"title": sample.title, "text": text, "length": len(text), "segments": segments(text)})
    return shown


def _write_pages(folder: Path, samples: Iterable[PageSample], language: str, static: str) -> list[dict[str, str]]:
    shown = []
    for sample in samples:
        # Pages name their style sheet from the root of the server; files on a disk have no such root.
        html = render_page(sample.page, sample.values, language).replace('"/static/', f'"{static}')
        file = folder / "pages" / f"{sample.name}.html"
        file.write_text(html, encoding="utf-8")
        shown.append({"title": sample.title, "html": f"pages/{file.name}"})
    return shown


def _write_calls(folder: Path, language: str) -> list[dict[str, str]]:
    shown = []
    for sample in calls_in(language):
        text = render_call(sample.call, sample.values, language)
        (folder / "calls" / f"{sample.name}.txt").write_text(text, encoding="utf-8")
        shown.append({"title": sample.title, "text": text})
    return shown
