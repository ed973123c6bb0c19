"""Request bodies: JSON, or nested multipart forms as Rails reads them when a file is sent.

tune[characteristics][eye_color]=…, tune[tune_ids][]=…, tune[prompts_attributes][0][text]=…
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from urllib3.filepost import encode_multipart_formdata

from astria.errors import InvalidParameter
from astria.files import ImageFile

Form = list[tuple[str, str]]
Files = list[tuple[str, ImageFile]]

# A bracket inside a name would nest it elsewhere.
UNSAFE_NAME = re.compile(r"[\[\]\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Encoded:
    """A body as it is sent."""

    content: bytes = field(repr=False)
    content_type: str


def encode(body: Mapping[str, object]) -> Encoded:
    """Encode as JSON, or as multipart/form-data if an ImageFile is anywhere inside.

    Raises InvalidParameter for what cannot be sent.
    Source: docs/api/2-pack/2-tunes/0-create
    """
    try:
        return _multipart(body) if _holds_file(body) else _json(body)
    except (ValueError, TypeError, RecursionError) as error:
        if isinstance(error, InvalidParameter):
            raise
        raise InvalidParameter(f"the request cannot be encoded: {type(error).__name__}") from None


def encode_form(body: Mapping[str, object]) -> tuple[Form, Files]:
    """Flatten a nested mapping into the text fields and the files of a form, in order.

    Booleans become true and false (to Rails all but "false", "0", "f" and "off" is true), None becomes ""
    (to Rails null). An empty list or mapping has no form and vanishes. Raises InvalidParameter.
    Source: docs/api/0-tune/1-create (cURL)
    """
    texts: Form = []
    files: Files = []
    for name, value in _flatten("", body):
        if isinstance(value, ImageFile):
            files.append((name, value))
        else:
            texts.append((name, value))
    return texts, files


def encode_query(query: Mapping[str, int] | Mapping[str, str] | Mapping[str, int | str]) -> str:
    """Return the query of an address. Raises InvalidParameter for what cannot be sent."""
    try:
        return urlencode([(name, _text(value)) for name, value in query.items()])
    except UnicodeEncodeError:
        pass
    raise InvalidParameter("the query cannot be encoded")


def _json(body: Mapping[str, object]) -> Encoded:
    # Not escaped, so that half a surrogate pair, which is no text, is refused here as in a form.
    content = json.dumps(body, allow_nan=False, ensure_ascii=False, default=_as_dict).encode()
    return Encoded(content, "application/json")


def _as_dict(value: object) -> dict[str, object]:
    if isinstance(value, Mapping):
        return dict(value)
    raise InvalidParameter(f"a {type(value).__name__} cannot be sent")


def _multipart(body: Mapping[str, object]) -> Encoded:
    texts, files = encode_form(body)
    parts: list[tuple[str, str | tuple[str, bytes, str]]] = [*texts]
    parts += [(name, (file.name, file.content, file.content_type)) for name, file in files]
    return Encoded(*encode_multipart_formdata(parts))


def _holds_file(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_file(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_holds_file(item) for item in value)
    return isinstance(value, ImageFile)


def _flatten(name: str, value: object) -> Iterator[tuple[str, str | ImageFile]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flatten(_nested(name, str(key)), item)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _flatten(_element(name, index, item), item)
    else:
        yield name, value if isinstance(value, ImageFile) else _text(value)


def _nested(name: str, key: str) -> str:
    if not key or UNSAFE_NAME.search(key):
        raise InvalidParameter(f"{key!r} cannot be a name in a form")
    return f"{name}[{key}]" if name else key


def _element(name: str, index: int, item: object) -> str:
    if isinstance(item, list | tuple):
        raise InvalidParameter(f"{name}: a list inside a list has no form")
    # Objects are numbered, as the documentation does: Rails would guess where an unnumbered one ends.
    return f"{name}[{index}]" if isinstance(item, Mapping) else f"{name}[]"


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float) and math.isfinite(value):
        return repr(float(value))
    raise InvalidParameter(f"a {type(value).__name__} cannot be sent")
