"""The guides of the roles say what is true: their buttons are the console's, their clauses the policy's."""

import re
import tomllib

import pytest

from templates.guides import Guide, as_markdown, guides
from tests.house.project import ROOT
from vocabulary import Role

EVERY = pytest.mark.parametrize("guide", guides().values(), ids=lambda guide: guide.name)
CLAUSES = tomllib.loads((ROOT / "policy/sop.toml").read_text("utf-8"))["clauses"]
CONSOLE = "\n".join(
    path.read_text("utf-8") for folder, kind in (("templates/console", "*.j2"), ("web/console", "*.py"))
    for path in sorted((ROOT / folder).glob(kind)) if path.name != "guides.py"
)  # fmt: skip


def test_every_role_has_one():
    assert {guide.role for guide in guides().values()} == set(Role)


@EVERY
def test_the_document_is_what_the_script_writes(guide: Guide):
    written = (ROOT / "docs/guides" / f"{guide.name}.md").read_text("utf-8")
    assert written == as_markdown(guide), "run scripts/guides.py"


@EVERY
def test_every_button_is_one_of_the_console(guide: Guide):
    buttons = [re.escape(button.label) for button in guide.buttons]
    before = r'(form\.(?:end|press)\(.*"|<button[^>]*>|<a [^>]*>)'
    missing = [label for label in buttons if not re.search(rf'{before}{label}["<]', CONSOLE)]
    assert missing == []


@EVERY
def test_what_is_set_as_a_name_stands_in_the_console(guide: Guide):
    texts = [guide.task, *guide.day, *guide.late, *(button.means for button in guide.buttons)]
    names = {name for text in texts for name in re.findall(r"\*+([^*]+)\*+", text)}
    shown = CONSOLE.replace("'", "’")
    assert {name for name in names if name not in shown} == set()


@EVERY
def test_every_clause_is_one_of_the_policy(guide: Guide):
    assert {button.clause for button in guide.buttons} <= CLAUSES.keys()
