"""Prompts: texts and the pictures made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Unpack

from astria import paging, rules
from astria.checks import checked_fields, checked_overrides, checked_prompt
from astria.endpoints import endpoint
from astria.errors import InvalidParameter
from astria.parameters import checked_id
from astria.prompt_attributes import PROMPT_CHANGE_RULES, PromptAttributes, PromptChanges
from astria.transport import Transport
from astria.types import Prompt, many
from astria.waiting import Pauses, Wait

MANY = many(Prompt.from_json)
PAUSES = Pauses()
INDEX = rules.whole(0)


class Prompts:
    """The prompts of the account, or, with `tune_id`, of one tune.

    A tune's list also holds the prompts that use it as a LoRA, though their own `tune_id` is the base tune.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @endpoint("POST", "/tunes/:tune_id/prompts", source="docs/api/1-prompt/1-create")
    def create(
        self,
        tune_id: int,
        *,
        extra: Mapping[str, object] | None = None,
        **attributes: Unpack[PromptAttributes],
    ) -> Prompt:
        """Make pictures of a text on a tune: a checkpoint, or the base of what it refers to. Costs money.

        Parameters: PromptAttributes, of which `text` is needed; `extra` is sent unchecked beside them.
        `astria.place` tells which tune to post to. Raises InvalidParameter, and AstriaError as the call ends.
        Source: docs/api/1-prompt/1-create, docs/api/05-flux-api, docs/api/20-sdxl-api
        """
        prompt = checked_prompt(attributes, extra)
        return self._transport.post(
            _all(checked_id(tune_id, "tune_id")), Prompt.from_json, {"prompt": prompt}
        )

    @endpoint("POST", "/prompts", source="")
    def create_bare(
        self,
        *,
        tune_id: int | None = None,
        extra: Mapping[str, object] | None = None,
        **attributes: Unpack[PromptAttributes],
    ) -> Prompt:
        """Make pictures of a text at /prompts, an address that the API's pages do not mention. Costs money.

        Raises InvalidParameter, and AstriaError as the call ends.
        Source: docs/api/1-prompt/1-create (the parameters)
        """
        prompt = checked_prompt(attributes, extra)
        if tune_id is not None:
            prompt["tune_id"] = checked_id(tune_id, "tune_id")
        return self._transport.post("/prompts", Prompt.from_json, {"prompt": prompt})

    @endpoint("GET", "/prompts/:id", source="docs/api/1-prompt/2-retrieve")
    @endpoint("GET", "/tunes/:tune_id/prompts/:id", source="docs/api/1-prompt/2-retrieve")
    def get(self, prompt_id: int, *, tune_id: int | None = None) -> Prompt:
        """Return one prompt. Raises NotFound, and AstriaError as the call ends.

        Source: docs/api/1-prompt/2-retrieve
        """
        return self._transport.get(_one(prompt_id, tune_id), Prompt.from_json)

    @endpoint("GET", "/prompts", source="docs/api/1-prompt/4-list")
    @endpoint("GET", "/tunes/:tune_id/prompts", source="docs/api/1-prompt/4-list")
    def list(
        self,
        *,
        tune_id: int | None = None,
        offset: int | None = None,
        before_id: int | None = None,
        limit: int | None = None,
    ) -> tuple[Prompt, ...]:
        """Return one page of prompts, newest first: from an offset (0 or more), or older than an id.

        Astria's page is 20 unless it knows `limit` (1 to 120); beyond an offset of 10,000 it asks for
        `before_id`. Raises InvalidParameter, and AstriaError as the call ends.
        Source: docs/api/1-prompt/4-list
        """
        query = paging.list_query(offset=offset, before_id=before_id, limit=limit)
        return self._transport.get(_all(tune_id), MANY, query)

    def iterate(
        self, *, tune_id: int | None = None, before_id: int | None = None, limit: int = paging.MAX_LIMIT
    ) -> Iterator[Prompt]:
        """Yield all prompts (older than an id), newest first, in pages of up to `limit` (1 to 120) as needed.

        Raises InvalidParameter at once, AstriaError as calls end. Source: docs/api/1-prompt/4-list
        """
        path = _all(tune_id)
        return paging.iterate(
            lambda query: self._transport.get(path, MANY, query), before_id=before_id, limit=limit
        )

    def wait(
        self,
        prompt_id: int,
        *,
        tune_id: int | None = None,
        timeout: float = 7200.0,
        progress: Callable[[Prompt], object] | None = None,
        pauses: Pauses = PAUSES,
    ) -> Prompt:
        """Return the prompt when its pictures are there: looks now and then, at most for `timeout` seconds.

        `progress` is called with the prompt after every look; what it raises ends the wait. Looks that fail
        for the moment are repeated, but not if Astria was never reached. A callback does without looking:
        prefer it where you can be called.
        Raises Failed, WaitedTooLong, NotFound, and other refusals. Source: docs/api/1-prompt/2-retrieve
        """
        return Wait(lambda: self.get(prompt_id, tune_id=tune_id), timeout, progress, pauses).run()

    @endpoint("PATCH", "/prompts/:id", source="")
    @endpoint("PATCH", "/tunes/:tune_id/prompts/:id", source="")
    def update(
        self,
        prompt_id: int,
        *,
        tune_id: int | None = None,
        extra: Mapping[str, object] | None = None,
        **changes: Unpack[PromptChanges],
    ) -> Prompt:
        """Change to which pack, workspace or template a prompt belongs, at least one of PromptChanges.

        The API's pages do not mention this call. Raises InvalidParameter, NotFound, Invalid, and AstriaError
        as the call ends. Source: docs/api/1-prompt/1-create (the parameters)
        """
        prompt = checked_fields(PROMPT_CHANGE_RULES, dict(changes), extra)
        if not prompt:
            raise InvalidParameter("nothing was given to change")
        return self._transport.patch(_one(prompt_id, tune_id), Prompt.from_json, {"prompt": prompt})

    @endpoint("DELETE", "/prompts/:id", source="docs/api/1-prompt/5-delete")
    @endpoint("DELETE", "/tunes/:tune_id/prompts/:id", source="docs/api/1-prompt/5-delete")
    def delete(self, prompt_id: int, *, tune_id: int | None = None) -> None:
        """Delete a prompt and its pictures. Raises NotFound, and AstriaError as the call ends.

        Source: docs/api/1-prompt/5-delete
        """
        self._transport.delete(_one(prompt_id, tune_id))

    @endpoint("POST", "/prompts/:id/duplicate", source="docs/api/1-prompt/3-duplicate")
    def duplicate(
        self,
        prompt_id: int,
        *,
        image_index: int | None = None,
        extra: Mapping[str, object] | None = None,
        **attributes: Unpack[PromptAttributes],
    ) -> Prompt:
        """Make a prompt once more, with some of its attributes overridden. Costs money.

        All else is copied, the seed and the callback too: `seed=None` gives new pictures, `callback=None`
        calls nobody. `image_index` (0 or more) takes that picture of the original instead of making one, for
        a video. Raises InvalidParameter, NotFound, and AstriaError as the call ends.
        Source: docs/api/1-prompt/3-duplicate
        """
        body: dict[str, object] = {}
        if overrides := checked_overrides(dict(attributes), extra):
            body["prompt"] = overrides
        if image_index is not None:
            INDEX.check("image_index", image_index)
            body["image_index"] = image_index
        return self._transport.post(f"{_one(prompt_id, None)}/duplicate", Prompt.from_json, body)


def _all(tune_id: int | None) -> str:
    return "/prompts" if tune_id is None else f"/tunes/{checked_id(tune_id, 'tune_id')}/prompts"


def _one(prompt_id: int, tune_id: int | None) -> str:
    return f"{_all(tune_id)}/{checked_id(prompt_id, 'prompt_id')}"
