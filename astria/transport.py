"""One HTTP call: sent, answered, judged, reported. The only module that knows the HTTP library's sessions.

The key leaves this machine in the Authorization header only, and only to the base address. Errors are raised
outside of except blocks, so that no chained error holds the request and with it the key.
"""

from __future__ import annotations

import copy
import io
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TypedDict, TypeVar

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from astria.answer import Answer, decoded, nothing, receive
from astria.encoding import encode, encode_query
from astria.errors import AstriaError, InvalidResponse, error_for
from astria.failures import FAILURES, explain
from astria.messages import read_messages
from astria.request import Request
from astria.retry import Retry, parse_retry_after
from astria.secret import Secret

T = TypeVar("T")
Parse = Callable[[object], T]
Timeout = tuple[float, float]

MAX_HOPS = 5

logger = logging.getLogger("astria")


@dataclass(frozen=True)
class Call:
    """One HTTP try, for the record: `path` without query, `error` is a class name of astria.errors or ""."""

    method: str
    path: str
    status: int | None
    milliseconds: int
    error: str


class Named(TypedDict):
    """What names a call in errors and records."""

    method: str
    path: str


class Transport:
    """Sends calls to one base address with one key. Threads may share it."""

    def __init__(
        self,
        secret: Secret,
        base_url: str,
        *,
        timeout: Timeout,
        before_call: Callable[[str, str], object] | None,
        on_call: Callable[[Call], object] | None,
        session: requests.Session | None,
        retry: Retry,
    ) -> None:
        self.base_url = base_url
        self._secret = secret
        self._timeout = timeout
        self._before_call = before_call
        self._on_call = on_call
        self._session = session or requests.Session()
        self._owns_session = session is None
        self._retry = retry

    def close(self) -> None:
        """Close the connections kept open, unless they are of a session that was given."""
        if self._owns_session:
            self._session.close()

    def get(
        self,
        path: str,
        parse: Parse[T],
        query: Mapping[str, int] | Mapping[str, str] | Mapping[str, int | str] | None = None,
    ) -> T:
        """Return the parsed answer of a GET, repeated if that may help. Raises AstriaError."""
        url = self.base_url + path + (f"?{encode_query(query)}" if query else "")
        return self._retry.run(lambda: self._call(Request("GET", url), parse))

    def post(self, path: str, parse: Parse[T], body: Mapping[str, object] | None = None) -> T:
        """Return the parsed answer of a POST, sent once. Raises AstriaError."""
        encoded = encode(body) if body is not None else None
        return self._call(Request("POST", self.base_url + path, encoded), parse)

    def patch(self, path: str, parse: Parse[T], body: Mapping[str, object]) -> T:
        """Return the parsed answer of a PATCH, sent once. Raises AstriaError."""
        return self._call(Request("PATCH", self.base_url + path, encode(body)), parse)

    def delete(self, path: str) -> None:
        """Send a DELETE once. Raises AstriaError."""
        self._call(Request("DELETE", self.base_url + path), nothing)

    def _call(self, request: Request, parse: Parse[T]) -> T:
        for _ in range(MAX_HOPS):
            outcome = self._attempt(request, parse)
            if not isinstance(outcome, Request):
                return outcome
            request = outcome
        raise InvalidResponse("too many redirects", **self._named(request))

    def _attempt(self, request: Request, parse: Parse[T]) -> T | Request:
        named = self._named(request)
        if self._before_call is not None:
            self._before_call(named["method"], named["path"])
        started, status, failure = time.monotonic(), None, ""
        try:
            answer = self._exchange(request)
            status = answer.status
            return self._judge(request, answer, parse)
        except BaseException as error:
            failure = type(error).__name__
            raise
        finally:
            milliseconds = round((time.monotonic() - started) * 1000)
            self._report(Call(named["method"], named["path"], status, milliseconds, failure))

    def _report(self, call: Call) -> None:
        if self._on_call is None:
            return
        try:
            self._on_call(call)
        except Exception:
            logger.exception("on_call failed for %s %s", call.method, call.path)

    def _exchange(self, request: Request) -> Answer:
        try:
            return self._send(request)
        except FAILURES as error:
            kind, reason = explain(error)
        raise kind(self._secret.scrub(f"{request}: {reason}"), **self._named(request))

    def _send(self, request: Request) -> Answer:
        prepared = self._session.prepare_request(self._prepared(request))
        adapter = self._session.get_adapter(request.url)
        if request.method not in {"POST", "PATCH"}:
            return self._through(adapter, prepared)
        # On a kept connection that the server has just closed, "not sent" would look like "connection lost".
        with closing(fresh(adapter)) as once:
            return self._through(once, prepared)

    def _through(self, adapter: BaseAdapter, prepared: requests.PreparedRequest) -> Answer:
        verify = self._session.verify
        settings = self._session.merge_environment_settings(prepared.url or "", {}, True, verify, None)
        # Not through the session: it would follow redirects and keep cookies.
        response = adapter.send(
            prepared,
            stream=True,
            timeout=self._timeout,
            verify=True if settings["verify"] is None else settings["verify"],
            cert=settings["cert"],
            proxies=settings["proxies"],
        )
        return receive(response, self._timeout[1])

    def _prepared(self, request: Request) -> requests.Request:
        # Rails answers with pages, or redirects to its sign-in, when not asked for JSON.
        headers = {"Accept": "application/json"}
        if request.body is None:
            return requests.Request(request.method, request.url, headers=headers, auth=self._secret)
        headers["Content-Type"] = request.body.content_type
        # As a stream it is written in blocks. In one piece it would have to pass within the connect time-out.
        body = io.BytesIO(request.body.content)
        return requests.Request(request.method, request.url, headers=headers, auth=self._secret, data=body)

    def _judge(self, request: Request, answer: Answer, parse: Parse[T]) -> T | Request:
        if 300 <= answer.status < 400 and (moved := request.moved(answer.status, answer.headers)):
            return moved
        if not 200 <= answer.status < 300:
            reason = "an unexpected redirect" if 300 <= answer.status < 400 else ""
            raise self._error(error_for(answer.status), request, answer, reason)
        try:
            return parse(decoded(answer.content))
        except InvalidResponse as error:
            reason = str(error)
        raise self._error(InvalidResponse, request, answer, reason)

    def _error(self, kind: type[AstriaError], request: Request, answer: Answer, reason: str) -> AstriaError:
        body = self._secret.scrub(answer.content.decode("utf-8", "replace"))
        messages = [] if reason else self._messages(answer.content)
        said = reason or " · ".join(messages)
        return kind(
            self._secret.scrub(f"{request} answered {answer.status}" + (f": {said}" if said else "")),
            **self._named(request),
            status=answer.status,
            body=body,
            messages=messages,
            retry_after=parse_retry_after(answer.headers.get("Retry-After")),
        )

    def _named(self, request: Request) -> Named:
        # A redirect can put anything into a path, the key too.
        return {"method": request.method, "path": self._secret.scrub(request.path)}

    def _messages(self, content: bytes) -> list[str]:
        try:
            return [self._secret.scrub(text) for text in read_messages(decoded(content))]
        except InvalidResponse:
            return []


def fresh(adapter: BaseAdapter) -> BaseAdapter:
    """Return an adapter with the same settings and no connections, which is what requests' own copies are.

    Only its retries are gone: whatever a session is told to repeat, a POST is sent once.
    """
    once = copy.copy(adapter)
    if isinstance(once, HTTPAdapter):
        once.max_retries = urllib3.Retry(0, read=False)
    return once
