"""A deploy before it happens: `python -m releases.rehearsal`, in the directory of manage.py.

It runs this code on a throwaway PostgreSQL with real or made-up data, in its platform's order, while others use it. No
running instance is touched, and nothing leaves the machine. It needs the extra `rehearsal`.
"""

from releases.rehearsal.scenario import CannotRehearseError, Request, Scenario, Statement

__all__ = ["CannotRehearseError", "Request", "Scenario", "Statement"]
