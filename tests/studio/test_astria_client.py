"""The studio's client: a worker that it keeps waiting is a worker less."""

from __future__ import annotations

import time
from typing import Any

import pytest
import responses

import astria
from studio.astria_client import astria_client
from studio.budget import OverBudget
from tests.studio.conftest import API

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("headers", [{"Retry-After": "30"}, {}])
def test_a_limited_look_is_given_up_within_two_seconds(settings: Any, headers: dict[str, str]) -> None:
    settings.ASTRIA_BASE_URL = API
    started = time.monotonic()

    with responses.RequestsMock() as api:
        api.get(f"{API}/tunes/1", status=429, headers=headers)
        with pytest.raises((astria.RateLimited, OverBudget)):
            astria_client().tunes.get(1)

    assert time.monotonic() - started < 2
