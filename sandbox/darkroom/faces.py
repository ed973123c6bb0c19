"""Finding faces and cats with the cascades that OpenCV ships."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

# Most of the time goes to the smallest faces: they are sought where no large one is found in a small copy.
SMALL_SIZE, NORMAL_SIZE = 320, 640
# Faces of less than this part of the largest one's width do not count.
PASSER_BY = 0.4
LARGE_SIZE = 1800
CAT_SIZES = (240, 320)
DARK_MEAN = 50
# What the cascades know of a face has this side: none smaller is found.
CASCADE_SIZE = 20

_idle: defaultdict[str, deque[Any]] = defaultdict(deque)


@dataclass(frozen=True)
class Face:
    """A face, in parts of the picture's width and height (0..1); a profile faces left (-1) or right (1)."""

    left: float
    top: float
    width: float
    height: float
    facing: int = 0


def find_faces(grey: Grey) -> list[Face]:
    """Return the faces of a grey picture, the largest first; faces much smaller than it are left out."""
    faces = _large_faces(grey) or _all_faces(_evenly_lit(resized(grey, NORMAL_SIZE)))
    largest = max((face.width for face in faces), default=0.0)
    return [face for face in faces if face.width > PASSER_BY * largest]


def _large_faces(grey: Grey) -> list[Face]:
    """Return the faces seen from the front, or none if smaller ones might count beside them."""
    least = CASCADE_SIZE / SMALL_SIZE
    faces = _detect("frontalface_alt2", _evenly_lit(resized(grey, SMALL_SIZE)), 5, smallest=least)
    return faces if faces and PASSER_BY * faces[0].width > least else []


def _all_faces(grey: Grey) -> list[Face]:
    return _detect("frontalface_alt2", grey, 5, smallest=0.05) or _profiles(grey)


def _evenly_lit(grey: Grey) -> Grey:
    return np.asarray(cv2.equalizeHist(grey), np.uint8) if grey.mean() < DARK_MEAN else grey


def find_tiny_faces(grey: Grey) -> list[Face]:
    """Return faces that take no more than a twentieth of the picture: of people far away.

    At that size any one cascade sees faces in woodwork, so two of them must agree.
    """
    large = resized(grey, LARGE_SIZE)
    seen = _detect("frontalface_alt2", large, 2, smallest=0.018, largest=0.05, step=1.05)
    return [
        face for face in seen if _detect("frontalface_alt", _around(large, face), 2, smallest=0.2, step=1.05)
    ]


def has_cat(grey: Grey) -> bool:
    """Tell whether a cat looks at us."""
    for size in CAT_SIZES:
        small = resized(grey, size)
        edge = small.shape[0] // 4
        # Cats fill their photos; the cascade wants some room around the ears.
        roomy = np.pad(small, edge, mode="edge")
        if len(_found("frontalcatface_extended", roomy, 1.05, 3, 40, size * 2)):
            return True
    return False


def resized(grey: Grey, longest: int) -> Grey:
    """Return the picture with this longest side, enlarged if need be."""
    factor = longest / max(grey.shape)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    height, width = (max(1, round(side * factor)) for side in grey.shape[:2])
    return np.asarray(cv2.resize(grey, (width, height), interpolation=method), np.uint8)


def _around(grey: Grey, face: Face) -> Grey:
    height, width = grey.shape[:2]
    margin = round(face.width * width)
    left, top = round(face.left * width), round(face.top * height)
    return grey[max(top - margin, 0) : top + 2 * margin, max(left - margin, 0) : left + 2 * margin]


def _profiles(grey: Grey) -> list[Face]:
    """Return the largest face seen from the side; the cascade knows those that face right."""
    right = _detect("profileface", grey, 4, smallest=0.12)
    left = _detect("profileface", np.ascontiguousarray(grey[:, ::-1]), 4, smallest=0.12)
    faces = [replace(face, facing=1) for face in right]
    faces += [replace(face, left=1 - face.left - face.width, facing=-1) for face in left]
    return sorted(faces, key=lambda face: -face.width)[:1]


def _detect(
    name: str, grey: Grey, sure: int, *, smallest: float, largest: float = 1.0, step: float = 1.1
) -> list[Face]:
    height, width = grey.shape[:2]
    longest = max(height, width)
    least, most = max(16, round(longest * smallest)), round(longest * largest)
    found = _found(name, grey, step, sure, least, most)
    faces = [Face(x / width, y / height, w / width, h / height) for x, y, w, h in found]
    return sorted(faces, key=lambda face: -face.width)


def _found(name: str, grey: Grey, step: float, sure: int, least: int, most: int) -> Any:
    # A classifier must not be used by two threads at once, and reading one takes a while: idle ones are kept.
    idle = _idle[name]
    try:
        classifier = idle.pop()
    except IndexError:
        path = Path(cv2.__file__).parent / "data" / f"haarcascade_{name}.xml"
        classifier = cv2.CascadeClassifier(str(path))
    found = classifier.detectMultiScale(grey, step, sure, minSize=(least, least), maxSize=(most, most))
    idle.append(classifier)
    return found
