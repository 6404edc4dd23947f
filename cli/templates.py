"""`templates`: look at what customers and staff will read."""

from pathlib import Path
from typing import Annotated

import typer

from config.settings import read_settings
from templates.preview import write_preview
from templates.render import check_templates

app = typer.Typer(no_args_is_help=True, help="The texts of mails and pages.")


@app.command()
def preview(
    folder: Annotated[Path | None, typer.Argument(help="Where to; `preview` in the home when left out.")] = None,
) -> None:
    """Write every mail and page with sample data into one browsable page."""
    typer.echo(f"Open {write_preview(folder or read_settings().home / 'preview')} in a browser.")


@app.command()
def check() -> None:
    """Check that every template has its parts and uses only what it is given."""
    check_templates()
    typer.echo("All templates are complete.")
