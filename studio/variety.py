"""What a set of photos could do better: its score out of 100, and what would raise it most.

A model learns what its photos have in common. So that this is the face, and not a jacket or a wall, photos
must be several, clear, and differ in everything else. Each rule is a function below that returns a Finding;
the score is worked out once, and a finding's effect is how far the score would rise without it. Limits and
how each was checked: docs/coach.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.coach import Doubt
from studio.models import Photo
from studio.models.photo import MAX_PHOTOS, MIN_PHOTOS
from studio.photos import SAME_PICTURE_BITS, bits_apart
from studio.scenes import SAME_CLOTHES, SAME_PLACE, Colours, are_alike

BEST_FROM, BEST_TO = 8, 16
# The face's width as a share of the picture's: a close-up, head and shoulders, or further away.
CLOSE_FROM, FAR_TO = 0.30, 0.15
# Perceptual hashes that differ in no more bits belong to one moment (in no more than four: one picture).
LIKE_BITS = 12
# What part of the score each finding can take.
WEIGHTS = {"faces": 0.2, "days": 0.15, "places": 0.15, "likeness": 0.1, "light": 0.1, "sharpness": 0.1,
           "distance": 0.08}  # fmt: skip
# Which doubts about photos count for which finding.
DOUBTS_ABOUT = {
    "faces": {"name", "includes_multiple_people", "full_body_image_or_longshot", "wearing_sunglasses",
              "wearing_hat", "funny_face"},
    "light": {"low_quality"},
    "sharpness": {"blurry", "low_resolution"},
    "likeness": {"duplicate"},
}  # fmt: skip

Doubts = Mapping[UUID, Sequence[Doubt]]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Finding:
    """What a set lacks, and what to do. `loss` is between 0 and 1; `points` what doing it would bring."""

    kind: str
    loss: float
    text: str
    todo: str
    points: int = 0


@dataclass(frozen=True)
class Coaching:
    """A set's score (0–100) and what would improve it, most effective first."""

    count: int
    score: int
    findings: list[Finding]


@dataclass(frozen=True)
class _Set:
    """The photos with the kinds of doubt that count against each: none for what the person keeps anyway."""

    photos: Sequence[Photo]
    kinds: Mapping[UUID, frozenset[str]]

    @property
    def good(self) -> int:
        return sum(1 for photo in self.photos if not self.kinds[photo.pk])

    def with_any(self, kinds: set[str]) -> int:
        return sum(1 for photo in self.photos if self.kinds[photo.pk] & kinds)


def coach(photos: Sequence[Photo], doubts: Doubts) -> Coaching:
    """Judge a set."""
    kinds = {
        photo.pk: frozenset(
            doubt.kind for doubt in doubts[photo.pk] if not (doubt.is_hint or doubt.kind in photo.kept_kinds)
        )
        for photo in photos
    }
    these = _Set(photos, kinds)
    found = [finding for rule in RULES if (finding := rule(these))]
    score = _score(these.good, found)
    judged = [replace(finding, points=_without(finding, these, found) - score) for finding in found]
    return Coaching(len(photos), score, sorted(judged, key=lambda finding: -finding.points))


def _score(good: int, found: Sequence[Finding]) -> int:
    """Return 100 for eight good photos to which nothing was found; in proportion for fewer."""
    quality = 1 - sum(WEIGHTS.get(finding.kind, 0) * finding.loss for finding in found)
    return round(100 * min(good, BEST_FROM) / BEST_FROM * quality)


def _without(finding: Finding, these: _Set, found: Sequence[Finding]) -> int:
    """Return the score if what was found were mended, and the photos it is about were good ones."""
    others = [other for other in found if other is not finding]
    if finding.kind == "count":
        return _score(BEST_FROM if finding.loss else these.good, others)
    about = DOUBTS_ABOUT.get(finding.kind, set())
    mended = {pk: kinds - about for pk, kinds in these.kinds.items()}
    return _score(_Set(these.photos, mended).good, others)


# The rules


def _count(these: _Set) -> Finding | None:
    count = len(these.photos)
    if count < MIN_PHOTOS:
        more = MIN_PHOTOS - count
        text = ngettext("%(n)d photo is missing: four are the minimum.",
                        "%(n)d photos are missing: four are the minimum.", more)  # fmt: skip
        return Finding("count", 1, text % {"n": more}, _("Eight to sixteen work best."))
    if count < BEST_FROM:
        text = ngettext("Add %(n)d more photo.", "Add %(n)d more photos.", BEST_FROM - count)
        return Finding("count", 1, text % {"n": BEST_FROM - count}, _("Eight to sixteen work best."))
    if count >= MAX_PHOTOS:
        todo = _("Sixteen are enough: leave out the weakest.")
        return Finding("count", 0, _("That is the most a set can hold."), todo)
    return None


