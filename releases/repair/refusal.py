"""The refusal to build something."""


class CannotBuildError(Exception):
    """The message ends a sentence with the reason and what to do."""
