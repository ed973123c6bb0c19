"""Our client of the Astria API: the one place that knows address and key."""

from __future__ import annotations

from django.conf import settings

from astria import Astria, Retry
from studio.budget import Places, Purpose
from studio.models import Shoot, Tune

# One more try after a hiccup. Who asks for a longer pause is asked again by the clock: a worker that
# naps is a worker less.
RETRY = Retry(tries=2, wait=0.3, longest=1.0)


def astria_client(
    *,
    purpose: Purpose = Purpose.LOOK,
    shoot: Shoot | None = None,
    tune: Tune | None = None,
    timeout: tuple[float, float] = (5.0, 35.0),
) -> Astria:
    """Return a client whose every call takes a place in the budget, on the timeline of `shoot` or `tune`."""
    places = Places(purpose, shoot, tune)
    return Astria(
        settings.ASTRIA_API_KEY,
        base_url=settings.ASTRIA_BASE_URL,
        timeout=timeout,
        retry=RETRY,
        before_call=places.take,
        on_call=places.complete,
    )
