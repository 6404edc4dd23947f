"""What a page says after something was done. The address names the words; it never holds them."""

from typing import Final

NOTES: Final[dict[str, str]] = {
    "welcome": "You are signed in.",
    "password": "Your password is changed. Sign in with the new one.",
    "own": "Your settings are kept.",
    "claimed": "This call is yours. Nobody else is given it for a while.",
    "released": "The call is free again.",
    "no-call": "There is no call for you now: others have taken what is left.",
    "recorded": "The call is saved.",
    "recorded-again": "The call is saved. The customer will be called again at the time that they named.",
    "settled": "The reply is settled.",
    "before": "This form was taken before; nothing was done twice.",
}
