"""`doctor`: is everything in place, and what is to be done where it is not."""

from collections.abc import Iterator
from datetime import timedelta

import typer
from rich.console import Console
from rich.markup import escape
from sqlalchemy import func, select

from casework.holding import told
from casework.public_days import warnings_about
from casework.reported import Reported, warnings_about_names
from casework.stages import silent
from cli import prefect_findings
from cli.clock import now
from cli.opening import here
from cli.outbound import findings as targets
from cli.policy import check_places
from config.private import open_to_others
from config.settings import SettingsError
from models.branches import names_in_use, regions_in_use
from models.holds import in_force
from models.tables import channel_states, columns, messages
from policy.listening import check_words
from tasks.barred import barred_alarm
from tasks.channels import WAYS, in_use
from tasks.place import Place
from templates.render import check_templates
from vocabulary import Channel, Delivery
from web import findings
from web.findings import Finding, sqlite_version


def doctor() -> None:
    """Check settings, policy, templates, store, Prefect server and outbox. Exit status 1 when something is wrong."""
    console = Console()
    opened = here()  # settings, policy and schema: a fault of these is one sentence and status 2
    wrong = 0
    checks = (
        _policy,
        _templates,
        _store,
        _regions,
        _names,
        _home,
        _server,
        _runs,
        _outbox,
        _held,
        _staff,
        _on_call,
        _channels,
        targets,
        _incoming,
        _sender,
    )
    for check in checks:
        for fine, text in check(opened):
            wrong += not fine
            console.print(
                f"[{'green' if fine else 'bold red'}]{'ok  ' if fine else 'TO DO'}[/] {escape(text)}", soft_wrap=True
            )
    if wrong:
        raise typer.Exit(1)


def _policy(opened: Place) -> Iterator[Finding]:
    check_places(opened.settings.policy_file, opened.policy)
    document = opened.policy.rules.document
    yield True, f"policy {document.number} version {document.version} (hash {opened.policy.version})"


def _templates(opened: Place) -> Iterator[Finding]:
    languages = opened.policy.rules.languages.offered
    check_templates(languages=languages)
    check_words()
    yield True, f"templates are complete; customers are offered {', '.join(languages)}"


def _store(opened: Place) -> Iterator[Finding]:
    if opened.store.engine.dialect.name != "sqlite":
        yield True, f"store: {opened.store.engine.url.render_as_string(hide_password=True)}"
        return
    yield True, f"store: SQLite in {opened.settings.home}"
    yield sqlite_version()


def _regions(opened: Place) -> Iterator[Finding]:
    with opened.store.read() as db:
        regions = regions_in_use(db)
    for warning in warnings_about(regions):
        yield False, warning


def _names(opened: Place) -> Iterator[Finding]:
    """Of services that can still be asked about: what was wrong long ago asks for nothing any more."""
    rules = opened.policy.rules
    since = now() - timedelta(days=rules.scope.max_age_days)
    with opened.store.read() as db:
        kinds, departments, languages = (
            names_in_use(db, name, since=since) for name in ("kind", "department", "language")
        )
    yield from warnings_about_names(Reported(kinds, departments, languages), rules)


def _home(opened: Place) -> Iterator[Finding]:
    home = opened.settings.home
    if open_to_others(home):
        remedy = f"make it a folder of its own: chmod 700 '{home}'"
        yield False, f"other accounts of this machine may look into {home}: {remedy}"
    else:
        yield True, f"{home} is closed to other accounts"


def _server(opened: Place) -> Iterator[Finding]:
    yield from prefect_findings.server(opened.settings)


def _runs(opened: Place) -> Iterator[Finding]:
    with opened.store.read() as db:
        told = silent(db, now(), opened.policy.rules.runs)
    yield told is None, told or "the stages run"


_COUNTED = (Delivery.DUE, Delivery.ACCEPTED, Delivery.DELIVERED, Delivery.FAILED, Delivery.UNKNOWN)


def _outbox(opened: Place) -> Iterator[Finding]:
    by_state = select(messages.c.state, func.count()).group_by(messages.c.state)
    with opened.store.read() as db:
        counts: dict[str, int] = dict(db.execute(by_state).tuples().all())
        stopped = db.execute(select(*columns(channel_states, "channel", "code", "try_again_at"))).all()
    due, taken, arrived, failed, parked = (counts.get(state, 0) for state in _COUNTED)
    sent = f"{taken + arrived} sent ({arrived} known to have arrived)"
    yield True, f"outbox: {due} due, {sent}, {failed} did not arrive, {parked} with unknown outcome"
    alarm = barred_alarm(now())
    if alarm:
        remedy = "register the sender with the carriers and look at what the texts say; nothing of it is tried again"
        yield False, f"{alarm}: {remedy}"
    for row in stopped:
        remedy = f"check its credentials and address; tried again at {row.try_again_at:%H:%M} UTC"
        yield False, f"channel {row.channel} is stopped ({row.code}): {remedy}"


def _channels(opened: Place) -> Iterator[Finding]:
    for channel in in_use(opened.settings):
        try:
            provider = WAYS[channel].provider(opened.settings, now())
        except SettingsError as error:
            yield False, f"channel {channel} is not ready: {error}"
        else:
            yield True, f"channel {channel} goes through {provider.name}"
    if Channel.SMS not in in_use(opened.settings):
        yield True, "no SMS are sent: set AFTERCARE_SMS to twilio, or to outbox for files"


def _held(opened: Place) -> Iterator[Finding]:
    with opened.store.read() as db:
        for one in in_force(db):
            by = "a fuse" if one.fuse else one.held_by
            release = f"`./aftercare sending release {one.id}`, when it may go on"
            yield False, f"{told(one)}: held by {by} since {one.since:%Y-%m-%d %H:%M} UTC ({one.reason}): {release}"


def _staff(opened: Place) -> Iterator[Finding]:
    with opened.store.read() as db:
        yield from findings.mail_to_staff(db, now())


def _on_call(opened: Place) -> Iterator[Finding]:
    texts = Channel.SMS in in_use(opened.settings)
    with opened.store.read() as db:
        yield from findings.on_call(db, opened.policy.rules, now(), texts=texts)


def _incoming(opened: Place) -> Iterator[Finding]:
    settings = opened.settings
    yield from findings.events(settings)
    yield from findings.replies(settings)
    with opened.store.read() as db:
        yield from findings.unread(db, now())
    yield from findings.intake(settings)
    yield from findings.sources(settings)


def _sender(opened: Place) -> Iterator[Finding]:
    yield from findings.sender(opened.settings)
