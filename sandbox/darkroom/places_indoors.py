"""Rooms, far out of focus: offices, windows, lofts, libraries, cafés."""

from __future__ import annotations

import cv2
import numpy as np

from sandbox.darkroom.brushes import (
    HEIGHT,
    WIDTH,
    Pixels,
    Random,
    add_light,
    blur,
    box,
    clouds,
    colour,
    discs,
    down,
    glow,
    places,
)

SPINES = ("#6b3f2a", "#8a5a35", "#3f4a3a", "#2f3b4a", "#7a6a4a", "#54302c", "#a08a5c", "#46352c")


def office(random: Random) -> Pixels:
    """Return a bright office: panes of daylight, a dark desk line, something green."""
    picture = down([(0, "#cfd6da"), (0.55, "#dfe3e3"), (0.75, "#b9bcba"), (1, "#8d8f8d")])
    left = random.uniform(-0.15, 0.1)
    for number in range(4):
        start = left + number * 0.31
        box(picture, start, 0.02, start + 0.25, 0.52, "#f4f7f8" if number % 2 else "#e6eef2")
        box(picture, start + 0.25, 0.0, start + 0.275, 0.56, "#9aa3a8")
    box(picture, 0, 0.66, 1, 0.72, "#9c8a78")
    box(picture, 0, 0.72, 1, 1, "#7d7f80")
    for _ in range(4):
        at = random.uniform(0, 0.9)
        tone = ("#55606a", "#b08d6a", "#7c8a92")[int(random.integers(3))]
        box(picture, at, random.uniform(0.5, 0.6), at + random.uniform(0.06, 0.16), 0.67, tone)
    _plants(picture, random, count=3)
    soft = blur(picture, 17)
    lamps = discs(soft, random, ("#fff3dc", "#eaf4ff"), count=5, band=(0.04, 0.3), strength=(0.1, 0.3))
    return add_light(lamps, (1, 1, 1), 0.35 * glow(random.uniform(0.1, 0.9), 0.2, 0.5))


def boardroom(random: Random) -> Pixels:
    """Return a room with glass walls in cool morning light."""
    picture = down([(0, "#8fa3b2"), (0.5, "#b9c7d0"), (0.7, "#8896a0"), (1, "#4d5963")])
    start = random.uniform(-0.2, 0)
    for number in range(5):
        left = start + number * 0.27
        box(picture, left, 0, left + 0.2, 0.64, ("#c9d7e0", "#dbe6ec", "#a9bac6")[number % 3])
        box(picture, left + 0.2, 0, left + 0.215, 0.68, "#53626e")
    box(picture, 0, 0.34, 1, 0.352, "#6d7c88")
    box(picture, 0, 0.7, 1, 0.76, "#3b434b")
    soft = blur(picture, 15)
    lit = add_light(soft, (0.95, 0.98, 1), 0.4 * glow(random.choice([0.1, 0.9]), 0.25, 0.45))
    return discs(lit, random, ("#ffe6c0", "#d8ecff"), count=4, band=(0.05, 0.25), strength=(0.1, 0.35))


def window(random: Random) -> Pixels:
    """Return a wall beside a tall window, the daylight running out across it."""
    side = float(random.choice([0.0, 1.0]))
    x, _ = places()
    near = np.abs(x - side)
    wall = down([(0, "#b9b3aa"), (0.6, "#aaa49b"), (1, "#7e7972")]) * (1.16 - 0.62 * near)[..., None]
    left, right = (-0.02, 0.3) if side == 0 else (0.7, 1.02)
    box(wall, left, -0.1, right, 0.86, "#f4f3ee")
    for row in (0.22, 0.53):
        box(wall, left, row, right, row + 0.018, "#b6b0a6")
    middle = (left + right) / 2
    box(wall, middle - 0.008, -0.1, middle + 0.008, 0.86, "#b6b0a6")
    soft = blur(wall.astype(np.float32), 11)
    return add_light(soft, colour("#fff6e6"), 0.55 * glow(side, 0.35, 0.5))


