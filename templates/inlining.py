"""Style attributes for mails, written into the template when it is loaded, not into each mail when it is sent.

Many mail programs ignore style sheets, so every element needs its own style attribute. Doing it once per template
is several times faster than once per mail, and no customer's text ever passes through an HTML parser. It is safe
because it is checked: but for the style attributes, the template that comes out must equal the one that went in.
"""

import re
from functools import lru_cache
from html.parser import HTMLParser

import css_inline

_JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_MARK = "j2x{}x"
_MARKED = re.compile(r"<!--j2x(\d+)x-->|j2x(\d+)x")


class InliningFault(ValueError):
    """A template that cannot be given style attributes without changing something else in it."""


@lru_cache(maxsize=256)
def with_styles(source: str, css: str) -> str:
    """The template with the rules of `css` as style attributes. `<style>` elements in it stay as they are.

    Rules must be of the simplest kind (an element or a class): a template file is a fragment of the mail, and what
    stands around it is not known here. Raises InliningFault.
    """
    masked, statements = _mask(source)
    styled = _inline(masked, css)
    if _events(masked) != _events(styled):
        raise InliningFault("is not well-formed (an unclosed element, or a statement inside a tag)")
    return _unmask(styled, statements)


def _mask(source: str) -> tuple[str, list[str]]:
    """Put marks that mean nothing to an HTML parser where Jinja's statements stand: comments are legal everywhere."""
    statements: list[str] = []
    parts: list[str] = []
    end = 0
    inside_tag = False
    for found in _JINJA.finditer(source):
        literal = source[end : found.start()]
        parts.append(literal)
        end = found.end()
        if "<" in literal or ">" in literal:
            inside_tag = literal.rfind("<") > literal.rfind(">")
        if found[0].startswith("{#"):
            continue
        mark = _MARK.format(len(statements))
        statements.append(found[0])
        parts.append(f"<!--{mark}-->" if found[0].startswith("{%") and not inside_tag else mark)
    return "".join([*parts, source[end:]]), statements


def _unmask(styled: str, statements: list[str]) -> str:
    def statement(mark: re.Match[str]) -> str:
        return statements[int(mark[1] or mark[2])]

    return _MARKED.sub(statement, styled)


def _inline(masked: str, css: str) -> str:
    if "<html" in masked:
        whole = css_inline.CSSInliner(
            inline_style_tags=False, keep_style_tags=True, extra_css=css, load_remote_stylesheets=False
        )
        return whole.inline(masked)
    return css_inline.CSSInliner(load_remote_stylesheets=False).inline_fragment(masked, css)


def _events(html: str) -> list[tuple[object, ...]]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.events


class _Reader(HTMLParser):
    """What a piece of HTML says, apart from style attributes and the layout of its source."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[object, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if "style" in names and _MARKED.search(names["style"] or ""):
            raise InliningFault("computes a style attribute")
        if _MARKED.search(names.get("class") or ""):
            raise InliningFault("computes a class, whose rules could not be applied when it is loaded")
        kept = sorted((name, value or "") for name, value in attrs if name != "style")
        if any(_MARKED.search(name) for name, _ in kept):
            raise InliningFault("has a statement between attributes")
        self.events.append(("start", tag, tuple(kept)))

    def handle_endtag(self, tag: str) -> None:
        self.events.append(("end", tag))

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words:
            self.events.append(("text", words))

    def handle_comment(self, data: str) -> None:
        self.events.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.events.append(("doctype", decl.lower()))
