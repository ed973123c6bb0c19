"""Pictures as pages show them: addresses, sizes, likes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from studio.models import Image
from studio.models.image import ImageQuerySet
from studio.pictures import VARIANT_WIDTHS

PICTURES_A_PAGE = 40
# What a frame is made of: rows of just that are read three times as fast as pictures with their shoots.
_SHOWN = (
    *("pk", "extension", "width", "height", "placeholder", "liked_at"),
    *("shoot_title", "shot", "number"),
)
_NIL = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Frame:
    """One picture on a page."""

    id: str
    src: str
    srcset: str
    width: str  # a number would be formatted for the reader's language, which takes its time
    height: str
    placeholder: str
    alt: str
    liked: bool
    like_url: str
    unlike_url: str
    page_url: str
    original_url: str

    @property
    def large_url(self) -> str:
        return f"{self.page_url}{max(VARIANT_WIDTHS)}.webp"


@dataclass(frozen=True)
class Sheet:
    """One page of pictures, and where the next one starts (0: there is none)."""

    frames: list[Frame]
    next_start: int


def sheet(images: ImageQuerySet, start: int, *, base: str = "") -> Sheet:
    """Return PICTURES_A_PAGE of `images` from `start` on, newest first; `base` as in `frames`."""
    titled = images.annotate(shoot_title=F("shoot__title"), shot=F("prompt__number"))  # type: ignore[no-redef]
    rows = titled.order_by("-created_at", "id").values_list(*_SHOWN, named=True)
    page = list(rows[start : start + PICTURES_A_PAGE + 1])
    next_start = start + PICTURES_A_PAGE if len(page) > PICTURES_A_PAGE else 0
    return Sheet(frames(page[:PICTURES_A_PAGE], base=base), next_start)


def start_of(request: HttpRequest) -> int:
    """Return where the asked-for page starts: `from` in the query, 0 for the first or for nonsense."""
    value = request.GET.get("from", "0")
    return int(value) if value.isdecimal() and len(value) < 7 else 0


def frames(images: Iterable[Image], *, width: int = 640, base: str = "") -> list[Frame]:
    """Return the frames of stored pictures.

    `width` is that of the variant for browsers without srcset. `base` is what the pictures' addresses
    begin with, by default that of their owner's pages. It is asked of `reverse` once a page, not six
    times a picture.
    """
    base = base or reverse("studio:picture", args=[_NIL]).partition(_NIL)[0]
    alt = _("%(title)s, shot %(shot)d, picture %(number)d")
    return [_frame(image, f"{base}{image.pk}/", alt, width) for image in images]


def _frame(image: Image, page_url: str, alt: str, width: int) -> Frame:
    # Numbers, addresses of `reverse` and base64 need no escaping, which would take as long as the query.
    return Frame(
        id=SafeString(image.pk),
        src=SafeString(f"{page_url}{width}.webp"),
        srcset=SafeString(", ".join(f"{page_url}{w}.webp {min(w, image.width)}w" for w in VARIANT_WIDTHS)),
        width=SafeString(image.width),
        height=SafeString(image.height),
        placeholder=SafeString(image.placeholder),
        alt=alt % {"title": image.shoot_title, "shot": image.shot, "number": image.number},
        liked=image.liked_at is not None,
        like_url=SafeString(f"{page_url}like/"),
        unlike_url=SafeString(f"{page_url}unlike/"),
        page_url=SafeString(page_url),
        original_url=f"{page_url}original.{image.extension}",
    )
