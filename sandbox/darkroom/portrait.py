"""One picture: a sitter in front of a backdrop, lit, framed, developed and marked."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sandbox.darkroom.brushes import Pixels, Random
from sandbox.darkroom.grading import FILMS, LUMA, Film, developed_on, exposed, grained, luma, tame, vignetted
from sandbox.darkroom.scenes import Backdrop, Scene, read_scene
from sandbox.darkroom.sitters import Sitter

WIDTH, HEIGHT = 832, 1088
# Painting a backdrop takes longer than all the rest of a picture of this size.
SMALL = (WIDTH // 4, HEIGHT // 4)
MARK = "sandbox"

Size: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Framing:
    """Height of the face and its place, in parts of the picture's height."""

    face: float
    y: float


FRAMINGS = {"close": Framing(0.385, 0.47), "classic": Framing(0.285, 0.415), "half": Framing(0.225, 0.36)}


def draw(sitter: Sitter, text: str, seed: int, size: Size = (WIDTH, HEIGHT)) -> bytes:
    """Return a JPEG of the sitter in the scene that the text describes; the same for the same arguments."""
    random = np.random.default_rng(seed)
    scene = read_scene(text, random)
    film = _film(sitter, scene)
    person, alpha = _framed(sitter, scene, random, size)
    person = tame(person, film.tame)
    backdrop = _backdrop(scene, random, size) if sitter.is_cut_out else _softened(person, 0.022)
    if sitter.is_cut_out:
        picture = developed_on(film, _in_front_of(backdrop, person, alpha, scene))
    else:
        picture = developed_on(film, backdrop * (1 - alpha[..., None]) + person * alpha[..., None])
    if sitter.is_grey and scene.film != "mono":
        picture = picture * (1 + 0.36 * (_tint(backdrop) - 1))
    picture = vignetted(picture, 0.10 if scene.is_high_key else 0.22)
    return _jpeg(grained(picture, random, film.grain))


def _film(sitter: Sitter, scene: Scene) -> Film:
    """Return the film of the scene; of a black and white photo it makes a print, toned like the backdrop."""
    film = FILMS[scene.film]
    return replace(film, saturation=0.0, tame=0.0, contrast=0.2) if sitter.is_grey else film


def _framed(sitter: Sitter, scene: Scene, random: Random, size: Size) -> tuple[Pixels, Pixels]:
    """Return colours and alpha on the canvas; the photo's edge never shows where it cuts the person."""
    canvas_width, canvas_height = size
    framing = FRAMINGS[scene.framing if sitter.is_frontal else "close"]
    width, height = sitter.size
    left, top, right = sitter.touches
    x = float(random.choice([0.37, 0.63])) if scene.is_off_centre else 0.5 + random.uniform(-0.035, 0.035)
    y = framing.y + random.uniform(-0.015, 0.015)
    scale = framing.face * canvas_height / sitter.face_height * random.uniform(0.92, 1.12)
    lowest = (0.56 if sitter.has_face else 0.8) * canvas_height
    scale = max(scale, (canvas_height - lowest) / max(height - sitter.face_y, 1))
    scale = max(scale, canvas_width / width if left and right else 0, canvas_height / height if top else 0)
    x_shift = x * canvas_width - sitter.face_x * scale
    x_shift = min(x_shift, 0) if left else x_shift
    x_shift = max(x_shift, canvas_width - width * scale) if right else x_shift
    # A wide canvas makes the head large; its hair still gets room.
    y = min(max(y, 0.03 + 0.98 * sitter.face_height * scale / canvas_height), 0.64)
    y_shift = y * canvas_height - sitter.face_y * scale
    y_shift = max(min(y_shift, 0) if top else y_shift, canvas_height - height * scale)
    is_mirrored = random.uniform() < 0.4
    return _warped(sitter, scale, (x_shift, y_shift), size, is_mirrored=is_mirrored)


def _warped(
    sitter: Sitter, scale: float, shift: tuple[float, float], size: Size, *, is_mirrored: bool
) -> tuple[Pixels, Pixels]:
    colours, alpha = np.asarray(sitter.colours), np.asarray(sitter.alpha)
    while scale < 0.5:
        # Halved first: one step from large to small would skip pixels and glitter.
        colours, alpha, scale = np.asarray(cv2.pyrDown(colours)), np.asarray(cv2.pyrDown(alpha)), scale * 2
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)
    if is_mirrored:
        matrix = np.array([[-scale, 0, size[0] - shift[0]], [0, scale, shift[1]]], np.float32)
    method, edge = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
    person = cv2.warpAffine(colours, matrix, size, flags=method, borderMode=edge)
    cover = cv2.warpAffine(alpha, matrix, size, flags=method, borderMode=edge)
    return np.asarray(person / 255.0, np.float32), np.asarray(cover / 255.0, np.float32)


