"""Our client of the Astria API: the one place that knows address and key."""

from __future__ import annotations

from functools import partial

from django.conf import settings

from astria import Astria, Call, Retry
from studio.models import Event, Shoot, Tune

# One more try after a hiccup. Who asks for a longer pause is asked again by the clock: a worker that
# naps is a worker less.
RETRY = Retry(tries=2, wait=0.3, longest=1.0)


def astria_client(
    *, shoot: Shoot | None = None, tune: Tune | None = None, timeout: tuple[float, float] = (5.0, 35.0)
) -> Astria:
    """Return a client whose every call is written to the timeline of `shoot` or `tune`."""
    return Astria(
        settings.ASTRIA_API_KEY,
        base_url=settings.ASTRIA_BASE_URL,
        timeout=timeout,
        retry=RETRY,
        on_call=partial(_record, shoot, tune),
    )


def _record(shoot: Shoot | None, tune: Tune | None, call: Call) -> None:
    outcome = str(call.status or call.error)
    data = {
        "method": call.method,
        "path": call.path,
        "status": call.status,
        "ms": round(call.milliseconds),
        "error": call.error,
    }
    text = f"{call.method} {call.path}: {outcome}"
    Event.record(Event.Kind.CALL, text, shoot=shoot, tune=tune, data=data)
