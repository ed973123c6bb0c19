"""What costs money at the real service, or cannot be undone there: only the sandbox is asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

import astria
from tests.conftest import PHOTOS
from tests.contract.conftest import SANDBOX_KEY, calls
from tests.sandbox.process import Sandbox, eventually

FLUX = 1504944
PHOTO = astria.ImageFile("1.jpg", (PHOTOS / "person-1.jpg").read_bytes())


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Iterator[astria.Astria]:
    with astria.Astria(SANDBOX_KEY, base_url=sandbox.url, on_call=calls.append) as client:
        yield client


@pytest.mark.endpoint("POST /images/inspect")
def test_a_photo_is_looked_at(client: astria.Astria) -> None:
    seen = client.images.inspect(name="woman", file=PHOTO)

    assert seen.name in ("man", "woman", "boy", "girl", "baby", "")
    assert "blurry" in seen.flags


@pytest.mark.endpoint("POST /packs", "GET /packs")
def test_an_own_pack_is_listed(client: astria.Astria) -> None:
    title = str(uuid.uuid4())

    made = client.packs.create(title=title, base_tune_id=FLUX, model_type="lora")

    assert {pack.id: pack.title for pack in client.packs.list()}[made.id] == title


@pytest.mark.endpoint("POST /tunes", "POST /tunes/:tune_id/prompts", "GET /tunes/:tune_id/prompts")
def test_prompts_that_refer_to_a_lora_are_listed_under_it(client: astria.Astria) -> None:
    tune = client.tunes.create(
        title=str(uuid.uuid4()), name="woman", images=[PHOTO], base_tune_id=FLUX, model_type="lora"
    )
    eventually(lambda: client.tunes.get(tune.id).trained_at)

    prompt = client.prompts.create(FLUX, text=f"<lora:{tune.id}:1.0> ohwx woman", num_images=1)

    assert prompt.tune_id == FLUX
    assert [listed.id for listed in client.prompts.list(tune_id=tune.id)] == [prompt.id]


@pytest.mark.endpoint("POST /tunes", "POST /tunes/:tune_id/prompts")
def test_a_faceid_tune_is_ready_in_its_create_answer(client: astria.Astria) -> None:
    tune = client.tunes.create(
        title=str(uuid.uuid4()), name="woman", images=[PHOTO], base_tune_id=FLUX, model_type="faceid"
    )

    prompt = client.prompts.create(FLUX, text=f"<faceid:{tune.id}:1.0> woman", num_images=1)

    assert tune.trained_at is not None
    assert prompt.tune_id == FLUX


@pytest.mark.endpoint("POST /tunes/:tune_id/prompts")
@pytest.mark.parametrize("wish", [{"cfg_scale": 5}, {"negative_prompt": "rain"}])
def test_flux_refuses_what_it_cannot_do(client: astria.Astria, wish: astria.PromptAttributes) -> None:
    wish = {"text": "a street", **wish}

    with pytest.raises(astria.Invalid) as refused:
        client.prompts.create(FLUX, **wish)

    assert refused.value.messages
