"""The fixtures of tests/releases for a project of its own, beside the planner."""

from tests.releases.conftest import new_project, postgresql, project, role

__all__ = ["new_project", "postgresql", "project", "role"]
