"""What happens to every request before a view sees it, in the order of settings.MIDDLEWARE."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from sandbox import faults
from sandbox.account import Unpaid
from sandbox.later import clock
from sandbox.rails.bodies import Malformed
from sandbox.rails.casting import Refused
from sandbox.server import hang_up, is_hung_up
from sandbox.switches import switches
from sandbox.visits import MET, remember

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# The developer's page, the switches and the pictures are no part of the API: no key, no faults.
PUBLIC = re.compile(r"/|/favicon\.ico|/(?:mp|covers|sandbox)/.*")
NEVER_FAULTY = re.compile(r"/|/favicon\.ico|/sandbox/.*")
WITHOUT_KEY = re.compile(r"/gallery/(?:packs|tunes)|/cli/models")


class RequestLog:
    """Remember the last API calls for the developer, and set the length so that connections stay open."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer and take note."""
        at, started, path = clock.now(), time.monotonic(), request.path
        response = self.get_response(request)
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
        if not PUBLIC.fullmatch(request.path_info):
            milliseconds = round((time.monotonic() - started) * 1000)
            status = 0 if is_hung_up(request) else response.status_code
            remember(request, at, path, status, milliseconds)
        return response


class RailsPaths:
    """Take `//tunes/1.json/` for `/tunes/1`, as Astria does."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Tidy the path and pass on."""
        path = re.sub(r"/{2,}", "/", request.path_info)
        if not path.startswith(("/covers/", "/sandbox/")):
            path = path.rstrip("/").removesuffix(".json") or "/"
        request.path_info = path
        return self.get_response(request)


class Readable:
    """Turn what cannot be read into 400, what breaks a rule into 422, what is not paid into 402."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for the exceptions that views let out."""
        if isinstance(error, Malformed | SuspiciousOperation):
            return JsonResponse({"status": 400, "error": str(error) or "Bad Request"}, status=400)
        if isinstance(error, Refused):
            return JsonResponse(error.errors, status=422)
        if isinstance(error, Unpaid):
            return JsonResponse({"error": str(error)}, status=402)
        return None


class Keys:
    """Let in who brings a key: the one given at the start, or without one any that looks like Astria's."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 401 to everybody else; learn by which address the API is called, for callbacks."""
        if PUBLIC.fullmatch(request.path_info) or WITHOUT_KEY.fullmatch(request.path_info):
            return self.get_response(request)
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        welcome = key == switches.key if switches.key else key.startswith("sd_")
        if scheme.lower() != "bearer" or not welcome:
            message = "You need to sign in or sign up before continuing."
            return JsonResponse({"error": message}, status=401)
        switches.base_url = base_url(request)
        return self.get_response(request)


class HttpFaults:
    """Fail when asked to, by the call's own header, by `next_faults`, or by rate; see sandbox/faults.py."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 422 for faults that do not exist, else as the faults will have it."""
        try:
            asked = _asked(request)
        except ValueError as error:
            return JsonResponse({faults.HEADER: [str(error)]}, status=422)
        met = _met(request, asked)
        request.META[MET] = met
        with faults.asking(asked):
            return self._refuse(request, met) or self._answer(request, met)

    def _refuse(self, request: HttpRequest, met: Collection[str]) -> HttpResponse | None:
        """Return the answer to a call that is not carried out."""
        if "dropped" in met:
            return hang_up(request)
        if "429" in met:
            wait = {} if switches.retry_after is None else {"Retry-After": str(switches.retry_after)}
            return JsonResponse({"error": "Too many requests"}, status=429, headers=wait)
        if "500" in met:
            return JsonResponse({"status": 500, "error": "Internal Server Error"}, status=500)
        return _gateway_timeout() if "504" in met else None

    def _answer(self, request: HttpRequest, met: Collection[str]) -> HttpResponseBase:
        """Carry the call out, and then perhaps fail to say so."""
        response = self.get_response(request)
        if "slow" in met:
            time.sleep(switches.slow_seconds)
        if "dropped-after" in met:
            return hang_up(request)
        if "504-after" in met and request.method not in ("GET", "HEAD"):
            return _gateway_timeout()
        return response


def _asked(request: HttpRequest) -> tuple[str, ...]:
    """Return the faults asked for: by the header, and on API calls by the setting `next_faults`."""
    if NEVER_FAULTY.fullmatch(request.path_info):
        return ()
    names = faults.parse_names(request.headers.get(faults.HEADER, ""))
    if PUBLIC.fullmatch(request.path_info):
        return names
    return names + faults.parse_names(switches.take_next_faults())


def _met(request: HttpRequest, asked: tuple[str, ...]) -> tuple[str, ...]:
    """Return the faults that this call meets; what has a rate is for the API alone."""
    if PUBLIC.fullmatch(request.path_info):
        return asked
    event = f"call {next(switches.calls)}"
    by_rate = [name for name in faults.CALL_FAULTS if switches.meets(name, event)]
    return (*asked, *(name for name in by_rate if name not in asked))


def _gateway_timeout() -> HttpResponse:
    return HttpResponse("504 Gateway Time-out", status=504, content_type="text/plain")


def base_url(request: HttpRequest) -> str:
    """Return scheme and host by which this request came; our own address when the header makes no sense."""
    try:
        return f"http://{request.get_host()}"
    except SuspiciousOperation:
        return switches.base_url
