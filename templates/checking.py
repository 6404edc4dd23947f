"""The check at start: every template parses, is whole, and uses only what it is given."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from pathlib import Path

from jinja2 import DictLoader, Environment, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.meta import find_referenced_templates, find_undeclared_variables

from templates.catalogues import catalogue_faults, misuses
from templates.environment import environment_of
from templates.folder import FOLDER, TemplateFault
from templates.values import (
    CALL_VALUES,
    CONSOLE_VALUES,
    DOCUMENT_VALUES,
    FIELDS,
    MESSAGE_VALUES,
    PAGE_VALUES,
    TEXT_VALUES,
)
from vocabulary import Purpose

PARTS = ("subject.txt", "txt", "html")


def check_templates(folder: Path = FOLDER, languages: Sequence[str] | None = None) -> None:
    """Raise TemplateFault, with a line for every fault of the templates in `folder`, so that no mail is half-made.

    `languages` are those that customers are offered; None: all that have a folder.
    """
    read = cache(partial(_read, environment_of(folder)))  # most templates share their frames
    faults = {fault for name, allowed in _expected() for fault in _faults(read, name, allowed)}
    faults |= {*_unlisted(folder), *catalogue_faults(folder, languages)}
    if faults:
        raise TemplateFault("\n".join(sorted(faults)))


def _expected() -> Iterator[tuple[str, frozenset[str]]]:
    """Every template that somebody renders, with the values it is given."""
    for purpose in Purpose:
        for part in PARTS:
            yield f"messages/{purpose.value}.{part}.j2", MESSAGE_VALUES[purpose]
    for purpose, allowed in TEXT_VALUES.items():
        yield f"messages/{purpose.value}.sms.txt.j2", allowed
    for name, allowed in PAGE_VALUES.items():
        yield f"pages/{name}.html.j2", allowed
    for name, allowed in CONSOLE_VALUES.items():
        yield f"console/{name}.html.j2", allowed
    for name, allowed in CALL_VALUES.items():
        yield f"calls/{name}.txt.j2", allowed
    for name, allowed in DOCUMENT_VALUES.items():
        yield f"documents/{name}.html.j2", allowed


def _unlisted(folder: Path) -> Iterator[str]:
    for file in sorted((folder / "documents").glob("*.html.j2")):
        name = file.name.removesuffix(".html.j2")
        if name not in DOCUMENT_VALUES and name != "base":
            yield f"documents/{file.name}: its values are not known; add a row to DOCUMENT_VALUES in values.py."


@dataclass(frozen=True)
class _Reading:
    """What one file says, whoever uses it."""

    undeclared: frozenset[str]
    faults: tuple[str, ...]
    references: tuple[str | None, ...]
    """The files it extends, includes or imports; None for one whose name is computed."""
    macros: frozenset[object]
    """Those of them that it imports."""


def _faults(read: Callable[[str], _Reading], name: str, allowed: frozenset[str]) -> Iterator[str]:
    """The faults of a template and of all that it extends, includes or imports."""
    waiting, seen = [(name, allowed)], set()
    while waiting:
        current, names = waiting.pop()
        seen.add(current)
        try:
            reading = read(current)
        except TemplateFault as fault:
            yield str(fault)
            continue
        for stranger in reading.undeclared - names:
            yield f"{current}: uses {stranger}, which it is not given; correct the name or add it to values.py."
        yield from reading.faults
        for reference in reading.references:
            if reference is None:
                yield f"{current}: names another template by a computed name; write the name out."
            elif reference not in seen:
                # An imported file holds macros: it sees their arguments and nothing of the mail.
                waiting.append((reference, frozenset() if reference in reading.macros else names))


def _read(environment: Environment, name: str) -> _Reading:
    loader = environment.loader or DictLoader({})  # the type allows for none; ours has one
    try:
        return _reading_of(loader.get_source(environment, name)[0], name)
    except TemplateNotFound as error:
        raise TemplateFault(f"{error.name}: there is no such file; write it.") from None
    except TemplateSyntaxError as error:
        raise TemplateFault(f"{name}: line {error.lineno}: {error.message}; correct the syntax.") from None


@lru_cache(maxsize=512)  # a text says the same in every folder, and is read again whenever one is checked again
def _reading_of(source: str, name: str) -> _Reading:
    """Raises TemplateSyntaxError."""
    environment = environment_of()  # its filters, tests and globals are those of every folder
    tree = environment.parse(source, name)
    own = {macro.name for macro in tree.find_all(nodes.Macro)}  # Jinja takes these for undeclared inside a block
    own |= {node.target for node in tree.find_all(nodes.Import)} | environment.globals.keys()
    return _Reading(
        # It generates the code, so it also finds filters and tests that are not there; parsing alone does not.
        undeclared=frozenset(find_undeclared_variables(tree) - own),
        faults=(*_misspelt_fields(name, tree), *misuses(name, tree)),
        references=tuple(find_referenced_templates(tree)),
        macros=frozenset(
            node.template.value for node in tree.find_all(nodes.Import) if isinstance(node.template, nodes.Const)
        ),
    )


def _misspelt_fields(name: str, tree: nodes.Template) -> Iterator[str]:
    owners = {owner: owner for owner in FIELDS}
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.target, nodes.Name) and isinstance(loop.iter, nodes.Name) and loop.iter.name in FIELDS:
            owners[loop.target.name] = loop.iter.name
    for access in tree.find_all(nodes.Getattr):
        owner = owners.get(access.node.name) if isinstance(access.node, nodes.Name) else None
        if owner and access.attr not in FIELDS[owner]:
            yield f"{name}: {owner} has no field {access.attr}; correct the name or add it to FIELDS in values.py."