def _backdrop(scene: Scene, random: Random, size: Size) -> Pixels:
    """Return the backdrop; where nobody looks closely, each scene has one and the same."""
    if size[0] * size[1] <= SMALL[0] * SMALL[1]:
        return _shared(scene.backdrop, size)
    return _cropped(scene.backdrop(random), size)


@lru_cache(maxsize=64)
def _shared(backdrop: Backdrop, size: Size) -> Pixels:
    return _cropped(backdrop(np.random.default_rng(7)), size)


def _cropped(small: Pixels, size: Size) -> Pixels:
    """Return a backdrop in the shape and size of the canvas."""
    height, width = small.shape[:2]
    scale = min(width / size[0], height / size[1])
    across, along = round(size[0] * scale), round(size[1] * scale)
    left, top = (width - across) // 2, (height - along) // 3
    cut = small[top : top + along, left : left + across]
    method = cv2.INTER_CUBIC if scale < 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(cut, size, interpolation=method), np.float32)


def _in_front_of(backdrop: Pixels, person: Pixels, alpha: Pixels, scene: Scene) -> Pixels:
    """Return the person standing in the light of the backdrop."""
    level = float(luma(backdrop).mean())
    lit = exposed(person, _exposure(person, alpha, level, scene))
    lit = lit * (1 + 0.07 * (_tint(backdrop) - 1))
    lit = lit * _key_light(backdrop, scene)[..., None]
    picture = backdrop * (1 - alpha[..., None]) + lit * alpha[..., None]
    # Bright surroundings spill over the outline a little, as they do in a lens.
    around = _softened(backdrop * (1 - alpha[..., None]), 0.013) * alpha[..., None]
    return np.asarray(1 - (1 - np.clip(picture, 0, 1)) * (1 - 0.55 * around), np.float32)


def _tint(backdrop: Pixels) -> Pixels:
    """Return the colour of the backdrop as factors around 1."""
    ambient = np.array(cv2.mean(backdrop)[:3], np.float32)
    return np.asarray(np.clip(ambient / max(float(ambient @ LUMA), 0.05), 0.4, 2), np.float32)


def _exposure(person: Pixels, alpha: Pixels, level: float, scene: Scene) -> float:
    """Return the factor that brings the upper half of the person to a brightness that suits the place."""
    half = len(alpha) // 2
    upper = alpha[:half] > 0.9
    now = float(luma(person[:half])[upper].mean()) if upper.any() else 0.5
    wanted = 0.39 + 0.12 * level + (0.03 if scene.is_high_key else 0) - (0.07 if scene.is_low_key else 0)
    return float(np.clip(wanted / max(now, 0.05), 0.7, 1.5))


def _key_light(backdrop: Pixels, scene: Scene) -> Pixels:
    """Return light falling from the backdrop's brighter side, and a little less of it further down."""
    height, width = backdrop.shape[:2]
    brightness = luma(backdrop)
    left, right = float(brightness[:, : width // 3].mean()), float(brightness[:, -width // 3 :].mean())
    lean = np.clip((right - left) * 1.2, -0.16, 0.16) * (2.2 if scene.is_low_key else 1)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    fall = (0.34 if scene.is_low_key else 0.16) * np.clip(y - 0.45, 0, None) / 0.55
    return np.asarray((1 + lean * x) * (1 - fall), np.float32)


def _softened(picture: Pixels, reach: float) -> Pixels:
    """Return the picture blurred; `reach` in parts of its height. Done on a quarter of it, for speed."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (max(width // 4, 2), max(height // 4, 2)), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), reach * height / 4)
    return np.asarray(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _jpeg(picture: Pixels) -> bytes:
    image = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
    _mark(image)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def _mark(image: Image.Image) -> None:
    """Write "sandbox" small into the lower right corner, readable on light and dark."""
    size = max(11, image.width // 46)
    font = ImageFont.load_default(size)
    box = font.getbbox(MARK)
    place = (image.width - box[2] - size, image.height - box[3] - size * 0.8)
    pen = ImageDraw.Draw(image, "RGBA")
    pen.text((place[0] + 1, place[1] + 1), MARK, font=font, fill=(0, 0, 0, 110))
    pen.text(place, MARK, font=font, fill=(255, 255, 255, 165))
