"""`outbound`: the programs and chats that hear of concerns, how they stand, and whether they can be reached."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from channels.protocol import Outcome, Word
from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from config.targets import Target, WebhookTarget
from models.announcements import stopped
from tasks.place import Place
from tasks.targets import standing, tested
from vocabulary import Delivery

app = typer.Typer(no_args_is_help=True, help="Webhooks and chats that hear of concerns and closed cases.")
_LATELY = timedelta(days=7)
_CODES = {
    "dns": "its name leads nowhere",
    "private address": "its name leads into a private network, where nothing is sent",
    "tls": "it has no certificate for its name that we can trust",
    "timeout": "it did not answer in time",
    "connect": "nothing listens there",
    "redirect": "it sends us elsewhere, and redirects are not followed; enter the address that it leads to",
    "lost": "the connection broke before its answer was there",
    "401": "it answered 401: is our secret the one that it expects?",
    "403": "it answered 403: is our secret the one that it expects?",
    "404": "it answered 404: nothing takes webhooks at this address",
    "410": "it answered 410: it is gone for good and wants nothing more",
    "429": "it answered 429: too much for it at this moment",
}


@app.command("list")
def list_() -> None:
    """Every target, what it hears of, and how many announcements it took, waits for or did not take (7 days)."""
    console, opened = Console(), here()
    if not opened.settings.targets:
        console.print("Nobody: set AFTERCARE_WEBHOOKS__<NAME>__URL or AFTERCARE_SLACK__<NAME>__URL.")
        return
    table = Table(header_style="bold")
    for name in ("name", "kind", "hears of", "taken", "due", "given up", "state"):
        table.add_column(name)
    with opened.store.read() as db:
        counts, resting = standing(db, opened.settings, now() - _LATELY), stopped(db)
    for name, target in opened.settings.targets.items():
        table.add_row(name, _kind(target), " ".join(target.events), *_figures(counts[name]),
                      f"stopped: {meaning(resting[name].code)}" if name in resting else "well")  # fmt: skip
    console.print(table)


@app.command()
def test(name: Annotated[str, typer.Argument(help="The target's name in the settings.")]) -> None:
    """Send one test to a target and say what came back. What is stopped runs again when it is taken."""
    targets = here().settings.targets
    if name not in targets:
        known = ", ".join(targets) or "none"
        raise Fault(f"there is no target {name!r} in the settings; there are: {known}")
    word = Word(ref=f"msg_{secrets.token_hex(16)}", event="test", at=now(), about={}, url=here().settings.web_url)
    receipt = tested(name, word, now())
    if receipt.outcome is not Outcome.ACCEPTED:
        raise Fault(f"{name} did not take the test: {meaning(receipt.code)}")
    typer.echo(f"{name} took the test (it answered {receipt.code}).")


def meaning(code: str) -> str:
    """A receipt's code in words."""
    return _CODES.get(code) or (f"it answered {code}" if code.isdigit() else code)


def findings(opened: Place) -> Iterator[tuple[bool, str]]:
    """For `doctor`: fine or not, and the sentence."""
    settings = opened.settings
    if settings.outbound_loopback:
        yield False, "announcements may go to this machine, unencrypted: AFTERCARE_OUTBOUND_LOOPBACK is for trying out"
    if not settings.targets:
        yield True, "nobody else hears of concerns: set AFTERCARE_WEBHOOKS__<NAME>__URL or AFTERCARE_SLACK__<NAME>__URL"
    with opened.store.read() as db:
        counts, resting = standing(db, settings, now() - _LATELY), stopped(db)
    for name, target in settings.targets.items():
        taken, due, given_up = _figures(counts[name])
        text = f"{_kind(target)} {name} hears of {len(target.events)} kinds of events: {taken} taken, {due} due"
        if name in resting:
            at = resting[name].try_again_at
            then = f"tried again at {at:%H:%M} UTC" if at else "never tried again by itself"
            yield False, f"{text}; stopped: {meaning(resting[name].code)} ({then}). `./aftercare outbound test {name}`"
        else:
            yield given_up == "0", f"{text}, {given_up} given up in 7 days"


def _kind(target: Target) -> str:
    return "webhook" if isinstance(target, WebhookTarget) else "chat"


def _figures(counts: Mapping[str, int]) -> tuple[str, str, str]:
    """Taken, due, given up."""
    due = counts.get(Delivery.DUE, 0) + counts.get(Delivery.CLAIMED, 0)
    return str(counts.get(Delivery.ACCEPTED, 0)), str(due), str(counts.get(Delivery.REJECTED, 0))
