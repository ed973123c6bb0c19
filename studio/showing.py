"""What a gallery shows: which of a person's pictures, in which order, and from where on.

Pages start at a picture, not at a number: while somebody culls, pictures leave what is shown ("not seen
yet" loses each one that is looked at), and by numbers the next page would leave out as many.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from studio.contact_sheet import PICTURES_A_PAGE, Frame, frames, rows
from studio.models import Image
from studio.models.image import ImageQuerySet

SHOWS = ("all", "liked", "unseen", "hidden")
ORDERS = ("newest", "best")
# A picture that is opened by its address stands among its neighbours.
BEFORE_AN_OPENED_ONE = 12


@dataclass(frozen=True)
class Showing:
    """What somebody asked to see. `shoot_id` None: of all shoots; `shot` 0: every shot."""

    shoot_id: UUID | None = None
    show: str = "all"
    order: str = "newest"
    shot: int = 0

    @classmethod
    def asked(cls, query: Mapping[str, str], shoot_id: UUID | None) -> Showing:
        """Read a query string; what is nonsense in it counts as not said."""
        show, order, shot = query.get("show", ""), query.get("order", ""), query.get("shot", "")
        return cls(
            shoot_id,
            show if show in SHOWS else "all",
            order if order in ORDERS else "newest",
            int(shot) if shoot_id and shot.isascii() and shot.isdecimal() and len(shot) < 7 else 0,
        )

    def images(self, own: ImageQuerySet) -> ImageQuerySet:
        """Return those of a person's `own` pictures that are shown."""
        images = own.filter(shoot=self.shoot_id) if self.shoot_id else own
        images = images.filter(prompt__number=self.shot) if self.shot else images
        if self.show == "hidden":
            return images.stored().filter(hidden_at__isnull=False)
        images = images.shown()
        if self.show == "liked":
            return images.filter(liked_at__isnull=False)
        return images.filter(seen_at=None) if self.show == "unseen" else images

    def url(self, **changes: Any) -> str:
        """Return the address of this gallery, or of one that differs by `changes`."""
        other = replace(self, **changes)
        args = [other.shoot_id] if other.shoot_id else []
        return reverse("studio:shoot-gallery" if args else "studio:gallery", args=args) + other.query()

    def query(self, **more: str) -> str:
        """Return what is not as usual as a query string, "" if all is, with `more` behind it."""
        usual = Showing(self.shoot_id)
        said = {name: getattr(self, name) for name in ("show", "order", "shot")}
        unusual = {name: value for name, value in said.items() if value != getattr(usual, name)}
        return f"?{urlencode(unusual | more)}" if unusual or more else ""

    def picture_query(self) -> str:
        """Return what pictures' addresses carry, so that their neighbours are those of this gallery."""
        return self.query() if self.shoot_id else self.query(**{"in": "all"})


@dataclass(frozen=True)
class GalleryPage:
    """A page of pictures; `earlier` and `later` are where the pages around it start, None: there is none."""

    frames: list[Frame]
    earlier: UUID | None = None
    later: UUID | None = None
    # Of a picture that is opened by its address.
    previous: UUID | None = None
    following: UUID | None = None


def page_from(images: ImageQuerySet, order: str, at: Any, **look: Any) -> GalleryPage:
    """Return a page that starts at the picture `at`, or where it would stand; None: the first page.

    `look` is what studio.contact_sheet.frames takes.
    """
    if at is None:
        return _page(_ordered(images, order), [], **look)
    return _page(_ordered(_from(images, order, at), order), _before(images, order, at), **look)


def page_around(images: ImageQuerySet, order: str, at: Any) -> GalleryPage:
    """Return a page that starts a little before the picture `at`, and who its neighbours are."""
    before = _before(images, order, at)
    start = before[:BEFORE_AN_OPENED_ONE]
    page = page_from(images, order, start[-1] if start else at)
    after = [UUID(frame.id) for frame in page.frames[len(start) :] if frame.id != str(at.pk)]
    return replace(page, previous=before[0].pk if before else None, following=after[0] if after else None)


def number_before(images: ImageQuerySet, at: Any) -> int:
    """Return how many of `images`, the newest first, stand before the picture `at`; None: none."""
    return 0 if at is None else images.filter(_is_before(at)).order_by().count()


def _page(images: ImageQuerySet, before: list[Any], **look: Any) -> GalleryPage:
    found = list(rows(images)[: PICTURES_A_PAGE + 1])
    return GalleryPage(
        frames(found[:PICTURES_A_PAGE], **look),
        before[-1].pk if before else None,
        found[-1].pk if len(found) > PICTURES_A_PAGE else None,
    )


def _ordered(images: ImageQuerySet, order: str) -> ImageQuerySet:
    keys = ("-created_at", "id")
    return images.order_by("-score", *keys) if order == "best" else images.order_by(*keys)


def _from(images: ImageQuerySet, order: str, at: Any) -> ImageQuerySet:
    """Return `at` and what comes after it. The first condition is what an index can be entered with."""
    later = Q(created_at__lt=at.created_at) | Q(created_at=at.created_at, pk__gte=at.pk)
    if order == "best":
        return images.filter(later | Q(score__lt=at.score), score__lte=at.score)
    return images.filter(later, created_at__lte=at.created_at)


def _before(images: ImageQuerySet, order: str, at: Any) -> list[Any]:
    """Return up to a page of rows before `at`, the nearest first."""
    earlier = _is_before(at)
    if order == "best":
        found = images.filter(earlier | Q(score__gt=at.score), score__gte=at.score)
    else:
        found = images.filter(earlier, created_at__gte=at.created_at)
    nearest = _ordered(found, order).reverse().values_list("pk", "created_at", "score", named=True)
    return list(nearest[:PICTURES_A_PAGE])


def _is_before(at: Any) -> Q:
    return Q(created_at__gt=at.created_at) | Q(created_at=at.created_at, pk__lt=at.pk)


def picture_named(own: ImageQuerySet, text: str) -> Image | None:
    """Return the picture with this id if it is one of `own`."""
    try:
        return own.filter(pk=UUID(text)).first()
    except ValueError:
        return None
