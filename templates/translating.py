"""Messages in templates: put in their language when a template is compiled, so that a mail costs no look-up.

`{{ _("Hello %(name)s,", name=customer_name) }}` becomes what `Guten Tag {{ customer_name }},` would be.
"""

import re
from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

from templates.language import Language

_PIECES = re.compile(r"%\((\w+)\)s")
"""Splits a message into texts and, between them, the names of its values."""


class TranslatingEnvironment(Environment):
    """An environment whose templates speak one language."""

    def __init__(self, language: Language, **options: Any) -> None:
        super().__init__(**options)
        self.globals.clear()  # no range, lipsum or cycler: what a template may use stands in its table, and here
        self.globals |= {"_": language.say, "ngettext": language.count, "language": language.tag}
        self.filters["number"] = language.number
        self._language = language

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,  # noqa: FBT001, FBT002 - Jinja's own signature
    ) -> str:
        """A hook of Jinja's: from the parsed template to Python."""
        translated = _Translator(self._language).visit(source)
        translated.set_environment(self)
        return super()._generate(translated, name, filename, defer_init)


class _Translator(NodeTransformer):
    """Whatever it cannot resolve stays a call, which says the same."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def visit_Output(self, node: nodes.Output) -> nodes.Output:  # noqa: N802 - named by Jinja
        pieces: list[nodes.Expr] = []
        for child in node.nodes:
            parts = self._parts(child) if isinstance(child, nodes.Call) else None
            pieces += [self.visit(child)] if parts is None else parts
        node.nodes = pieces
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - named by Jinja
        parts = self._parts(node)
        if parts is None:
            return self.generic_visit(node)
        return parts[0] if len(parts) == 1 else nodes.Concat(parts, lineno=node.lineno)

    def _parts(self, node: nodes.Call) -> list[nodes.Expr] | None:
        """Texts and values in the order of the language."""
        texts = constants(node)
        values = {pair.key: self.visit(pair.value) for pair in node.kwargs}
        if called(node) != "_" or len(texts) != 1 or len(node.args) != 1 or node.dyn_kwargs is not None:
            return None
        pieces = _PIECES.split(self._language.catalogue.gettext(texts[0]))
        if not values.keys() >= {*pieces[1::2]}:
            return None
        return [
            values[piece] if place % 2 else nodes.Const(piece.replace("%%", "%"), lineno=node.lineno)
            for place, piece in enumerate(pieces)
            if piece or not place
        ]


def called(node: nodes.Call) -> str | None:
    """ "_" or "ngettext", when that is what is called."""
    return node.node.name if isinstance(node.node, nodes.Name) and node.node.name in ("_", "ngettext") else None


def constants(node: nodes.Call) -> tuple[str, ...]:
    """The texts that are written out in a call."""
    return tuple(arg.value for arg in node.args if isinstance(arg, nodes.Const) and isinstance(arg.value, str))


def places(text: str) -> set[str]:
    """The names of the values that a message takes."""
    return {*_PIECES.findall(text)}


def fits(text: str, given: set[str]) -> bool:
    """Whether a text can be filled in with these values. A form for one thing may leave out the number."""
    return places(text) <= given and "%" not in _PIECES.sub("", text).replace("%%", "")
