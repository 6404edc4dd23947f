"""Hostile text stays text: every string value of every mail and page is tried with every hostile string."""

import copy
import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from templates.cleaning import SUBJECT_LENGTH, header
from templates.render import render_message, render_page
from templates.samples import MESSAGE_SAMPLES, PAGE_SAMPLES, MessageSample, PageSample

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea></style></title><svg onload=alert(1)>",
    "{{7*777}}{% for x in y %}${7*777}#{7*777}",
    "&lt;b&gt; &#60;i&#62; <!-- --> ]]>",
    "javascript:alert(1)",
    "abc\u202egnp.exe\u2066\u2069\u200b\u200d\ufeff",
    "first\r\nBcc: victim@example.com\n\nsecond\u2028third\u0085fourth\x00\x1b[31m\x0b",
    "lone \ud83d surrogate",
]
ADDRESS = re.compile(r"(^|_)(url|path|action)$")
HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)

Path = tuple[str | int, ...]
Read = Callable[[str], Any]


def _strings(value: object, path: Path = ()) -> Iterator[Path]:
    """Where strings stand in nested values; None counts too, because a string may come there."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _strings(inner, (*path, index))
    elif value is None or isinstance(value, str):
        yield path


def _with(values: dict[str, Any], path: Path, text: str) -> dict[str, Any]:
    changed = copy.deepcopy(values)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = text
    return changed


def _shape(seen: Any) -> list[object]:
    """The tags and their attributes' names; <br> and <span> follow the lines and words of a text."""
    return [(tag, tuple(given)) for tag, given in seen.tags if tag not in {"br", "span"}]


def _is_address(path: Path) -> bool:
    """Whether the value is an address."""
    return bool(ADDRESS.search(str(path[-1])))


def _links(sample: MessageSample, path: Path) -> bool:
    """Whether a mail makes a link of the value: mails to staff show a review's path and leave out the privacy page."""
    return _is_address(path) and not (
        "unsubscribe_url" not in sample.values and path[-1] in {"review_path", "privacy_url"}
    )


MESSAGE_CASES = [(s, p) for s in MESSAGE_SAMPLES for p in _strings(s.values)]
PAGE_CASES = [(s, p) for s in PAGE_SAMPLES for p in _strings(s.values)]


def _name(value: object) -> str:
    return value.name if isinstance(value, MessageSample | PageSample) else ".".join(str(step) for step in value)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("sample", "path"), [c for c in MESSAGE_CASES if not _links(*c)], ids=_name)
def test_mail_keeps_its_shape_whatever_a_value_holds(sample: MessageSample, path: Path, read_html: Read) -> None:
    plain = read_html(render_message(sample.purpose, _with(sample.values, path, "harmless")).html)
    for text in HOSTILE:
        mail = render_message(sample.purpose, _with(sample.values, path, text))
        assert _shape(read_html(mail.html)) == _shape(plain)
        assert "5439" not in mail.subject + mail.text + mail.html
        assert not HIDDEN.search(mail.text.replace("\n", ""))
        assert not HIDDEN.search(mail.html.replace("\n", ""))
        assert len(mail.subject) <= SUBJECT_LENGTH
        assert mail.subject.isprintable()
        assert mail.subject.strip()
        (mail.subject + mail.text + mail.html).encode("utf-8")


@pytest.mark.parametrize(("sample", "path"), [c for c in PAGE_CASES if not _is_address(c[1])], ids=_name)
def test_page_keeps_its_shape_whatever_a_value_holds(sample: PageSample, path: Path, read_html: Read) -> None:
    plain = read_html(render_page(sample.page, _with(sample.values, path, "harmless")))
    for text in HOSTILE:
        page = render_page(sample.page, _with(sample.values, path, text))
        assert _shape(read_html(page)) == _shape(plain)
        assert "5439" not in page
        assert path[-1] == "comment" or not HIDDEN.search(page.replace("\n", ""))
        page.encode("utf-8")


@pytest.mark.parametrize(("sample", "path"), [c for c in MESSAGE_CASES if _links(*c)], ids=_name)
def test_mail_refuses_a_link_that_is_none(sample: MessageSample, path: Path) -> None:
    for text in [*HOSTILE, "data:text/html,x", "//evil.example", "/relative", "HTTPS ://x"]:
        # What is cleaned away may leave a harmless word, which is no link either.
        with pytest.raises(ValueError, match="link in a template"):
            render_message(sample.purpose, _with(sample.values, path, text))


@pytest.mark.parametrize(("sample", "path"), [c for c in PAGE_CASES if _is_address(c[1])], ids=_name)
def test_page_refuses_a_path_that_leads_elsewhere(sample: PageSample, path: Path) -> None:
    for text in [*HOSTILE, "//evil.example/x", "/\\evil.example", "ftp://x", "data:text/html,x"]:
        with pytest.raises(ValueError, match="in a template"):
            render_page(sample.page, _with(sample.values, path, text))


@pytest.mark.parametrize(
    "name", ["Win at www.evil.example", "evil.example", "https://x.example", "a@b.example", "x" * 61]
)
def test_greeting_carries_no_advertisement(name: str) -> None:
    survey = MESSAGE_SAMPLES[0]
    mail = render_message(survey.purpose, survey.values | {"customer_name": name})
    assert name not in mail.text
    assert name not in mail.html
    assert "Hello,\n" in mail.text


@pytest.mark.parametrize("name", ["Anna", "José María", "O'Neill", "Anne-Marie", "Dr. Ines", "王芳", "ஜெயா"])
def test_greeting_knows_names(name: str) -> None:
    survey = MESSAGE_SAMPLES[0]
    mail = render_message(survey.purpose, survey.values | {"customer_name": name})
    assert f"Hello {name}," in mail.text
    assert f"Hello {html.escape(name).replace('&#x27;', '&#39;')}," in mail.html


def test_comment_cannot_pass_for_our_own_words() -> None:
    notice = next(sample for sample in MESSAGE_SAMPLES if sample.name == "escalation-owner")
    mail = render_message(notice.purpose, notice.values | {"comment": "x\nWhat to do\n\nforward this mail"})
    assert "> x\n> What to do\n> \n> forward this mail\n" in mail.text


def test_comment_comes_back_to_its_author_as_typed() -> None:
    typed = "\nfirst line\n  نمی‌خواهم 👩‍🔧 <b>"
    page = render_page("survey", PAGE_SAMPLES[0].values | {"comment": typed})
    # An HTML parser drops one line end right after <textarea>, which the template supplies.
    assert ">\n\nfirst line\n  نمی‌خواهم 👩‍🔧 &lt;b&gt;</textarea>" in page


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\r\nBcc: b@example.com", "a Bcc: b@example.com"),
        ("a\u2028b\u0085c\x00d", "a b cd"),
        ("=?utf-8?b?SGVsbG8=?=", "= ?utf-8?b?SGVsbG8= ?="),
        ("x" * 1000, "x" * 199 + "…"),
        ("  two   words ", "two words"),
    ],
)
def test_subject_is_one_bounded_line(given: str, kept: str) -> None:
    assert header(given) == kept


def test_templates_take_no_objects() -> None:
    with pytest.raises(TypeError, match="contact_by: .* not object"):
        render_page("thanks", PAGE_SAMPLES[5].values | {"contact_by": object()})
