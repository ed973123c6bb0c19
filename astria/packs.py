"""Packs: collections of prompts, run on new or existing tunes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from astria.checks import checked_fields, checked_overrides, merged
from astria.endpoints import endpoint
from astria.enums import ModelType, Preset
from astria.errors import InvalidParameter
from astria.files import ImageFile
from astria.pack_types import Pack, PackDetail, PackRun
from astria.parameters import (
    checked_class_name,
    checked_ids,
    checked_photos,
    checked_text,
    given,
    pack_segment,
)
from astria.prompt_attributes import PromptAttributes
from astria.rules import ADDRESS, FLAG
from astria.transport import Transport
from astria.tune_attributes import TUNE_RULES
from astria.types import Tune, many


class Packs:
    """The packs of the account and of the gallery."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @endpoint("GET", "/packs", source="docs/api/2-pack/1-list")
    def list(self, *, public: bool | None = None, listed: bool | None = None) -> tuple[Pack, ...]:
        """Return the account's own packs: all, or those that are public, or listed (not taken off lists).

        Raises InvalidParameter, and AstriaError as the call ends. Source: docs/api/2-pack/1-list
        """
        return self._transport.get("/packs", many(Pack.from_json), _shelf(public, listed))

    @endpoint("GET", "/gallery/packs", source="docs/api/2-pack/1-list")
    def gallery(self, *, public: bool | None = None, listed: bool | None = None) -> tuple[Pack, ...]:
        """Return the gallery's packs: all, or those that are public, or listed.

        Raises InvalidParameter, and AstriaError as the call ends. Source: docs/api/2-pack/1-list
        """
        return self._transport.get("/gallery/packs", many(Pack.from_json), _shelf(public, listed))

    @endpoint("GET", "/p/:id", source="docs/api/2-pack/2-get")
    def get(self, pack_id: int | str) -> PackDetail:
        """Return one pack by id or slug. Raises NotFound, and AstriaError as the call ends.

        Source: docs/api/2-pack/2-get
        """
        return self._transport.get(f"/p/{pack_segment(pack_id)}", PackDetail.from_json)

    @endpoint("POST", "/packs", source="")
    def create(
        self,
        *,
        title: str,
        base_tune_id: int | None = None,
        model_type: ModelType | str | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> Pack:
        """Make an empty pack of your own: its prompts are those created with its `pack_id`.

        The API's pages do not mention this call. Raises InvalidParameter, and AstriaError as the call ends.
        Source: docs/api/2-pack/0-pack
        """
        kind = given({"base_tune_id": base_tune_id, "model_type": model_type})
        fields = {"title": checked_text(title, "title"), **checked_fields(TUNE_RULES, kind)}
        pack = merged(fields, extra)
        return self._transport.post("/packs", Pack.from_json, {"pack": pack})

    @endpoint("POST", "/p/:pack_id/tunes", source="docs/api/2-pack/2-tunes/0-create")
    def create_tune(
        self,
        pack_id: int | str,
        *,
        title: str,
        name: str,
        images: Iterable[ImageFile] = (),
        image_urls: Iterable[str] = (),
        callback: str | None = None,
        characteristics: Mapping[str, object] | None = None,
        preset: Preset | str | None = None,
        prompt_ids: Iterable[int] = (),
        prompt_attributes: PromptAttributes | None = None,
        prompts_callback: str | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> Tune:
        """Train a tune on photos (at least one, as files or by address) and run the pack on it. Costs money.

        `title` identifies the transaction, `name` is the class name (one that the pack has prompts for),
        `prompt_ids` picks some of its prompts, `prompt_attributes` goes for each of them, `prompts_callback`
        is called once when all are done. The tune returned is narrow.
        Raises InvalidParameter, and AstriaError as the call ends. Source: docs/api/2-pack/2-tunes/0-create
        """
        tune = {
            "title": checked_text(title, "title"),
            "name": checked_class_name(name),
            **checked_photos(images, image_urls),
            **checked_fields(
                TUNE_RULES, {"callback": callback, "characteristics": characteristics, "preset": preset}
            ),
            "prompt_ids": checked_ids(prompt_ids, "prompt_ids"),
            **_for_prompts(prompt_attributes, prompts_callback),
        }
        body = {"tune": merged(given(tune), extra)}
        return self._transport.post(_tunes_path(pack_id), Tune.from_json, body)

    @endpoint("POST", "/p/:pack_id/tunes", source="docs/api/2-pack/2-tunes/0-create")
    def create_prompts(
        self,
        pack_id: int | str,
        *,
        tune_ids: Iterable[int],
        prompt_ids: Iterable[int] = (),
        prompt_attributes: PromptAttributes | None = None,
        prompts_callback: str | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> PackRun:
        """Run the pack, or only some prompts of it, on existing tunes (at least one). Costs money.

        Raises InvalidParameter, and AstriaError as the call ends. Source: docs/api/2-pack/2-tunes/0-create
        """
        tune = {
            "tune_ids": checked_ids(tune_ids, "tune_ids"),
            "prompt_ids": checked_ids(prompt_ids, "prompt_ids"),
            **_for_prompts(prompt_attributes, prompts_callback),
        }
        if not tune["tune_ids"]:
            message = "a pack needs at least one of tune_ids to run on"
            raise InvalidParameter(message, parameter="tune_ids", value=[])
        body = {"tune": merged(given(tune), extra)}
        return self._transport.post(_tunes_path(pack_id), PackRun.from_json, body)


def _for_prompts(attributes: PromptAttributes | None, callback: str | None) -> dict[str, object]:
    found: dict[str, object] = {}
    if attributes:
        found["prompt_attributes"] = checked_overrides(attributes, prefix="prompt_attributes.")
    if callback is not None:
        ADDRESS.check("prompts_callback", callback)
        found["prompts_callback"] = callback
    return found


def _shelf(public: bool | None, listed: bool | None) -> dict[str, str]:
    wanted = {"public": public, "listed": listed}
    for name, value in wanted.items():
        if value is not None:
            FLAG.check(name, value)
    return {name: "true" if value else "false" for name, value in wanted.items() if value is not None}


def _tunes_path(pack_id: int | str) -> str:
    return f"/p/{pack_segment(pack_id)}/tunes"
