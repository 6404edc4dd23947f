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
    "claimed": "This call is yours. Nobody else is given it for a while.",
    "released": "The call is free again.",
    "no-call": "There is no call for you now: others have taken what is left.",
    "recorded": "The call is saved.",
    "recorded-again": "The call is saved. The customer will be called again at the time that they named.",
    "settled": "The reply is settled.",
    "acknowledged": "The concern is in your hands.",
    "commented": "Your comment is kept.",
    "written": "Your message is owed to the customer and goes out in their contact window.",
    "contact_noted": "The contact is noted.",
    "handed_over": "The concern is handed over; the new owner is told by mail.",
    "subtask_asked": "The department is asked by mail.",
    "subtask_done": "Done. The owner of the concern is told by mail.",
    "subtask_withdrawn": "The sub-task is withdrawn; the department is told by mail.",
    "attached": "The concern is attached; its case ends when this one does.",
    "resolved": "The concern is resolved. Later the customer is asked whether it helped.",
    "corrected": "The root cause is corrected; the log keeps both.",
    "before": "This form was taken before; nothing was done twice.",
}
