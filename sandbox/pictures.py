"""Pictures, drawn from the photos of a tune when they are first asked for, then kept on the disk."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from sandbox.darkroom.bench import at_the_bench
from sandbox.darkroom.portrait import HEIGHT, SMALL, WIDTH, draw
from sandbox.darkroom.sitters import Sitter, read_photo, seat
from sandbox.gallery.catalogue import Pack
from sandbox.models import Photo, Picture, Prompt
from sandbox.photographs import photo_path
from sandbox.switches import switches

DEMONSTRATION = Path(__file__).parent / "photos"
WOMAN = tuple(DEMONSTRATION / f"person-{number}.jpg" for number in range(1, 7))
MAN = (DEMONSTRATION / "profile-grey.jpg",)
SAMPLE_SIZE = (WIDTH // 2, HEIGHT // 2)
# Pixels of a photo's longer side, and of the copy on which its sitter is cut out.
CARE = {"full": (1280, 260), "small": (400, 130)}
# Photos beyond these are not looked at: cutting takes longer than drawing.
MOST_SITTERS = 8

_locks = [threading.Lock() for _ in range(32)]
_cutting = [threading.Lock() for _ in range(8)]


def developed(picture: Picture, prompt: Prompt) -> bytes:
    """Return the JPEG of a picture of this prompt; drawn the first time, then read from the disk.

    The same photos, text, prompt seed (or prompt id), position and sandbox seed give the same bytes.
    """
    path = picture_path(picture.key)
    return _kept(path, lambda: _drawn(prompt, picture.position, _size(prompt)))


def picture_path(key: str) -> Path:
    """Return where the picture with this key lies once it is drawn."""
    return switches.data / "pictures" / f"{key}.jpg"


def reuse(picture: Picture, prompt: Prompt) -> None:
    """Take a picture of another prompt over as the first of this one."""
    content = developed(picture, Prompt.objects.get(pk=picture.prompt_id))
    _kept(picture_path(prompt.picture_keys[0]), lambda: content)


def developed_cover(pack: Pack) -> bytes:
    """Return the JPEG of a pack's cover: its first template for a woman."""
    prompt = Prompt.objects.get(pk=pack.of_class("woman")[0].id)
    path = switches.data / "pictures" / f"cover-{pack.slug}-{switches.seed}.jpg"
    size = SMALL if switches.pictures == "small" else (WIDTH, HEIGHT)
    return _kept(path, lambda: _drawn(prompt, 7, size))


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    # Two requests for one picture must not draw it twice.
    with _locks[hash(path) % len(_locks)]:
        if path.exists():
            return path.read_bytes()
        content = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(content)
        unfinished.replace(path)
        return content


def _drawn(prompt: Prompt, position: int, size: tuple[int, int]) -> bytes:
    text = prompt.filled_text().split("> ", 1)[-1]
    origin = prompt.seed if prompt.seed is not None else f"prompt {prompt.pk}"
    digest = hashlib.sha256(f"{switches.seed}:{origin}:{position}:{text}".encode()).digest()
    start, seed = digest[0] + position, int.from_bytes(digest[1:8], "big")
    return at_the_bench(_draw, _photos(prompt), start, text, seed, size)


def _draw(paths: Sequence[Path], start: int, text: str, seed: int, size: tuple[int, int]) -> bytes:
    return draw(_choose(paths, start), text, seed, size)


def _size(prompt: Prompt) -> tuple[int, int]:
    if switches.pictures == "small":
        return SMALL
    if prompt.is_template:
        return SAMPLE_SIZE
    width, height = prompt.attributes.get("w") or WIDTH, prompt.attributes.get("h") or HEIGHT
    return min(max(width, 64), 2048), min(max(height, 64), 2048)


def _photos(prompt: Prompt) -> tuple[Path, ...]:
    """Return the photos of the person shown; without any, the demonstration's."""
    keys = Photo.objects.filter(tune_id=prompt.subject_id).order_by("position").values_list("key", flat=True)
    paths = tuple(path for path in map(photo_path, keys) if path.exists())
    return paths or (MAN if prompt.class_name == "man" else WOMAN)


def _choose(paths: Sequence[Path], start: int) -> Sitter:
    """Return the first good sitter, beginning somewhere in the photos; failing that, the best there is."""
    known = paths[:MOST_SITTERS]
    turned = [known[(start + number) % len(known)] for number in range(len(known))]
    seen: list[Sitter] = []
    for path in turned:
        sitter = _seated(path)
        if sitter and sitter.has_face and sitter.is_cut_out:
            return sitter
        seen += [sitter] if sitter else []
    best = sorted(seen, key=lambda sitter: not sitter.has_face)
    return best[0] if best else _choose(WOMAN, start)


def _seated(path: Path) -> Sitter | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    # Cutting is slow, so whoever wants the same photo waits for the one who cuts it.
    with _cutting[hash(content) % len(_cutting)]:
        return _seated_once(content, *CARE[switches.pictures])


@lru_cache(maxsize=24)
def _seated_once(content: bytes, largest: int, cut_size: int) -> Sitter | None:
    """Return the sitter of a photo; known by its bytes, since tests send the same ones again and again."""
    try:
        return seat(read_photo(content, largest), cut_size)
    except Exception:
        # Pillow and OpenCV raise nearly anything for broken or absurd pictures; another photo will do.
        return None
