"""`policy`: check the file that the procedure runs by."""

from pathlib import Path
from typing import Annotated

import typer

from cli.fault import Fault
from config.settings import read_settings
from models.places import RegionError, check_region
from policy.file import Policy, read_policy
from policy.listening import check_words
from templates.render import check_templates

app = typer.Typer(no_args_is_help=True, help="The policy file: every number, window, rule and word of the procedure.")


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="The file; the one in force when left out.")] = None,
) -> None:
    """Read the policy as the procedure would; name every fault in it."""
    path = file or read_settings().policy_file
    policy = read_policy(path)
    check_places(path, policy)
    check_words()
    check_templates(languages=policy.rules.languages.offered)
    document = policy.rules.document
    typer.echo(f"{path} is a valid policy: {document.number} version {document.version}, hash {policy.version}.")


def check_places(path: Path, policy: Policy) -> None:
    """Closures, weekends and holidays of a region that does not exist would silently be without effect."""
    for closure in policy.rules.calendar.closures:
        if closure.region != "*":
            _check_place(path, f"calendar.closures ({closure.name})", closure.region)
    for holiday in policy.rules.calendar.holidays:
        if holiday.region != "*":
            _check_place(path, f"calendar.holidays ({holiday.name})", holiday.region)
    for weekend in policy.rules.calendar.weekends:
        _check_place(path, "calendar.weekends", weekend.country)


def _check_place(path: Path, key: str, region: str) -> None:
    try:
        check_region(region)
    except RegionError as error:
        raise Fault(f"{path}: {key}: {error}") from None
