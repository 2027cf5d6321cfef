"""Authentication: a program with a token, or a browser that is logged in."""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security.base import AuthBase
from ninja.security.http import HttpAuthBase
from ninja.utils import check_csrf

from workouts.accounts import login_tokens, tokens
from workouts.models import Token


class BearerToken(HttpAuthBase):
    """`Authorization: Bearer SECRET`. The secret comes from a login by the API or from the command api_token.

    Not ninja's HttpBearer, which logs headers that it cannot read.
    """

    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> User | None:
        scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        secret = rest.strip()
        user = login_tokens.user_of(secret) or tokens.find(secret, Token.Purpose.API)
        if user:
            request.user = user
        return user


class SessionLogin(AuthBase):
    """The session cookie. The CSRF token is checked after it: without a login the answer is 401, not 403."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> AbstractBaseUser | None:
        if not request.user.is_authenticated:
            return None
        if check_csrf(request):
            raise HttpError(403, "No valid CSRF token. Send the value of the cookie csrftoken as X-CSRFToken.")
        return request.user
