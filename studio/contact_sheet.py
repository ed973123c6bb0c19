"""Pictures as pages show them: addresses, sizes, likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.files import signer
from studio.models import Image
from studio.models.image import ImageQuerySet, folder_of
from studio.pictures import VARIANT_WIDTHS

PICTURES_A_PAGE = 40
# What a frame is made of: rows of just that are read three times as fast as pictures with their shoots.
_SHOWN = (
    *("pk", "extension", "width", "height", "placeholder", "liked_at", "hidden_at", "votes"),
    *("shoot_title", "shot", "number", "account_id", "shoot_id"),
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
    hidden: bool
    votes: str  # how many, in words; "" for none
    like_url: str
    unlike_url: str
    page_url: str
    original_url: str


def newest(images: ImageQuerySet, most: int) -> list[Frame]:
    """Return the newest of `images`, at most so many."""
    return frames(rows(images.order_by("-created_at", "id"))[:most])


def rows(images: ImageQuerySet) -> QuerySet[Image, Any]:
    """Return of each picture what `frames` needs, and no more."""
    titled = images.annotate(shoot_title=F("shoot__title"), shot=F("prompt__number"))  # type: ignore[no-redef]
    return titled.values_list(*_SHOWN, named=True)


def frames(
    images: Iterable[Image], *, width: int = 640, base: str = "", widths: tuple[int, ...] = VARIANT_WIDTHS
) -> list[Frame]:
    """Return the frames of stored pictures, with the variants of these `widths`.

    `width` is that of the variant for browsers without srcset. `base` is what the pictures' addresses
    begin with, by default that of their owner's pages; only the owner's browser may read files from the
    storage itself. All this is found out once a page, not six times a picture.
    """
    sign = None if base else signer()
    base = base or reverse("studio:picture", args=[_NIL]).partition(_NIL)[0]
    alt = _("%(title)s, shot %(shot)d, picture %(number)d")
    made = []
    for image in images:
        page_url = f"{base}{image.pk}/"
        made.append(_frame(image, page_url, alt, width, _variants(image, page_url, widths, sign)))
    return made


def _frame(image: Image, page_url: str, alt: str, width: int, files: dict[int, str]) -> Frame:
    # Numbers, addresses of `reverse` and base64 need no escaping, which would take as long as the query.
    return Frame(
        id=SafeString(image.pk),
        src=SafeString(files[width]),
        srcset=SafeString(", ".join(f"{url} {min(w, image.width)}w" for w, url in files.items())),
        width=SafeString(image.width),
        height=SafeString(image.height),
        placeholder=SafeString(image.placeholder),
        alt=alt % {"title": image.shoot_title, "shot": image.shot, "number": image.number},
        liked=image.liked_at is not None,
        hidden=image.hidden_at is not None,
        votes=votes_in_words(image.votes) if image.votes else "",
        like_url=SafeString(f"{page_url}like/"),
        unlike_url=SafeString(f"{page_url}unlike/"),
        page_url=SafeString(page_url),
        original_url=f"{page_url}original.{image.extension}",
    )


def votes_in_words(votes: int) -> str:
    return ngettext("%(n)d vote", "%(n)d votes", votes) % {"n": votes}


def _variants(
    image: Image, page_url: str, widths: tuple[int, ...], sign: Callable[[str], str] | None
) -> dict[int, str]:
    """Return the address of each variant, by width: our view's or, escaped for HTML, the storage's."""
    if sign is None:
        return {width: f"{page_url}{width}.webp" for width in widths}
    folder = folder_of(image)
    return {width: sign(f"{folder}/{width}.webp").replace("&", "&amp;") for width in widths}
