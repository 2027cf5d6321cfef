"""Secrets that stand for a login: issued once, stored as digests, compared in constant time."""

import hashlib
import secrets

from django.contrib.auth.models import User

from workouts.models import Token

SECRET_BYTES = 32


def issue(user: User, purpose: Token.Purpose) -> str:
    """A new secret in place of the user's one for this purpose. It cannot be shown again."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    Token.objects.update_or_create(user=user, purpose=purpose, defaults={"digest": _digest(secret)})
    return secret


def revoke(user: User, purpose: Token.Purpose) -> bool:
    """Whether there was one."""
    deleted, _ = Token.objects.filter(user=user, purpose=purpose).delete()
    return bool(deleted)


def find(secret: str, purpose: Token.Purpose) -> User | None:
    """The active user whose secret this is. Every digest is compared, so that the time taken tells nothing."""
    digest, found = _digest(secret), None
    for token in Token.objects.filter(purpose=purpose, user__is_active=True).select_related("user"):
        if secrets.compare_digest(token.digest, digest):
            found = token.user
    return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
