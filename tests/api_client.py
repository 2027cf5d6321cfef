"""A client of the API that authenticates with a token, as a program does."""

import json
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from workouts.accounts.tokens import issue
from workouts.models import Token


class ApiClient(Client):
    def __init__(self, user: User) -> None:
        super().__init__(headers={"Authorization": f"Bearer {issue(user, Token.Purpose.API)}"})

    def send(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """Checks the answer's status and returns its JSON."""
        content = b"" if body is None else json.dumps(body)
        return self.send_raw(method, path, content, status)

    def send_raw(
        self, method: str, path: str, content: bytes | str, status: int = 200, content_type: str = "application/json"
    ) -> Any:
        response = self.generic(method, f"/api/{path}", content, content_type=content_type)
        assert response.status_code == status, response.content
        return response.json()
