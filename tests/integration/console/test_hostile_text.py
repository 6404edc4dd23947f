"""Whatever is written, wherever it can be written: on every page of the console it is text, and only text."""

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest

from templates import render
from templates.environment import FOLDER, environment_of
from tests.databases import in_a_hurry
from tests.hostile import HOSTILE, is_hidden, packs, shown
from tests.hostile_day import HostileDay
from tests.page_shape import HREF, Shape, shape_of
from tests.web_site import Site

HARMLESS = "Words that do no harm"
MANY = 700


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """Pages do not depend on the kind of store."""
    shutil.copyfile(sqlite_template, tmp_path / "aftercare.db")
    return f"sqlite:///{tmp_path / 'aftercare.db'}"


IN_AN_ADDRESS = 1500
"""Bytes of a text that are looked for: clients send no longer addresses."""


def pages_of(day: HostileDay) -> dict[str, str]:
    """By name the HTML of every page, and of those to which strangers and searches bring a text of theirs."""
    pages = dict(day.pages)
    for name, address in day.addresses():
        answer = day.staff.open(address)
        assert answer.status_code == 200, (name, answer.status_code)
        pages[name] = answer.text
    sent = day.text.encode("utf-8", "surrogatepass")
    fields = ("text", "department", "branch", "stage", "disposition", "from", "until", "after", "state", "mine", "done")
    query = urlencode(dict.fromkeys(fields, sent[:IN_AN_ADDRESS]))
    for path in ("/console/cases", "/console/concerns", "/console/causes", "/console", "/console/calls"):
        pages[f"{path}?"] = day.staff.open(f"{path}?{query}").text
    pages["sign in"] = day.site.client.get(f"/console/sign-in?{urlencode({'next': sent[:IN_AN_ADDRESS]})}").text
    wrong = urlencode({"email": sent, "password": sent, "next": sent})
    headers = {"content-type": "application/x-www-form-urlencoded"}
    pages["wrong password"] = day.site.client.post("/console/sign-in", content=wrong, headers=headers).text
    return pages


def faults_of(name: str, page: str, like: Shape) -> list[str]:
    """What a page shows that one with harmless words does not."""
    found = shape_of(page)
    faults = [f"hidden letter {char!r}" for char in sorted({char for char in page if is_hidden(char)} - {"\n"})]
    faults += [f"leads to {link!r}" for link in found.links if not HREF.fullmatch(link)]
    faults += [f"new: {one}" for one in sorted(set(found.elements) - set(like.elements))]
    if "{number}" in name and "people" not in name:  # of one thing; the others list what there is
        pairs = zip(_in_order(found), _in_order(like), strict=False)
        faults += [f"differs: {one}, not {other}" for one, other in pairs if one != other][:1]
        faults += ["longer or shorter"] if len(_in_order(found)) != len(_in_order(like)) else []
    return [f"{name}: {fault}" for fault in faults]


def _in_order(shape: Shape) -> list[str]:
    """Without what can be chosen: that becomes more with everybody who is let in."""
    return [one for one in shape.elements if "option[" not in one and one != "/option"]


_HARMLESS: dict[str, Shape] = {}
"""Of the pages of a day on which nobody wrote any harm: lived once, on the first site that asks."""


def like_on(site: Site) -> dict[str, Shape]:
    return {name: shape_of(page) for name, page in pages_of(HostileDay(site, [HARMLESS])).items()}


def faults_with(site: Site, texts: Sequence[str], like: dict[str, Shape]) -> list[str]:
    """What a day with these texts shows that a harmless one does not."""
    day = HostileDay(site, texts)
    pages = pages_of(day)
    assert pages.keys() == like.keys()
    faults = [fault for name, page in pages.items() for fault in faults_of(name, page, like[name])]
    whole = [f"/console/{things}/{{number}} 0" for things in ("concerns", "cases", "subtasks")]
    return faults + [f"{name} does not show it all" for name in whole
                     if shown(day.text) not in shape_of(pages[name]).words]  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_stored_text_stays_text_on_every_page(site: Site, kind: str):
    in_a_hurry(site.store)
    if not _HARMLESS:
        _HARMLESS.update(like_on(site))
    faults = faults_with(site, list(packs(kind)), _HARMLESS)
    assert not faults, "\n".join(faults)


def test_the_texts_are_many_and_hold_what_is_hard_to_hold():
    everything = [text for texts in HOSTILE.values() for text in texts]
    assert len(set(everything)) > MANY
    assert {"\x00", "\ud800", "a\u2028b", "{{7*7}}", "' OR 1=1 --"} <= set(everything)


@pytest.mark.parametrize(
    ("template", "harmless_part", "hole"),
    [
        ("concern", "{{ concern.comment }}", "{{ concern.comment|safe }}"),
        ("calls", 'call.customer or "Name not known"', '(call.customer or "Name not known")|safe'),
        ("person", "<p class=\"quiet\">{{ said.email }}", "<p class=\"quiet\"><a href=\"{{ said.name }}\">x</a>"),
    ],
)  # fmt: skip
def test_a_page_with_one_hole_is_found(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: str, harmless_part: str, hole: str
):
    """What this file rests on."""
    in_a_hurry(site.store)
    folder = Path(shutil.copytree(FOLDER, tmp_path / "holed", ignore=shutil.ignore_patterns("*.py", "__pycache__")))
    file = folder / "console" / f"{template}.html.j2"
    source = file.read_text("utf-8")
    assert harmless_part in source
    file.write_text(source.replace(harmless_part, hole), "utf-8")
    monkeypatch.setattr(render, "environment_of", partial(environment_of, folder))
    text = "x </textarea></p><img src=x onerror=alert(1)> javascript:alert(1)"
    assert faults_with(site, [text], like_on(site))
