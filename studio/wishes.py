"""What a person may ask of pictures beside their words: Astria's documented settings, by the model's kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from astria import Branch, ColorGrading, Style
from astria.places import BASES
from studio.blocked_words import blocked_in
from studio.models import Tune

MAX_NEGATIVE = 600
MAX_IMAGES = 8
# Astria reads these in a text: references to models (somebody else's, perhaps), options, placeholders.
SYNTAX = ("<", ">", "--", "{{", "}}")

# Width and height by shape, in multiples of 8: about a megapixel, and for SD15 what it was made for.
SIZES = {
    "1:1": (1024, 1024),
    "4:5": (896, 1120),
    "3:4": (864, 1152),
    "2:3": (832, 1248),
    "3:2": (1248, 832),
    "16:9": (1280, 720),
}
SMALL_SIZES = {
    "1:1": (512, 512),
    "4:5": (512, 640),
    "3:4": (480, 640),
    "2:3": (512, 768),
    "3:2": (768, 512),
    "16:9": (768, 432),
}


@dataclass(frozen=True)
class Look:
    """How pictures are to look. But for `aspect`, one of SIZES, each field is Astria's parameter of its name.

    What is empty or off is left to Astria. Source: docs/api/1-prompt/1-create
    """

    aspect: str = ""
    style: str = ""
    color_grading: str = ""
    film_grain: bool = False
    super_resolution: bool = False
    face_correct: bool = False
    inpaint_faces: bool = False
    negative_prompt: str = ""

    def asked(self) -> dict[str, Any]:
        """Return what was asked for, to be kept with the order."""
        return {name: value for name, value in asdict(self).items() if value}


def attributes(look: Mapping[str, Any], branch: str) -> dict[str, Any]:
    """Return what is sent for a look that was asked for, on a model of Astria's `branch`."""
    sent = {name: value for name, value in look.items() if name != "aspect"}
    return sent | size(look.get("aspect", ""), branch)


def size(aspect: str, branch: str) -> dict[str, int]:
    """Return `w` and `h` of a shape; nothing for none, which leaves it to Astria."""
    sizes = SMALL_SIZES if branch == Branch.SD15 else SIZES
    if aspect not in sizes:
        return {}
    width, height = sizes[aspect]
    return {"w": width, "h": height}


def takes_negative(tune: Tune) -> bool:
    """Whether the model takes words for what its pictures must not show: Flux does not.

    While nobody knows what kind it will be, it takes none.
    """
    return branch_of(tune) not in {"", Branch.FLUX1}


def branch_of(tune: Tune) -> str:
    """Return Astria's branch of a model, before it was asked that of its pack's base; "" if unknown."""
    if tune.branch:
        return tune.branch
    first = tune.shoots.filter(trains=True, pack__isnull=False).select_related("pack").first()
    base = first.pack.base_tune_id if first and first.pack else None
    return next((str(branch) for branch, known in BASES.items() if known == base), "")


def problems_with_text(text: str, most: int) -> Iterator[str]:
    """Yield what is wrong with words that are to be sent, as sentences."""
    if not text:
        yield _("Write what the pictures should show. Nothing was charged.")
    yield from _problems_with_signs(text, most)
    if word := blocked_in(text):
        words = _("This studio makes no pictures of “%(word)s”. Say it without that. Nothing was charged.")
        yield words % {"word": word}


def problems_with_images(num_images: int) -> Iterator[str]:
    if not 1 <= num_images <= MAX_IMAGES:
        yield _("Choose 1 to %(most)d pictures a shot. Nothing was charged.") % {"most": MAX_IMAGES}


def problems_with_look(look: Look, tune: Tune) -> Iterator[str]:
    """Yield what is wrong with a look for this model, as sentences."""
    listed = ((look.aspect, SIZES), (look.style, Style), (look.color_grading, ColorGrading))
    if not all(value in {"", *values} for value, values in listed):
        yield _("Choose shape, style and colours from the lists. Nothing was charged.")
    if look.inpaint_faces and not look.super_resolution:
        yield _("Faces are only painted anew in enlarged pictures: choose both. Nothing was charged.")
    if look.negative_prompt and not takes_negative(tune):
        yield _("This model takes no words for what to leave out. Nothing was charged.")
    yield from _problems_with_signs(look.negative_prompt, MAX_NEGATIVE)


def _problems_with_signs(text: str, most: int) -> Iterator[str]:
    if len(text) > most:
        yield _("Write at most %(most)d characters. Nothing was charged.") % {"most": most}
    if any(sign in text for sign in SYNTAX):
        signs = " ".join(SYNTAX)
        yield _("Leave out these signs: %(signs)s. Nothing was charged.") % {"signs": signs}
