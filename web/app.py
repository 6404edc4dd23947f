"""The web application: it writes down what was said and rings the bell. It runs no flow and decides nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from config.settings import Settings
from models.store import Store
from policy.file import read_policy
from web.bell import Bell
from web.console.rooms import console_routes
from web.front import Front
from web.headers import Headers
from web.hooks import Hooks, twilio_hook
from web.inbound_mail import InboundMail
from web.inbound_sms import PATH as SMS_PATH
from web.inbound_sms import InboundSms
from web.intake import Intake
from web.limiter import Limiter
from web.nonce import Nonces
from web.pages import Pages
from web.presses import Presses
from web.problems import answer_problems
from web.readers import FOR_MAIL, FOR_REPORTS, Readers
from web.readiness import Readiness
from web.secret import signing_key
from web.sendgrid_guard import of_events
from web.signature import intake_secrets
from web.survey import Survey
from web.unsubscribe import Unsubscribe
from web.visits import Visits

_GET = ("GET", "HEAD")


def create_app(settings: Settings, store: Store, clock: Callable[[], datetime], bell: Bell) -> FastAPI:
    """The application over a store whose schema is up to date.

    Raises `SettingsError` or `PolicyError` when it could not do its work. Pages name the company, and speak the
    languages, that the policy file has now; a case's numbers are those of the policy version that it was opened under.
    """
    rules = read_policy(settings.policy_file).rules
    front, readiness = Front(pages := Pages(rules)), Readiness(store, settings)
    nonces, visits, limiter = Nonces(signing_key(settings)), Visits(), Limiter(settings.trusted_proxies)
    survey = Survey(store, clock, bell, pages, nonces, visits, limiter, rules)
    unsubscribe = Unsubscribe(store, clock, pages, Presses(store, clock, nonces, visits), limiter)
    intake = Intake(store, clock, bell, intake_secrets(settings))
    hooks = Hooks(store, clock, bell, of_events(settings), twilio_hook(settings))
    mail, sms = InboundMail(store, clock, bell, rules, settings), InboundSms(store, clock, bell, rules, settings)
    reading, posted = Readers(FOR_MAIL), Readers(FOR_REPORTS)
    app = _bare_app()
    routes: tuple[tuple[str, tuple[str, ...], Callable[..., Any]], ...] = (
        ("/", _GET, front.home),
        ("/healthz", _GET, readiness.health),
        ("/ready", _GET, readiness.ready),
        ("/static/{name}", _GET, front.sheet),
        ("/s/{link}/v", (*_GET, "POST"), survey.trap),
        ("/s/{link:path}", _GET, survey.show),
        ("/s/{link:path}", ("POST",), survey.answer),
        ("/u/{link:path}", _GET, unsubscribe.show),
        ("/u/{link:path}", ("POST",), unsubscribe.leave),
        ("/services/closed", ("POST",), posted.of(intake.closed)),
        ("/services/reopened", ("POST",), posted.of(intake.reopened)),
        ("/hooks/sendgrid/events", ("POST",), posted.of(hooks.sendgrid_events)),
        ("/hooks/twilio/status/{ref}", ("POST",), posted.of(hooks.twilio_status)),
        ("/hooks/sendgrid/inbound/{secret}", ("POST",), mail.arrive),
        (SMS_PATH, ("POST",), reading.of(sms.arrive)),
    )
    for path, methods, handler in routes:
        app.add_api_route(path, handler, methods=list(methods), response_model=None)
    app.router.routes.extend(console_routes(settings, store, clock, bell, rules))
    https = settings.public_url.startswith("https://")
    answer_problems(app, pages, https=https)
    app.add_middleware(Headers, https=https)
    return app


def _bare_app() -> FastAPI:
    """FastAPI without what it adds by itself: no pages about the interface, and no traces, which would hold tokens."""
    silent: TelemetryConfig = {
        "tracing": False,
        "metrics": False,
        "logs": False,
        "operation_spans": False,
        "auto_configure": False,
    }
    return FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, telemetry=silent)
