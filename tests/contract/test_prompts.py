"""Making, changing, copying and deleting prompts, on a free mock tune (branch=fast)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

import astria
from tests.contract.conftest import CALLBACK, Service, new_mock_tune

NOBODY = 999_999_999_999


@pytest.fixture(scope="module")
def tune(service: Service, client: astria.Astria) -> Iterator[astria.Tune]:
    """A trained tune that prompts may be added to."""
    tune = new_mock_tune(client, str(uuid.uuid4()))
    service.eventually(lambda: client.tunes.get(tune.id).trained_at)
    yield client.tunes.get(tune.id)
    client.tunes.delete(tune.id)


@pytest.mark.endpoint("POST /tunes/:tune_id/prompts", "GET /tunes/:tune_id/prompts/:id")
def test_a_prompt_is_read_as_it_was_ordered(client: astria.Astria, tune: astria.Tune) -> None:
    ordered = client.prompts.create(
        tune.id, text="ohwx woman", callback=CALLBACK, num_images=2, seed=2**31, cfg_scale=3.5, steps=30
    )

    found = client.prompts.get(ordered.id, tune_id=tune.id)

    assert (found.text, found.callback, found.num_images) == ("ohwx woman", CALLBACK, 2)
    assert (found.seed, found.cfg_scale, found.steps) == (2**31, 3.5, 30)


@pytest.mark.endpoint("POST /prompts", "GET /prompts/:id")
def test_a_prompt_can_name_its_tune_itself(client: astria.Astria, tune: astria.Tune) -> None:
    ordered = client.prompts.create_bare(tune_id=tune.id, text="ohwx woman", num_images=1)

    assert client.prompts.get(ordered.id).tune_id == tune.id


@pytest.mark.endpoint("POST /tunes/:tune_id/prompts", "GET /tunes/:tune_id/prompts")
def test_a_new_prompt_leads_the_list_of_its_tune(client: astria.Astria, tune: astria.Tune) -> None:
    ordered = client.prompts.create(tune.id, text="ohwx woman", num_images=1)

    assert client.prompts.list(tune_id=tune.id, limit=1)[0].id == ordered.id


@pytest.mark.endpoint("POST /prompts/:id/duplicate")
def test_a_duplicate_is_another_prompt_with_the_same_wishes_and_callback(
    client: astria.Astria, tune: astria.Tune
) -> None:
    first = client.prompts.create(tune.id, text="ohwx woman", callback=CALLBACK, num_images=1, seed=7)

    second = client.prompts.duplicate(first.id)

    assert second.id > first.id
    assert (second.text, second.seed, second.callback) == ("ohwx woman", 7, CALLBACK)


@pytest.mark.endpoint("POST /prompts/:id/duplicate")
def test_a_duplicate_takes_what_is_given_instead(client: astria.Astria, tune: astria.Tune) -> None:
    first = client.prompts.create(tune.id, text="ohwx woman", callback=CALLBACK, num_images=1, seed=7)

    second = client.prompts.duplicate(first.id, seed=8)

    assert (second.text, second.seed) == ("ohwx woman", 8)


@pytest.mark.endpoint("PATCH /prompts/:id", "PATCH /tunes/:tune_id/prompts/:id")
def test_a_prompt_can_be_said_to_come_from_another(client: astria.Astria, tune: astria.Tune) -> None:
    first = client.prompts.create(tune.id, text="ohwx woman", num_images=1)
    second = client.prompts.create(tune.id, text="ohwx woman at sea", num_images=1)

    client.prompts.update(second.id, orig_prompt_id=first.id)
    client.prompts.update(first.id, tune_id=tune.id, orig_prompt_id=second.id)

    assert client.prompts.get(second.id).orig_prompt_id == first.id
    assert client.prompts.get(first.id).orig_prompt_id == second.id


@pytest.mark.endpoint("DELETE /prompts/:id", "DELETE /tunes/:tune_id/prompts/:id", "GET /prompts/:id")
def test_deleted_prompts_are_gone(client: astria.Astria, tune: astria.Tune) -> None:
    prompts = [client.prompts.create(tune.id, text="ohwx woman", num_images=1) for _ in range(2)]

    client.prompts.delete(prompts[0].id)
    client.prompts.delete(prompts[1].id, tune_id=tune.id)

    with pytest.raises(astria.NotFound):
        client.prompts.get(prompts[0].id)
    with pytest.raises(astria.NotFound):
        client.prompts.get(prompts[1].id)


@pytest.mark.endpoint("POST /tunes/:tune_id/prompts", "POST /prompts/:id/duplicate")
def test_what_is_not_there_can_be_neither_run_nor_copied(client: astria.Astria) -> None:
    with pytest.raises(astria.NotFound):
        client.prompts.create(NOBODY, text="ohwx woman")
    with pytest.raises(astria.NotFound):
        client.prompts.duplicate(NOBODY)


@pytest.mark.endpoint("POST /themes")
def test_a_theme_adds_ten_prompts_that_call_nobody(service: Service, client: astria.Astria) -> None:
    tune = new_mock_tune(client, str(uuid.uuid4()))
    service.eventually(lambda: client.tunes.get(tune.id).trained_at)

    client.themes.create("autumn in the city", [tune.id], {"num_images": 1})
    service.eventually(lambda: len(client.prompts.list(tune_id=tune.id)) == 10)
    callbacks = {prompt.callback for prompt in client.prompts.list(tune_id=tune.id)}
    client.tunes.delete(tune.id)

    assert callbacks == {None}
