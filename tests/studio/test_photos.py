"""From uploaded bytes to a photo that may be kept."""

from __future__ import annotations

import io
import struct
import threading
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from studio import photos
from studio.photos import Busy, PhotoRefused, PreparedPhoto, prepare, show_the_same, smaller_copy
from tests.factories import jpeg

PHOTOS = Path(__file__).parents[1] / "photos"
LIMIT = 50 * 1024 * 1024
SIZE = (600, 640)


def prepared(data: bytes) -> PreparedPhoto:
    return prepare(io.BytesIO(data), max_bytes=LIMIT)


def written(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def colour(photo: PreparedPhoto) -> tuple[int, ...]:
    """Return the colour in the middle of what is kept."""
    kept = Image.open(io.BytesIO(photo.jpeg))
    pixel = kept.getpixel((kept.width // 2, kept.height // 2))
    assert isinstance(pixel, tuple)
    return tuple(int(value) for value in pixel)


def near(found: tuple[int, ...], wanted: tuple[int, int, int]) -> bool:
    return max(abs(one - other) for one, other in zip(found, wanted, strict=True)) <= 4


def png_that_claims(width: int, height: int) -> bytes:
    """Return a small PNG whose header promises a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def wide_gamut_profile() -> bytes:
    """Return an ICC profile with Display P3's primaries and a plain gamma of 2.2."""

    def tag(kind: bytes, body: bytes) -> bytes:
        return (kind + b"\0\0\0\0" + body).ljust((len(body) + 11) // 4 * 4, b"\0")

    def xyz(*values: float) -> bytes:
        return tag(b"XYZ ", b"".join(struct.pack(">i", round(value * 65536)) for value in values))

    tags = {
        b"desc": tag(b"desc", struct.pack(">I", 5) + b"wide\0" + b"\0" * 78),
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.5151, 0.2412, -0.0011),
        b"gXYZ": xyz(0.2920, 0.6922, 0.0419),
        b"bXYZ": xyz(0.1571, 0.0666, 0.7841),
        **{name: tag(b"curv", struct.pack(">IH", 1, 0x0233)) for name in (b"rTRC", b"gTRC", b"bTRC")},
    }
    offset, index, data = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, body in tags.items():
        index += name + struct.pack(">II", offset + len(data), len(body))
        data += body
    body = index + data
    head = struct.pack(">I4sI4s4s4s12s4s", 128 + len(body), b"\0" * 4, 0x02100000, b"mntr", b"RGB ", b"XYZ ",
                       b"\0" * 12, b"acsp")  # fmt: skip
    illuminant = struct.pack(">iii", 63190, 65536, 54061)
    return (head + b"\0" * 28 + illuminant).ljust(128, b"\0") + body


# What is taken


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_each_kind_of_file_becomes_a_jpeg(kind: str) -> None:
    photo = prepared(written(Image.new("RGB", SIZE, (200, 30, 30)), kind))

    assert Image.open(io.BytesIO(photo.jpeg)).format == "JPEG"
    assert (photo.width, photo.height) == SIZE
    assert near(colour(photo), (200, 30, 30))


def test_the_tile_is_a_small_webp() -> None:
    tile = Image.open(io.BytesIO(prepared(jpeg(1200, 1600)).tile))

    assert (tile.format, max(tile.size)) == ("WEBP", 480)


@pytest.mark.slow
def test_a_large_photo_is_scaled_to_2048_pixels() -> None:
    photo = prepared((PHOTOS / "phone-12mp.jpg").read_bytes())

    assert (photo.width, photo.height) == (1536, 2048)


def test_the_same_file_gives_the_same_bytes() -> None:
    data = jpeg(700, 700)

    assert prepared(data).sha256 == prepared(data).sha256


@pytest.mark.slow
@pytest.mark.parametrize("name", ["phone.heic", "person.webp", "person-1.jpg", "exif-rotated-with-gps.jpg"])
def test_a_photo_stands_upright_whatever_its_format(name: str) -> None:
    upright = prepared((PHOTOS / "person-1.jpg").read_bytes())

    photo = prepared((PHOTOS / name).read_bytes())

    assert (photo.width, photo.height) == (1080, 1350)
    assert show_the_same(photo.perceptual_hash, upright.perceptual_hash)


def test_nothing_about_place_time_and_camera_is_kept() -> None:
    data = (PHOTOS / "exif-rotated-with-gps.jpg").read_bytes()
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(0x8825)

    photo = prepared(data)

    for kept in (Image.open(io.BytesIO(photo.jpeg)), Image.open(io.BytesIO(photo.tile))):
        assert not kept.getexif()
        assert not {"exif", "icc_profile", "comment", "xmp", "photoshop"} & set(kept.info)


def test_a_comment_in_the_file_is_not_kept() -> None:
    data = written(Image.new("RGB", SIZE), "JPEG", comment=b"Anna at home")

    assert b"Anna" not in prepared(data).jpeg


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_does_not_stop_a_good_picture() -> None:
    data = written(Image.new("RGB", SIZE, "red"), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01")

    assert (prepared(data).width, prepared(data).height) == SIZE


# Colours


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_wide_gamut_is_converted_with_and_without_alpha(mode: str) -> None:
    fill = (200, 60, 60, 255)[: len(mode)]
    data = written(Image.new(mode, SIZE, fill), "PNG", icc_profile=wide_gamut_profile())

    found = colour(prepared(data))

    # The same numbers mean a stronger red there: in sRGB it takes more red and less of the rest.
    assert found[0] > 212
    assert found[1] < 50


def test_a_broken_profile_is_passed_over() -> None:
    data = written(Image.new("RGB", SIZE, (200, 60, 60)), "PNG", icc_profile=b"no profile at all")

    assert near(colour(prepared(data)), (200, 60, 60))


def test_a_profile_for_another_kind_of_picture_is_passed_over() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()

    assert near(
        colour(prepared(written(Image.new("RGB", SIZE, (9, 200, 9)), "PNG", icc_profile=lab))), (9, 200, 9)
    )


def test_cmyk_is_taken_in_its_colours() -> None:
    data = written(Image.new("CMYK", SIZE, (0, 255, 255, 0)), "JPEG")

    assert near(colour(prepared(data)), (255, 0, 0))


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    grey = Image.fromarray(np.full((640, 600), 100 << 8, np.uint16))

    assert near(colour(prepared(written(grey, "PNG"))), (100, 100, 100))


@pytest.mark.parametrize(
    ("mode", "fill", "options"),
    [
        ("RGBA", (0, 0, 0, 0), {}),
        ("LA", (0, 0), {}),
        ("L", 7, {"transparency": 7}),
        ("RGB", (1, 2, 3), {"transparency": (1, 2, 3)}),
    ],
)
def test_what_is_transparent_stands_on_white(mode: str, fill: Any, options: dict[str, Any]) -> None:
    data = written(Image.new(mode, SIZE, fill), "PNG", **options)

    assert colour(prepared(data)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "1", "P"])
def test_grey_black_and_white_and_palettes_become_colour_pictures(mode: str) -> None:
    photo = prepared(written(Image.new("RGB", SIZE, "white").convert(mode), "PNG"))

    assert Image.open(io.BytesIO(photo.jpeg)).mode == "RGB"
    assert colour(photo) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", SIZE, name) for name in ("blue", "yellow")]

    photo = prepared(written(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))

    assert near(colour(photo), (0, 0, 255))


# What is refused


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "file is empty"),
        (b"<html>", "Not a picture we can read. Use JPEG, PNG"),
        (written(Image.new("RGB", SIZE), "GIF"), "Not a picture we can read"),
        (written(Image.new("RGB", SIZE), "TIFF"), "Not a picture we can read"),
        (b"%PDF-1.7 " + b"\0" * 2000, "Not a picture we can read"),
        (jpeg(240, 300), "Too small: 240 × 300 pixels. At least 512 × 512"),
        (jpeg(511, 511), "Too small: 511 × 511"),
        (jpeg(383, 900), "Too small: 383 × 900"),
        (jpeg(20_000, 600), "Too narrow: 20000 × 600 pixels. Crop it to the person."),
        (jpeg(400, 2_200), "Too narrow: 400 × 2200 pixels"),
        (jpeg(800, 800)[:3000], "damaged or cut short"),
        (written(Image.new("RGB", SIZE), "PNG")[:-200], "damaged or cut short"),
        (png_that_claims(30_000, 30_000), "900 megapixels. At most 40 can be read"),
        (png_that_claims(2_000_000_000, 2_000_000_000), "megapixels"),
        (png_that_claims(600, 600), "damaged or cut short"),
    ],
    ids=[
        "empty", "html", "gif", "tiff", "pdf", "small", "narrowly-too-small", "narrow", "sliver", "strip",
        "cut-jpeg", "cut-png", "bomb", "greater-bomb", "little-data",
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(PhotoRefused, match=words):
        prepared(data)


@pytest.mark.parametrize("name", ["not-an-image.jpg", "truncated.jpg", "too-small.jpg"])
def test_the_broken_photographs_are_refused(name: str) -> None:
    with pytest.raises(PhotoRefused):
        prepared((PHOTOS / name).read_bytes())


def test_the_smallest_size_that_is_taken() -> None:
    assert prepared(jpeg(384, 512)).width == 384


def test_a_file_that_is_too_large_is_refused_without_being_read() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= 2 * 1024 * 1024
            return b"\xff" * size

    with pytest.raises(PhotoRefused, match="Larger than 1 MB"):
        prepare(Endless(), max_bytes=1024 * 1024)  # type: ignore[arg-type]


def test_a_jpeg_may_have_80_megapixels_and_not_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MAX_PIXELS", 300_000)
    monkeypatch.setattr(photos, "MAX_PIXELS_JPEG", 400_000)

    assert prepared(jpeg(600, 640)).width == 600
    with pytest.raises(PhotoRefused, match="megapixels"):
        prepared(jpeg(700, 640))
    with pytest.raises(PhotoRefused, match="megapixels"):
        prepared(jpeg(600, 640, format="PNG"))


def test_a_jpeg_with_a_second_picture_in_it_counts_as_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MAX_PIXELS", 300_000)
    picture = Image.new("RGB", SIZE, "red")
    data = written(picture, "MPO", save_all=True, append_images=[picture.resize((100, 100))])
    assert Image.open(io.BytesIO(data)).format == "MPO"

    assert prepared(data).width == 600


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    kind=st.sampled_from(["JPEG", "PNG", "WEBP", "HEIF", "AVIF"]),
    changes=st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), min_size=1, max_size=8),
    cut=st.integers(0, 2000) | st.none(),
)
def test_damaged_files_are_taken_or_refused_and_nothing_else(
    kind: str, changes: list[tuple[int, int]], cut: int | None
) -> None:
    data = bytearray(jpeg(520, 520, "teal", kind))
    for position, value in changes:
        data[position % len(data)] = value

    try:
        assert prepared(bytes(data[:cut])).jpeg
    except PhotoRefused as refusal:
        assert str(refusal)


