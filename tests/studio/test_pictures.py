"""From a delivered picture's bytes to what is stored."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from studio.pictures import PictureUnusable, develop, web_copy
from tests.factories import jpeg

PHOTOS = Path(__file__).parents[1] / "photos"


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and has next to no pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


def test_a_picture_gets_variants_as_webp_in_three_widths() -> None:
    picture = develop(jpeg(1600, 2000))

    sizes = {width: opened(data).size for width, data in picture.variants.items()}
    assert sizes == {320: (320, 400), 640: (640, 800), 1280: (1280, 1600)}
    assert {opened(data).format for data in picture.variants.values()} == {"WEBP"}
    assert (picture.width, picture.height, picture.extension) == (1600, 2000, "jpg")


def test_a_small_picture_is_not_enlarged() -> None:
    picture = develop(jpeg(500, 600))

    assert {width: opened(data).width for width, data in picture.variants.items()} == {
        320: 320,
        640: 500,
        1280: 500,
    }


def test_the_placeholder_is_a_tiny_picture_that_fits_its_column() -> None:
    picture = develop((PHOTOS / "person-1.jpg").read_bytes())

    assert picture.placeholder.startswith("data:image/webp;base64,")
    assert len(picture.placeholder) <= 1200


def test_the_face_is_found_as_a_part_of_the_picture() -> None:
    face = develop((PHOTOS / "person-1.jpg").read_bytes()).face

    assert face is not None
    assert 0 <= face.x < face.x + face.width <= 1
    assert 0 <= face.y < face.y + face.height <= 1


def test_a_picture_without_a_face_has_none() -> None:
    assert develop(jpeg()).face is None


@pytest.mark.parametrize(("format", "extension"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_the_kind_of_picture_decides_how_the_original_is_called(format: str, extension: str) -> None:  # noqa: A002
    assert develop(jpeg(format=format)).extension == extension


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "LA", "I;16"])
def test_every_mode_is_developed(mode: str) -> None:
    buffer = io.BytesIO()
    format = "JPEG" if mode == "CMYK" else "PNG"  # noqa: A001
    Image.new(mode, (100, 100)).save(buffer, format)

    assert set(develop(buffer.getvalue()).variants) == {320, 640, 1280}


def test_a_jpeg_that_holds_two_pictures_counts_as_its_first() -> None:
    buffer = io.BytesIO()
    first, second = Image.new("RGB", (100, 200)), Image.new("RGB", (100, 200), "red")
    first.save(buffer, "MPO", save_all=True, append_images=[second])

    picture = develop(buffer.getvalue())

    assert (picture.width, picture.height, picture.extension) == (100, 200, "jpg")


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>", b"\xff\xd8\xff", jpeg()[:-200], jpeg(format="PNG")[:100], jpeg(format="WEBP")[:60],
     jpeg(format="GIF"), b"\x89PNG\r\n\x1a\n" + b"\0" * 50],
    ids=["empty", "page", "head", "cut jpeg", "cut png", "cut webp", "gif", "zeros"],
)  # fmt: skip
def test_what_is_not_a_whole_picture_is_unusable(data: bytes) -> None:
    with pytest.raises(PictureUnusable):
        develop(data)


@pytest.mark.parametrize(
    "data",
    [png_of(30_000, 30_000), png_of(12_000, 9_000), png_of(7_000, 9_000), png_of(100, 20_000),
     png_of(63, 900)],
    ids=["bomb", "half a bomb", "63 megapixels", "too long", "too small"],
)  # fmt: skip
def test_a_picture_of_a_size_that_nobody_orders_is_unusable(data: bytes) -> None:
    with pytest.raises(PictureUnusable):
        develop(data)


def test_a_web_copy_is_as_wide_as_asked_at_most() -> None:
    copy = opened(web_copy(jpeg(1000, 500), 640))

    assert (copy.format, copy.size) == ("WEBP", (640, 320))
