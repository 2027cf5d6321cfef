"""Which requests are told by /readyz what is missing."""

from typing import Any

import pytest
from django.test import RequestFactory, override_settings

from releases.insiders import is_insider


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, True),
        ({"REMOTE_ADDR": "10.1.2.3"}, True),
        ({"REMOTE_ADDR": "100.64.0.2"}, True),
        ({"REMOTE_ADDR": "fd12::7"}, True),
        ({"REMOTE_ADDR": "::ffff:192.168.0.1"}, True),
        ({"REMOTE_ADDR": "8.8.8.8"}, False),
        ({"REMOTE_ADDR": "::ffff:8.8.8.8"}, False),
        ({"REMOTE_ADDR": "2606:4700::1"}, False),
        ({"REMOTE_ADDR": ""}, False),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_X_FORWARDED_FOR": "10.0.0.1"}, False),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_FORWARDED": "for=10.0.0.1"}, False),
        ({"REMOTE_ADDR": "8.8.8.8", "HTTP_AUTHORIZATION": "Bearer secret"}, True),
        ({"REMOTE_ADDR": "8.8.8.8", "HTTP_AUTHORIZATION": "Bearer Secret"}, False),
        ({"REMOTE_ADDR": "8.8.8.8", "HTTP_AUTHORIZATION": "Bearer sécret"}, False),
        ({"REMOTE_ADDR": "8.8.8.8", "HTTP_AUTHORIZATION": "secret"}, False),
    ],
)
def test_insiders_ask_directly_or_have_the_token(sent: dict[str, Any], told: bool) -> None:
    with override_settings(RELEASES={"READYZ_TOKEN": "secret"}):
        assert is_insider(RequestFactory().get("/readyz", **sent)) is told


@pytest.mark.parametrize("given", [{}, {"READYZ_TOKEN": ""}])
def test_without_a_token_in_the_settings_none_is_right(given: dict[str, str]) -> None:
    stranger = RequestFactory().get("/readyz", REMOTE_ADDR="8.8.8.8", HTTP_AUTHORIZATION="Bearer ")
    with override_settings(RELEASES=given):
        assert not is_insider(stranger)
