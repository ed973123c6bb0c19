"""Whose address a request is counted by: only our own proxies are believed."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.test import RequestFactory

from accounts.requests import client_address

STRANGER, PROXY = "198.51.100.7", "10.0.0.1"


def address(forwarded: str = "", connected: str = PROXY) -> str:
    more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=connected, **more))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "", PROXY),
        (0, STRANGER, PROXY),
        (1, STRANGER, STRANGER),
        (1, f"203.0.113.9, {STRANGER}", STRANGER),
        (2, f"203.0.113.9, {STRANGER}, 10.0.0.2", STRANGER),
        (1, "2001:DB8::1", "2001:db8::1"),
        (2, STRANGER, PROXY),
        (1, "", PROXY),
        (1, "nonsense", PROXY),
    ],
    ids=[
        "no proxy",
        "spoofed",
        "one",
        "one, spoofed",
        "two, spoofed",
        "IPv6",
        "past one",
        "past it",
        "nonsense",
    ],
)
def test_the_outermost_of_our_proxies_says_it_and_nobody_else(
    settings: Any, proxies: int, forwarded: str, found: str
) -> None:
    settings.TRUSTED_PROXIES = proxies

    assert address(forwarded) == found


def test_over_a_local_socket_nobody_has_an_address() -> None:
    assert address(connected="") == "unknown"


def test_attempts_to_sign_in_are_counted_by_the_same_address(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=f"203.0.113.9, {STRANGER}")

    assert get_adapter().get_client_ip(request) == client_address(request) == STRANGER
