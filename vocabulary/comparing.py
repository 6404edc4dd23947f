"""How names that people type are compared: case, spaces and the width of letters do not count."""

import unicodedata


def compared(name: str) -> str:
    """ "Job Completed", "JOB  COMPLETED " and "job completed" alike. Accents count: they tell words apart."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())
