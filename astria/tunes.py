"""Tunes: fine-tuned models."""

from __future__ import annotations

from collections.abc import Iterator

from astria import paging
from astria.parameters import checked_id
from astria.transport import Transport
from astria.types import Tune, many


class Tunes:
    """The tunes of the account."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, tune_id: int) -> Tune:
        """Return one tune. Raises NotFound. Source: docs/api/0-tune/2-retrieve"""
        return self._transport.get(f"/tunes/{checked_id(tune_id, 'tune_id')}", Tune.from_json)

    def list(
        self, *, offset: int | None = None, before_id: int | None = None, limit: int | None = None
    ) -> tuple[Tune, ...]:
        """Return one page of tunes, newest first: from an offset (0 or more), or older than an id.

        Astria's page is 20 unless it knows `limit` (1 to 120). Source: docs/api/0-tune/4-list
        """
        query = paging.list_query(offset=offset, before_id=before_id, limit=limit)
        return self._transport.get("/tunes", many(Tune.from_json), query)

    def iterate(self, *, before_id: int | None = None, limit: int = paging.MAX_LIMIT) -> Iterator[Tune]:
        """Yield all tunes (older than an id), newest first, in pages of up to `limit` (1 to 120) as needed.

        Source: docs/api/0-tune/4-list
        """
        return paging.iterate(
            lambda query: self._transport.get("/tunes", many(Tune.from_json), query),
            before_id=before_id,
            limit=limit,
        )

    def delete(self, tune_id: int) -> None:
        """Delete a tune, and its prompts if it is a checkpoint. Raises NotFound.

        Source: docs/api/0-tune/5-delete
        """
        self._transport.delete(f"/tunes/{checked_id(tune_id, 'tune_id')}")
