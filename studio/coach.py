"""What a photo, and a set of photos, could do better: in words, and in the order of effect.

Each rule stands here and nowhere else. Local rules need no network; what Astria's inspection says is
judged with the same voice. Doubts warn, they never block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from studio.models import Photo
from studio.models.photo import MAX_PHOTOS, MIN_PHOTOS
from studio.photos import GOOD_SIDE, show_the_same

BEST_FROM, BEST_TO = 8, 16
# Measured on tests/photos: sharp portraits lie at 75 and more, the blurred one at 3 (docs/coach.md).
BLURRED_BELOW = 10.0
DARK_BELOW = 45.0
FAR_BELOW = 0.08  # the face's width as a share of the picture's
# What inspection's flags say, in the order in which a photo's doubts are listed.
WORDS = {
    "wearing_sunglasses": gettext_lazy("Sunglasses: the model would learn them."),
    "wearing_hat": gettext_lazy("A hat: the model would learn it."),
    "funny_face": gettext_lazy("A funny face: the model would learn it."),
    "blurry": gettext_lazy("Blurred: the model would learn the blur."),
    "includes_multiple_people": gettext_lazy("More than one person: the model could mix them."),
    "full_body_image_or_longshot": gettext_lazy("Far away: the face is too small to learn from."),
    "low_resolution": gettext_lazy("Few pixels: details of the face are missing."),
    "low_quality": gettext_lazy("Poor quality or light: the model would learn it."),
}


@dataclass(frozen=True)
class Doubt:
    """Something that makes a photo less good to learn from. `kind` is stable, `text` is for people."""

    kind: str
    text: str


@dataclass(frozen=True)
class Coaching:
    """A set's score (0–100) and what would improve it, most effective first."""

    count: int
    score: int
    advice: list[str]


def doubts_about(
    photo: Photo, others: Sequence[Photo], answer: Mapping[str, object] | None, class_name: str
) -> list[Doubt]:
    """Return the doubts about one photo among `others`, with what inspection answered if it did."""
    doubts = _inspected(answer, class_name) if answer is not None else []
    kinds = {doubt.kind for doubt in doubts}
    doubts += [doubt for doubt in _seen(photo, others, class_name) if doubt.kind not in kinds]
    return doubts


def _doubt(flag: str) -> Doubt:
    return Doubt(flag, str(WORDS[flag]))


def _inspected(answer: Mapping[str, object], class_name: str) -> list[Doubt]:
    """Return a doubt for each flag that inspection raised, and for a subject that does not match."""
    doubts = [_doubt(flag) for flag in WORDS if answer.get(flag) is True]
    found = answer.get("name")
    if not found:
        doubts.insert(
            0, Doubt("name", _("No %(name)s was found in this photo.") % {"name": _word(class_name)})
        )
    elif found != class_name:
        text = _("This looks like a %(found)s, not a %(name)s.")
        doubts.insert(0, Doubt("name", text % {"found": _word(str(found)), "name": _word(class_name)}))
    return doubts


def _seen(photo: Photo, others: Sequence[Photo], class_name: str) -> list[Doubt]:
    """Return what our own look at the photo raises."""
    doubts = []
    is_person = class_name in {"man", "woman", "boy", "girl"}
    if is_person and not photo.faces:
        doubts.append(Doubt("name", _("No face was found. Is it turned away, or far from the camera?")))
    if is_person and len(photo.faces) > 1:
        doubts.append(_doubt("includes_multiple_people"))
    if is_person and photo.faces and photo.faces[0][2] < FAR_BELOW:
        doubts.append(_doubt("full_body_image_or_longshot"))
    if photo.brightness < DARK_BELOW:
        doubts.append(Doubt("low_quality", _("Too dark: the face can hardly be seen.")))
    elif photo.sharpness < BLURRED_BELOW:
        doubts.append(_doubt("blurry"))
    if min(photo.width, photo.height) < GOOD_SIDE:
        doubts.append(_doubt("low_resolution"))
    if twin_of(photo, others):
        doubts.append(Doubt("duplicate", _("The same picture as another one of this set.")))
    return doubts


def twin_of(photo: Photo, others: Sequence[Photo]) -> Photo | None:
    """Return an earlier photo of the set that shows the same picture."""
    for other in others:
        if other.pk == photo.pk:
            return None
        if show_the_same(photo.perceptual_hash, other.perceptual_hash):
            return other
    return None


def coach(photos: Sequence[Photo], doubts: Mapping[UUID, Sequence[Doubt]]) -> Coaching:
    """Judge a set: how many photos, and how many of them can be learnt from without a doubt."""
    count = len(photos)
    good = sum(1 for photo in photos if not doubts[photo.pk] or photo.kept_anyway)
    score = round(100 * min(good, BEST_FROM) / BEST_FROM)
    return Coaching(count=count, score=score, advice=_advice(count, doubtful=count - good))


def _advice(count: int, *, doubtful: int) -> list[str]:
    advice = []
    if count < MIN_PHOTOS:
        more = MIN_PHOTOS - count
        text = ngettext("Add %(n)d more photo: four are the minimum.",
                        "Add %(n)d more photos: four are the minimum.", more)  # fmt: skip
        advice.append(text % {"n": more})
    if doubtful:
        text = ngettext("Replace the photo with a warning.",
                        "Replace the %(n)d photos with a warning.", doubtful)  # fmt: skip
        advice.append(text % {"n": doubtful})
    if MIN_PHOTOS <= count < BEST_FROM:
        advice.append(_("Add photos from another day, in other light: 8 to 16 work best."))
    if count >= MAX_PHOTOS:
        advice.append(_("That is the most a set can hold."))
    return advice


def _word(class_name: str) -> str:
    return {"man": _("man"), "woman": _("woman"), "cat": _("cat"), "dog": _("dog")}.get(
        class_name, class_name
    )