def curtain(random: Random) -> Pixels:
    """Return a linen curtain with daylight behind it."""
    x, _ = places()
    phase = random.uniform(0, 6)
    folds = 0.5 + 0.5 * np.sin(x * 46 + phase + 2.2 * np.sin(x * 9 + phase))
    picture = down([(0, "#e9dfcd"), (0.6, "#dccfb8"), (1, "#b3a48b")]) * (0.84 + 0.16 * folds)[..., None]
    return add_light(blur(picture.astype(np.float32), 8), colour("#fff4dc"), 0.5 * glow(0.35, 0.3, 0.6))


def brick(random: Random) -> Pixels:
    """Return a brick wall in afternoon light."""
    picture = np.full((HEIGHT, WIDTH, 3), colour("#b3a496"), np.float32)
    tall, wide = 26, 66
    for row in range(HEIGHT // tall + 1):
        for column in range(-1, WIDTH // wide + 1):
            left = column * wide + (row % 2) * wide // 2
            tone = np.array(colour("#94583f")) * random.uniform(0.78, 1.18)
            corner = (left + wide - 4, row * tall + tall - 4)
            cv2.rectangle(picture, (left, row * tall), corner, tone.tolist(), -1)
    weathered = blur(picture, 4.5) * (1 + 0.10 * clouds(random, 0.3))[..., None]
    side = float(random.choice([0.05, 0.95]))
    x, _ = places()
    shaded = weathered * (1.12 - 0.55 * np.abs(x - side))[..., None]
    return add_light(shaded.astype(np.float32), colour("#ffd9a0"), 0.45 * glow(side, 0.25, 0.55))


def library(random: Random) -> Pixels:
    """Return shelves of books in lamp light."""
    picture = np.full((HEIGHT, WIDTH, 3), colour("#2a1d15"), np.float32)
    for shelf in range(6):
        top, x = shelf * 96 - 20, -8
        while x < WIDTH:
            wide, tall = int(random.integers(9, 24)), int(random.integers(62, 84))
            tone = np.array(colour(SPINES[int(random.integers(len(SPINES)))])) * random.uniform(0.7, 1.25)
            cv2.rectangle(picture, (x, top + 88 - tall), (x + wide - 2, top + 88), tone.tolist(), -1)
            x += wide
        cv2.rectangle(picture, (0, top + 88), (WIDTH, top + 95), colour("#5b3d27"), -1)
    soft = blur(picture, 7.5)
    side = float(random.choice([0.1, 0.9]))
    warm = add_light(soft, colour("#ffb866"), 0.55 * glow(side, 0.3, 0.45))
    return discs(warm, random, ("#ffcf8a", "#ffb35c"), count=4, band=(0.08, 0.4), strength=(0.25, 0.6))


def cafe(random: Random) -> Pixels:
    """Return a room of warm lamps."""
    picture = down([(0, "#3b2a1e"), (0.5, "#6a4a30"), (0.75, "#4d3524"), (1, "#2a1d15")])
    for _ in range(6):
        at, top = random.uniform(-0.1, 1), random.uniform(0.3, 0.62)
        tone = ("#8a6642", "#3f3a33", "#a27a4c", "#5c4a3a")[int(random.integers(4))]
        box(picture, at, top, at + random.uniform(0.08, 0.22), top + random.uniform(0.1, 0.3), tone)
    soft = blur(picture, 19)
    lit = add_light(soft, colour("#ffbf73"), 0.4 * glow(random.uniform(0.1, 0.9), 0.28, 0.5))
    small = discs(lit, random, ("#ffd69a", "#ffb45e"), count=16, band=(0.08, 0.5), size=(0.015, 0.035))
    return discs(small, random, ("#ffd9a3", "#ffc27a"), count=6, band=(0.05, 0.4), size=(0.05, 0.085))


def _plants(picture: Pixels, random: Random, count: int) -> None:
    for _ in range(count):
        at, foot = random.uniform(0.02, 0.98), random.uniform(0.55, 0.7)
        for _ in range(26):
            x, y = at + random.normal(0, 0.05), foot - abs(random.normal(0.07, 0.06))
            tone = np.array(colour("#5f8257")) * random.uniform(0.6, 1.25)
            centre = (int(x * WIDTH), int(y * HEIGHT))
            cv2.ellipse(picture, centre, (14, 5), random.uniform(0, 180), 0, 360, tone.tolist(), -1)
