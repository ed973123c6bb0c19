"""Any parameters that the client accepts, made from its tables of rules: what is added there is tried too."""

from __future__ import annotations

import base64
import enum
import io
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as some
from PIL import Image

import astria
from astria import enums
from astria.checks import INPUT_IMAGES, NEEDS
from astria.rules import Rule

Wish = dict[str, Any]

# As far as a column of whole numbers reaches; where the client knows an end, it is nearer.
LARGEST = 2**31 - 8
WORDS = [str(word) for kind in vars(enums).values() if isinstance(kind, enum.EnumMeta) for word in kind]
OTHER_WORDS = [
    "1",
    "seedvr2",
    "video_fps_increaser",
    "a text",
    "ohwx é ✓ \n 'quoted' & <b>",
    "https://a.example/x?y=1",
]
POOL: list[object] = [
    *(True, False, *range(0, 65), 512, 1024, 65536, LARGEST, 2**32, 0.0, 0.25, 0.5, 1.0, 3.5, 14.9),
    *(*WORDS, *OTHER_WORDS, {"age": "30 yo", "is bald": ""}),
]
# One of a group can be given: they are ways to send the same thing.
TWINS = [
    INPUT_IMAGES,
    *(
        (name, f"{name}_url")
        for name in ("mask_image", "video_first_frame", "video_last_frame", "input_video", "audio_reference")
    ),
]
texts = some.text(some.characters(codec="utf-8"), max_size=20).map(lambda text: f"sks {text}")


def picture(tail: bytes = b"") -> bytes:
    """Return a picture with something behind its end, which decoders do not mind."""
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    return content.getvalue() + tail


files = some.builds(
    lambda name, tail: astria.ImageFile(name, picture(tail), "image/png"),
    some.sampled_from(["1.png", "a b.png", "é.png"]),
    some.binary(max_size=50),
)


def values(name: str, rule: Rule, url: str) -> some.SearchStrategy[Any]:
    """Return values that a rule accepts; `url` is the address of a picture, for all that is fetched."""
    if name.endswith("_url"):
        return some.just(url)
    if rule.accepts([url]):
        return some.lists(some.just(url), min_size=1, max_size=2)
    if rule.accepts(astria.ImageFile("1.png", b"x")):
        return files
    if rule.accepts([astria.ImageFile("1.png", b"x")]):
        return some.lists(files, min_size=1, max_size=2)
    found = some.sampled_from([value for value in [*POOL, data_url(b"")] if rule.accepts(value)])
    return found | texts.filter(rule.accepts) if rule.accepts("sks é") else found | near(rule)


def near(rule: Rule) -> some.SearchStrategy[Any]:
    """Return numbers that a rule accepts, between those of the pool; data urls if it is one for those."""
    if rule.accepts(data_url(b"")):
        return some.binary(max_size=50).map(data_url)
    numbers = [value for value in POOL if isinstance(value, int | float) and rule.accepts(value)]
    if not numbers or isinstance(numbers[0], bool):
        return some.nothing()
    low, high = min(numbers), max(numbers)
    if rule.accepts(0.25):
        return some.floats(low, high, allow_subnormal=False)
    return some.integers(int(low), int(high)).filter(rule.accepts)


def data_url(tail: bytes) -> str:
    """Return a picture as a data url."""
    return "data:image/png;base64," + base64.b64encode(picture(tail)).decode()


@some.composite
def wishes(draw: some.DrawFn, rules: Mapping[str, Rule], url: str, *, most: int = 8) -> Wish:
    """Return some parameters of a table, with all that they need and no two that are one."""
    names = draw(some.lists(some.sampled_from(sorted(rules)), max_size=most, unique=True))
    wish = {name: draw(some.none() | values(name, rules[name], url)) for name in names if name != "text"}
    for name, needed in NEEDS.items():
        if wish.get(name) and not any(wish.get(other) for other in needed):
            wish[needed[0]] = True if needed[0] == "super_resolution" else draw(files)
    for twins in TWINS:
        for name in [name for name in twins if wish.get(name)][1:]:
            del wish[name]
    return wish


def differences(wish: Wish, found: astria.Prompt, look: Any) -> list[str]:
    """Return which parameters a prompt does not show as they were sent; `look` fetches an address."""
    return [name for name, sent, shown in _pairs(wish, found) if not _same(sent, shown, look)]


def _pairs(wish: Wish, found: astria.Prompt) -> Iterator[tuple[str, Any, Any]]:
    shown = {**found.extra, **vars(found)}
    references = [*(wish.get("image_references") or ()), *(wish.get("image_reference_urls") or ())]
    if references:
        yield "image_references", references, list(shown["image_references"])
    for name, sent in wish.items():
        # None asks for the default, and so does "".
        if name not in ("image_references", "image_reference_urls") and sent not in (None, ""):
            yield name, sent, shown.get(shown_as(name))


def shown_as(name: str) -> str:
    """Return under which name a parameter is shown: a file by its own, however it was sent."""
    return name if name == "source_image_url" else name.removesuffix("_url").removesuffix("_base64")


def _same(sent: Any, shown: Any, look: Any) -> bool:
    if isinstance(sent, list):
        return len(sent) == len(shown) and all(map(_same, sent, shown, [look] * len(sent)))
    if isinstance(sent, astria.ImageFile):
        return bool(look(shown) == sent.content)
    if isinstance(sent, str) and sent.startswith("data:"):
        return bool(look(shown) == base64.b64decode(sent.partition(",")[2]))
    if isinstance(sent, str) and sent.startswith("http://127.0.0.1"):
        return sent == shown or bool(look(shown) == look(sent))
    return bool(sent == shown)
