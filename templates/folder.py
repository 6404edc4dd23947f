"""Where the templates stand, and what is raised when they cannot be used."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent


class TemplateFault(Exception):
    """Templates or languages that cannot be used. One line per fault: file, what is wrong, what to do."""
