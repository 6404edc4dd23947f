"""All texts as files to look at: mails, SMS and pages with sample data, and one page that shows them side by side."""

from pathlib import Path

from templates.environment import FOLDER
from templates.render import render_document, render_message, render_page, render_text
from templates.samples import MESSAGE_SAMPLES, PAGE_SAMPLES
from templates.segments import segments
from templates.text_samples import TEXT_SAMPLES


def write_preview(folder: Path) -> Path:
    """Write the preview into `folder`, which is made if need be, and return its index.html."""
    for name in ("messages", "pages", "static"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for sheet in (FOLDER / "static").glob("*.css"):
        (folder / "static" / sheet.name).write_text(sheet.read_text(encoding="utf-8"), encoding="utf-8")
    values = {"messages": _write_messages(folder), "texts": _write_texts(folder), "pages": _write_pages(folder)}
    index = folder / "index.html"
    index.write_text(render_document("preview", values), encoding="utf-8")
    return index


def _write_messages(folder: Path) -> list[dict[str, str]]:
    shown = []
    for sample in MESSAGE_SAMPLES:
        mail = render_message(sample.purpose, sample.values)
        file = folder / "messages" / f"{sample.name}.html"
        file.write_text(mail.html, encoding="utf-8")
        file.with_suffix(".txt").write_text(mail.text, encoding="utf-8")
        file.with_suffix(".subject.txt").write_text(mail.subject + "\n", encoding="utf-8")
        shown.append(
            {"title": sample.title, "subject": mail.subject, "html": f"messages/{file.name}", "text": mail.text}
        )
    return shown


def _write_texts(folder: Path) -> list[dict[str, str | int]]:
    shown: list[dict[str, str | int]] = []
    for sample in TEXT_SAMPLES:
        text = render_text(sample.purpose, sample.values)
        (folder / "messages" / f"{sample.name}.sms.txt").write_text(text + "\n", encoding="utf-8")
        shown.append({"title": sample.title, "text": text, "length": len(text), "segments": segments(text)})
    return shown


def _write_pages(folder: Path) -> list[dict[str, str]]:
    shown = []
    for sample in PAGE_SAMPLES:
        # Pages name their style sheet from the root of the server; files on a disk have no such root.
        html = render_page(sample.page, sample.values).replace('"/static/', '"../static/')
        file = folder / "pages" / f"{sample.name}.html"
        file.write_text(html, encoding="utf-8")
        shown.append({"title": sample.title, "html": f"pages/{file.name}"})
    return shown
