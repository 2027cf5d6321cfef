"""/api/auth: log in for a token, and find out whose token it is."""

import datetime
from typing import Annotated, Any, Literal

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router
from pydantic import ConfigDict, Field

from workouts.accounts import login_tokens
from workouts.accounts.logins import TOO_MANY_FAILURES
from workouts.api.bodies import NOT_SENT, Body
from workouts.api.errors import LOGGING_IN, READING, Refusal, refuse
from workouts.api.schemas import Answer, Done
from workouts.values.validation import Storable

router = Router(tags=["Login"], by_alias=True)

LONGEST_PASSWORD = 4096
"""A longer one only costs the server more time to hash."""


NOT_EMPTY = Field(json_schema_extra={"minLength": 1})
"""Only for the schema: the view refuses an empty value with its own message."""

UserName = Annotated[str, Field(max_length=User._meta.get_field("username").max_length), *Storable, NOT_EMPTY]
Password = Annotated[str, Field(max_length=LONGEST_PASSWORD), *Storable, NOT_EMPTY]


class LoginBody(Body):
    model_config = ConfigDict(json_schema_extra={"required": ["username", "password"]})

    username: UserName = NOT_SENT
    password: Password = NOT_SENT


class UserAnswer(Answer):
    id: int
    username: str
    created_at: datetime.datetime = Field(validation_alias="date_joined")
    last_login: datetime.datetime | None


class LoginAnswer(Done):
    token: str = Field(description="For `Authorization: Bearer TOKEN`.")
    expires_at: datetime.datetime
    user: UserAnswer


class VerifyAnswer(Answer):
    valid: Literal[True]
    user: UserAnswer


@router.post("/login", operation_id="logIn", auth=None, response={200: LoginAnswer, **LOGGING_IN})
def log_in(request: HttpRequest, body: LoginBody) -> dict[str, Any] | HttpResponse:
    """Returns a token for `Authorization: Bearer TOKEN`. It expires after 30 days, and when the password changes.

    Failures are counted together with those of the login page.
    """
    if request.content_type != "application/json":
        # django-axes reads form fields: it would store their values, and would not count a form that it cannot read.
        return refuse(415, "Send the login as JSON: Content-Type: application/json.")
    if not body.username or not body.password:
        return refuse(400, "Username and password are required.")
    name = User.normalize_username(body.username.strip())  # as the page's form does
    user = authenticate(request, username=name, password=body.password)
    if getattr(request, "axes_locked_out", False):
        return refuse(429, TOO_MANY_FAILURES)
    if not isinstance(user, User):
        return refuse(401, "Invalid username or password.")
    user_logged_in.send(sender=User, request=request, user=user)
    expires_at = timezone.now() + login_tokens.LIFETIME
    return {"message": "Login successful", "token": login_tokens.sign(user), "expires_at": expires_at, "user": user}


@router.post("/register", operation_id="register", auth=None, response={403: Refusal})
def register(request: HttpRequest) -> HttpResponse:
    """Always refused."""
    return refuse(403, "Registration is disabled. Create an account on the server: python manage.py create_athlete.")


@router.get("/verify", operation_id="verifyToken", response={200: VerifyAnswer, **READING})
def verify(request: HttpRequest) -> dict[str, Any]:
    """Confirms that the token is valid, and returns its user."""
    return {"valid": True, "user": request.user}


@router.get("/me", operation_id="getMe", response={200: UserAnswer, **READING})
def me(request: HttpRequest) -> Any:
    """Returns the user of the token or the session."""
    return request.user