def _days(these: _Set) -> Finding | None:
    worn = _measured(these, "wear")
    missing = _missing(these, worn, SAME_CLOTHES)
    text = _("The clothes look the same in most photos.")
    return Finding("days", missing, text, _("Add two photos from another day.")) if missing else None


def _places(these: _Set) -> Finding | None:
    around = _measured(these, "around")
    missing = _missing(these, around, SAME_PLACE)
    text = _("The background looks the same in most photos.")
    todo = _("Add two taken elsewhere: at a window, outdoors.")
    return Finding("places", missing, text, todo) if missing else None


def _distance(these: _Set) -> Finding | None:
    widths = [photo.faces[0][2] for photo in these.photos if photo.faces]
    if len(widths) < MIN_PHOTOS:
        return None
    if min(widths) >= CLOSE_FROM:
        return Finding("distance", 1, _("All are close-ups."), _("Add one at arm's length or further."))
    if max(widths) <= FAR_TO:
        return Finding("distance", 1, _("All are from far away."), _("Add two of head and shoulders."))
    return None


def _likeness(these: _Set) -> Finding | None:
    groups = _groups(these.photos, _is_one_moment)
    largest = max(map(len, groups), default=0)
    if largest < 2:
        return None
    text = ngettext("%(n)d looks like another.", "%(n)d look alike.", largest) % {"n": largest}
    extra = len(these.photos) - len(groups)
    todo = _("Keep the best of them; replace the others.")
    return Finding("likeness", extra / len(these.photos), text, todo)


def _faces(these: _Set) -> Finding | None:
    number = these.with_any(DOUBTS_ABOUT["faces"])
    text = ngettext("In %(n)d photo the face is not clear.", "In %(n)d photos the face is not clear.", number)
    return _about(these, "faces", text % {"n": number}, _("One person, eyes visible, nothing over the face."))


def _light(these: _Set) -> Finding | None:
    number = these.with_any(DOUBTS_ABOUT["light"])
    text = ngettext("In %(n)d photo the light is poor.", "In %(n)d photos the light is poor.", number)
    return _about(these, "light", text % {"n": number}, _("Take it again facing a window, by day."))


def _sharpness(these: _Set) -> Finding | None:
    number = these.with_any(DOUBTS_ABOUT["sharpness"])
    text = ngettext("%(n)d photo is not sharp.", "%(n)d photos are not sharp.", number)
    return _about(
        these, "sharpness", text % {"n": number}, _("Choose the original, not a screenshot or crop.")
    )


RULES: tuple[Callable[[_Set], Finding | None], ...] = (
    _count, _faces, _days, _places, _likeness, _light, _sharpness, _distance,
)  # fmt: skip


def _about(these: _Set, kind: str, text: str, todo: str) -> Finding | None:
    number = these.with_any(DOUBTS_ABOUT[kind])
    return Finding(kind, number / len(these.photos), text, todo) if number else None


def _measured(these: _Set, part: str) -> list[Colours]:
    scenes = [photo.scene for photo in these.photos if photo.scene]
    return [scene[part] for scene in scenes if scene.get(part)]


def _missing(these: _Set, measured: Sequence[Colours], limit: float) -> float:
    """Return how much of the variety is missing: two kinds are wanted, three once there are eight photos."""
    if len(measured) < MIN_PHOTOS:
        return 0
    wanted = 3 if len(these.photos) >= BEST_FROM else 2
    kinds = len(_groups(measured, lambda one, other: are_alike(one, other, limit)))
    return max(0, wanted - kinds) / (wanted - 1)


def _is_one_moment(one: Photo, other: Photo) -> bool:
    # Without a face, pictures of other things come as near as that.
    limit = LIKE_BITS if one.faces and other.faces else SAME_PICTURE_BITS
    return bits_apart(one.perceptual_hash, other.perceptual_hash) <= limit


def _groups(items: Sequence[Item], alike: Callable[[Item, Item], bool]) -> list[set[int]]:
    """Return the items' places in groups: whatever is like one of a group belongs to it."""
    groups = [{place} for place in range(len(items))]
    for one, other in combinations(range(len(items)), 2):
        if alike(items[one], items[other]):
            first = next(group for group in groups if one in group)
            second = next(group for group in groups if other in group)
            if first is not second:
                first |= second
                groups.remove(second)
    return groups
