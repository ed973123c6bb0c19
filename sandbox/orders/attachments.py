"""Files of a prompt: uploaded, sent as base64 or fetched; each is shown as a public url of the same bytes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from django.http import Http404

from sandbox.models import Photo, Prompt
from sandbox.photographs import NotFetched, content_type, fetch_all, keep_file, photo_path
from sandbox.rails.bodies import Upload
from sandbox.rails.casting import Errors, Refused, as_items, to_text

# A file, or the url where it lies.
Attachments = dict[str, list[Upload | str]]

IMAGES = ("input_image", "mask_image", "video_first_frame", "video_last_frame")
OTHERS = ("input_video", "audio_reference")
# Shown as a list; sent as image_references[] or image_reference_urls[].
URLS_OF_LISTS = {"image_references": "image_reference_urls"}


def read_files(given: Mapping[str, object], errors: Errors) -> Attachments:
    """Return the files asked for by the name they are shown under; wrong ones become errors."""
    files: Attachments = {}
    for name in (*IMAGES, *OTHERS):
        found = _single(name, given, errors)
        if found:
            files[name] = [found]
    for name, urls in URLS_OF_LISTS.items():
        uploads: list[Upload | str] = [item for item in as_items(given.get(name)) if isinstance(item, Upload)]
        files[name] = uploads + [url for url in map(to_text, as_items(given.get(urls))) if url]
    for name in (*IMAGES, *URLS_OF_LISTS):
        if not all(content_type(file.content) for file in files.get(name, ()) if isinstance(file, Upload)):
            errors[name] = ["is not an image"]
    return {name: items for name, items in files.items() if items}


def fetched(files: Attachments) -> dict[str, list[Upload]]:
    """Return the files with the urls among them fetched; raises Refused."""
    return {name: [_fetch(name, item) for item in items] for name, items in files.items()}


def attach(prompt: Prompt, files: Mapping[str, list[Upload]]) -> None:
    """Keep files for a prompt; those it has under the same names are replaced."""
    for name, items in files.items():
        prompt.files[name] = [keep_file(item, at, prompt_id=prompt.pk) for at, item in enumerate(items)]
    prompt.save(update_fields=["files"])


def copies(prompt: Prompt) -> dict[str, list[Upload]]:
    """Return a prompt's files once more, for another; Http404 when they were deleted at this moment."""
    rows = Photo.objects.in_bulk([key for keys in prompt.files.values() for key in keys])
    try:
        return {name: [_copy(rows[key]) for key in keys] for name, keys in prompt.files.items()}
    except (KeyError, FileNotFoundError) as error:
        raise Http404 from error


def _copy(photo: Photo) -> Upload:
    return Upload(photo.name, photo.content_type, photo_path(photo.key).read_bytes())


def _single(name: str, given: Mapping[str, object], errors: Errors) -> Upload | str | None:
    value = given.get(name)
    if isinstance(value, Upload):
        return value if value.content else None
    if value not in (None, ""):
        errors[name] = ["is not a file"]
    if encoded := to_text(given.get(f"{name}_base64")):
        return _decoded(name, encoded, errors)
    return to_text(given.get(f"{name}_url"))


def _decoded(name: str, encoded: str, errors: Errors) -> Upload | None:
    # A data url, or the bare base64 behind its comma.
    rest = encoded.rpartition(",")[2]
    try:
        content = base64.b64decode(rest, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    kind = content_type(content)
    if not kind:
        errors[f"{name}_base64"] = ["is not an image"]
        return None
    return Upload(f"{name}.{kind.rpartition('/')[2]}", kind, content)


def _fetch(name: str, item: Upload | str) -> Upload:
    if isinstance(item, Upload):
        return item
    try:
        return fetch_all([item], any_kind=name in OTHERS)[0]
    except NotFetched as error:
        raise Refused({URLS_OF_LISTS.get(name, f"{name}_url"): [f"could not download {error}"]}) from error
