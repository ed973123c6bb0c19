"""From a photo to a sitter: the person cut out of it softly, with the place of the face.

GrabCut runs on a small copy, seeded by the face; a guided filter then lays its edge along the hair.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from sandbox.darkroom.faces import Face, find_faces

Pixels = NDArray[np.float32]
Bytes = NDArray[np.uint8]

ROUNDS = 4
# How much of the photo around the face is looked at, in heights of the face.
ASIDE, ABOVE, BELOW = 2.1, 1.5, 3.4
# Of people seen from the side only the head: where their shoulders are is anybody's guess.
BELOW_PROFILE = 1.9
# A cut-out that fills more or less of its frame than this has gone wrong.
LEAST_FILLED, MOST_FILLED = 0.16, 0.88


@dataclass(frozen=True)
class Sitter:
    """A person cut out of a photo. Colours and alpha are bytes; the face is in pixels: centre and height."""

    colours: Bytes
    alpha: Bytes
    face_x: float
    face_y: float
    face_height: float
    is_cut_out: bool
    has_face: bool
    is_frontal: bool = True

    @property
    def is_grey(self) -> bool:
        """Tell whether the photo is black and white."""
        some = self.colours[::8, ::8]
        return float((some.max(-1) - some.min(-1)).mean()) < 5

    @property
    def touches(self) -> tuple[bool, bool, bool]:
        """Tell whether the person runs out of the photo to the left, the top and the right."""
        if not self.is_cut_out:
            return True, True, True
        edges = self.alpha[:, :3], self.alpha[:3], self.alpha[:, -3:]
        left, top, right = (bool((edge > 80).mean() > 0.01) for edge in edges)
        return left, top, right

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        return self.colours.shape[1], self.colours.shape[0]


def read_photo(content: bytes, largest: int) -> Bytes:
    """Return the photo upright, RGB, at most `largest` pixels long; raises OSError when it cannot be read."""
    with Image.open(io.BytesIO(content)) as image:
        image.draft("RGB", (largest, largest))
        upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail((largest, largest), Image.Resampling.LANCZOS)
        return np.asarray(upright, np.uint8)


def seat(photo: Bytes, cut_size: int) -> Sitter:
    """Cut the person with the largest face out of a photo; without a face, take the middle as it is.

    GrabCut runs on a copy of `cut_size` pixels: its time grows with their square.
    """
    faces = find_faces(np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), np.uint8))
    height, width = photo.shape[:2]
    if not faces:
        return _uncut(photo, width / 2, height * 0.42, min(width, height) * 0.34, has_face=False)
    x, y, size = _face_in_pixels(faces[0], width, height)
    left, top = max(0, round(x - ASIDE * size)), max(0, round(y - ABOVE * size))
    facing = faces[0].facing
    below = BELOW_PROFILE if facing else BELOW
    near = photo[top : round(y + below * size), left : round(x + ASIDE * size)]
    mask = _cut(near, x - left, y - top, size, facing, cut_size)
    if mask is None:
        return _uncut(photo, x, y, size, has_face=True)
    alpha = _soften(near, mask)
    colours = _without_fringe(near.astype(np.float32), alpha)
    return Sitter(_bytes(colours), _bytes(alpha * 255), x - left, y - top, size, True, True, not facing)


def _face_in_pixels(face: Face, width: int, height: int) -> tuple[float, float, float]:
    x = (face.left + face.width / 2) * width
    y = (face.top + face.height / 2) * height
    return x, y, face.height * height * (0.9 if face.facing else 1.0)


def _uncut(photo: Bytes, x: float, y: float, size: float, *, has_face: bool) -> Sitter:
    """Return a sitter who keeps the photo's own background, sharp near the person and soft elsewhere."""
    height, width = photo.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    head = ((columns - x) / (1.0 * size)) ** 2 + ((rows - y) / (1.25 * size)) ** 2
    body = ((columns - x) / (1.9 * size)) ** 2 + ((rows - y - 2.6 * size) / (2.0 * size)) ** 2
    near = np.clip(1.5 - np.minimum(head, body), 0, 1).astype(np.float32)
    alpha = np.asarray(cv2.GaussianBlur(near, (0, 0), size * 0.16), np.float32)
    return Sitter(photo, _bytes(alpha * 255), x, y, size, is_cut_out=False, has_face=has_face)


def _cut(photo: Bytes, x: float, y: float, size: float, facing: int, cut_size: int) -> Bytes | None:
    factor = cut_size / max(photo.shape[:2])
    width, height = (max(8, round(side * factor)) for side in photo.shape[1::-1])
    small = cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA)
    mask = _seeds(small.shape[:2], x * factor, y * factor, size * factor)
    if facing:
        _seed_front(mask, x * factor, y * factor, size * factor, facing)
    sure = mask == cv2.GC_FGD
    behind, person_model = np.zeros((1, 65)), np.zeros((1, 65))
    try:
        cv2.setRNGSeed(7)
        cv2.grabCut(small, mask, (0, 0, 1, 1), behind, person_model, ROUNDS, cv2.GC_INIT_WITH_MASK)
    except cv2.error:
        return None
    person = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    _close_collar(person, x * factor, y * factor, size * factor)
    person = _one_piece(person, sure)
    return person if _is_plausible(person, sure) else None


