"""What tests and the developer's page ask and change while the sandbox runs. No part of Astria."""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from sandbox.account import balance, set_balance
from sandbox.discretion import without_secrets
from sandbox.faults import FAULTS, parse_faults, parse_names
from sandbox.later.callbacks import replay
from sandbox.models import Delivery
from sandbox.options import CALLBACKS, PICTURES, parse_speed
from sandbox.rails.bodies import read_params
from sandbox.rails.casting import Refused, to_boolean
from sandbox.reroutes import checked_reroutes
from sandbox.shapes import moment
from sandbox.switches import switches
from sandbox.visits import shown_visit

# Settings that are one of a few values.
CHOICES: dict[str, tuple[Any, ...]] = {
    "callbacks": CALLBACKS,
    "pictures": PICTURES,
    "deleted_prompt": (200, 204),
    "deleted_like": (201, 200, 204),
    "callback_body": ("narrow", "full"),
}
SHOWN_CALLBACKS = 100
MOST_NEXT = 1000
SLOWEST = 300

# A hundred thousand dollars.
LARGEST_BALANCE = 10**10


def show_settings(request: HttpRequest) -> HttpResponse:
    """GET /sandbox/settings: the switches, and the faults there are."""
    only_from_here(request)
    return JsonResponse(shown_settings() | {"known_faults": FAULTS})


def change_settings(request: HttpRequest) -> HttpResponse:
    """POST /sandbox/settings: change any of them; all or, if one makes no sense (422), none."""
    only_from_here(request)
    only_json(request)
    changes: dict[str, Any] = {name: _read(name, value) for name, value in read_params(request).items()}
    for name, value in changes.items():
        if name == "balance_mc":
            set_balance(value)
        else:
            setattr(switches, name, value)
    switches.wake.set()
    return JsonResponse(shown_settings())


def shown_settings() -> dict[str, object]:
    """Return the switches and the balance, which lies in the database."""
    return switches.shown() | {"balance_mc": balance()}


def show_requests(request: HttpRequest) -> HttpResponse:
    """GET /sandbox/requests: the last hundred API calls, newest first."""
    only_from_here(request)
    return JsonResponse([shown_visit(visit) for visit in list(switches.received)], safe=False)


def show_callbacks(request: HttpRequest) -> HttpResponse:
    """GET /sandbox/callbacks: the last hundred, newest first."""
    only_from_here(request)
    newest = Delivery.objects.order_by("-pk")[:SHOWN_CALLBACKS]
    return JsonResponse([_shown_callback(delivery) for delivery in newest], safe=False)


def replay_callback(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """POST /sandbox/callbacks/:id/replay: send it again, with the same body to the same address."""
    only_from_here(request)
    only_json(request)
    again = replay(get_object_or_404(Delivery, pk=delivery_id))
    return JsonResponse(_shown_callback(again), status=201)


def _shown_callback(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.pk,
        "kind": delivery.kind,
        "url": delivery.shown_url,
        "body": without_secrets(delivery.body),
        "created_at": moment(delivery.created_at),
        "sent_at": moment(delivery.sent_at),
        "outcome": delivery.outcome or None,
        "answer": delivery.answer,
        "milliseconds": delivery.milliseconds,
        "replay_of": delivery.replay_of,
    }


def only_json(request: HttpRequest) -> None:
    """Raise Refused for what is not JSON, as a form on a web page from elsewhere would send it."""
    # Browsers ask before they let a web page from elsewhere send JSON, and get no leave.
    if request.content_type != "application/json":
        raise Refused({"base": ["send application/json"]})


def only_from_here(request: HttpRequest) -> None:
    """Raise Http404 unless the call comes from this machine."""
    if not is_from_here(request):
        raise Http404


def is_from_here(request: HttpRequest) -> bool:
    """Tell whether this machine is calling, and no web page whose name was made to point at it."""
    host = request.get_host()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return _is_loopback(request.META["REMOTE_ADDR"]) and (name == "localhost" or _is_address(name))


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


def _is_address(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return False


def _read(name: str, value: Any) -> object:
    readers: dict[str, Callable[[Any], object]] = {
        **{choice: partial(_one_of, values) for choice, values in CHOICES.items()},
        "speed": lambda given: parse_speed(str(given)),
        "faults": _faults,
        "next_faults": _next_faults,
        "slow_seconds": _slow_seconds,
        "retry_after": lambda given: None if given in (None, "") else _whole(given, 3600),
        "idempotent": lambda given: bool(to_boolean(given)),
        "balance_mc": lambda given: None if given in (None, "") else _whole(given, LARGEST_BALANCE),
        "failure_callbacks": lambda given: bool(to_boolean(given)),
        "lenient": lambda given: bool(to_boolean(given)),
        "reroutes": lambda given: checked_reroutes(dict(given)),
    }
    if name not in readers:
        raise Refused({name: ["is not a setting"]})
    try:
        return readers[name](value)
    except (ValueError, TypeError, OverflowError, StopIteration) as error:
        raise Refused({name: [str(error) or "is not possible"]}) from error


def _faults(given: Any) -> dict[str, float]:
    if isinstance(given, dict):
        given = ",".join(f"{name}={rate}" for name, rate in given.items())
    if not isinstance(given, str | None):
        raise ValueError("are named as in `429=0.05,prompt-fails=0.1`, or in an object of rates")
    return parse_faults(given or "")


def _next_faults(given: Any) -> deque[str]:
    items = [given] if isinstance(given, str) else list(given or ())
    if len(items) > MOST_NEXT:
        raise ValueError(f"at most {MOST_NEXT}")
    return deque(", ".join(parse_names(str(item or ""))) for item in items)


def _whole(given: Any, most: int) -> int:
    number = int(given)
    if not 0 <= number <= most:
        raise ValueError(f"must lie between 0 and {most}")
    return number


def _one_of(values: tuple[Any, ...], given: Any) -> Any:
    return next(value for value in values if str(value) == str(given))


def _slow_seconds(given: Any) -> float:
    seconds = float(given)
    if not 0 <= seconds <= SLOWEST:
        raise ValueError(f"must lie between 0 and {SLOWEST}")
    return seconds
