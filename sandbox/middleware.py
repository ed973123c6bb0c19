"""What happens to every request before a view sees it, in the order of settings.MIDDLEWARE."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone

from sandbox.bodies import Malformed
from sandbox.casting import Refused
from sandbox.switches import Received, switches

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# The developer's page, the switches and the pictures are no part of the API: no key, no faults.
PUBLIC = re.compile(r"/|/favicon\.ico|/(?:mp|covers|sandbox)/.*")
WITHOUT_KEY = re.compile(r"/gallery/packs")


class RequestLog:
    """Remember the last requests for the console, and set the length so that connections stay open."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer and take note."""
        started = time.monotonic()
        path = request.path
        response = self.get_response(request)
        if isinstance(response, HttpResponse):
            response.headers["Content-Length"] = str(len(response.content))
        if not PUBLIC.fullmatch(request.path_info):
            milliseconds = round((time.monotonic() - started) * 1000)
            method = request.method or ""
            switches.received.appendleft(
                Received(timezone.now(), method, path[:200], response.status_code, milliseconds)
            )
        return response


class RailsPaths:
    """Take `//tunes/1.json/` for `/tunes/1`, as Astria does."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Tidy the path, and learn by which address the API is called: callbacks carry the same."""
        path = re.sub(r"/{2,}", "/", request.path_info)
        if not path.startswith(("/covers/", "/sandbox/")):
            path = path.rstrip("/").removesuffix(".json") or "/"
        request.path_info = path
        return self.get_response(request)


class Readable:
    """Turn what cannot be read into 400 and what breaks a rule into 422."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for the two exceptions that views let out."""
        if isinstance(error, Malformed | SuspiciousOperation):
            return JsonResponse({"status": 400, "error": str(error) or "Bad Request"}, status=400)
        if isinstance(error, Refused):
            return JsonResponse(error.errors, status=422)
        return None


class Keys:
    """Let in who brings a key: the one given at the start, or without one any that looks like Astria's."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 401 to everybody else."""
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
    """Fail when asked to: 429 and 500 before anything is done, 504 after a POST was carried out."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Throw the dice only for the API."""
        if PUBLIC.fullmatch(request.path_info):
            return self.get_response(request)
        if switches.meets("429"):
            return JsonResponse({"error": "Too many requests"}, status=429)
        if switches.meets("500"):
            return JsonResponse({"status": 500, "error": "Internal Server Error"}, status=500)
        response = self.get_response(request)
        if request.method == "POST" and switches.meets("504-after"):
            return HttpResponse("504 Gateway Time-out", status=504, content_type="text/plain")
        return response


def base_url(request: HttpRequest) -> str:
    """Return scheme and host by which this request came; our own address when the header makes no sense."""
    try:
        return f"http://{request.get_host()}"
    except SuspiciousOperation:
        return switches.base_url
