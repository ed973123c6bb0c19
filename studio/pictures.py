"""From a delivered picture's bytes to what we store. Knows nothing of Django's models."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

from PIL import Image

from studio.faces import Face, find_faces

# What `srcset` offers; a smaller original is not enlarged.
VARIANT_WIDTHS = (320, 640, 1280)
FORMATS = ("JPEG", "PNG", "WEBP")
# A JPEG that holds more than one picture is opened as an MPO; its first is what counts.
EXTENSIONS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp"}
MAX_PIXELS = 60_000_000
# WebP goes no further.
MAX_SIDE = 16_383
MIN_SIDE = 64
WEBP_QUALITY = 80
PLACEHOLDER_SIDE = 16


class PictureUnusable(Exception):
    """What was delivered is not a picture that can be opened."""


@dataclass(frozen=True)
class Picture:
    """A picture that was decoded and so believed. Sizes in pixels, variants as WebP by width."""

    extension: str
    width: int
    height: int
    variants: dict[int, bytes]
    placeholder: str
    face: Face | None


def develop(data: bytes) -> Picture:
    """Return variants, placeholder and face of the picture in `data`. Raises PictureUnusable."""
    picture, extension = _decode(data)
    variants, source = {}, picture
    # From the largest down, each from the one before: the small ones cost next to nothing.
    for width in sorted(VARIANT_WIDTHS, reverse=True):
        source = _scaled(source, width)
        variants[width] = _webp(source, WEBP_QUALITY)
    faces = find_faces(picture)
    return Picture(
        extension=extension,
        width=picture.width,
        height=picture.height,
        variants=variants,
        placeholder=_placeholder(source),
        face=faces[0] if faces else None,
    )


def web_copy(data: bytes, width: int) -> bytes:
    """Return the picture in `data` as WebP, at most `width` pixels wide. Raises PictureUnusable."""
    picture, _ = _decode(data)
    return _webp(_scaled(picture, width), WEBP_QUALITY)


def _decode(data: bytes) -> tuple[Image.Image, str]:
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        _check_size(picture)
        extension = EXTENSIONS[str(picture.format)]
        picture.load()
        return picture.convert("RGB"), extension
    except PictureUnusable:
        raise
    except Exception as error:
        # Broken files make Pillow raise nearly anything: struct.error, zlib.error, its bomb error …
        raise PictureUnusable(f"not a picture ({type(error).__name__})") from None


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS or min(width, height) < MIN_SIDE or max(width, height) > MAX_SIDE:
        raise PictureUnusable(f"{width} × {height} pixels")


def _scaled(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _webp(picture: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=quality, method=3)
    return buffer.getvalue()


def _placeholder(picture: Image.Image) -> str:
    """Return the picture as a `data:` url of a few hundred bytes: its colours before it is loaded."""
    tiny = picture.copy()
    tiny.thumbnail((PLACEHOLDER_SIDE, PLACEHOLDER_SIDE))
    return "data:image/webp;base64," + base64.b64encode(_webp(tiny, 40)).decode()
