"""The open air, far out of focus: leaves, water, hills, evening streets."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from sandbox.darkroom.brushes import (
    HEIGHT,
    WIDTH,
    Pixels,
    Random,
    add_light,
    blend,
    blur,
    clouds,
    colour,
    discs,
    down,
    glow,
    places,
)

GREENS = ("#2f4a2a", "#41632f", "#587c3a", "#7a9a4c", "#9db85f")
AMBERS = ("#5a3416", "#8a4f1c", "#b36a22", "#cf8a30", "#e0ab50")


def foliage(random: Random) -> Pixels:
    """Return sunlit leaves behind shade."""
    base = down([(0, "#93ad72"), (0.45, "#5f8145"), (1, "#2f4726")])
    leaves = _leaves(base, random, GREENS)
    sun = add_light(leaves, colour("#fff3b8"), 0.5 * glow(random.uniform(0.15, 0.85), 0.12, 0.5))
    return discs(
        sun, random, ("#d9e8a0", "#f4f1c0", "#b9d58a"), count=24, band=(0, 0.6), strength=(0.08, 0.32)
    )


def autumn(random: Random) -> Pixels:
    """Return an autumn forest."""
    base = down([(0, "#d9b06a"), (0.5, "#a86a2c"), (1, "#4f2f16")])
    leaves = _leaves(base, random, AMBERS)
    sun = add_light(leaves, colour("#ffe0a0"), 0.45 * glow(random.uniform(0.2, 0.8), 0.15, 0.5))
    return discs(
        sun, random, ("#ffdf9a", "#f7c067", "#ffe9bf"), count=22, band=(0, 0.6), strength=(0.1, 0.35)
    )


def garden(random: Random) -> Pixels:
    """Return a garden in bright shade, with flowers far behind."""
    base = down([(0, "#b7c99a"), (0.4, "#86a566"), (1, "#4c6a3a")])
    leaves = _leaves(base, random, GREENS)
    flowers = ("#e8a9b8", "#f3e3ea", "#d884a0", "#f0d58a")
    return discs(
        leaves, random, flowers, count=22, band=(0.25, 0.85), size=(0.014, 0.04), strength=(0.25, 0.6)
    )


def golden_hour(random: Random) -> Pixels:
    """Return tall grass against a low sun."""
    x = float(random.choice([0.16, 0.84]))
    sky = down([(0, "#e8b878"), (0.4, "#f6cf8f"), (0.6, "#d99a4e"), (0.75, "#8a5a28"), (1, "#3f2a16")])
    _grass(sky, random)
    soft = blur(sky, 9)
    sun = add_light(soft, colour("#ffd890"), 0.95 * glow(x, 0.3, 0.42))
    sun = add_light(sun, (1, 0.97, 0.86), 0.9 * glow(x, 0.3, 0.13))
    return discs(sun, random, ("#ffe2a6", "#ffcb78"), count=20, band=(0.4, 0.95), strength=(0.08, 0.3))


def sea(random: Random) -> Pixels:
    """Return a pale sky over calm water."""
    picture = down([(0, "#b9cbd6"), (0.42, "#dfe6e6"), (0.47, "#e7e6df"), (0.475, "#9fb4bb"), (1, "#5f7f8b")])
    haze = picture + 0.03 * clouds(random, 0.35, stretch=3)[..., None]
    ripples = clouds(random, 0.05, stretch=5) * np.clip((places()[1] - 0.47) * 2, 0, 1) * 0.10
    soft = blur(np.asarray(haze + ripples[..., None], np.float32), 4)
    return add_light(soft, colour("#fff4dd"), 0.3 * glow(random.uniform(0.2, 0.8), 0.4, 0.5))


def mountains(random: Random) -> Pixels:
    """Return ridges one behind the other in morning haze."""
    picture = down([(0, "#c3d0d6"), (0.5, "#e2e4df"), (1, "#d7dad4")])
    ridges = ((0.34, "#b9c6cb"), (0.44, "#9db0b5"), (0.56, "#7c9390"), (0.7, "#56706a"))
    x, y = places()
    for level, tone in ridges:
        line = level + 0.10 * clouds(random, 0.35)[0] + 0.03 * np.sin(x[0] * random.uniform(4, 9))
        picture = blend(picture, colour(tone), (y > line[None, :]).astype(np.float32))
    soft = blur(picture, 7)
    return add_light(soft, colour("#fff6e4"), 0.3 * glow(random.uniform(0.2, 0.8), 0.2, 0.6))


def misty_trees(random: Random) -> Pixels:
    """Return trunks that fade into mist."""
    picture = down([(0, "#c9cdca"), (0.6, "#bcc1bd"), (1, "#7f8681")])
    for depth, tone in ((0, "#a9aea9"), (1, "#878d87"), (2, "#5f655f")):
        for _ in range(5 - depth):
            x, wide = random.uniform(-0.05, 1.05), random.uniform(0.02, 0.035) * (1 + depth)
            left, right = int((x - wide / 2) * WIDTH), int((x + wide / 2) * WIDTH)
            cv2.rectangle(picture, (left, 0), (right, int((0.72 + 0.1 * depth) * HEIGHT)), colour(tone), -1)
        picture = blur(picture, 8 - depth)
    return np.asarray(np.clip(picture + 0.03 * clouds(random, 0.3)[..., None], 0, 1), np.float32)


def sunset(random: Random) -> Pixels:
    """Return a sky of peach and violet clouds."""
    picture = down([(0, "#5d5c86"), (0.3, "#a8799a"), (0.55, "#ee9f7c"), (0.72, "#f8c88a"), (1, "#7a5a66")])
    bands = clouds(random, 0.16, stretch=4)
    lit = blend(picture, colour("#ffc79a"), np.clip(bands, 0, 1) * 0.5)
    shaded = blend(lit, colour("#6b5880"), np.clip(-bands, 0, 1) * 0.45)
    return add_light(blur(shaded, 7), colour("#ffdca8"), 0.6 * glow(random.uniform(0.2, 0.8), 0.6, 0.4))


def desert(random: Random) -> Pixels:
    """Return dunes in the last light."""
    picture = down([(0, "#d8a58a"), (0.4, "#f2c79a"), (0.55, "#f3d4a8"), (1, "#b9763f")])
    _, y = places()
    for level, tone in ((0.56, "#d9a06a"), (0.66, "#c2834b"), (0.8, "#9a6234")):
        line = level + 0.06 * clouds(random, 0.5)[0]
        picture = blend(picture, colour(tone), (y > line[None, :]).astype(np.float32))
    return add_light(blur(picture, 9), colour("#ffe2b4"), 0.55 * glow(random.choice([0.15, 0.85]), 0.42, 0.4))


def evening_street(random: Random) -> Pixels:
    """Return city lights at the blue hour."""
    picture = down([(0, "#2a3a5c"), (0.4, "#3d4d70"), (0.6, "#4a4a60"), (1, "#171c2b")])
    far = discs(
        picture, random, LIGHTS, count=46, band=(0.28, 0.68), size=(0.012, 0.03), strength=(0.2, 0.75)
    )
    soft = blur(far, 2.5)
    return discs(soft, random, LIGHTS, count=15, band=(0.2, 0.72), size=(0.04, 0.075), strength=(0.15, 0.5))


LIGHTS = ("#ffb65c", "#ffd79a", "#ff8f5a", "#8fc6ff", "#7fe0d0", "#ffe9c4")


def _leaves(base: Pixels, random: Random, colours: Sequence[str]) -> Pixels:
    """Return the base overlaid with leaves, from far (large blur) to less far."""
    picture = base
    for count, length, softness in ((260, 30, 13), (220, 17, 7)):
        layer = picture.copy()
        for _ in range(count):
            centre = (int(random.uniform(-0.05, 1.05) * WIDTH), int(random.uniform(-0.05, 1.0) * HEIGHT))
            shade = 1.25 - 0.65 * centre[1] / HEIGHT
            tone = np.array(colour(colours[int(random.integers(len(colours)))])) * shade
            axes = (length, int(length * random.uniform(0.35, 0.7)))
            cv2.ellipse(layer, centre, axes, random.uniform(0, 180), 0, 360, tone.tolist(), -1)
        picture = blend(picture, blur(layer, softness), 0.75)
    return picture


def _grass(picture: Pixels, random: Random) -> None:
    for _ in range(220):
        x = random.uniform(0, 1)
        foot, tip = (
            (int(x * WIDTH), HEIGHT),
            (
                int((x + random.normal(0, 0.05)) * WIDTH),
                int(random.uniform(0.52, 0.8) * HEIGHT),
            ),
        )
        tone = np.array(colour("#c8923f")) * random.uniform(0.4, 1.2)
        cv2.line(picture, foot, tip, tone.tolist(), 3, cv2.LINE_AA)
