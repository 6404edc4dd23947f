"""What a page says after something was done. The address names the words; it never holds them."""

from typing import Final

NOTES: Final[dict[str, str]] = {
    "welcome": "You are signed in.",
    "password": "Your password is changed. Sign in with the new one.",
    "own": "Your settings are kept.",
    "before": "This form was taken before; nothing was done twice.",
}
