"""What a page says after something was done. The address names the words; it never holds them."""

from typing import Final

NOTES: Final[dict[str, str]] = {
    "welcome": "You are signed in.",
    "password": "Your password is changed. Sign in with the new one.",
    "own": "Your settings are kept.",
    "paused": "The clock of the resolution stands still.",
    "resumed": "The clock of the resolution runs again.",
    "called": "The call is written down.",
    "asked": "The supervisor is asked to sign.",
    "signed": "You have signed. The concern is closed, and its case ends as unreachable.",
    "declined": "It is not signed. The concern stays open.",
    "before": "This form was taken before; nothing was done twice.",
}
