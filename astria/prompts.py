"""Prompts: texts and the pictures made of them."""

from __future__ import annotations

from collections.abc import Iterator

from astria import paging
from astria.parameters import checked_id
from astria.transport import Transport
from astria.types import Prompt, many


class Prompts:
    """The prompts of the account, or, with `tune_id`, of one tune.

    A tune's list also holds the prompts that use it as a LoRA, though their own `tune_id` is the base tune.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, prompt_id: int, *, tune_id: int | None = None) -> Prompt:
        """Return one prompt. Raises NotFound. Source: docs/api/1-prompt/2-retrieve"""
        return self._transport.get(_one(prompt_id, tune_id), Prompt.from_json)

    def list(
        self,
        *,
        tune_id: int | None = None,
        offset: int | None = None,
        before_id: int | None = None,
        limit: int | None = None,
    ) -> tuple[Prompt, ...]:
        """Return one page of prompts, newest first: from an offset (0 or more), or older than an id.

        Astria's page is 20 unless it knows `limit` (1 to 120). Source: docs/api/1-prompt/4-list
        """
        query = paging.list_query(offset=offset, before_id=before_id, limit=limit)
        return self._transport.get(_all(tune_id), many(Prompt.from_json), query)

    def iterate(
        self, *, tune_id: int | None = None, before_id: int | None = None, limit: int = paging.MAX_LIMIT
    ) -> Iterator[Prompt]:
        """Yield all prompts (older than an id), newest first, in pages of up to `limit` (1 to 120) as needed.

        Source: docs/api/1-prompt/4-list
        """
        path = _all(tune_id)
        return paging.iterate(
            lambda query: self._transport.get(path, many(Prompt.from_json), query),
            before_id=before_id,
            limit=limit,
        )

    def delete(self, prompt_id: int, *, tune_id: int | None = None) -> None:
        """Delete a prompt and its pictures. Raises NotFound. Source: docs/api/1-prompt/5-delete"""
        self._transport.delete(_one(prompt_id, tune_id))


def _all(tune_id: int | None) -> str:
    return "/prompts" if tune_id is None else f"/tunes/{checked_id(tune_id, 'tune_id')}/prompts"


def _one(prompt_id: int, tune_id: int | None) -> str:
    return f"{_all(tune_id)}/{checked_id(prompt_id, 'prompt_id')}"
