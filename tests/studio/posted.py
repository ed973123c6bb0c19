"""What was posted to Astria, as its server would read it."""

from __future__ import annotations

import email
import json
from dataclasses import dataclass, field
from typing import Any

import requests
from responses import RequestsMock


@dataclass
class Form:
    """A multipart request: its text fields and its files (name, file name, content)."""

    texts: dict[str, str] = field(default_factory=dict)
    files: list[tuple[str, str, bytes]] = field(default_factory=list)


def form_of(request: requests.PreparedRequest) -> Form:
    """Read a multipart request."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    form = Form()
    parts: Any = email.message_from_bytes(head + _body(request)).get_payload()
    for part in parts:
        name = str(part.get_param("name", header="Content-Disposition"))
        content = part.get_payload(decode=True)
        filename = part.get_filename()
        if filename is None:
            form.texts[name] = content.decode()
        else:
            form.files.append((name, filename, content))
    return form


def json_of(request: requests.PreparedRequest) -> Any:
    """Read a JSON request."""
    return json.loads(_body(request))


def _body(request: requests.PreparedRequest) -> bytes:
    body: Any = request.body
    if hasattr(body, "getvalue"):
        return bytes(body.getvalue())
    return bytes(body or b"")


def calls(api: RequestsMock, method: str) -> list[requests.PreparedRequest]:
    """Return the requests that were made with a method."""
    return [call.request for call in api.calls if call.request.method == method]
