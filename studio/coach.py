"""What a photo could do better, in words; studio/variety.py says so of a set.

Each rule stands here and nowhere else. Local rules need no network; what Astria's inspection says is
judged with the same voice. Doubts warn, they never block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.models import Photo
from studio.models.photo import CHILDREN, is_of_adult
from studio.photos import GOOD_SIDE, show_the_same

# Measured on tests/photos: sharp portraits lie at 75 and more, the blurred one at 3 (docs/coach.md).
BLURRED_BELOW = 10.0
DARK_BELOW = 45.0
BRIGHT_ABOVE = 210.0
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


# Most people have little else: said, but not held against the photo.
HINTS = {
    "selfie": gettext_lazy("A selfie: so near, the lens bends the face. Let others come from further away.")
}


@dataclass(frozen=True)
class Doubt:
    """Something that makes a photo less good to learn from. `kind` is stable, `text` is for people.

    A hint is said without being held against the photo.
    """

    kind: str
    text: str
    is_hint: bool = False


def doubts_about(
    photo: Photo, others: Sequence[Photo], answer: Mapping[str, object] | None, class_name: str
) -> list[Doubt]:
    """Return the doubts about one photo among `others`, with what inspection answered if it did."""
    doubts = _reviewed(photo, _inspected(answer, class_name) if answer is not None else [])
    kinds = {doubt.kind for doubt in doubts}
    doubts += [doubt for doubt in _seen(photo, others, class_name) if doubt.kind not in kinds]
    return doubts


def _reviewed(photo: Photo, doubts: list[Doubt]) -> list[Doubt]:
    """Let what staff said of a photo take the place of what inspection took it for."""
    if photo.review == Photo.Review.REFUSED:
        text = _("One of us looked at it: it shows a child, and this is a set of an adult. Remove it.")
        return [Doubt("child", text), *(doubt for doubt in doubts if doubt.kind != "child")]
    if photo.review == Photo.Review.APPROVED:
        return [doubt for doubt in doubts if doubt.kind != "child"]
    return doubts


def _doubt(flag: str) -> Doubt:
    return Doubt(flag, str(WORDS[flag]))


def _inspected(answer: Mapping[str, object], class_name: str) -> list[Doubt]:
    """Return a doubt for each flag that inspection raised, and for a subject that does not match."""
    doubts = [_doubt(flag) for flag in WORDS if answer.get(flag) is True]
    doubts += [
        Doubt(flag, str(text), is_hint=True) for flag, text in HINTS.items() if answer.get(flag) is True
    ]
    found = answer.get("name")
    if not found or found == "NONE":
        text = _("No %(name)s was found in this photo. Is the face turned away, or far from the camera?")
        doubts.insert(0, Doubt("name", text % {"name": _word(class_name)}))
    elif found in CHILDREN and is_of_adult(class_name):
        doubts.insert(0, Doubt("child", _("This may show a child: one of us looks at it first.")))
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
    elif photo.brightness > BRIGHT_ABOVE:
        doubts.append(Doubt("low_quality", _("Too bright: the face has lost its shades.")))
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


def _word(class_name: str) -> str:
    words = {
        "man": _("man"), "woman": _("woman"), "boy": _("boy"), "girl": _("girl"), "baby": _("baby"),
        "cat": _("cat"), "dog": _("dog"),
    }  # fmt: skip
    return words.get(class_name, class_name)
