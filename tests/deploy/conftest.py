"""What tests/releases has for its own project, beside the planner."""

from tests.releases.conftest import new_project, postgresql, project, role

__all__ = ["new_project", "postgresql", "project", "role"]
