"""Why something cannot be built."""


class CannotBuildError(Exception):
    """The message is the reason, and what to do, as the end of a sentence."""
