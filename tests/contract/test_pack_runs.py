"""Orders from packs. They cost money at the real service, so only the sandbox is asked: the other tests
of this folder prove it alike in what is free.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

import astria
from tests.conftest import PHOTOS
from tests.contract.conftest import CALLBACK, SANDBOX_KEY, calls
from tests.sandbox.process import Sandbox, eventually

PACK = "black-and-white"
ATTRIBUTES = {"callback": CALLBACK}


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Iterator[astria.Astria]:
    with astria.Astria(SANDBOX_KEY, base_url=sandbox.url, on_call=calls.append) as client:
        yield client


def order(client: astria.Astria, title: str, name: str = "woman") -> astria.Tune:
    """Train a tune on one photo and run the pack on it."""
    return client.packs.create_tune(
        PACK,
        title=title,
        name=name,
        images=[astria.ImageFile("1.jpg", (PHOTOS / "person-1.jpg").read_bytes())],
        characteristics={"age": "30 yo"},
        callback=CALLBACK,
        prompt_attributes=ATTRIBUTES,
        prompts_callback=CALLBACK,
    )


@pytest.fixture(scope="module")
def tune(client: astria.Astria) -> astria.Tune:
    """A tune whose run is over."""
    tune = order(client, str(uuid.uuid4()))
    eventually(lambda: all(prompt.is_final for prompt in client.prompts.list(tune_id=tune.id, limit=120)))
    return client.tunes.get(tune.id)


def shots(client: astria.Astria) -> set[int]:
    return {prompt.id for prompt in client.packs.get(PACK).prompts_per_class["woman"]}


@pytest.mark.endpoint("POST /p/:pack_id/tunes", "GET /tunes/:id")
def test_the_create_answer_is_narrow_and_the_rest_is_read_later(client: astria.Astria) -> None:
    created = order(client, str(uuid.uuid4()))

    wide = client.tunes.get(created.id)

    assert (created.token, created.branch, created.model_type) == (None, None, None)
    assert created.eta is not None
    assert (wide.token, wide.branch, wide.model_type) == ("ohwx", "flux1", "lora")


def test_a_run_brings_every_shot_of_the_class(client: astria.Astria, tune: astria.Tune) -> None:
    prompts = client.prompts.list(tune_id=tune.id, limit=120)

    assert {prompt.orig_prompt_id for prompt in prompts} == shots(client)


def test_as_many_pictures_come_as_the_pack_announced(client: astria.Astria, tune: astria.Tune) -> None:
    prompts = client.prompts.list(tune_id=tune.id, limit=120)[-len(shots(client)) :]

    announced = client.packs.get(PACK).costs["woman"].num_images
    assert sum(len(prompt.images) for prompt in prompts) == announced


def test_prompts_of_a_lora_name_the_base_tune(client: astria.Astria, tune: astria.Tune) -> None:
    prompts = client.prompts.list(tune_id=tune.id, limit=120)

    assert {prompt.tune_id for prompt in prompts} == {tune.base_tune_id}
    assert tune.base_tune_id != tune.id


@pytest.mark.endpoint("POST /p/:pack_id/tunes", "GET /tunes/:tune_id/prompts")
def test_a_run_on_an_existing_tune_names_no_prompts_but_lists_them_above_the_old_ones(
    client: astria.Astria, tune: astria.Tune
) -> None:
    watermark = client.prompts.list(tune_id=tune.id, limit=1)[0].id
    other = CALLBACK.replace("a-token", "another-token")

    run = client.packs.create_prompts(
        PACK, tune_ids=[tune.id], prompt_attributes={"callback": other}, prompts_callback=other
    )

    newer = [p for p in client.prompts.list(tune_id=tune.id, limit=120) if p.id > watermark]
    assert run.prompt_ids == ()
    assert {prompt.orig_prompt_id for prompt in newer} == shots(client)
    assert {prompt.callback for prompt in newer} == {other}


@pytest.mark.endpoint("POST /p/:pack_id/tunes")
def test_a_class_that_the_pack_lacks_is_refused_in_words(client: astria.Astria) -> None:
    with pytest.raises(astria.Invalid) as refused:
        order(client, str(uuid.uuid4()), name="cat")

    assert refused.value.messages


def test_with_idempotency_the_same_title_is_the_same_tune(sandbox: Sandbox, client: astria.Astria) -> None:
    title = str(uuid.uuid4())

    with sandbox.changed(idempotent=True):
        tunes = {order(client, title).id, order(client, title).id}

    assert len(tunes) == 1


def test_without_idempotency_the_same_title_is_another_tune(client: astria.Astria) -> None:
    title = str(uuid.uuid4())

    assert order(client, title).id != order(client, title).id


def test_an_order_answered_with_504_may_have_been_processed(sandbox: Sandbox, client: astria.Astria) -> None:
    title = str(uuid.uuid4())

    with sandbox.changed(faults={"504-after": 1}), pytest.raises(astria.ServerError):
        order(client, title)

    assert title in {tune.title for tune in client.tunes.list()}


def test_a_refusal_for_too_many_calls_did_nothing(sandbox: Sandbox, client: astria.Astria) -> None:
    title = str(uuid.uuid4())

    with sandbox.changed(faults={"429": 1}), pytest.raises(astria.RateLimited):
        order(client, title)

    assert title not in {tune.title for tune in client.tunes.list()}
