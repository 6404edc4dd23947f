"""All of the console: the one list of its pages, and how they are hung into the application."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route

from config.settings import Settings
from models.store import Store
from policy.rules import Rules
from vocabulary import Channel
from web.bell import Bell
from web.console.alarms import Alarms, Dangers
from web.console.banner import Silence
from web.console.calls import Calls
from web.console.case_page import CasePage
from web.console.cases import Cases
from web.console.causes import Causes
from web.console.company_account import BACK, START, CompanyAccount, provider_of
from web.console.concern_clock import ConcernClocks
from web.console.concern_forms import ConcernForms
from web.console.concerns import Concerns
from web.console.day import Day
from web.console.doors import SIGN_IN, Desk, Door
from web.console.entrance import Entrance
from web.console.guard import Guard
from web.console.guides import Guides
from web.console.log import Log
from web.console.me import Me
from web.console.on_call import OnCallCalendar
from web.console.opt_outs import OptOuts
from web.console.people import People
from web.console.replies import Replies
from web.console.reviews import Reviews
from web.console.runs import Runs
from web.console.sending import HeldBack, Sending
from web.console.set_up import SetUp
from web.console.shell import Shell
from web.console.subtasks import Subtasks
from web.secret import signing_key

_GET = ("GET", "HEAD")


class Room(Protocol):
    """Pages about one thing."""

    def doors(self) -> tuple[Door, ...]: ...


ROOMS: tuple[Callable[[Desk], Room], ...] = (
    Day, Calls, Concerns, ConcernForms, ConcernClocks, Subtasks, Cases, CasePage, Replies, Causes, Log, Reviews,
    Runs, People, SetUp, Me, Guides, Alarms, OnCallCalendar, OptOuts, Sending,
)  # fmt: skip


def doors(desk: Desk) -> list[Door]:
    return [door for room in ROOMS for door in room(desk).doors()]


def writes_on(settings: Settings) -> tuple[Channel, ...]:
    """What the outbox sends on, as the settings say. Mail is never off."""
    return (Channel.EMAIL,) if settings.sms == "off" else (Channel.EMAIL, Channel.SMS)


def desk_of(settings: Settings, store: Store, clock: Callable[[], datetime], rules: Rules) -> Desk:
    """What the pages of this installation work with."""
    return Desk(store=store, clock=clock, rules=rules, settings=settings, public_url=settings.web_url,
                prefect_ui=settings.prefect_ui, key=signing_key(settings),
                writes_on=writes_on(settings))  # fmt: skip


def console_routes(
    settings: Settings, store: Store, clock: Callable[[], datetime], bell: Bell, rules: Rules
) -> list[BaseRoute]:
    """Every address of the console. The doors are plain routes: what FastAPI finds out of a handler, each has alike."""
    desk = desk_of(settings, store, clock, rules)
    shell = Shell(rules, (Dangers(), HeldBack(), Silence(rules.runs)))
    provider, behind = provider_of(settings), doors(desk)
    guard = Guard(desk, shell, bell, behind, company=provider is not None)
    entrance = Entrance(desk, shell, guard, proxies=settings.trusted_proxies)
    company = CompanyAccount(desk, shell, guard, entrance, provider) if provider else None
    before_the_doors: list[tuple[str, tuple[str, ...], Callable[..., Any]]] = [
        (SIGN_IN, _GET, entrance.show),
        (SIGN_IN, ("POST",), entrance.sign_in),
        (f"{SIGN_IN}/kept", ("POST",), entrance.go_on),
        ("/console/sign-out", ("POST",), entrance.sign_out),
        *([(START, _GET, company.start), (BACK, ("GET",), company.finish)] if company else []),
    ]
    return [
        *(
            APIRoute(path, handler, methods=[*methods], response_model=None)
            for path, methods, handler in before_the_doors
        ),
        *(Route(door.path, guard.endpoint(door), methods=[door.method]) for door in behind),
    ]
