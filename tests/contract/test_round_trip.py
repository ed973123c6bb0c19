"""Any parameters that the client accepts come back from the sandbox unchanged, sent as JSON or as a form.

Files and fetched pictures come back byte for byte. Only the sandbox is asked: each prompt would cost money.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import astria
from astria.prompt_attributes import NESTED_PROMPT_RULES, PROMPT_CHANGE_RULES, PROMPT_RULES
from astria.tune_attributes import TUNE_CHANGE_RULES, TUNE_RULES
from tests.conftest import PHOTOS
from tests.contract.conftest import SANDBOX_KEY, calls, new_mock_tune
from tests.contract.wishes import Wish, differences, wishes
from tests.sandbox.process import Sandbox

pytestmark = pytest.mark.long

FLUX = 1504944
PACK = "corporate-headshots"
PHOTO = astria.ImageFile("1.jpg", (PHOTOS / "person-1.jpg").read_bytes())
# Flux refuses them, and so do packs, which run on it.
NOT_ON_FLUX = ("negative_prompt", "cfg_scale")


def looking(examples: int) -> settings:
    """Return how far to look, always at the same examples."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Iterator[astria.Astria]:
    with astria.Astria(SANDBOX_KEY, base_url=sandbox.url, on_call=calls.append) as client:
        yield client


@pytest.fixture(scope="module")
def url(sandbox: Sandbox) -> str:
    """The address of a picture, drawn already: that can take longer than a fetch of it may."""
    url = f"{sandbox.url}/covers/{PACK}.jpg"
    assert sandbox.get(url).status_code == 200
    return url


@pytest.fixture(scope="module")
def look() -> Iterator[Callable[[str], bytes]]:
    with requests.Session() as session:
        yield cache(lambda url: session.get(url, timeout=30).content)


@pytest.fixture(scope="module")
def tune(client: astria.Astria) -> astria.Tune:
    return new_mock_tune(client, str(uuid.uuid4()))


@pytest.mark.endpoint("POST /tunes/:tune_id/prompts", "GET /prompts/:id")
@looking(40)
@given(data=some.data())
def test_a_prompt_comes_back(
    client: astria.Astria, tune: astria.Tune, url: str, look: Any, data: some.DataObject
) -> None:
    wish: Any = {"text": "sks woman", **data.draw(wishes(PROMPT_RULES, url))}

    made = client.prompts.create(tune.id, **wish)

    assert differences(wish, client.prompts.get(made.id), look) == []


@pytest.mark.endpoint("POST /prompts")
@looking(20)
@given(data=some.data())
def test_a_bare_prompt_comes_back_in_its_create_answer(
    client: astria.Astria, tune: astria.Tune, url: str, look: Any, data: some.DataObject
) -> None:
    wish: Any = {"text": "sks woman", **data.draw(wishes(PROMPT_RULES, url))}

    assert differences(wish, client.prompts.create_bare(tune_id=tune.id, **wish), look) == []


@pytest.mark.endpoint("POST /prompts/:id/duplicate")
@looking(20)
@given(data=some.data())
def test_a_duplicate_shows_what_it_was_given_and_else_what_the_original_had(
    client: astria.Astria, tune: astria.Tune, url: str, look: Any, data: some.DataObject
) -> None:
    first: Any = {"text": "sks woman", "num_images": 1, **data.draw(wishes(PROMPT_RULES, url, most=3))}
    overrides: Any = data.draw(wishes(PROMPT_RULES, url, most=3))
    original = client.prompts.create(tune.id, **first)

    copy = client.prompts.get(client.prompts.duplicate(original.id, **overrides).id)

    kept = {name: value for name, value in first.items() if not _overridden(name, overrides)}
    assert differences(kept | overrides, copy, look) == []


def _overridden(name: str, overrides: Wish) -> bool:
    stem = name.removesuffix("_urls").removesuffix("_url").removesuffix("_base64").removesuffix("s")
    return any(other.startswith(stem) for other in overrides)