def _seeds(shape: tuple[int, ...], x: float, y: float, size: float) -> Bytes:
    """Return what is surely or probably person or background, judged by where people keep their bodies."""
    height, width = shape[:2]
    mask = np.full((height, width), cv2.GC_PR_BGD, np.uint8)

    def ellipse(cx: float, cy: float, rx: float, ry: float, kind: int) -> None:
        cv2.ellipse(mask, (round(cx), round(cy)), (round(rx), round(ry)), 0, 0, 360, kind, -1)

    chin = y + 0.55 * size
    mask[: max(0, round(y - 1.15 * size))] = cv2.GC_BGD
    mask[: round(chin), : max(0, round(x - 1.3 * size))] = cv2.GC_BGD
    mask[: round(chin), round(x + 1.3 * size) :] = cv2.GC_BGD
    ellipse(x, y + 3.1 * size, 1.75 * size, 2.3 * size, cv2.GC_PR_FGD)
    ellipse(x, y - 0.1 * size, 0.78 * size, 0.95 * size, cv2.GC_PR_FGD)
    ellipse(x, y + 0.02 * size, 0.4 * size, 0.56 * size, cv2.GC_FGD)
    ellipse(x, y + 0.9 * size, 0.2 * size, 0.4 * size, cv2.GC_FGD)
    ellipse(x, y + 2.9 * size, 0.75 * size, 1.5 * size, cv2.GC_FGD)
    return mask


def _seed_front(mask: Bytes, x: float, y: float, size: float, facing: int) -> None:
    """Mark, in place, what lies well in front of a face in profile as background."""
    front = round(x + facing * 1.25 * size)
    columns = slice(max(front, 0), None) if facing > 0 else slice(0, max(front, 0))
    mask[:, columns] = cv2.GC_BGD
    foot = round(y + 1.15 * size)
    near = round(x + facing * 0.95 * size)
    mask[foot:, slice(max(near, 0), None) if facing > 0 else slice(0, max(near, 0))] = cv2.GC_BGD


def _close_collar(person: Bytes, x: float, y: float, size: float) -> None:
    """Fill gaps between the shoulders, in place: light collars are easily taken for the wall behind."""
    top, left, right = round(y + 0.6 * size), max(0, round(x - 1.2 * size)), round(x + 1.2 * size)
    wide = max(3, round(0.75 * size))
    part = np.pad(person[top:, left:right], ((0, 0), (wide, wide)))
    closed = cv2.morphologyEx(part, cv2.MORPH_CLOSE, np.ones((1, wide), np.uint8))
    person[top:, left:right] |= np.asarray(closed[:, wide:-wide], np.uint8)


def _one_piece(person: Bytes, sure: NDArray[np.bool_]) -> Bytes:
    """Return only the piece that holds the face, its holes filled and its outline calmed."""
    opened = cv2.morphologyEx(person, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(opened | sure.astype(np.uint8))
    kept = np.isin(labels, np.unique(labels[sure])) & (labels > 0)
    background = np.pad((~kept).astype(np.uint8), ((1, 0), (1, 1)), constant_values=1)
    _, outside = cv2.connectedComponents(background)
    filled = (outside != outside[0, 0])[1:, 1:-1]
    smooth = cv2.GaussianBlur(filled.astype(np.float32), (0, 0), 1.6)
    return np.asarray(smooth > 0.5, np.uint8)


def _is_plausible(person: Bytes, sure: NDArray[np.bool_]) -> bool:
    filled = float(person.mean())
    return LEAST_FILLED < filled < MOST_FILLED and float(person[sure].mean()) > 0.95


def _soften(photo: Bytes, mask: Bytes) -> Pixels:
    """Return alpha in the photo's size: the mask's edge drawn along the photo's own edges."""
    height, width = photo.shape[:2]
    half = cv2.resize(photo, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    guide = np.asarray(cv2.cvtColor(half, cv2.COLOR_RGB2GRAY), np.float32) / 255
    coarse = cv2.resize(mask.astype(np.float32), (width // 2, height // 2), interpolation=cv2.INTER_CUBIC)
    inside = np.asarray(np.clip(coarse, 0, 1), np.float32)
    fine = _guided(np.asarray(guide, np.float32), inside, radius=max(4, width // 140), calm=2e-4)
    alpha = cv2.resize(fine, (width, height), interpolation=cv2.INTER_LINEAR)
    # Pull the edge inwards a little: a missing hair is not seen, a rim of the old wall is.
    return np.asarray(np.clip((alpha - 0.22) / 0.66, 0, 1), np.float32)


def _guided(guide: Pixels, source: Pixels, radius: int, calm: float) -> Pixels:
    """Return `source` filtered so that its edges follow those of `guide` (He, Sun and Tang 2010)."""
    box = (2 * radius + 1, 2 * radius + 1)
    mean_guide, mean_source = cv2.blur(guide, box), cv2.blur(source, box)
    slope = (cv2.blur(guide * source, box) - mean_guide * mean_source) / (
        cv2.blur(guide * guide, box) - mean_guide**2 + calm
    )
    level = mean_source - slope * mean_guide
    return np.asarray(cv2.blur(slope, box) * guide + cv2.blur(level, box), np.float32)


def _without_fringe(colours: Pixels, alpha: Pixels) -> Pixels:
    """Return colours in which the half transparent edge takes its colour from inside the person."""
    inside = (alpha > 0.97).astype(np.float32)
    spread = max(2.0, colours.shape[1] / 160)
    weight = cv2.GaussianBlur(inside, (0, 0), spread)[..., None]
    inner = cv2.GaussianBlur(colours * inside[..., None], (0, 0), spread) / np.maximum(weight, 1e-3)
    edge = ((1 - inside) * np.minimum(weight[..., 0] * 8, 1))[..., None]
    return np.asarray(colours * (1 - edge) + inner * edge, np.float32)


def _bytes(values: Pixels) -> Bytes:
    return np.asarray(np.clip(values + 0.5, 0, 255), np.uint8)
