"""The check at start: every template parses, is whole, and uses only what it is given."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

from jinja2 import DictLoader, Environment, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.meta import find_referenced_templates, find_undeclared_variables

from templates.environment import FOLDER, TemplateFault, environment_of
from templates.values import DOCUMENT_VALUES, FIELDS, MESSAGE_VALUES, PAGE_VALUES
from vocabulary import Purpose

PARTS = ("subject.txt", "txt", "html")


def check_templates(folder: Path = FOLDER) -> None:
    """Raise TemplateFault, with a line for every fault of the templates in `folder`, so that no mail is half-made."""
    parse = cache(partial(_parse, environment_of(folder)))  # most templates share their frames
    faults = {fault for name, allowed in _expected() for fault in _faults(parse, name, allowed)}
    faults |= set(_unlisted(folder))
    if faults:
        raise TemplateFault("\n".join(sorted(faults)))


def _expected() -> Iterator[tuple[str, frozenset[str]]]:
    """Every template that somebody renders, with the values it is given."""
    for purpose in Purpose:
        for part in PARTS:
            yield f"messages/{purpose.value}.{part}.j2", MESSAGE_VALUES[purpose]
    for name, allowed in PAGE_VALUES.items():
        yield f"pages/{name}.html.j2", allowed
    for name, allowed in DOCUMENT_VALUES.items():
        yield f"documents/{name}.html.j2", allowed


def _unlisted(folder: Path) -> Iterator[str]:
    for file in sorted((folder / "documents").glob("*.html.j2")):
        name = file.name.removesuffix(".html.j2")
        if name not in DOCUMENT_VALUES and name != "base":
            yield f"documents/{file.name}: its values are not known; add a row to DOCUMENT_VALUES in values.py."


def _faults(parse: Callable[[str], nodes.Template], name: str, allowed: frozenset[str]) -> Iterator[str]:
    """The faults of a template and of all that it extends, includes or imports."""
    waiting, seen = [(name, allowed)], set()
    while waiting:
        current, names = waiting.pop()
        seen.add(current)
        try:
            tree = parse(current)
        except TemplateFault as fault:
            yield str(fault)
            continue
        yield from _strangers(current, tree, names)
        # An imported file holds macros: it sees their arguments and nothing of the mail.
        macros = {node.template.value for node in tree.find_all(nodes.Import) if isinstance(node.template, nodes.Const)}
        for reference in find_referenced_templates(tree):
            if reference is None:
                yield f"{current}: names another template by a computed name; write the name out."
            elif reference not in seen:
                waiting.append((reference, frozenset() if reference in macros else names))


def _parse(environment: Environment, name: str) -> nodes.Template:
    loader = environment.loader or DictLoader({})  # the type allows for none; ours has one
    try:
        source = loader.get_source(environment, name)[0]
        environment.compile(source, name)  # finds unknown filters and tests, which parsing alone does not
        return environment.parse(source, name)
    except TemplateNotFound as error:
        raise TemplateFault(f"{error.name}: there is no such file; write it.") from None
    except TemplateSyntaxError as error:
        raise TemplateFault(f"{name}: line {error.lineno}: {error.message}; correct the syntax.") from None


def _strangers(name: str, tree: nodes.Template, allowed: frozenset[str]) -> Iterator[str]:
    own = {macro.name for macro in tree.find_all(nodes.Macro)}  # Jinja takes these for undeclared inside a block
    own |= {node.target for node in tree.find_all(nodes.Import)}
    for stranger in find_undeclared_variables(tree) - allowed - own:
        yield f"{name}: uses {stranger}, which it is not given; correct the name or add it to values.py."
    owners = {owner: owner for owner in FIELDS}
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.target, nodes.Name) and isinstance(loop.iter, nodes.Name) and loop.iter.name in FIELDS:
            owners[loop.target.name] = loop.iter.name
    for access in tree.find_all(nodes.Getattr):
        owner = owners.get(access.node.name) if isinstance(access.node, nodes.Name) else None
        if owner and access.attr not in FIELDS[owner]:
            yield f"{name}: {owner} has no field {access.attr}; correct the name or add it to FIELDS in values.py."
