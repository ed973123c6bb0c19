"""Downloads without metadata, marked as made by a machine, pixel for pixel what Astria made."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from studio.marking import Unreadable, mark_weight, marked, weight

SECRET = "Anna, Main Street 1"
SOURCE = b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def picture(mode: str = "RGB") -> Image.Image:
    gradient = Image.linear_gradient("L").resize((70, 93))
    return Image.merge("RGB", [gradient, gradient.rotate(90), gradient.rotate(180)]).convert(mode)


def file(extension: str, mode: str = "RGB", **options: Any) -> bytes:
    """Return a file that says more than its picture."""
    exif, text = Image.Exif(), PngImagePlugin.PngInfo()
    exif[0x010E] = SECRET
    text.add_text("parameters", SECRET)
    more = {"jpg": {"comment": SECRET.encode()}, "png": {"pnginfo": text}, "webp": {}}[extension]
    buffer = io.BytesIO()
    picture(mode).save(
        buffer, FORMATS[extension], **({"exif": exif, "xmp": SECRET.encode()} | more | options)
    )
    return buffer.getvalue()


def joined(data: bytes, extension: str, *, mark: bool = True) -> bytes:
    return b"".join(marked(data, extension, mark=mark))


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
    return image


@pytest.mark.parametrize("extension", FORMATS)
def test_the_mark_is_there_and_no_other_metadata(extension: str) -> None:
    before = file(extension)

    after = joined(before, extension)

    assert SECRET.encode() in before
    assert SECRET.encode() not in after
    assert SOURCE in opened(after).info["xmp"]


@pytest.mark.parametrize("extension", FORMATS)
def test_without_the_mark_nothing_but_the_picture_is_left(extension: str) -> None:
    after = joined(file(extension), extension, mark=False)

    assert SECRET.encode() not in after
    assert "xmp" not in opened(after).info


@pytest.mark.parametrize(
    ("extension", "mode", "options"),
    [
        ("jpg", "RGB", {"progressive": True}),
        ("jpg", "RGB", {"restart_marker_blocks": 2}),
        ("jpg", "CMYK", {}),
        ("jpg", "L", {}),
        ("png", "RGBA", {}),
        ("png", "P", {"transparency": 3}),
        ("webp", "RGB", {"lossless": True}),
        ("webp", "RGBA", {}),
        ("webp", "RGBA", {"lossless": True}),
    ],
)
def test_pixels_are_the_very_same(extension: str, mode: str, options: dict[str, Any]) -> None:
    before = file(extension, mode, **options)

    after = opened(joined(before, extension))

    assert after.mode == opened(before).mode
    assert after.convert("RGBA").tobytes() == opened(before).convert("RGBA").tobytes()


@pytest.mark.parametrize("extension", FORMATS)
def test_a_colour_profile_stays(extension: str) -> None:
    after = opened(joined(file(extension, icc_profile=PROFILE), extension))

    assert after.info["icc_profile"] == PROFILE


@pytest.mark.parametrize("extension", FORMATS)
def test_what_a_file_will_weigh_is_known_before(extension: str) -> None:
    data = file(extension)

    assert len(joined(data, extension, mark=False)) == weight(data, extension)
    assert len(joined(data, extension)) == weight(data, extension) + mark_weight(extension)


def commented_at_its_end(data: bytes) -> bytes:
    """Return a JPEG with a comment behind its scan."""
    assert data.endswith(b"\xff\xd9")
    return data[:-2] + b"\xff\xfe" + (len(SECRET) + 2).to_bytes(2, "big") + SECRET.encode() + data[-2:]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(file("jpg"), id="metadata in its head"),
        pytest.param(file("jpg", progressive=True), id="many scans"),
        pytest.param(joined(file("jpg"), "jpg", mark=False), id="nothing but the picture"),
        pytest.param(commented_at_its_end(file("jpg")), id="metadata behind its scan"),
        pytest.param(file("jpg") + b"\xff\xd8" + SECRET.encode(), id="more than one picture"),
        pytest.param(file("jpg")[:2] + b"\xff" + file("jpg")[2:], id="padding"),
        pytest.param(file("jpg")[:-2], id="without its end"),
    ],
)
@pytest.mark.parametrize("mark", [True, False])
def test_knowing_what_a_jpeg_weighs_changes_nothing_of_it(data: bytes, mark: bool) -> None:
    known = marked(data, "jpg", mark=mark, bare=weight(data, "jpg"))

    assert b"".join(known) == joined(data, "jpg", mark=mark)
    assert SECRET.encode() not in b"".join(known)


def test_the_coded_data_of_a_jpeg_whose_weight_is_known_are_not_searched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = file("jpg")
    known = weight(data, "jpg")
    monkeypatch.setattr("studio.marking._MARKER", None)

    assert SOURCE in b"".join(marked(data, "jpg", mark=True, bare=known))


@pytest.mark.parametrize("extension", FORMATS)
def test_marking_twice_is_marking_once(extension: str) -> None:
    once = joined(file(extension), extension)

    assert joined(once, extension) == once


def test_what_follows_the_end_of_a_jpeg_is_left_out() -> None:
    data = file("jpg")

    assert joined(data + b"\xff\xd8" + SECRET.encode(), "jpg") == joined(data, "jpg")


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("broken", [b"", b"\xff\xd8", b"RIFF\4\0\0\0WEBP", b"GIF89a" * 20])
def test_what_is_no_such_file_is_said_so(extension: str, broken: bytes) -> None:
    with pytest.raises(Unreadable):
        marked(broken, extension, mark=True)
    assert weight(broken, extension) == 0
