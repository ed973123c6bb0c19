"""Where the faces in a picture are. Knows nothing of Django's models.

OpenCV's cascades come with its package: no weights to download. Most of their time goes to the smallest
faces, so those are sought only where no larger one says that they do not matter.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import Image

# What the cascades know of a face has this side, in pixels: none smaller is found.
CASCADE_SIDE = 20
# Faces are sought at this size: enough for a face of 5 % of the longer side; one in profile, of a tenth.
SEARCH_SIDE, LEAST_SIDE, LEAST_PROFILE = 480, 24, 48
# First in a copy of half of it, where those of a twelfth are found in a fifth of the time.
FIRST_SIDE = 240
# The face of a portrait is large: in a copy of this size, those of an eighth of its height are found.
PORTRAIT_SIDE = 200
# A find much smaller than the largest face is a pattern or a passer-by, not a second subject.
PASSER_BY = 0.2
# A cascade is not safe to share between threads.
_lock = threading.Lock()


class Face(NamedTuple):
    """A face as fractions (0–1) of the picture's width and height, from its top left corner."""

    x: float
    y: float
    width: float
    height: float


@cache
def _cascade(name: str) -> Any:
    folder = Path(cv2.__file__).parent / "data"
    return cv2.CascadeClassifier(str(folder / f"haarcascade_{name}.xml"))


def find_faces(picture: Image.Image) -> list[Face]:
    """Return the faces seen from the front (else those in profile), the largest first."""
    faces = _large_faces(_grey(picture, FIRST_SIDE)) or _all_faces(_grey(picture, SEARCH_SIDE))
    return [face for face in faces if _area(face) >= PASSER_BY * _area(faces[0])]


def largest_face(picture: Image.Image) -> Face | None:
    """Return the largest face: of a portrait found in a tenth of the time, else as by `find_faces`."""
    faces = _look(_grey(picture, PORTRAIT_SIDE), "frontalface_alt2", 5, LEAST_SIDE)
    return next(iter(faces or find_faces(picture)), None)


def _large_faces(grey: Any) -> list[Face]:
    """Return the faces seen from the front, or none if smaller ones might matter beside them."""
    faces = _look(grey, "frontalface_alt2", 5, CASCADE_SIDE)
    height, width = grey.shape
    least = Face(0, 0, CASCADE_SIDE / width, CASCADE_SIDE / height)
    return faces if faces and PASSER_BY * _area(faces[0]) >= _area(least) else []


def _all_faces(grey: Any) -> list[Face]:
    return (
        _look(grey, "frontalface_alt2", 5, LEAST_SIDE)
        or _profiles(grey)
        or _mirrored(_profiles(grey[:, ::-1]))
    )


def _profiles(grey: Any) -> list[Face]:
    """Return the faces in profile. The cascade knows one side better: the mirrored picture is asked, too."""
    return _look(np.ascontiguousarray(grey), "profileface", 6, LEAST_PROFILE)


def _mirrored(faces: list[Face]) -> list[Face]:
    return [face._replace(x=1 - face.x - face.width) for face in faces]


def _grey(picture: Image.Image, side: int) -> Any:
    small = picture.convert("L")
    small.thumbnail((side, side))
    return cv2.equalizeHist(np.asarray(small))


def _area(face: Face) -> float:
    return face.width * face.height


def _look(grey: Any, name: str, neighbours: int, least: int) -> list[Face]:
    """Return what a cascade finds that is at least `least` pixels wide, the largest first."""
    with _lock:
        found = _cascade(name).detectMultiScale(grey, 1.1, neighbours, minSize=(least, least))
    height, width = grey.shape
    boxes = (map(int, box) for box in found)
    faces = [Face(x / width, y / height, w / width, h / height) for x, y, w, h in boxes]
    return sorted(faces, key=_area, reverse=True)
