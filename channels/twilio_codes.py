"""What Twilio's error numbers mean, the same in an answer to a request and in a status callback. The words are ours."""

from channels.protocol import AddressFault, Outcome

CODE_MEANING = {
    20003: Outcome.STOPPED,  # the credentials are wrong
    20005: Outcome.STOPPED,  # the account is not active
    20429: Outcome.LATER,  # too many requests: not processed
    14107: Outcome.LATER,  # too many messages for now
}
"""What a refusal (4xx) means by the error number in it. Every other one is about this message: REJECTED."""

ADDRESS_FAULTS = {
    21211: AddressFault.INVALID,  # no telephone number
    21614: AddressFault.INVALID,  # not a mobile number
    30005: AddressFault.INVALID,  # nobody has it
    30006: AddressFault.INVALID,  # a landline, or a carrier that cannot be reached
    21610: AddressFault.OPTED_OUT,  # has sent STOP to this sender
}
"""What an error number says of the recipient's number for all time. Others are of this message or this moment."""


def about_a_message(code: int) -> bool:
    """Whether an error number is of those that speak of a message and its recipient, not of the account."""
    return 21_000 <= code < 22_000 or 30_000 <= code < 31_000
