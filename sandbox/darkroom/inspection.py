"""Inspecting a photo: what can be seen is looked at, the rest comes from magic words in the file name."""

from __future__ import annotations

import io
import re
from functools import cached_property, lru_cache
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageOps

from sandbox.darkroom.faces import Face, Grey, find_faces, find_tiny_faces, has_cat, resized

PEOPLE = ("man", "woman", "boy", "girl", "baby", "person")
SHARPNESS_SIZE = 512
# Sharpness is the Laplacian's variance over the picture's: photographs of people have 0.02 and more.
LEAST_SHARPNESS = 0.005
DARKEST, BRIGHTEST = 40, 238
# The documentation's own client sends copies of 512 pixels, so these must pass.
LEAST_PIXELS = 400
LONGSHOT = 0.09

# What cannot be seen: each value, with hyphens for its spaces, is a magic word.
SAID = {
    "age": tuple(f"{age} yo" for age in range(20, 80, 10)),
    "body_type": ("slim body", "average body", "muscular body", "plussize body"),
    "ethnicity": (
        "caucasian", "black", "hispanic", "korean", "japanese", "chinese", "philippine", "asian", "indian",
        "arabic", "caribbean", "african",
    ),
    "eye_color": ("blue eyes", "brown eyes", "green eyes", "gray eyes", "black eyes"),
    "facial_hair": ("beard", "mustache", "goatee"),
    "glasses": ("glasses",),
    "hair_color": (
        "blonde", "brunette", "red hair", "black hair", "brown hair", "blonde hair", "grey hair",
        "white hair", "purple hair", "blue hair", "green hair", "pink hair", "dyed hair",
    ),
    "hair_length": ("short hair", "medium hair", "long hair", "very long hair"),
    "hair_style": (
        "dreadlocks", "cornrows", "straight hair", "curly hair", "wavy hair", "bald head", "balding top",
        "afro", "slicked back", "comb over", "receding hairline", "undercut", "man bun", "mohawk", "crew cut",
        "faux hawk", "buzz cut",
    ),
    "headcover": ("with headcover",),
    "name": ("man", "woman", "boy", "girl", "baby", "dog"),
}  # fmt: skip
MAGIC_WORDS: dict[str, dict[str, Any]] = {
    **{value.replace(" ", "-"): {key: value} for key, values in SAID.items() for value in values},
    "sunglasses": {"wearing_sunglasses": True},
    "hat": {"wearing_hat": True},
    "funny": {"funny_face": True},
    "selfie": {"selfie": True},
    "no-glasses": {"glasses": ""},
    "bald": {"hair_style": "bald", "is_bald": "bald"},
    "no-beard": {"facial_hair": ""},
    "nobody": {"name": ""},
}
TRICKS = ("slow-inspect", "inspect-500")


def inspect_photo(content: bytes, file_name: str, name: str) -> dict[str, Any] | None:
    """Return what POST /images/inspect answers, keys sorted; None when the file is no picture."""
    sight = _sight(content)
    if sight is None:
        return None
    return dict(sorted((_seen(sight, name) | _read(file_name, name)).items()))


def trick(file_name: str) -> str:
    """Return the magic word that asks for trouble, or ""."""
    return next((word for word in TRICKS if f"-{word}-" in _words(file_name)), "")


def _open(content: bytes) -> Grey | None:
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.draft("L", (1600, 1600))
            return np.asarray(ImageOps.exif_transpose(image).convert("L"), np.uint8)
    except Exception:
        # Pillow's decoders raise nearly anything for broken files.
        return None


class Sight:
    """What is to be seen in a photo, each thing looked for when it is first asked for."""

    def __init__(self, grey: Grey) -> None:
        """Prepare to look at a grey picture."""
        self.grey = grey

    @cached_property
    def faces(self) -> list[Face]:
        """The faces, the largest first."""
        return find_faces(self.grey)

    @cached_property
    def is_cat(self) -> bool:
        """Whether a cat, and nobody else, looks at us."""
        return not self.faces and has_cat(self.grey)

    @cached_property
    def is_far(self) -> bool:
        """Whether it is of people far away."""
        return not self.faces and not self.is_cat and bool(find_tiny_faces(self.grey))

    @cached_property
    def sharpness(self) -> float:
        """How sharp it is: less than LEAST_SHARPNESS is blurry."""
        small = resized(self.grey, SHARPNESS_SIZE)
        return float(cv2.Laplacian(small, cv2.CV_64F).var() / max(small.var(), 1.0))


@lru_cache(maxsize=24)
def _sight(content: bytes) -> Sight | None:
    """Return a photo to look at; known by its bytes, since tests send the same ones again and again."""
    grey = _open(content)
    return None if grey is None else Sight(grey)


def _seen(sight: Sight, name: str) -> dict[str, Any]:
    grey, faces, is_far = sight.grey, sight.faces, name in PEOPLE and sight.is_far
    size = max((face.width * grey.shape[1] for face in faces), default=0.0) / max(grey.shape)
    return {
        "blurry": sight.sharpness < LEAST_SHARPNESS,
        "full_body_image_or_longshot": is_far or bool(0 < size < LONGSHOT),
        "includes_multiple_people": len(faces) > 1,
        "low_quality": not DARKEST < float(grey.mean()) < BRIGHTEST,
        "low_resolution": max(grey.shape) < LEAST_PIXELS,
        "name": _class(name, bool(faces) or is_far, sight.is_cat),
        "selfie": False,
    }


def _class(name: str, has_face: bool, has_cat: bool) -> str:
    """Return the class seen: the one asked for if a face fits it, "cat", or "" as Astria writes NONE."""
    if name in PEOPLE:
        return name if has_face else "cat" if has_cat else ""
    if name == "cat":
        return "cat" if has_cat else ""
    return name


def _read(file_name: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    words = _words(file_name)
    # The longest first, each used up once read: "no-glasses" must not say "glasses" too.
    for word in sorted(MAGIC_WORDS, key=len, reverse=True):
        if f"-{word}-" in words:
            words = words.replace(f"-{word}-", "--")
            found |= MAGIC_WORDS[word]
    if "-child-" in words:
        found["name"] = {"man": "boy", "woman": "girl"}.get(name, "boy")
    return found


def _words(file_name: str) -> str:
    stem = file_name.rsplit(".", 1)[0].lower()
    return f"-{re.sub('[^a-z0-9]+', '-', stem)}-"
