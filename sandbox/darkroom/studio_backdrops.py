"""Backdrops of a studio: paper sweeps, painted canvas, white and black."""

from __future__ import annotations

import numpy as np

from sandbox.darkroom.brushes import (
    Pixels,
    Random,
    add_light,
    blend,
    blur,
    clouds,
    colour,
    down,
    glow,
    places,
)


def sweep(random: Random, text: str, spread: float = 1.0) -> Pixels:
    """Return a paper backdrop of a colour, lit behind the sitter and falling off to the corners."""
    tone = np.asarray(colour(text), np.float32)
    x, y = float(random.uniform(0.3, 0.7)), float(random.uniform(0.3, 0.48))
    light = 0.62 + 0.5 * glow(x, y, 0.75 * spread)
    fall = 1.04 - 0.16 * places()[1]
    mottle = 1 + 0.035 * clouds(random, 0.5) + 0.012 * clouds(random, 0.12)
    picture = tone * (light * fall * mottle)[..., None]
    return np.asarray(np.clip(picture, 0, 1), np.float32)


def canvas(random: Random, text: str) -> Pixels:
    """Return a hand-painted canvas of a colour: cloudy brushwork, darker at the edges."""
    picture = sweep(random, text, spread=0.85)
    work = 0.10 * clouds(random, 0.33) + 0.05 * clouds(random, 0.1)
    return np.asarray(np.clip(picture * (1 + work[..., None]), 0, 1), np.float32)


def white(random: Random) -> Pixels:
    """Return a white wall, nearly evenly lit."""
    x = float(random.uniform(0.35, 0.65))
    picture = down([(0, "#e9eaec"), (0.55, "#f3f3f3"), (1, "#dddcdb")])
    return add_light(picture, (1, 1, 1), 0.5 * glow(x, 0.4, 0.9))


def black(random: Random) -> Pixels:
    """Return near darkness with a breath of light on one side."""
    side = float(random.choice([0.12, 0.88]))
    picture = down([(0, "#0d0d0f"), (0.6, "#141416"), (1, "#09090a")])
    return add_light(picture, colour("#5a5a60"), 0.5 * glow(side, 0.42, 0.55) + 0.03 * clouds(random, 0.4))


def concrete(random: Random) -> Pixels:
    """Return a concrete wall with hard light falling across it."""
    grey = 0.53 + 0.05 * clouds(random, 0.3) + 0.035 * clouds(random, 0.06)
    x, y = places()
    slope, start = random.uniform(0.5, 0.9), random.uniform(0.2, 0.5)
    edge = blur(((x - start) * slope + (y - 0.45) > 0).astype(np.float32), 16)
    lit = grey * (1.16 - 0.5 * edge)
    return blend(np.repeat(lit[..., None], 3, -1), colour("#8b8579"), 0.18)