@pytest.mark.endpoint("POST /tunes")
@looking(20)
@given(data=some.data())
def test_prompts_ordered_with_a_tune_come_back(
    client: astria.Astria, url: str, look: Any, data: some.DataObject
) -> None:
    drawn = data.draw(some.lists(wishes(NESTED_PROMPT_RULES, url, most=4), min_size=1, max_size=2))
    nested: Any = [{**wish, "text": f"sks {number}"} for number, wish in enumerate(drawn)]

    tune = new_mock_tune(client, str(uuid.uuid4()), nested)

    shown = sorted(tune.prompts, key=lambda prompt: prompt.id)
    assert [differences(wish, prompt, look) for wish, prompt in zip(nested, shown, strict=True)] == [
        []
    ] * len(nested)


@pytest.mark.endpoint("POST /tunes", "GET /tunes/:id")
@looking(40)
@given(data=some.data(), as_form=some.booleans())
def test_a_tune_comes_back(
    client: astria.Astria, url: str, look: Any, data: some.DataObject, as_form: bool
) -> None:
    wish: Any = data.draw(wishes(TUNE_RULES, url))
    if wish.get("base_tune_id"):
        wish["base_tune_id"] = FLUX
    photos: Any = {"images": [PHOTO]} if as_form else {"image_urls": [url]}

    made = client.tunes.create(title=str(uuid.uuid4()), name="woman", **photos, **wish)

    tune = client.tunes.get(made.id)
    shown = {name: getattr(tune, name) for name in wish}
    assert shown == {name: _expected(wish, name, shown[name]) for name in wish}
    assert look(tune.orig_images[0]) == (PHOTO.content if as_form else look(url))


def _expected(wish: Wish, name: str, shown: object) -> object:
    """Return what a tune shows: what was sent, the default for None, pti for SDXL, no token for faces."""
    if wish[name] is None:
        return shown
    if name == "model_type" and wish.get("branch") == "sdxl1":
        return "pti"
    if name == "token" and wish.get("model_type") == "faceid" and wish.get("branch") != "sdxl1":
        return None
    return wish[name]


@pytest.mark.endpoint("POST /p/:pack_id/tunes", "GET /tunes/:tune_id/prompts")
@looking(12)
@given(data=some.data())
def test_what_a_pack_is_told_comes_back_in_each_of_its_prompts(
    client: astria.Astria, url: str, look: Any, data: some.DataObject
) -> None:
    rules = {name: rule for name, rule in PROMPT_RULES.items() if name not in (*NOT_ON_FLUX, "pack_id")}
    wish: Any = data.draw(wishes(rules, url, most=4))

    tune = client.packs.create_tune(
        PACK, title=str(uuid.uuid4()), name="woman", image_urls=[url], prompt_attributes=wish
    )

    prompts = client.prompts.list(tune_id=tune.id, limit=120)
    assert prompts
    assert [differences(wish, prompt, look) for prompt in prompts] == [[]] * len(prompts)


@pytest.mark.endpoint("PATCH /prompts/:id", "PATCH /tunes/:id")
@looking(20)
@given(data=some.data())
def test_changes_come_back(
    client: astria.Astria, tune: astria.Tune, url: str, look: Any, data: some.DataObject
) -> None:
    of_prompt: Any = {"orig_prompt_id": 7, **data.draw(wishes(PROMPT_CHANGE_RULES, url))}
    drawn = data.draw(wishes(TUNE_CHANGE_RULES, url))
    of_tune: Any = {"auto_extend": True} | {name: value for name, value in drawn.items() if value is not None}
    prompt = client.prompts.create(tune.id, text="sks woman", num_images=1)

    changed = client.tunes.update(tune.id, **of_tune)

    assert differences(of_prompt, client.prompts.update(prompt.id, **of_prompt), look) == []
    assert {name: getattr(changed, name) for name in of_tune} == of_tune


def test_a_difference_would_be_seen() -> None:
    """Otherwise all of the above would hold of anything."""
    found = astria.Prompt(1, seed=7, input_image="http://127.0.0.1/a", image_references=())
    wish: Wish = {"seed": 8, "input_image": PHOTO, "image_references": [PHOTO], "w": 8, "text": None}

    assert set(differences(wish, found, lambda _url: b"")) == {"seed", "input_image", "image_references", "w"}
