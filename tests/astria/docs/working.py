"""The samples that work as they are printed, and what each of them does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UUID_TITLE = "John Doe - UUID - 1234-6789-1234-56789"
GRUMPY_TITLE = "Grumpy cat - UUID - 1234-6789-1234-56789"
READY = "/to-your-service-when-ready"
BY_TUNE = f"{READY}?user_id=1&tune_id=1"
BY_PROMPT = f"{BY_TUNE}&prompt_id=1"
PACK_TUNE = "/webhooks/astria?user_id=1"
PACK_PROMPTS = "/webhooks/astria_prompts?user_id=1"
FLUX_PRESET = {"base_tune_id": 1504944, "model_type": "lora", "args": "preset=flux-lora-portrait"}
FLUX_PLAIN = {"base_tune_id": 1504944, "model_type": "lora", "args": None}

Attributes = Mapping[str, Any]


@dataclass(frozen=True)
class Effect:
    """What a sample brings about.

    `calls` arrive, with these answers. A new tune has at least these attributes and so many photos, prompts
    are new with at least these attributes (oldest first), these callbacks arrive (in any order), what is
    `gone` answers 404 afterwards, and the sample itself `says` this.
    """

    calls: tuple[str, ...]
    tune: Attributes | None = None
    photos: int = 4
    prompts: tuple[Attributes, ...] = ()
    callbacks: tuple[str, ...] = ()
    gone: str = ""
    says: str = field(default="", kw_only=True)


def _reads(*paths: str) -> Effect:
    return Effect(tuple(f"GET {path} 200" for path in paths))


def _deletes(path: str) -> Effect:
    return Effect((f"DELETE {path} 200",), gone=path)


def _trains(tune: Attributes, *texts: str, photos: int = 4, callbacks: tuple[str, ...] = ()) -> Effect:
    prompts = tuple({"text": text} for text in texts)
    return Effect(("POST /tunes 201",), tune, photos, prompts, callbacks)


def _inspects() -> Effect:
    return Effect(("POST /images/inspect 200",), says="man")


SPACE_CAT, MEME_CAT = (
    "ohwx cat in space circa 1979 French illustration",
    "ohwx cat getting into trouble viral meme",
)
MAGAZINE = "ohwx man on space circa 1979 on cover of time magazine"
FAST = {"base_tune_id": 690204, "branch": "fast"}
EIGHT = ({"num_images": 2},) * 8
EIGHT_CALLED_BACK = (PACK_PROMPTS,) * 8
PACK_CALL = "POST /p/260/tunes 201"

WORKING: dict[str, Effect] = {
    "0-tune/1-create:83": _trains(
        FAST | {"title": UUID_TITLE, "name": "man", "token": "ohwx"},
        MAGAZINE,
        callbacks=(
            "/webhooks/astria?user_id=1&tune_id=1",
            "/webhooks/astria?user_id=1&prompt_id=1&tune_id=1",
        ),
    ),
    "0-tune/1-create:100": _trains(
        FAST | {"title": GRUMPY_TITLE, "name": "cat", "token": "ohwx"}, callbacks=(BY_TUNE,)
    ),
    "0-tune/1-create:113": _trains(
        {"branch": "fast", "name": "cat", "base_tune_id": None},
        SPACE_CAT,
        MEME_CAT,
        callbacks=(BY_TUNE, BY_PROMPT, BY_PROMPT),
    ),
    "0-tune/1-create:147": _trains(
        FAST | {"title": UUID_TITLE, "name": "cat"},
        SPACE_CAT,
        MEME_CAT,
        callbacks=(BY_PROMPT, f"{BY_TUNE}&prompt_id=2"),
    ),
    "0-tune/1-create:194": _trains(
        {"base_tune_id": 690204, "branch": "sd15", "name": "man"},
        "ohwx man inside spacesuit in space",
        callbacks=(BY_TUNE, BY_PROMPT),
    ),
    # Its files come without a name and a type: what they are is to be seen in them.
    "0-tune/1-create:241": _trains(
        FAST | {"name": "man", "token": "ohwx"}, "ohwx man in a park", "ohwx man by a lake", photos=2
    ),
    "0-tune/2-retrieve:29": _reads("/tunes/1"),
    "0-tune/2-retrieve:36": _reads("/tunes/1"),
    "0-tune/4-list:29": _reads("/tunes"),
    "0-tune/4-list:36": _reads("/tunes"),
    "0-tune/4-list:43": _reads("/tunes"),
    "0-tune/5-delete:32": _deletes("/tunes/1"),
    "0-tune/5-delete:39": _deletes("/tunes/1"),
    "0-tune/5-delete:50": _deletes("/tunes/1"),
    "05-flux-api:38": _trains(
        FLUX_PRESET | {"name": "man"}, callbacks=("/webhooks/astria?user_id=1&tune_id=1",)
    ),
    "05-flux-api:53": _trains(FLUX_PRESET | {"name": "cat"}, callbacks=(BY_TUNE,)),
    "05-flux-api:66": _trains(FLUX_PLAIN | {"name": "cat"}, callbacks=(BY_TUNE,)),
    # It prints `preet` for `preset`: unknown, so it is dropped and the tune has none.
    "05-flux-api:91": _trains(FLUX_PLAIN | {"name": "cat"}),
    "05-flux-api:129": _trains(FLUX_PRESET | {"name": "man"}, callbacks=(BY_TUNE,)),
    "05-flux-api:174": _trains(FLUX_PRESET | {"name": "man"}, photos=2),
    "1-prompt/1-create:119": Effect(
        ("POST /tunes/1/prompts 201",),
        prompts=(
            {
                "tune_id": 1,
                "text": "a painting of ohwx man in the style of Van Gogh",
                "super_resolution": True,
            },
        ),
        callbacks=(f"{READY}?prompt_id=1",),
    ),
    "1-prompt/2-retrieve:29": _reads("/tunes/1/prompts/1"),
    "1-prompt/2-retrieve:36": _reads("/tunes/1/prompts/1"),
    "1-prompt/2-retrieve:43": _reads("/tunes/1/prompts/1"),
    "1-prompt/4-list:29": _reads("/tunes/1/prompts"),
    "1-prompt/4-list:36": _reads("/tunes/1/prompts"),
    "1-prompt/4-list:43": _reads("/tunes/1/prompts"),
    "1-prompt/5-delete:33": _deletes("/prompts/1"),
    "1-prompt/5-delete:40": _deletes("/prompts/1"),
    "1-prompt/5-delete:56": _deletes("/prompts/1"),
    "2-pack/1-list:27": _reads("/packs", "/gallery/packs"),
    "2-pack/1-list:36": _reads("/packs", "/gallery/packs"),
    "2-pack/2-tunes/0-create:58": Effect(
        (PACK_CALL,),
        {"title": UUID_TITLE, "name": "man"},
        prompts=EIGHT,
        callbacks=(PACK_TUNE, *EIGHT_CALLED_BACK),
    ),
    # It gives the tune's callback twice: the last one counts.
    "2-pack/2-tunes/0-create:150": Effect(
        (PACK_CALL,),
        {"title": UUID_TITLE, "name": "man"},
        prompts=EIGHT,
        callbacks=(f"{READY}?user_id=1", *EIGHT_CALLED_BACK),
    ),
    "2-pack/2-tunes/0-create:189": Effect((PACK_CALL,), prompts=EIGHT, says="Prompts created"),
    "2-pack/2-tunes/0-create:213": Effect((PACK_CALL,), {"name": "man"}, photos=2, prompts=EIGHT),
    "2-pack/2-tunes/0-create:238": Effect(
        (PACK_CALL, PACK_CALL), {"name": "man"}, photos=2, prompts=(*EIGHT, *EIGHT)
    ),
    "4-images/1-inspect:108": _inspects(),
    "4-images/1-inspect:119": _inspects(),
    "4-images/1-inspect:140": _inspects(),
}
