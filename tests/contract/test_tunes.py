"""Making, changing and deleting tunes, on free mock ones (branch=fast)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

import astria
from tests.contract.conftest import CALLBACK, new_mock_tune


@pytest.fixture
def tune(client: astria.Astria) -> Iterator[astria.Tune]:
    """A tune of the test's own."""
    tune = new_mock_tune(client, str(uuid.uuid4()))
    yield tune
    client.tunes.delete(tune.id)


@pytest.mark.endpoint("POST /tunes", "DELETE /tunes/:id", "GET /tunes/:id")
def test_a_tune_is_there_until_it_is_deleted(client: astria.Astria) -> None:
    tune = new_mock_tune(client, str(uuid.uuid4()))
    there = client.tunes.get(tune.id)

    client.tunes.delete(tune.id)

    assert there.id == tune.id
    with pytest.raises(astria.NotFound):
        client.tunes.get(tune.id)


@pytest.mark.endpoint("POST /tunes", "DELETE /tunes/:id")
def test_prompts_ordered_with_a_tune_come_back_in_its_create_answer(client: astria.Astria) -> None:
    wishes: list[astria.NestedPromptAttributes] = [
        {"text": "portrait of ohwx woman", "callback": CALLBACK, "seed": 7},
        {"text": "ohwx woman at sea", "num_images": 1},
    ]

    tune = new_mock_tune(client, str(uuid.uuid4()), wishes)
    client.tunes.delete(tune.id)

    assert {prompt.text for prompt in tune.prompts} == {wish["text"] for wish in wishes}
    assert {prompt.seed for prompt in tune.prompts} == {7, None}


@pytest.mark.endpoint("PATCH /tunes/:id")
def test_a_tune_can_be_given_another_title(client: astria.Astria, tune: astria.Tune) -> None:
    title = str(uuid.uuid4())

    client.tunes.update(tune.id, title=title)

    assert client.tunes.get(tune.id).title == title


@pytest.mark.endpoint("PATCH /tunes/:id")
def test_what_is_not_changed_of_a_tune_stays(client: astria.Astria, tune: astria.Tune) -> None:
    changed = client.tunes.update(tune.id, name="man")

    assert (changed.id, changed.title) == (tune.id, tune.title)
    assert client.tunes.get(tune.id).name == "man"


@pytest.mark.endpoint("PATCH /tunes/:id", "DELETE /tunes/:id")
def test_a_tune_that_is_not_there_can_be_neither_changed_nor_deleted(client: astria.Astria) -> None:
    with pytest.raises(astria.NotFound):
        client.tunes.update(999_999_999_999, title="nobody's")
    with pytest.raises(astria.NotFound):
        client.tunes.delete(999_999_999_999)
