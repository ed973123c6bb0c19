"""Training photos: taken from the request or fetched, checked to be pictures, kept as files."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from PIL import Image
from pillow_heif import register_heif_opener

from sandbox.models import Photo
from sandbox.rails.bodies import Upload
from sandbox.rails.casting import Errors, Refused, as_items, to_text
from sandbox.reroutes import rerouted
from sandbox.switches import switches

LARGEST = 20_000_000
MOST_URLS = 40
FETCH_SECONDS = 10.0
OTHER_TYPES = re.compile(r"(?:video|audio)/[a-z0-9.+-]+")

register_heif_opener()


class NotFetched(Exception):
    """An image url gave no picture."""


def collect_photos(given: Mapping[str, Any], errors: Errors) -> list[Upload]:
    """Return uploaded or fetched photos; raises Refused with these and the earlier errors.

    Text files beside the images are captions, which are accepted and ignored.
    """
    files = [item for item in as_items(given.get("images")) if isinstance(item, Upload)]
    photos = [file for file in files if not file.name.endswith(".txt")]
    urls = [url for url in map(to_text, as_items(given.get("image_urls"))) if url]
    if not photos and not urls:
        errors = errors | {"images": ["must contain at least one image"]}
    elif not all(content_type(photo.content) for photo in photos):
        errors = errors | {"images": ["is not an image"]}
    if errors:
        raise Refused(errors)
    try:
        return photos + fetch_all(urls)
    except NotFetched as error:
        raise Refused({"image_urls": [f"could not download {error}"]}) from error


def fetch_all(urls: Sequence[str], *, any_kind: bool = False) -> list[Upload]:
    """Fetch pictures, some at a time, in the order given; NotFetched names the first that is none.

    `any_kind` takes what is no picture too.
    """
    if len(urls) > MOST_URLS:
        raise NotFetched(f"more than {MOST_URLS} urls")
    with ThreadPoolExecutor(max_workers=6) as pool:
        return list(pool.map(lambda url: fetch_picture(url, any_kind=any_kind), urls))


def fetch_picture(url: str, *, any_kind: bool = False) -> Upload:
    """Fetch one picture over http(s), within 20 MB and 10 seconds; NotFetched otherwise."""
    try:
        if not url.isascii() or urlsplit(url).scheme not in ("http", "https"):
            raise ValueError("not an address to fetch from")
        with requests.get(rerouted(url, switches.reroutes), stream=True, timeout=5) as answer:
            answer.raise_for_status()
            content = _limited(answer)
    except (requests.RequestException, ValueError) as error:
        raise NotFetched(url) from error
    kind = content_type(content)
    if not kind and not any_kind:
        raise NotFetched(url)
    return Upload(urlsplit(url).path.rsplit("/", 1)[-1], kind, content)


def _limited(answer: requests.Response) -> bytes:
    until = time.monotonic() + FETCH_SECONDS
    content = bytearray()
    for piece in answer.iter_content(64 * 1024):
        content += piece
        if len(content) > LARGEST or time.monotonic() > until:
            raise ValueError("too large or too slow")
    return bytes(content)


def content_type(content: bytes) -> str:
    """Return the MIME type of a picture by looking into it, or "" when it is none."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            return Image.MIME.get(image.format or "", "image/jpeg")
    except Exception:
        # Pillow's decoders raise nearly anything for broken files.
        return ""


def keep_photos(tune_id: int, photos: Sequence[Upload]) -> list[str]:
    """Write the photos of a tune and return their keys."""
    return [keep_file(photo, position, tune_id=tune_id) for position, photo in enumerate(photos)]


def keep_file(
    file: Upload, position: int, *, tune_id: int | None = None, prompt_id: int | None = None
) -> str:
    """Write one file of a tune or prompt and return its key."""
    kind = content_type(file.content) or _other_type(file.content_type)
    row = Photo.objects.create(
        tune_id=tune_id, prompt_id=prompt_id, position=position, name=file.name, content_type=kind
    )
    path = photo_path(row.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.content)
    return row.key


def _other_type(given: str) -> str:
    """Return the type of a video or sound; anything else must not be opened by browsers."""
    return given if OTHER_TYPES.fullmatch(given) else "application/octet-stream"


def photo_path(key: str) -> Path:
    """Return where the photo with this key lies."""
    return switches.data / "photos" / key
