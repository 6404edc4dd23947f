"""`people`: who works in the console. The first administrator is let in here; the others by an administrator."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from models import people
from models.passwords import hash_password
from models.people import NewPerson, PersonError
from policy.own_names import as_in_policy
from vocabulary import Role

app = typer.Typer(no_args_is_help=True, help="The people of the company who work in the console.")
Address = Annotated[str, typer.Argument(help="Their e-mail address.")]
FromInput = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@app.command()
def add(
    email: Address,
    *,
    name: Annotated[str, typer.Option(help="As the log and others name them.")],
    role: Annotated[list[Role], typer.Option(help="What they do; may be given several times.")],
    department: Annotated[list[str] | None, typer.Option(help="Whose cases they see; all when left out.")] = None,
    timezone: Annotated[str, typer.Option(help="In which times are shown to them.")] = "UTC",
    password_stdin: FromInput = False,
) -> None:
    """Let a person in. Asks for the password."""
    try:
        kept = hash_password(_password(from_input=password_stdin), [email, name])
        rules = here().policy.rules
        theirs = [as_in_policy(one, "department", rules) for one in department or ["*"]]  # as cases have them
        new = NewPerson(email=email, name=name, roles=role, departments=theirs, timezone=timezone, password_hash=kept)
        with here().store.write() as db:
            people.add(db, new, at=now())
    except PersonError as error:
        raise Fault(str(error)) from None
    typer.echo(f"{name} may sign in at {here().settings.web_url}/console.")


@app.command("list")
def list_(*, everybody: Annotated[bool, typer.Option("--all", help="Also those who are shut out.")] = False) -> None:
    """Who may sign in, and as what."""
    with here().store.read() as db:
        known = people.listed(db, everybody=everybody)
    if not known:
        typer.echo("Nobody yet. Let an administrator in: ./aftercare people add ADDRESS --name NAME --role admin")
        return
    table = Table(header_style="bold")
    for title in ("no.", "name", "address", "roles", "departments", "state"):
        table.add_column(title)
    for person in known:
        state = "shut out" if person.disabled_at else "away" if person.is_away(now()) else ""
        table.add_row(str(person.id), escape(person.name), person.email, ", ".join(sorted(person.roles)),
                      escape(", ".join(sorted(person.departments))), state)  # fmt: skip
    Console().print(table)


@app.command()
def password(email: Address, *, password_stdin: FromInput = False) -> None:
    """Give somebody a new password. Signs them out everywhere."""
    try:
        with here().store.read() as db:
            person = people.by_email(db, email)
        if person is None:
            raise PersonError(f"nobody has the address {email}; `./aftercare people list` shows who is known")
        kept = hash_password(_password(from_input=password_stdin), [email, person.name])
        with here().store.write() as db:
            people.set_password(db, person.id, kept, at=now(), by="command line")
    except PersonError as error:
        raise Fault(str(error)) from None
    typer.echo(f"{person.name} has a new password.")


def _password(*, from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Fault("there is no terminal to ask for the password at; give it by --password-stdin")
    given: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return given
