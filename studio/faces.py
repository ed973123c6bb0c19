"""Where the faces in a picture are. Knows nothing of Django's models.

OpenCV's cascades come with its package: no weights to download, a few milliseconds a picture.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import Image

# Faces are sought at this size: enough for a face of 4 % of the width, and quick.
SEARCH_SIDE = 480
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
    grey = _grey(picture, SEARCH_SIDE)
    with _lock:
        boxes = _look(grey, "frontalface_alt2", neighbours=5)
        if not boxes:
            boxes = _look(grey, "profileface", neighbours=6) or _look(grey[:, ::-1].copy(), "profileface", 6)
    faces = _faces(boxes, grey)
    return [face for face in faces if _area(face) >= PASSER_BY * _area(faces[0])]


def largest_face(picture: Image.Image) -> Face | None:
    """Return the largest face: of a portrait found in a tenth of the time, else as by `find_faces`."""
    grey = _grey(picture, PORTRAIT_SIDE)
    with _lock:
        boxes = _look(grey, "frontalface_alt2", neighbours=5)
    return next(iter(_faces(boxes, grey) or find_faces(picture)), None)


def _grey(picture: Image.Image, side: int) -> Any:
    small = picture.convert("L")
    small.thumbnail((side, side))
    return cv2.equalizeHist(np.asarray(small))


def _faces(boxes: list[tuple[int, int, int, int]], grey: Any) -> list[Face]:
    height, width = grey.shape
    faces = [Face(x / width, y / height, w / width, h / height) for x, y, w, h in boxes]
    return sorted(faces, key=_area, reverse=True)


def _area(face: Face) -> float:
    return face.width * face.height


def _look(grey: Any, name: str, neighbours: int) -> list[tuple[int, int, int, int]]:
    side = max(24, max(grey.shape) // 26)
    found = _cascade(name).detectMultiScale(grey, 1.1, neighbours, minSize=(side, side))
    return [tuple(int(value) for value in box) for box in found]  # type: ignore[misc]
