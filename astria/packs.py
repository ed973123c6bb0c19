"""Packs: collections of prompts, run on new or existing tunes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from astria.errors import InvalidParameter
from astria.files import ImageFile
from astria.pack_types import Pack, PackDetail, PackRun
from astria.parameters import (
    checked_class_name,
    checked_ids,
    checked_images,
    checked_text,
    checked_urls,
    given,
    pack_segment,
)
from astria.transport import Transport
from astria.types import Tune, many


class Packs:
    """The packs of the account and of the gallery."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> tuple[Pack, ...]:
        """Return the account's own packs. Source: docs/api/2-pack/1-list"""
        return self._transport.get("/packs", many(Pack.from_json))

    def gallery(self) -> tuple[Pack, ...]:
        """Return the gallery's packs. Source: docs/api/2-pack/1-list"""
        return self._transport.get("/gallery/packs", many(Pack.from_json))

    def get(self, pack_id: int | str) -> PackDetail:
        """Return one pack by id or slug. Raises NotFound. Source: docs/api/2-pack/2-get"""
        return self._transport.get(f"/p/{pack_segment(pack_id)}", PackDetail.from_json)

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
        prompt_attributes: Mapping[str, object] | None = None,
        prompts_callback: str | None = None,
    ) -> Tune:
        """Train a tune on photos (at least one, as files or by address) and run the pack on it. Costs money.

        `title` identifies the transaction, `name` is the class name, `prompt_attributes` goes for each prompt
        of the pack. The tune returned is narrow. Raises InvalidParameter, and AstriaError as the call ends.
        Source: docs/api/2-pack/2-tunes/0-create
        """
        tune = {
            "title": checked_text(title, "title"),
            "name": checked_class_name(name),
            **_photos(images, image_urls),
            "callback": callback,
            "characteristics": characteristics,
            "prompt_attributes": prompt_attributes,
            "prompts_callback": prompts_callback,
        }
        return self._transport.post(_tunes_path(pack_id), Tune.from_json, {"tune": given(tune)})

    def create_prompts(
        self,
        pack_id: int | str,
        *,
        tune_ids: Iterable[int],
        prompt_ids: Iterable[int] = (),
        prompt_attributes: Mapping[str, object] | None = None,
        prompts_callback: str | None = None,
    ) -> PackRun:
        """Run the pack, or only some prompts of it, on existing tunes (at least one). Costs money.

        Raises InvalidParameter, and AstriaError as the call ends. Source: docs/api/2-pack/2-tunes/0-create
        """
        tune = {
            "tune_ids": checked_ids(tune_ids, "tune_ids"),
            "prompt_ids": checked_ids(prompt_ids, "prompt_ids"),
            "prompt_attributes": prompt_attributes,
            "prompts_callback": prompts_callback,
        }
        if not tune["tune_ids"]:
            raise InvalidParameter("a pack needs at least one of tune_ids to run on")
        return self._transport.post(_tunes_path(pack_id), PackRun.from_json, {"tune": given(tune)})


def _photos(images: Iterable[ImageFile], image_urls: Iterable[str]) -> dict[str, object]:
    photos = {"images": checked_images(images), "image_urls": checked_urls(image_urls, "image_urls")}
    if not any(photos.values()):
        raise InvalidParameter("a tune needs at least one image or image_url")
    return photos


def _tunes_path(pack_id: int | str) -> str:
    return f"/p/{pack_segment(pack_id)}/tunes"
