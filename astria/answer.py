"""Reading an answer to its end, but not beyond reason."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field

import requests

from astria.errors import InvalidResponse
from astria.failures import FAILURES, TooLarge

MAX_BYTES = 20_000_000
CHUNK = 65_536


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)


def receive(response: requests.Response, patience: float) -> Answer:
    """Read an answer to its end. It may take as long again as its beginning, in seconds, and 20 MB."""
    deadline = time.monotonic() + patience
    content = bytearray()
    with closing(response):
        try:
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                content += chunk
                if len(content) > MAX_BYTES:
                    raise TooLarge("the answer is too large")
                if time.monotonic() > deadline:
                    raise TimeoutError("the answer did not end in time")
        except FAILURES:
            # The status of a refusal says enough, whatever became of its body.
            if response.status_code < 400:
                raise
        return Answer(response.status_code, response.headers, bytes(content))


def decoded(content: bytes) -> object:
    """Return the JSON of a body, None for a blank one. Raises InvalidResponse."""
    if not content.strip():
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        pass
    raise InvalidResponse("the answer is not JSON")


def nothing(_data: object) -> None:
    """Accept any JSON, or none."""
