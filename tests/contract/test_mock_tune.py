"""The way of a tune and its prompts, on a free mock tune (branch=fast)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

import astria
from tests.contract.conftest import CALLBACK, MockTune


def test_the_create_answer_names_the_tune(mock_tune: MockTune) -> None:
    assert mock_tune.id > 0
    assert mock_tune.created.title == mock_tune.title


def test_an_estimate_is_given_at_once(mock_tune: MockTune) -> None:
    assert mock_tune.created.eta is not None
    assert mock_tune.created.trained_at is None


def test_a_trained_tune_lives_for_thirty_days(trained: astria.Tune) -> None:
    assert trained.trained_at is not None
    assert trained.expires_at is not None
    lives = trained.expires_at - trained.trained_at
    assert abs(lives - timedelta(days=30)) < timedelta(minutes=1)


def test_a_tune_that_did_not_fail_does_not_say_so(trained: astria.Tune) -> None:
    assert trained.failed_at is None


def test_prompts_of_a_tune_are_listed_newest_first(pictured: tuple[astria.Prompt, ...]) -> None:
    ids = [prompt.id for prompt in pictured]

    assert len(ids) == 2
    assert ids == sorted(ids, reverse=True)


def test_a_listed_prompt_carries_the_callback_it_was_ordered_with(
    pictured: tuple[astria.Prompt, ...],
) -> None:
    assert {prompt.callback for prompt in pictured} == {CALLBACK}


def test_a_final_prompt_has_pictures_at_addresses(pictured: tuple[astria.Prompt, ...]) -> None:
    pictures = [url for prompt in pictured for url in prompt.images]

    assert pictures
    assert len(set(pictures)) == len(pictures)
    assert all(url.startswith(("https://", "http://127.0.0.1")) for url in pictures)


def test_pictures_need_no_key(pictured: tuple[astria.Prompt, ...]) -> None:
    answer = requests.get(pictured[0].images[0], timeout=60)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("image/")


@pytest.mark.endpoint("GET /tunes/:tune_id/prompts", "GET /prompts/:id")
def test_the_list_can_be_read_from_the_newest_down(
    client: astria.Astria, pictured: tuple[astria.Prompt, ...]
) -> None:
    newest = client.prompts.list(tune_id=_tune_of(client, pictured), limit=1)

    assert [prompt.id for prompt in newest] == [pictured[0].id]


def _tune_of(client: astria.Astria, prompts: tuple[astria.Prompt, ...]) -> int:
    tune_id = client.prompts.get(prompts[0].id).tune_id
    assert tune_id is not None
    return tune_id


@pytest.mark.endpoint("POST /prompts/:id/likes", "DELETE /prompts/:id/likes")
def test_a_prompt_can_be_liked_and_unliked(
    client: astria.Astria, pictured: tuple[astria.Prompt, ...]
) -> None:
    prompt = pictured[0].id

    client.likes.create(prompt)
    client.likes.delete(prompt)

    assert client.prompts.get(prompt).id == prompt
