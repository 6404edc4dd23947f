"""The commands of Aftercare, and what becomes of a mistake: one sentence and status 2, never a traceback."""

import sys

import typer

from cli import (
    addresses,
    alarms,
    calls,
    cases,
    checks,
    closing,
    doctor,
    fakes,
    importing,
    log,
    on_call,
    optouts,
    outbound,
    people,
    policy,
    replies,
    run,
    sending,
    templates,
    up,
)
from cli.bench import app as bench
from cli.demo import demo
from cli.fault import Fault
from config.settings import SettingsError
from policy.file import PolicyError
from policy.lexicon import LexiconFault
from templates.render import TemplateFault

app = typer.Typer(
    name="aftercare",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="After-service follow-up: every closed service contacted, every concern closed on evidence.",
    rich_markup_mode="rich",
)
app.command()(demo)
app.command()(up.up)
app.command()(fakes.fakes)
app.command(name="import")(importing.import_)
app.command()(run.run)
app.command()(cases.cases)
app.command()(cases.explain)
app.command()(cases.sign)
app.command()(run.review)
app.command()(doctor.doctor)
app.command()(checks.test)
app.add_typer(alarms.app, name="alarms")
app.add_typer(closing.app, name="escalations")
app.add_typer(calls.app, name="calls")
app.add_typer(replies.app, name="replies")
app.add_typer(on_call.app, name="on-call")
app.add_typer(optouts.app, name="optouts")
app.add_typer(outbound.app, name="outbound")
app.add_typer(sending.app, name="sending")
app.add_typer(people.app, name="people")
app.add_typer(addresses.app, name="addresses")
app.add_typer(log.app, name="log")
app.add_typer(policy.app, name="policy")
app.add_typer(templates.app, name="templates")
app.add_typer(bench, name="bench")


def main() -> None:
    try:
        app()
    except (Fault, SettingsError, PolicyError, LexiconFault, TemplateFault) as error:
        for line in str(error).splitlines():
            print(f"aftercare: {line}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()  # the reader, such as `head`, has seen enough
        sys.exit(0)
