"""From an uploaded file to a photo that may be kept and sent on. Knows nothing of Django's models.

The bytes as uploaded are never kept: what leaves here was decoded, turned upright, converted to sRGB,
stripped of all metadata, scaled to at most 2048 px and written as a new JPEG.
"""

from __future__ import annotations

import hashlib
import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any

import cv2
import numpy as np
import pillow_heif
from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from studio.faces import Face, find_faces
from studio.scenes import Scene, scene_of

pillow_heif.register_heif_opener(thumbnails=False)
# Pixels are counted below, with words that a person understands.
Image.MAX_IMAGE_PIXELS = None
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\..*")

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")
# docs/decisions/0003: refused below either; warned about while the shorter side is under GOOD_SIDE.
MIN_LONGER_SIDE = 512
MIN_SHORTER_SIDE = 384
GOOD_SIDE = 512
MAX_SIDE = 2048
TILE_SIDE = 480
MEGAPIXELS = 1_000_000
# JPEG can be decoded at an eighth of its size (`draft`), the others only whole.
MAX_PIXELS_JPEG = 80 * MEGAPIXELS
MAX_PIXELS = 40 * MEGAPIXELS
QUALITY = 92
# Two photos whose perceptual hashes differ in no more bits show the same picture.
SAME_PICTURE_BITS = 4
# How long an upload waits for another to be decoded before the browser is asked to come again.
DECODE_WAIT_SECONDS = 5.0

