"""`templates`: look at what customers and staff will read."""

from pathlib import Path
from typing import Annotated

import typer

from cli.fault import Fault
from config.settings import read_settings
from policy.file import read_policy
from templates.catalogues import write_catalogue
from templates.language import SOURCE, known_languages
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
    """Check that every template is whole, and that every language has all messages with their values."""
    offered = read_policy(read_settings().policy_file).rules.languages.offered
    check_templates(languages=sorted({*known_languages(), *offered}))
    typer.echo(f"All templates are complete, in {', '.join(known_languages())}. Offered: {', '.join(offered)}.")


@app.command()
def catalogue(
    language: Annotated[str, typer.Argument(help="The name of its folder in templates/languages, such as de.")],
) -> None:
    """Bring a language's messages.po up to the templates: new messages are added, translations stay."""
    if language == SOURCE:
        raise Fault(f"the templates are written in {SOURCE}, which has no catalogue; change the templates")
    missing = write_catalogue(language)
    typer.echo(f"Wrote templates/languages/{language}/messages.po. Not translated: {len(missing)}.")
