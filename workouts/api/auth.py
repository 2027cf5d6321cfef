"""Who asks: a program with a token, or a browser that is logged in."""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security.base import AuthBase
from ninja.security.http import HttpAuthBase
from ninja.utils import check_csrf

from workouts import tokens
from workouts.models import Token


class BearerToken(HttpAuthBase):
    """`Authorization: Bearer SECRET`. Not ninja's HttpBearer, which writes headers that it cannot read to the log."""

    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> User | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        user = tokens.find(secret.strip(), Token.Purpose.API) if scheme.lower() == "bearer" else None
        if user:
            request.user = user
        return user


class SessionLogin(AuthBase):
    """The session's cookie. Only after it the CSRF token is looked at: without a login the answer is 401, not 403."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> AbstractBaseUser | None:
        if not request.user.is_authenticated:
            return None
        if check_csrf(request):
            raise HttpError(403, "No valid CSRF token. Send the value of the cookie csrftoken as X-CSRFToken.")
        return request.user
