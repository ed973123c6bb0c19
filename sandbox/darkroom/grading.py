"""Light and film: exposure, films, grain, vignette, on float32 RGB in 0..1."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from sandbox.darkroom.brushes import Pixels, Random

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(frozen=True)
class Film:
    """How a film renders: colour, contrast, and the tint of shadows and lights (added, in parts of 1)."""

    saturation: float = 1.0
    contrast: float = 0.12
    shadows: tuple[float, float, float] = (0.0, 0.0, 0.0)
    lights: tuple[float, float, float] = (0.0, 0.0, 0.0)
    grain: float = 0.010
    tame: float = 0.55


FILMS = {
    "neutral": Film(saturation=0.96),
    "warm": Film(saturation=1.0, shadows=(0.015, 0.004, -0.012), lights=(0.03, 0.012, -0.03), tame=0.4),
    "cool": Film(saturation=0.9, shadows=(-0.012, 0.0, 0.02), lights=(-0.012, 0.004, 0.018)),
    "portra": Film(
        saturation=0.9, contrast=0.08, shadows=(0.02, 0.014, 0.012), lights=(0.02, 0.008, -0.02), grain=0.014
    ),
    "ektar": Film(saturation=1.12, contrast=0.2, shadows=(0.0, -0.004, 0.008), lights=(0.02, 0.006, -0.016)),
    "cinema": Film(
        saturation=0.86,
        contrast=0.18,
        shadows=(-0.016, 0.004, 0.026),
        lights=(0.03, 0.01, -0.025),
        grain=0.014,
    ),
    "mono": Film(saturation=0.0, contrast=0.26, shadows=(0.006, 0.004, 0.0), grain=0.020, tame=0.0),
}


def luma(picture: Pixels) -> Pixels:
    """Return the brightness of every pixel."""
    return np.asarray(cv2.transform(picture, LUMA.reshape(1, 3)), np.float32)


def tame(picture: Pixels, amount: float) -> Pixels:
    """Return the picture with its loudest colours calmed; skin is never that loud."""
    if amount <= 0:
        return picture
    red, green, blue = cv2.split(picture)
    brightest, darkest = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    loud = np.clip(((brightest - darkest) / np.maximum(brightest, 0.05) - 0.6) / 0.25, 0, 1)
    grey = luma(picture)[..., None]
    return np.asarray(picture + (grey - picture) * (amount * loud)[..., None], np.float32)


def exposed(picture: Pixels, factor: float) -> Pixels:
    """Return the picture brighter or darker by a factor, its lights kept from burning out."""
    lifted = picture * factor
    return np.asarray(np.where(lifted > 0.8, 0.8 + 0.2 * np.tanh((lifted - 0.8) / 0.2), lifted), np.float32)


def developed_on(film: Film, picture: Pixels) -> Pixels:
    """Return the picture in the contrast and colours of a film."""
    grey = luma(picture)[..., None]
    coloured = grey + (picture - grey) * film.saturation
    clipped = np.clip(coloured, 0, 1)
    curved = clipped + film.contrast * (clipped * clipped * (3 - 2 * clipped) - clipped) * 1.6
    tinted = curved + (1 - grey) ** 2 * np.array(film.shadows, np.float32)
    return np.asarray(tinted + grey * np.array(film.lights, np.float32), np.float32)


def vignetted(picture: Pixels, strength: float) -> Pixels:
    """Return the picture darker towards its corners."""
    height, width = picture.shape[:2]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    distance = np.clip((x * x * 0.8 + y * y) - 0.45, 0, None)
    return np.asarray(picture * (1 - strength * distance)[..., None], np.float32)


def grained(picture: Pixels, random: Random, strength: float) -> Pixels:
    """Return the picture with film grain, which also keeps smooth gradients from breaking into bands."""
    height, width = picture.shape[:2]
    fine = random.standard_normal((height, width), dtype=np.float32)
    soft = cv2.GaussianBlur(fine, (0, 0), 0.7) * 1.7
    mid = 1 - np.abs(2 * np.clip(luma(picture), 0, 1) - 1) * 0.6
    return np.asarray(picture + (soft * mid * strength)[..., None], np.float32)
