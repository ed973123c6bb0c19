"""Which files a download is made of: sizes, names, and what goes along."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio import files
from studio.cropping import Box, Frame, Shape
from studio.marking import Part, Unreadable, mark_weight, marked
from studio.models.image import Image, ImageQuerySet, folder_of
from studio.naming import file_stem
from studio.pictures import VARIANT_WIDTHS, cut_out, resized
from studio.zipping import Entry

logger = logging.getLogger("studio.downloading")

LARGE_SIDE, SQUARE_SIDE = 2048, 800
WEB_WIDTH = max(VARIANT_WIDTHS)
_WANTED = (
    *("pk", "account_id", "shoot_id", "number", "extension", "width", "height", "face_box"),
    *("bare_bytes", "web_bytes", "created_at", "shoot__kind", "shoot__pack__slug"),
    *("shoot__title", "shoot__tune__photo_set__name"),
)
_SAID = ("prompt__number", "prompt__text", "prompt__seed", "liked_at")


class Size(TextChoices):
    ORIGINAL = "original", gettext_lazy("Original")
    LARGE = "2048", gettext_lazy("At most 2048 pixels")
    WEB = "web", gettext_lazy("For the web")
    SQUARE = "square", gettext_lazy("Square, 800 pixels")


@dataclass(frozen=True)
class Batch:
    """Files that go out together, and how a ZIP of them is called."""

    name: str
    entries: list[Entry]

    @property
    def weight(self) -> int:
        """How many bytes the files have, 0 while that is not known of each."""
        sizes = [entry.size for entry in self.entries]
        return sum(sizes) if all(sizes) else 0


@dataclass(frozen=True)
class _File:
    """One file of a picture: what it ends in, what it weighs (0: not known before), and how it is had."""

    extension: str
    weight: int
    parts: Callable[[], Iterable[Part]]


def batch(images: ImageQuerySet, size: Size, *, stem: str = "", manifest: bool = False) -> Batch:
    """Return the files of stored `images` in one size, the oldest first.

    Their names begin with the set and the pack, unless there is a `stem`; each is there once. A `manifest`
    tells of which words and seed each was made.
    """
    wanted = _WANTED + _SAID if manifest else _WANTED
    rows = list(images.order_by("created_at", "id").values_list(*wanted, named=True))
    stems = [stem] * len(rows) if stem else _stems(rows)
    made = [_entry(row, name, size) for row, name in zip(rows, _names(rows, stems), strict=True)]
    if manifest and rows:
        made.append(_manifest(rows, made))
    return Batch(stems[0] if len(set(stems)) == 1 else "pictures", made)


def crop(image: Image, shape: Shape, box: Box) -> Entry:
    """Return the file of a crop."""
    row = Image.objects.filter(pk=image.pk).values_list(*_WANTED, named=True)[0]
    cut = _made(row, lambda data: cut_out(data, _corners(box)))
    at = timezone.localtime(row.created_at)
    return Entry(f"{_names([row], _stems([row]))[0]}-{shape}.{cut.extension}", at, cut.weight, cut.parts)


def _names(rows: Sequence[Any], stems: Sequence[str]) -> list[str]:
    """Return a name for each without its ending; whoever comes second to one gets a piece of its id."""
    names: dict[str, None] = {}
    for row, stem in zip(rows, stems, strict=True):
        name = f"{stem}-{row.number:03}"
        names[name if name not in names else f"{name}-{str(row.pk)[:8]}"] = None
    return list(names)


def _stems(rows: Sequence[Any]) -> list[str]:
    """Return what each name begins with: the set and the pack, which many pictures share."""
    stem = cache(file_stem)
    return [
        stem(row.shoot__tune__photo_set__name or "", row.shoot__pack__slug or row.shoot__kind) for row in rows
    ]


def _entry(row: Any, name: str, size: Size) -> Entry:
    if size == Size.LARGE and max(row.width, row.height) <= LARGE_SIDE:
        size = Size.ORIGINAL
    file = _file(row, size)
    ending = "" if size == Size.ORIGINAL else f"-{size}"
    at = timezone.localtime(row.created_at)
    return Entry(f"{name}{ending}.{file.extension}", at, file.weight, file.parts)


def _file(row: Any, size: Size) -> _File:
    if size == Size.ORIGINAL:
        return _stored(row, f"original.{row.extension}", row.bare_bytes)
    if size == Size.WEB:
        return _stored(row, f"{WEB_WIDTH}.webp", row.web_bytes)
    if size == Size.LARGE:
        return _made(row, lambda data: resized(data, LARGE_SIDE))
    box = _corners(Frame(row.width, row.height, row.face_box).first_box(Shape.SQUARE))
    return _made(row, lambda data: cut_out(data, box, (SQUARE_SIDE, SQUARE_SIDE)))


def _stored(row: Any, name: str, bare: int) -> _File:
    """Return a file that lies in our storage: its own bytes, without metadata."""
    extension = name.rpartition(".")[2]
    mark = mark_weight(extension) if settings.MARK_AI_PICTURES else 0
    key = f"{folder_of(row)}/{name}"
    return _File(extension, bare + mark if bare else 0, lambda: _bare(files.read(key), extension, bare))


def _made(row: Any, make: Callable[[bytes], bytes]) -> _File:
    """Return a file that is made of the original when its turn comes."""
    key = f"{folder_of(row)}/original.{row.extension}"
    return _File("jpg", 0, lambda: _bare(make(files.read(key)), "jpg"))


def _bare(data: bytes, extension: str, bare: int = 0) -> Iterable[Part]:
    try:
        return marked(data, extension, mark=settings.MARK_AI_PICTURES, bare=bare)
    except Unreadable:
        # It was decoded when it came; somebody's program is more particular than ours.
        logger.warning("a picture goes out as it came: it is no proper %s", extension)
        return [data]


def _corners(box: Box) -> tuple[int, int, int, int]:
    return box.left, box.top, box.left + box.width, box.top + box.height


def _manifest(rows: Sequence[Any], made: Sequence[Entry]) -> Entry:
    """Return a table of what each file was made of, as any spreadsheet opens it."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([_("File"), _("Shoot"), _("Shot"), _("Picture"), _("Liked"), _("Prompt"), _("Seed")])
    for row, entry in zip(rows, made, strict=True):
        liked, seed = _("yes") if row.liked_at else "", "" if row.prompt__seed is None else row.prompt__seed
        words = (_plain(row.shoot__title), row.prompt__number, row.number, liked, _plain(row.prompt__text))
        table.writerow((entry.name, *words, seed))
    # The mark of UTF-8, without which some read it as something else.
    data = b"\xef\xbb\xbf" + text.getvalue().encode()
    return Entry("manifest.csv", timezone.localtime(), len(data), lambda: [data])


def _plain(words: str) -> str:
    """Return words that no spreadsheet takes for a formula."""
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t", "\r") else words
