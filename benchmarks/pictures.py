"""What a delivered picture costs: beside its bare encoding, beside libvips, and from fetch to storage."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from statistics import median

import pyvips
from django.conf import settings
from PIL import Image as Picture

from benchmarks.ground import prepare
from benchmarks.origin import pending_pictures, serving_pictures, typical
from benchmarks.report import Figure, ratio, seen
from studio.delivery import deliver
from studio.models import Image
from studio.pictures import VARIANT_WIDTHS, WEBP_QUALITY, develop

ROUNDS, QUICK_ROUNDS = 30, 5


def figures(quick: bool) -> list[Figure]:
    prepare()
    rounds = QUICK_ROUNDS if quick else ROUNDS
    data = typical()
    return [*_developed(data, rounds), *_delivered(rounds)]


def _developed(data: bytes, rounds: int) -> list[Figure]:
    """Return what `develop` takes beside the bare encoding and beside libvips, each in turn."""
    variants = _variants(data)
    sides = [
        (_cpu(lambda: _encode(variants)), _cpu(lambda: develop(data)), _cpu(lambda: _by_vips(data)))
        for _ in range(rounds)
    ]
    ours, bare = median(own for _, own, _ in sides), median(bare / own for bare, own, _ in sides)
    vips = median(vips / own for _, own, vips in sides)
    return [
        ratio("delivered picture: bare encoding against all of it", bare, "least", 0.72),
        seen("delivered pictures a second and core", 1 / ours, "1/s"),
        seen("variants a second and core", len(VARIANT_WIDTHS) / ours, "1/s"),
        seen("delivered picture: libvips for the variants against all of ours", vips, "×"),
    ]


def _cpu(run: Callable[[], object]) -> float:
    """Return the seconds of CPU that it takes, in all threads."""
    began = time.process_time()
    run()
    return time.process_time() - began


def _variants(data: bytes) -> list[Picture.Image]:
    """Return what is to be encoded, decoded and scaled beforehand."""
    picture = Picture.open(io.BytesIO(data)).convert("RGB")
    widths = sorted({min(width, picture.width) for width in VARIANT_WIDTHS})
    return [picture.resize((width, round(picture.height * width / picture.width))) for width in widths]


def _encode(variants: list[Picture.Image]) -> None:
    for variant in variants:
        variant.save(io.BytesIO(), "WEBP", quality=WEBP_QUALITY, method=3)


def _by_vips(data: bytes) -> None:
    """Make the same variants, without placeholder, checks or faces."""
    for width in VARIANT_WIDTHS:
        picture = pyvips.Image.thumbnail_buffer(data, width, height=10_000, size="down")
        picture.webpsave_buffer(Q=WEBP_QUALITY, effort=3)


def _delivered(rounds: int) -> list[Figure]:
    """Return what a picture takes from its claim to its storage, over HTTP from this machine."""
    with serving_pictures() as origin:
        settings.ASTRIA_BASE_URL = origin
        ids = pending_pictures(origin, rounds)
        times = []
        for pk in ids:
            began = time.perf_counter()
            deliver(pk)
            times.append(time.perf_counter() - began)
    assert Image.objects.stored().filter(pk__in=ids).count() == rounds
    return [seen("picture fetched, developed and stored", median(times) * 1000, "ms")]