# Taking turns, copies, twins


def test_only_one_photo_is_decoded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "DECODE_WAIT_SECONDS", 0.01)

    with photos._turn(), pytest.raises(Busy):
        prepared(jpeg())


def test_no_more_than_a_quarter_of_the_threads_waits_for_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(photos, "DECODE_WAIT_SECONDS", 3600)

    with photos._turn(), pytest.raises(Busy):
        prepared(jpeg())


def test_a_refusal_gives_the_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "DECODE_WAIT_SECONDS", 0.01)

    with pytest.raises(PhotoRefused):
        prepared(b"nothing")

    assert prepared(jpeg()).width == 600


def test_a_smaller_copy_keeps_its_shape() -> None:
    copy = Image.open(io.BytesIO(smaller_copy(jpeg(900, 1200), 512)))

    assert copy.size == (384, 512)


def test_what_is_small_enough_is_sent_as_it_is() -> None:
    assert smaller_copy(jpeg(300, 400), 512) == jpeg(300, 400)


@pytest.mark.slow
def test_a_photo_sent_again_in_another_size_is_recognised() -> None:
    one, again, other = (
        prepared((PHOTOS / name).read_bytes()).perceptual_hash
        for name in ("person-1.jpg", "person-1-again-smaller.jpg", "person-2.jpg")
    )

    assert show_the_same(one, again)
    assert not show_the_same(one, other)


def test_a_face_is_found_and_measured() -> None:
    photo = prepared((PHOTOS / "person-1.jpg").read_bytes())

    assert len(photo.faces) == 1
    assert photo.sharpness > 50
    assert 100 < photo.brightness < 200
