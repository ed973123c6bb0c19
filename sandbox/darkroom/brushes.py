"""What backdrops are painted with: gradients, soft noise, discs of light and blur, on float32 RGB in 0..1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.float32]
Colour: TypeAlias = tuple[float, float, float]
Random: TypeAlias = np.random.Generator

# Backdrops are out of focus, so half the size of the picture is plenty.
WIDTH, HEIGHT = 416, 544


def colour(text: str) -> Colour:
    """Return `#rrggbb` as three parts of 1."""
    return int(text[1:3], 16) / 255, int(text[3:5], 16) / 255, int(text[5:7], 16) / 255


def places() -> tuple[Pixels, Pixels]:
    """Return x and y of every pixel, 0..1 from left to right and from top to bottom."""
    columns = np.linspace(0, 1, WIDTH, dtype=np.float32)
    rows = np.linspace(0, 1, HEIGHT, dtype=np.float32)
    x, y = np.meshgrid(columns, rows)
    return x, y


def down(stops: Sequence[tuple[float, str]]) -> Pixels:
    """Return a vertical gradient through (place, colour) stops."""
    at = [stop for stop, _ in stops]
    channels = np.array([colour(text) for _, text in stops], np.float32)
    rows = np.linspace(0, 1, HEIGHT)
    line = np.stack([np.interp(rows, at, channels[:, channel]) for channel in range(3)], -1)
    return np.repeat(line[:, None, :], WIDTH, 1).astype(np.float32)


def glow(x: float, y: float, reach: float, squash: float = 1.0) -> Pixels:
    """Return a soft spot of light, 1 in its middle, fading over `reach` picture widths."""
    across, along = places()
    distance = ((across - x) ** 2 + ((along - y) * HEIGHT / WIDTH * squash) ** 2) / reach**2
    return np.asarray(np.exp(-distance * 1.6), np.float32)


def clouds(random: Random, grain: float, stretch: float = 1.0) -> Pixels:
    """Return soft noise in -1..1; `grain` is the size of its spots in picture widths."""
    columns = max(3, round(1 / grain / stretch))
    rows = max(3, round(HEIGHT / WIDTH / grain))
    total = np.zeros((HEIGHT, WIDTH), np.float32)
    for octave, strength in ((1, 1.0), (2, 0.5), (4, 0.25)):
        spots = random.uniform(-1, 1, (rows * octave, columns * octave)).astype(np.float32)
        total += strength * cv2.resize(spots, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.asarray(total / 1.75, np.float32)


def blur(picture: Pixels, reach: float) -> Pixels:
    """Return the picture out of focus; `reach` in pixels."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), reach, borderType=cv2.BORDER_REFLECT), np.float32)


def blend(below: Pixels, above: Pixels | Colour, alpha: Pixels | float) -> Pixels:
    """Return `above` laid over `below`."""
    weight = alpha[..., None] if isinstance(alpha, np.ndarray) and alpha.ndim == 2 else alpha
    top = np.asarray(above, np.float32)
    return np.asarray(below * (1 - weight) + top * weight, np.float32)


def add_light(picture: Pixels, light: Colour, amount: Pixels) -> Pixels:
    """Return the picture with light added as a lens adds it: bright places take little more."""
    added = amount[..., None] * np.asarray(light, np.float32)
    return np.asarray(1 - (1 - np.clip(picture, 0, 1)) * (1 - np.clip(added, 0, 1)), np.float32)


def discs(
    picture: Pixels,
    random: Random,
    colours: Sequence[str],
    *,
    count: int,
    band: tuple[float, float] = (0.0, 1.0),
    size: tuple[float, float] = (0.02, 0.06),
    strength: tuple[float, float] = (0.15, 0.6),
) -> Pixels:
    """Return the picture with `count` lights out of focus: flat discs with a slightly brighter rim."""
    light = np.zeros_like(picture)
    for _ in range(count):
        radius = int(random.uniform(*size) * WIDTH)
        centre = (int(random.uniform(-0.05, 1.05) * WIDTH), int(random.uniform(*band) * HEIGHT))
        tone = np.array(colour(colours[int(random.integers(len(colours)))])) * random.uniform(*strength)
        spot = np.zeros_like(picture)
        cv2.circle(spot, centre, radius, tone.tolist(), -1, cv2.LINE_AA)
        cv2.circle(spot, centre, radius, (tone * 1.25).tolist(), max(1, radius // 9), cv2.LINE_AA)
        light = 1 - (1 - light) * (1 - np.clip(spot, 0, 1))
    return np.asarray(1 - (1 - np.clip(picture, 0, 1)) * (1 - blur(light, 1.3)), np.float32)


def box(picture: Pixels, left: float, top: float, right: float, bottom: float, text: str) -> None:
    """Fill a rectangle, given in parts of the picture, with a colour."""
    first, last = (int(left * WIDTH), int(top * HEIGHT)), (int(right * WIDTH), int(bottom * HEIGHT))
    cv2.rectangle(picture, first, last, colour(text), -1)
