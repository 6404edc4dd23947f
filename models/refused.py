"""What a person asked for cannot be done."""


class Refused(Exception):
    """The text says why and what to do, in a sentence for the person who asked. Nothing was written."""
