"""Tunes: fine-tuned models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Unpack

from astria import paging
from astria.checks import checked_fields, checked_nested_prompts, merged
from astria.endpoints import endpoint
from astria.enums import Branch, ModelType
from astria.errors import InvalidParameter
from astria.files import ImageFile
from astria.finding import find_by_title
from astria.parameters import checked_class_name, checked_id, checked_photos, checked_text, given
from astria.prompt_attributes import NestedPromptAttributes
from astria.transport import Transport
from astria.tune_attributes import TUNE_CHANGE_RULES, TUNE_RULES, TuneAttributes, TuneChanges
from astria.types import Tune, many
from astria.waiting import Pauses, Wait

MANY = many(Tune.from_json)
PAUSES = Pauses()


class Tunes:
    """The tunes of the account, and those of the gallery."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @endpoint("POST", "/tunes", source="docs/api/0-tune/1-create")
    def create(
        self,
        *,
        title: str,
        name: str,
        images: Iterable[ImageFile] = (),
        image_urls: Iterable[str] = (),
        prompts_attributes: Iterable[NestedPromptAttributes] = (),
        extra: Mapping[str, object] | None = None,
        **attributes: Unpack[TuneAttributes],
    ) -> Tune:
        """Train a tune on photos (at least one, as files or by address), with prompts at once. Costs money,
        unless `branch` is fast.

        `title` identifies the transaction (ideally a UUID), `name` is the class name. Further parameters:
        TuneAttributes; `extra` is sent unchecked beside them. The prompts made are in the tune returned.
        Raises InvalidParameter, and AstriaError as the call ends: look for an Ambiguous one by `find`.
        Source: docs/api/0-tune/1-create, docs/api/05-flux-api, docs/api/20-sdxl-api
        """
        tune = {
            "title": checked_text(title, "title"),
            "name": checked_class_name(name),
            **checked_photos(images, image_urls),
            **checked_fields(TUNE_RULES, dict(attributes)),
        }
        if prompts := checked_nested_prompts(prompts_attributes):
            tune["prompts_attributes"] = prompts
        return self._transport.post("/tunes", Tune.from_json, {"tune": merged(tune, extra)})

    @endpoint("GET", "/tunes/:id", source="docs/api/0-tune/2-retrieve")
    def get(self, tune_id: int) -> Tune:
        """Return one tune. Raises NotFound, and AstriaError as the call ends.

        Source: docs/api/0-tune/2-retrieve
        """
        return self._transport.get(_one(tune_id), Tune.from_json)

    @endpoint("GET", "/tunes", source="docs/api/0-tune/4-list")
    def list(
        self, *, offset: int | None = None, before_id: int | None = None, limit: int | None = None
    ) -> tuple[Tune, ...]:
        """Return one page of tunes, newest first: from an offset (0 or more), or older than an id.

        Astria's page is 20 unless it knows `limit` (1 to 120); beyond an offset of 200 it asks for
        `before_id`. Raises InvalidParameter, and AstriaError as the call ends. Source: docs/api/0-tune/4-list
        """
        query = paging.list_query(offset=offset, before_id=before_id, limit=limit)
        return self._transport.get("/tunes", MANY, query)

    def iterate(self, *, before_id: int | None = None, limit: int = paging.MAX_LIMIT) -> Iterator[Tune]:
        """Yield all tunes (older than an id), newest first, in pages of up to `limit` (1 to 120) as needed.

        Raises InvalidParameter at once, AstriaError as calls end. Source: docs/api/0-tune/4-list
        """
        return paging.iterate(
            lambda query: self._transport.get("/tunes", MANY, query), before_id=before_id, limit=limit
        )

    def find(self, title: str, *, created_after: datetime | None = None) -> Tune | None:
        """Return the newest tune with exactly this title, or None: what became of an unconfirmed create.

        With `created_after` (aware) walks through the tunes, newest first, no further back. Without,
        asks Astria for the title first, as the walk is long; but it may not know that question, so what it
        does not name is walked for all the same. None says that there is none now: the lost request may still
        be on its way for a minute. Raises InvalidParameter, and AstriaError if it could not look.
        Source: docs/api/0-overview (Idempotency), docs/api/0-tune/4-list
        """
        wanted = checked_text(title, "title")
        if created_after is not None and created_after.tzinfo is None:
            message = "created_after must be aware: name a time zone"
            raise InvalidParameter(message, parameter="created_after", value=created_after)
        if created_after is None:
            named = self._transport.get("/tunes", MANY, {"title": wanted})
            if found := find_by_title(named, wanted, None):
                return found
        return find_by_title(self.iterate(), wanted, created_after)

    def wait(
        self,
        tune_id: int,
        *,
        timeout: float = 7200.0,
        progress: Callable[[Tune], object] | None = None,
        pauses: Pauses = PAUSES,
    ) -> Tune:
        """Return the tune when it has been trained: looks now and then, at most for `timeout` seconds.

        `progress` is called with the tune after every look; what it raises ends the wait. Looks that fail
        for the moment are repeated, but not if Astria was never reached. A callback does without looking:
        prefer it where you can be called.
        Raises Failed, WaitedTooLong, NotFound, and other refusals. Source: docs/api/0-tune/2-retrieve (eta)
        """
        return Wait(lambda: self.get(tune_id), timeout, progress, pauses).run()

    @endpoint("GET", "/gallery/tunes", source="docs/api/20-sdxl-api")
    def gallery(
        self,
        *,
        branch: Branch | str | None = None,
        model_type: ModelType | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> tuple[Tune, ...]:
        """Return one page of the gallery: tunes that anybody may use as a base, or name in a text.

        `limit` is 1 to 120, `offset` 0 or more; any word can be asked for as a branch.
        Raises InvalidParameter, and AstriaError as the call ends.
        Source: docs/api/20-sdxl-api (the gallery), docs/api/0-tune/1-create (base_tune_id)
        """
        kind = given({"branch": branch, "model_type": model_type})
        query: dict[str, int | str] = {name: checked_text(str(word), name) for name, word in kind.items()}
        query |= paging.list_query(offset=offset, before_id=None, limit=limit)
        return self._transport.get("/gallery/tunes", MANY, query)

    def iterate_gallery(
        self, *, branch: Branch | str | None = None, model_type: ModelType | str | None = None
    ) -> Iterator[Tune]:
        """Yield all tunes of the gallery, page after page as needed.

        Raises InvalidParameter, and AstriaError as calls end. Source: docs/api/20-sdxl-api (the gallery)
        """
        return paging.iterate_by_offset(
            lambda offset: self.gallery(branch=branch, model_type=model_type, offset=offset)
        )

    @endpoint("PATCH", "/tunes/:id", source="")
    def update(
        self, tune_id: int, *, extra: Mapping[str, object] | None = None, **changes: Unpack[TuneChanges]
    ) -> Tune:
        """Change `title`, `name`, `auto_extend` or `characteristics` of a tune, at least one of them.

        The API's pages do not mention this call. Raises InvalidParameter, NotFound, Invalid, and AstriaError
        as the call ends. Source: docs/api/0-tune/1-create (the parameters)
        """
        tune = checked_fields(TUNE_CHANGE_RULES, dict(changes), extra)
        if not tune:
            raise InvalidParameter("nothing was given to change")
        return self._transport.patch(_one(tune_id), Tune.from_json, {"tune": tune})

    @endpoint("DELETE", "/tunes/:id", source="docs/api/0-tune/5-delete")
    def delete(self, tune_id: int) -> None:
        """Delete a tune, and its prompts if it is a checkpoint. Raises NotFound, and AstriaError as the call
        ends.

        Source: docs/api/0-tune/5-delete
        """
        self._transport.delete(_one(tune_id))


def _one(tune_id: int) -> str:
    return f"/tunes/{checked_id(tune_id, 'tune_id')}"
