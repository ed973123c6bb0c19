"""From the words of a prompt to a scene: where, in which light, on which film, how close."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TypeVar

from sandbox.darkroom import places_indoors as indoors
from sandbox.darkroom import places_outdoors as outdoors
from sandbox.darkroom import studio_backdrops as studio
from sandbox.darkroom.brushes import Pixels, Random

Backdrop = Callable[[Random], Pixels]
Found = TypeVar("Found")

COLOURS = {
    "light grey": "#c3c4c5", "pale stone": "#c9c2b6", "soft grey": "#a9aaac", "grey": "#9a9a9b",
    "navy": "#31456b", "sky blue": "#8fb8d6", "teal": "#2f6f73", "taupe": "#a3917f", "beige": "#cdb99c",
    "terracotta": "#b8694a", "sage": "#95a58a", "mustard": "#c99a3a", "rose": "#c79a97", "plum": "#5a3450",
    "burgundy": "#6a2733", "blue": "#4f77a5", "green": "#5d7a5a", "red": "#93403c", "pink": "#d6a3ae",
}  # fmt: skip
PAINTED = ("terracotta", "taupe", "plum", "burgundy", "sage", "stone")

# The first that the text mentions wins.
PLACES: tuple[tuple[str, Backdrop], ...] = (
    (r"white backdrop|high key", studio.white),
    (r"(black|dark) backdrop|low key", studio.black),
    (r"concrete", studio.concrete),
    (r"boardroom|glass walls|conference", indoors.boardroom),
    (r"curtain", indoors.curtain),
    (r"office window|tall window|by a window|by the window", indoors.window),
    (r"co-working|office|desk", indoors.office),
    (r"brick|loft", indoors.brick),
    (r"library|bookshel", indoors.library),
    (r"caf[eé]|hotel|bar\b|restaurant|lamps", indoors.cafe),
    (r"autumn|amber leaves", outdoors.autumn),
    (r"garden|flowers|meadow", outdoors.garden),
    (r"golden hour|tall grass|low sun", outdoors.golden_hour),
    (r"desert|dunes", outdoors.desert),
    (r"\bsea\b|beach|ocean|lake|water", outdoors.sea),
    (r"mountain|hillside|hills|alps", outdoors.mountains),
    (r"mist|fog", outdoors.misty_trees),
    (r"sunset|sunrise|dusk sky", outdoors.sunset),
    (r"city|street|night|evening|blue hour|neon|rooftop", outdoors.evening_street),
    (r"park|foliage|forest|trees?\b|leaves|nature|outdoor", outdoors.foliage),
    (r"window", indoors.window),
)
# Without a place, one of these, by chance.
QUIET = ("soft grey", "light grey", "taupe", "navy", "sage", "beige", "pale stone")

FILMS = (
    (r"black and white|monochrome|b&w", "mono"),
    (r"ektar|velvia", "ektar"),
    (r"portra|film\b.*portra", "portra"),
    (r"cinematic|magazine", "cinema"),
    (r"golden|sunset|warm|amber|lamp|autumn|desert", "warm"),
    (r"cool|blue hour|morning|overcast|mist|night|evening", "cool"),
)
LOW_KEY = r"low key|moody|deep shadows|black backdrop|narrow beam|rich shadows"
HIGH_KEY = r"high key|white backdrop"
FRAMINGS = ((r"close-up|close up", "close"), (r"half-length|half length|waist", "half"))


@dataclass(frozen=True)
class Scene:
    """What a prompt asks for. `film` and `framing` name entries of grading.FILMS and portrait.FRAMINGS."""

    backdrop: Backdrop
    film: str
    framing: str
    is_off_centre: bool
    is_low_key: bool
    is_high_key: bool


def read_scene(text: str, random: Random) -> Scene:
    """Return the scene a prompt describes; chance decides what it leaves open."""
    words = re.sub(r"<[^<>]*>|\{\{[^{}]*\}\}", " ", text.lower())
    return Scene(
        backdrop=_paper(words) or _first(PLACES, words) or _quiet(random),
        film=_first(FILMS, words) or "neutral",
        framing=_first(FRAMINGS, words) or "classic",
        is_off_centre="off-centre" in words or "off-center" in words,
        is_low_key=bool(
            re.search(r"low key|moody|deep shadows|black backdrop|narrow beam|rich shadows", words)
        ),
        is_high_key=bool(re.search(r"high key|white backdrop", words)),
    )


def _paper(words: str) -> Backdrop | None:
    found = re.search(r"([a-z ]+?) backdrop", words)
    if not found:
        return None
    name = next((name for name in COLOURS if found[1].endswith(name) or name in found[1]), "")
    return _colour_backdrop(name) if name else None


@cache
def _colour_backdrop(name: str) -> Backdrop:
    is_painted = any(word in name for word in PAINTED)
    return partial(studio.canvas if is_painted else studio.sweep, text=COLOURS[name])


def _quiet(random: Random) -> Backdrop:
    return _colour_backdrop(QUIET[int(random.integers(len(QUIET)))])


def _first(table: Sequence[tuple[str, Found]], words: str) -> Found | None:
    return next((found for pattern, found in table if re.search(pattern, words)), None)
