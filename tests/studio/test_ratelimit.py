"""Counting what somebody does, in the cache that a studio has by default."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command

from config import settings as ours
from studio.ratelimit import is_within

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def default_cache(settings: Any) -> None:
    settings.CACHES = ours.CACHES
    call_command("createcachetable", verbosity=0)


def test_nobody_pushes_their_own_count_out_with_hundreds_of_others() -> None:
    is_within("guess", "anna", most=1, seconds=3600)
    for number in range(400):
        cache.add(f"rate:guess:b{number}", 1)

    assert not is_within("guess", "anna", most=1, seconds=3600)
