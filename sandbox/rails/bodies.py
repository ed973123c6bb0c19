"""Reading what a client sends the way Rails does: JSON, urlencoded or multipart, all into one nested dict.

`tune[prompts_attributes][0][text]`, `tune[images][]`, `tune[prompts_attributes][][text]` follow Rack's rules:
the order of the parts decides what belongs together, which is why Django's own QueryDict will not do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.http.multipartparser import ChunkIter, LazyStream, MultiPartParserError, Parser
from django.utils.http import parse_header_parameters

from sandbox.rails.casting import whole

DEEPEST = 32
MOST_PARTS = 5000
# Under this name the request's META carries what was read (None: it could not be), for the developer's page.
READ = "sandbox.read"
PIECE = re.compile(r"\[([^\[\]]*)\]")


class Malformed(Exception):
    """The body cannot be read at all: Rails answers 400."""


@dataclass(frozen=True)
class Upload:
    """A file part of a multipart body."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


def read_params(request: HttpRequest) -> dict[str, Any]:
    """Return query and body as one nested dict of str, numbers, None, dict, list and Upload.

    Raises Malformed for a body that is no JSON, no multipart, or contradicts itself.
    """
    request.META[READ] = None
    params = nested(_pairs(request.META.get("QUERY_STRING", "")))
    kind, options = _content_type(request.META.get("CONTENT_TYPE", ""))
    if kind == "application/json" or kind.endswith("+json"):
        params.update(_json(request.read()))
    elif kind == "multipart/form-data":
        params.update(nested(_parts(request, options.get("boundary", ""))))
    elif kind == "application/x-www-form-urlencoded":
        params.update(nested(_pairs(request.read().decode("utf-8", "replace"))))
    request.META[READ] = params
    return params


def _content_type(header: str) -> tuple[str, dict[str, str]]:
    try:
        return parse_header_parameters(header)
    except (ValueError, LookupError) as error:
        raise Malformed("bad content type") from error


def nested(pairs: Iterator[tuple[str, Any]]) -> dict[str, Any]:
    """Fold `a[b][]` names into dicts and lists as Rack does; Malformed when they contradict each other."""
    params: dict[str, Any] = {}
    for count, (name, value) in enumerate(pairs):
        if count >= MOST_PARTS:
            raise Malformed("too many parameters")
        head, pieces = _split(name)
        if head:
            _put(params, head, pieces, value)
    return params


def _split(name: str) -> tuple[str, list[str]]:
    head, bracket, rest = name.partition("[")
    pieces = PIECE.findall(bracket + rest)
    if len(pieces) > DEEPEST:
        raise Malformed("parameters are nested too deeply")
    return head, pieces


def _put(target: dict[str, Any], key: str, pieces: list[str], value: object) -> None:
    if not pieces:
        target[key] = value
    elif pieces[0] == "":
        items = target.setdefault(key, [])
        if not isinstance(items, list):
            raise Malformed(f"expected Array (got {_ruby(items)}) for param '{key}'")
        _append(items, pieces[1:], value)
    else:
        inner = target.setdefault(key, {})
        if not isinstance(inner, dict):
            raise Malformed(f"expected Hash (got {_ruby(inner)}) for param '{key}'")
        _put(inner, pieces[0], pieces[1:], value)


def _append(items: list[Any], pieces: list[str], value: object) -> None:
    """Add to a list; a key already present in its last dict starts the next one."""
    if not pieces:
        items.append(value)
        return
    if pieces[0] == "":
        raise Malformed("lists directly inside lists cannot be sent as a form")
    if not items or not isinstance(items[-1], dict) or _holds(items[-1], pieces):
        items.append({})
    _put(items[-1], pieces[0], pieces[1:], value)


def _holds(target: Any, pieces: list[str]) -> bool:
    for piece in pieces:
        if piece == "" or not isinstance(target, dict) or piece not in target:
            return False
        target = target[piece]
    return True


def _ruby(value: object) -> str:
    return "Hash" if isinstance(value, dict) else "Array" if isinstance(value, list) else "String"


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PARTS)
    except ValueError as error:
        raise Malformed("too many parameters") from error
    return iter(pairs)


def _json(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        found = json.loads(body, parse_constant=_refuse)
        clean = _clean(found)
    except (ValueError, RecursionError) as error:
        raise Malformed("Error occurred while parsing request parameters") from error
    return clean if isinstance(clean, dict) else {"_json": clean}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _clean(value: Any, depth: int = 0) -> Any:
    """Replace lone surrogates, which no database takes, and stop at absurd depths."""
    if depth > 4 * DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_clean(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item, depth + 1) for key, item in value.items()}
    return value


def _parts(request: HttpRequest, boundary: str) -> Iterator[tuple[str, Any]]:
    if not boundary or len(boundary) > 200:
        raise Malformed("bad multipart boundary")
    # Their stubs ask for more than they use, which is read().
    body: Any = _Body(request)
    stream: Any = LazyStream(ChunkIter(body, 64 * 1024))
    try:
        for _, meta, content in Parser(stream, boundary.encode("ascii")):
            yield from _part(meta, content)
    except (MultiPartParserError, ValueError, LookupError) as error:
        raise Malformed("bad multipart body") from error


@dataclass
class _Body:
    """The request as the file object that Django's multipart reader asks for."""

    request: HttpRequest

    def read(self, size: int = -1) -> bytes:
        return self.request.read(size)


def _part(meta: Any, content: LazyStream) -> Iterator[tuple[str, Any]]:
    raw = content.read()
    # Django's reader gives the parameters of a header as bytes.
    options = meta.get("content-disposition", ("", {}))[1]
    name = options.get("name", b"").decode("utf-8", "replace")
    kind = str(meta.get("content-type", ("", {}))[0]).strip()
    if not name:
        return
    # Some clients leave the file name out; an image is still an image.
    if "filename" in options or kind.startswith("image/"):
        yield name, Upload(options.get("filename", b"").decode("utf-8", "replace"), kind, raw)
    else:
        yield name, raw.decode("utf-8", "replace")
