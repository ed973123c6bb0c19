"""What a comparison with Astria changes in a pack, in words: the pack before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from packs.models import Pack, PackClass, PackPrompt


class What(TextChoices):
    """What changed of a pack, or of a class of it."""

    NEW = "new", gettext_lazy("New: it comes in as a draft")
    MISSING = "missing", gettext_lazy("Astria no longer lists it: it takes no more orders")
    BACK = "back", gettext_lazy("Astria lists it again: it takes orders again if it is published")
    COVER = "cover", gettext_lazy("Another cover")
    CLASS_NEW = "class_new", gettext_lazy("A class that it did not have")
    CLASS_MISSING = "class_missing", gettext_lazy("A class that is gone: it takes no more orders")
    COST = "cost", gettext_lazy("Another cost at Astria")
    IMAGES = "images", gettext_lazy("Another number of pictures")
    SHOTS = "shots", gettext_lazy("Other shots")


@dataclass(frozen=True)
class Change:
    """One change; `before` and `after` as numbers of its kind: milli-cents, pictures, shots.

    Of shots `before` is how many are gone and `after` how many came.
    """

    pack: str
    title: str
    what: str
    class_name: str = ""
    before: int | None = None
    after: int | None = None

    @property
    def words(self) -> str:
        """Say what changed, for staff."""
        said = str(What(self.what).label)
        if self.what == What.COST:
            return f"{said}: {_dollars(self.before)} → {_dollars(self.after)}"
        if self.what == What.SHOTS:
            return f"{said}: " + _("%(gone)d gone, %(new)d new") % {"gone": self.before, "new": self.after}
        if self.what == What.IMAGES:
            return f"{said}: {self.before} → {self.after}"
        return said

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _dollars(milli_cents: int | None) -> str:
    return f"${(milli_cents or 0) / settings.ASTRIA_MILLICENTS_PER_DOLLAR:,.2f}"


@dataclass(frozen=True)
class ClassSeen:
    """A class of a pack that can be ordered."""

    cost_mc: int
    num_images: int
    shots: frozenset[int]


@dataclass(frozen=True)
class PackSeen:
    """A pack at one moment: what of it follows Astria."""

    slug: str
    title: str
    is_there: bool
    cover: str
    classes: dict[str, ClassSeen] = field(default_factory=dict)


def seen(astria_id: int) -> PackSeen | None:
    """Return a pack as it is in the database now; None if there is none."""
    pack = Pack.objects.filter(astria_id=astria_id).first()
    if pack is None:
        return None
    classes = PackClass.objects.offered().filter(pack=pack).prefetch_related("prompts")
    found = {it.name: ClassSeen(it.cost_mc, it.num_images, _ids(it)) for it in classes}
    return PackSeen(pack.slug, pack.title, pack.missing_since is None, pack.cover_source, found)


def _ids(pack_class: PackClass) -> frozenset[int]:
    prompts: list[PackPrompt] = list(pack_class.prompts.all())
    return frozenset(prompt.astria_id for prompt in prompts)


def changes_of(before: PackSeen | None, after: PackSeen) -> list[Change]:
    """Return what is different after a comparison."""
    return [
        Change(after.slug, after.title, what, name, *numbers)
        for what, name, *numbers in _differences(before, after)
    ]


Difference = tuple[Any, ...]


def _differences(before: PackSeen | None, after: PackSeen) -> Iterator[Difference]:
    if before is None:
        yield What.NEW.value, ""
        return
    if before.is_there != after.is_there:
        yield (What.BACK if after.is_there else What.MISSING).value, ""
    if before.cover != after.cover:
        yield What.COVER.value, ""
    for name in sorted(before.classes.keys() | after.classes.keys()):
        yield from _of_class(name, before.classes.get(name), after.classes.get(name))


def _of_class(name: str, before: ClassSeen | None, after: ClassSeen | None) -> Iterator[Difference]:
    if before is None or after is None:
        yield (What.CLASS_NEW if after else What.CLASS_MISSING).value, name
        return
    if before.cost_mc != after.cost_mc:
        yield What.COST.value, name, before.cost_mc, after.cost_mc
    if before.num_images != after.num_images:
        yield What.IMAGES.value, name, before.num_images, after.num_images
    gone, new = before.shots - after.shots, after.shots - before.shots
    if gone or new:
        yield What.SHOTS.value, name, len(gone), len(new)
