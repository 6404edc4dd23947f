"""What is wrong and what to do about it, in one sentence. The command ends with status 2 and no traceback."""


class Fault(Exception):
    """A mistake in what was asked for, or in the surroundings."""