_decoding = threading.BoundedSemaphore(1)
# Who decodes or waits for it: no more than a quarter of the web's threads, so that pages go on.
_places = threading.BoundedSemaphore(max(1, settings.WEB_THREADS // 4))
_srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


class PhotoRefused(Exception):
    """The file cannot be used; the message says why and what to do, in a person's words."""


class Busy(Exception):
    """Another photo is being decoded; come again in a moment."""


@dataclass(frozen=True)
class PreparedPhoto:
    """A photo ready to be kept.

    `sharpness` is the variance of the Laplacian over the face (or the whole picture) at a fixed size:
    below 10 is blurred. `brightness` is the mean grey of the same, 0–255.
    """

    jpeg: bytes
    tile: bytes
    width: int
    height: int
    sha256: str
    perceptual_hash: str
    sharpness: float
    brightness: float
    faces: list[Face]
    scene: Scene | None


def prepare(file: IO[bytes], *, max_bytes: int) -> PreparedPhoto:
    """Return `file` as a photo to keep.

    One at a time per process, so that memory stays bounded. Raises PhotoRefused with the reason, or
    Busy when the turn did not come within DECODE_WAIT_SECONDS.
    """
    data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise PhotoRefused(_("Larger than %(size)d MB. Choose a smaller file.") % {"size": max_bytes >> 20})
    with _turn():
        return _describe(_decode(data))


@contextmanager
def _turn() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise Busy
    try:
        if not _decoding.acquire(timeout=DECODE_WAIT_SECONDS):
            raise Busy
        try:
            yield
        finally:
            _decoding.release()
    finally:
        _places.release()


def _decode(data: bytes) -> Image.Image:
    """Return the picture upright, in sRGB, without alpha, at most MAX_SIDE."""
    if not data:
        raise PhotoRefused(_("The file is empty. Choose another one."))
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as error:  # Pillow's decoders raise nearly anything for broken files
        raise PhotoRefused(_("Not a picture we can read. Use JPEG, PNG, WebP, HEIC or AVIF.")) from error
    _check_pixels(picture)
    try:
        picture.draft(None, (MAX_SIDE, MAX_SIDE))
        picture.load()
        profile = picture.info.get("icc_profile")
        upright = _upright(_eight_bits(picture))
        upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
        flat = _flattened(upright)
    except Exception as error:
        raise PhotoRefused(_("The file is damaged or cut short. Send it again, or another one.")) from error
    return _to_srgb(flat, profile)


def _check_pixels(picture: Image.Image) -> None:
    """Refuse what is too large to decode or too small to learn from, before decoding it."""
    width, height = picture.size
    # MPO is what Pillow calls a JPEG with a second picture in it, as phones make them.
    limit = MAX_PIXELS_JPEG if picture.format in {"JPEG", "MPO"} else MAX_PIXELS
    if width * height > limit:
        raise PhotoRefused(
            _("%(size)d megapixels. At most %(limit)d can be read. Send a smaller copy.")
            % {"size": width * height // MEGAPIXELS, "limit": limit // MEGAPIXELS}
        )
    if max(width, height) < MIN_LONGER_SIDE or min(width, height) < MIN_SHORTER_SIDE:
        raise PhotoRefused(
            _("Too small: %(width)d × %(height)d pixels. At least %(least)d × %(least)d are needed.")
            % {"width": width, "height": height, "least": GOOD_SIDE}
        )
    # What is left of the shorter side once the longer one is MAX_SIDE.
    if min(width, height) * MAX_SIDE < MIN_SHORTER_SIDE * max(width, height):
        raise PhotoRefused(
            _("Too narrow: %(width)d × %(height)d pixels. Crop it to the person.")
            % {"width": width, "height": height}
        )


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return a 16-bit grey picture as 8 bits; `convert` would clip it to white."""
    if not picture.mode.startswith("I"):
        return picture
    grey = Image.fromarray((np.asarray(picture).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    grey.info = dict(picture.info)
    return grey


def _upright(picture: Image.Image) -> Image.Image:
    """Turn the picture as its EXIF says. Broken EXIF says nothing."""
    with suppress(Exception):
        return ImageOps.exif_transpose(picture)
    return picture


def _flattened(picture: Image.Image) -> Image.Image:
    """Return grey, RGB or CMYK, transparent parts on white."""
    if picture.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(paper, layer).convert("RGB")
    return picture if picture.mode in {"RGB", "L", "CMYK"} else picture.convert("RGB")


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return RGB in sRGB. A broken profile, or one of another kind of picture, is passed over."""
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, _srgb, outputMode="RGB")
            if converted is not None:
                return converted
    return picture.convert("RGB")


def _describe(picture: Image.Image) -> PreparedPhoto:
    jpeg = _written(picture, "JPEG", quality=QUALITY)
    tile = picture.copy()
    tile.thumbnail((TILE_SIDE, TILE_SIDE), Image.Resampling.LANCZOS)
    faces = find_faces(picture)
    sharpness, brightness = _measure(picture, faces)
    return PreparedPhoto(
        jpeg=jpeg,
        tile=_written(tile, "WEBP", quality=80),
        width=picture.width,
        height=picture.height,
        sha256=hashlib.sha256(jpeg).hexdigest(),
        perceptual_hash=_perceptual_hash(picture),
        sharpness=sharpness,
        brightness=brightness,
        faces=faces,
        scene=scene_of(picture, faces),
    )


def _written(picture: Image.Image, format_: str, **options: Any) -> bytes:
    """Encode the pixels alone: a new picture has no EXIF, no profile, no comment."""
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    buffer = io.BytesIO()
    clean.save(buffer, format_, **options)
    return buffer.getvalue()


def _measure(picture: Image.Image, faces: list[Face]) -> tuple[float, float]:
    part = picture
    if faces:
        x, y, width, height = faces[0]
        left, top = round(x * picture.width), round(y * picture.height)
        right, bottom = left + round(width * picture.width), top + round(height * picture.height)
        part = picture.crop((left, top, right, bottom))
    grey = np.asarray(part.convert("L").resize((200, 200), Image.Resampling.LANCZOS))
    return round(float(cv2.Laplacian(grey, cv2.CV_64F).var()), 1), round(float(grey.mean()), 1)


def _perceptual_hash(picture: Image.Image) -> str:
    """Return 64 bits as hex: which of the lowest frequencies are stronger than their median."""
    grey = np.asarray(picture.convert("L").resize((32, 32), Image.Resampling.LANCZOS), dtype=np.float32)
    low = cv2.dct(grey)[:8, :8].flatten()
    bits = (low > np.median(low[1:])).astype(int)
    return f"{int(''.join(map(str, bits)), 2):016x}"


def show_the_same(one: str, other: str) -> bool:
    """Whether two perceptual hashes belong to the same picture (re-encoded, scaled, recoloured)."""
    return bits_apart(one, other) <= SAME_PICTURE_BITS


def bits_apart(one: str, other: str) -> int:
    """Return in how many of their 64 bits two perceptual hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def smaller_copy(jpeg: bytes, side: int, quality: int = 90) -> bytes:
    """Return `jpeg` with its longer side at most `side` pixels; unchanged if it already is."""
    picture = Image.open(io.BytesIO(jpeg), formats=("JPEG",))
    if max(picture.size) <= side:
        return jpeg
    picture.draft("RGB", (side, side))
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _written(picture.convert("RGB"), "JPEG", quality=quality)
