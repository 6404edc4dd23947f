"""`fakes`: a SendGrid, a Twilio and a receiver of announcements here, for developing and trying out, until Ctrl-C."""

from typing import Annotated

import typer

from cli.fault import Fault
from cli.up import stop_signal
from config.settings import read_settings
from fakes.faults import Fault as ProviderFault
from fakes.keys import Keys
from fakes.options import Options
from fakes.running import Fakes, in_background

_LOOK_EVERY_S = 0.2

_Port = typer.Option(min=0, max=65535, help="Where it listens on loopback; 0 is any free port.")
_EventsTo = typer.Option(help="Where Aftercare's web application listens. Default: as the settings say, here.")
_Rate = typer.Option(min=0, max=1, help="The share of sends that meet a fault.")
_Only = typer.Option("--fault", help="Only these faults; may be repeated. Default: all of them.")
_PerSecond = typer.Option(min=1, help="More mails than so many in a second are answered with 429.")


def fakes(
    sendgrid_port: Annotated[int, _Port] = 0,
    twilio_port: Annotated[int, _Port] = 0,
    receiver_port: Annotated[int, _Port] = 0,
    events_to: Annotated[str | None, _EventsTo] = None,
    fault_rate: Annotated[float, _Rate] = 0.0,
    fault: Annotated[list[ProviderFault] | None, _Only] = None,
    seed: Annotated[int, typer.Option(help="The same seed, the same faults for the same addresses.")] = 1,
    rate_per_s: Annotated[int | None, _PerSecond] = None,
) -> None:
    """Run a SendGrid, a Twilio and a receiver of our own, which send nothing to anybody (docs/fakes.md)."""
    settings = read_settings()
    options = Options(
        sendgrid_port=sendgrid_port,
        twilio_port=twilio_port,
        receiver_port=receiver_port,
        events_to=(events_to or f"http://127.0.0.1:{settings.web_port}").rstrip("/"),
        fault_rate=fault_rate,
        faults=tuple(fault or ProviderFault),
        seed=seed,
        rate_per_s=rate_per_s,
    )
    try:
        keys = Keys.kept(settings.home / "fakes.json")
        with stop_signal() as stopping, in_background(options, keys) as running:
            typer.echo(_to_copy(running, options))
            while not stopping.wait(_LOOK_EVERY_S):
                pass
    except OSError as error:
        raise Fault(
            f"the fakes cannot start ({error.strerror}); choose other ports or another AFTERCARE_HOME"
        ) from None
    typer.echo(f"Stopped after {running.ledger.taken.total()} messages.")


def _to_copy(running: Fakes, options: Options) -> str:
    keys = running.keys
    return f"""\
# What was received can be looked at on {running.sendgrid_url}/ (and {running.twilio_url}/). Settings to use:
export AFTERCARE_PUBLIC_URL={options.events_to}
export AFTERCARE_MAIL=sendgrid
export AFTERCARE_SENDGRID_URL={running.sendgrid_url}
export AFTERCARE_SENDGRID_API_KEY={keys.sendgrid_api_key}
export AFTERCARE_SENDGRID_EVENT_KEYS={keys.public_key}
export AFTERCARE_INBOUND_SECRET={keys.inbound_secret}
export AFTERCARE_SENDGRID_INBOUND_KEYS={keys.inbound_public_key}
export AFTERCARE_REPLY_DOMAIN=reply.example.com
export AFTERCARE_SMS=twilio
export AFTERCARE_TWILIO_URL={running.twilio_url}
export AFTERCARE_TWILIO_ACCOUNT_SID={keys.account_sid}
export AFTERCARE_TWILIO_AUTH_TOKEN={keys.auth_token}
export AFTERCARE_TWILIO_FROM=+15005550006
export AFTERCARE_OUTBOUND_LOOPBACK=true
export AFTERCARE_WEBHOOKS__FAKE__URL={running.webhook_url}
export AFTERCARE_WEBHOOKS__FAKE__SECRET={keys.webhook_secret}
export AFTERCARE_SLACK__FAKE_ROOM__URL={running.chat_url}
# Running. Ctrl-C stops it."""
