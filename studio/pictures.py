"""From a delivered picture's bytes to what we store. Knows nothing of Django's models."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from studio.faces import Face, largest_face

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
JPEG_QUALITY = 92
PLACEHOLDER_SIDE = 16


class PictureUnusable(Exception):
    """What was delivered is not a picture that can be opened. `is_final`: it never will be."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


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
    return Picture(
        extension=extension,
        width=picture.width,
        height=picture.height,
        variants=variants,
        placeholder=_placeholder(source),
        face=largest_face(picture),
    )


def web_copy(data: bytes, width: int) -> bytes:
    """Return the picture in `data` as WebP, at most `width` pixels wide. Raises PictureUnusable."""
    picture, _ = _decode(data)
    return _webp(_scaled(picture, width), WEBP_QUALITY)


def resized(data: bytes, side: int) -> bytes:
    """Return the picture in `data` as JPEG, its longer side at most `side` pixels. Raises PictureUnusable."""
    picture, _ = _decode(data)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _jpeg(picture)


def cut_out(data: bytes, corners: tuple[int, int, int, int], size: tuple[int, int] | None = None) -> bytes:
    """Return a part of the picture in `data` as JPEG, scaled to `size` if given. Raises PictureUnusable.

    `corners` are left, top, right and bottom in pixels.
    """
    picture, _ = _decode(data)
    part = picture.crop(corners)
    return _jpeg(part.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0) if size else part)


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
        is_final = isinstance(error, Image.DecompressionBombError)
        raise PictureUnusable(f"not a picture ({type(error).__name__})", is_final=is_final) from None


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS or min(width, height) < MIN_SIDE or max(width, height) > MAX_SIDE:
        raise PictureUnusable(f"{width} × {height} pixels", is_final=True)


def _scaled(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    # Beside LANCZOS nobody sees a difference once it is WebP, and it takes two thirds of the time.
    return picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)


def _webp(picture: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=quality, method=3)
    return buffer.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    """Return a JPEG for people to keep: no colour is coarser than the picture, its profile stays."""
    profile = picture.info.get("icc_profile") or b""
    # Of an original in other colours than ours: it says nothing of these.
    is_ours = profile[16:20] == b"RGB "
    buffer = io.BytesIO()
    options: dict[str, Any] = {"icc_profile": profile} if is_ours else {}
    picture.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling="4:4:4", optimize=True, **options)
    return buffer.getvalue()


def _placeholder(picture: Image.Image) -> str:
    """Return the picture as a `data:` url of a few hundred bytes: its colours before it is loaded."""
    tiny = picture.copy()
    tiny.thumbnail((PLACEHOLDER_SIDE, PLACEHOLDER_SIDE))
    return "data:image/webp;base64," + base64.b64encode(_webp(tiny, 40)).decode()
