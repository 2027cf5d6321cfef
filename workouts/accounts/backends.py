"""The account of a session, by a statement that is compiled once: every request of a logged-in athlete looks it up."""

from functools import cache
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from workouts.models.statements import Select


class AccountBackend(ModelBackend):
    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:  # type: ignore[override]
        """Raises PermissionDenied: the backend after this one would only hash a wrong password once more."""
        if account := super().authenticate(request, **credentials):
            return account
        raise PermissionDenied

    def get_user(self, user_id: Any) -> User | None:
        account = next(_by_id().rows([user_id]), None)
        return account if account and self.user_can_authenticate(account) else None


@cache
def _by_id() -> Select[User]:
    return Select(User.objects.filter(pk=0))
