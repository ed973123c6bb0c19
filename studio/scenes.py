"""What is around a person and what they wear, as a few numbers. Knows nothing of Django's models.

Two photos of one day, or before one wall, show like colours in the same places: beside the head, and below
the chin. That is all that is looked at; who the person is plays no part.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.faces import Face

# Mean and spread of L, a and b, each 0–255.
Colours = list[float]
Scene = dict[str, Colours | None]

MEASURED_SIDE = 256
# A strip that is smaller than this share of the picture says nothing.
LEAST_SHARE = 0.02
# Measured on tests/photos (docs/coach.md): each crop of a photo lies within 16 of another in clothes, other
# clothes 25 and more; the same wall lies within 17 of another crop of it.
SAME_CLOTHES = 19.0
SAME_PLACE = 17.0
# How bright a strip is changes with light and framing; its colours do not.
LIGHTNESS_COUNTS = 0.5


def scene_of(picture: Image.Image, faces: Sequence[Face]) -> Scene | None:
    """Return the colours `around` the head and of what they `wear`; None where no face says where that is."""
    if not faces:
        return None
    small = picture.convert("RGB")
    small.thumbnail((MEASURED_SIDE, MEASURED_SIDE))
    lab = cv2.cvtColor(np.asarray(small), cv2.COLOR_RGB2LAB).astype(np.float32)
    around, wear = _regions(lab.shape[:2], faces[0])
    return {"around": _colours(lab, around), "wear": _colours(lab, wear)}


def are_alike(one: Colours, other: Colours, limit: float) -> bool:
    """Whether the colours of two strips, in mean and spread, lie within `limit` of each other."""
    return math.dist(_weighed(one), _weighed(other)) <= limit


def _weighed(colours: Colours) -> Colours:
    light, a, b, light_spread, a_spread, b_spread = colours
    return [light * LIGHTNESS_COUNTS, a, b, light_spread * LIGHTNESS_COUNTS, a_spread, b_spread]


def _regions(size: tuple[int, int], face: Face) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where the surroundings are (above the chin, beside the hair) and where clothes are."""
    rows, columns = np.mgrid[0 : size[0], 0 : size[1]]
    y, x = rows / size[0], columns / size[1]
    is_beside = (x < face.x - 0.5 * face.width) | (x > face.x + 1.5 * face.width)
    is_below = (x > face.x - 0.5 * face.width) & (x < face.x + 1.5 * face.width)
    chin = face.y + face.height
    return is_beside & (y < chin), is_below & (y > chin + 0.35 * face.height)


def _colours(lab: NDArray[np.float32], where: NDArray[np.bool_]) -> Colours | None:
    if where.mean() < LEAST_SHARE:
        return None
    pixels = lab[where]
    return [round(float(value), 1) for value in (*pixels.mean(axis=0), *pixels.std(axis=0))]
