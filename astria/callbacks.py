"""What Astria posts to callback addresses. It is not signed: the address must hold a secret of yours."""

from __future__ import annotations

import json
from dataclasses import dataclass

from astria.errors import InvalidCallback, InvalidResponse
from astria.types import Prompt, Tune, many


@dataclass(frozen=True)
class TuneCallback:
    """A tune has been trained."""

    tune: Tune


@dataclass(frozen=True)
class PromptsCallback:
    """Prompts are done: one of them (`callback`), or all of a pack's run (`prompts_callback`)."""

    prompts: tuple[Prompt, ...]


def parse_callback(body: object) -> TuneCallback | PromptsCallback:
    """Read a callback's body, as bytes or text, or already decoded: {"tune": …}, {"prompt": …} or an array.

    The objects in it are narrower than those of a GET. Raises InvalidCallback.
    Source: docs/api/0-overview (Callbacks), docs/api/2-pack/2-tunes/0-create (prompts_callback)
    """
    data = _decoded(body) if isinstance(body, bytes | str) else body
    try:
        return _read(data)
    except InvalidResponse as error:
        reason = str(error)
    raise InvalidCallback(reason)


def _decoded(body: bytes | str) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        pass
    raise InvalidCallback("a callback must be JSON")


def _read(data: object) -> TuneCallback | PromptsCallback:
    if isinstance(data, list):
        return PromptsCallback(many(Prompt.from_json)(data))
    if isinstance(data, dict) and "tune" in data:
        return TuneCallback(Tune.from_json(data["tune"]))
    if isinstance(data, dict) and "prompt" in data:
        return PromptsCallback((Prompt.from_json(data["prompt"]),))
    raise InvalidCallback("a callback must be a tune, a prompt or an array of prompts")
