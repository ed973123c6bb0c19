"""What is read: packs, lists page by page, and how a call is refused."""

from __future__ import annotations

from itertools import islice

import pytest

import astria
from tests.contract.conftest import MockTune, Service

NOBODY = 999_999_999_999


@pytest.mark.endpoint("GET /packs")
def test_own_packs_are_listed_with_costs_by_class(client: astria.Astria) -> None:
    packs = client.packs.list()

    assert all(pack.id > 0 and pack.title for pack in packs)
    assert all(cost >= 0 for pack in packs for cost in pack.cost_mc_hash.values())


@pytest.mark.endpoint("GET /gallery/packs", "GET /p/:id")
def test_a_pack_says_how_many_pictures_each_class_brings_and_from_which_shots(client: astria.Astria) -> None:
    listed = client.packs.gallery()[0]

    detail = client.packs.get(listed.id)

    assert detail.costs
    assert all(cost.num_images for cost in detail.costs.values())
    assert any(detail.prompts_per_class.get(name) for name in detail.costs)
    assert all(prompt.id > 0 for prompts in detail.prompts_per_class.values() for prompt in prompts)


@pytest.mark.endpoint("GET /p/:id")
def test_a_pack_is_found_by_its_slug_too(client: astria.Astria) -> None:
    listed = client.packs.gallery()[0]

    assert listed.slug
    assert client.packs.get(listed.slug).id == listed.id


def test_a_wrong_key_is_refused_as_such(service: Service) -> None:
    with astria.Astria("no_such_key", base_url=service.url) as stranger, pytest.raises(astria.Unauthorized):
        stranger.tunes.list()


@pytest.mark.endpoint("GET /tunes/:id", "GET /prompts/:id")
def test_what_is_not_there_is_not_found(client: astria.Astria) -> None:
    with pytest.raises(astria.NotFound):
        client.tunes.get(NOBODY)
    with pytest.raises(astria.NotFound):
        client.prompts.get(NOBODY)


def test_an_order_without_photos_is_refused_in_words(service: Service, client: astria.Astria) -> None:
    pack = client.packs.gallery()[0]

    answer = service.post(f"/p/{pack.id}/tunes", data={"tune[title]": "none", "tune[name]": "woman"})

    assert answer.status_code == 422
    assert any("image" in message for messages in answer.json().values() for message in messages)


@pytest.mark.endpoint("GET /tunes")
def test_tunes_are_listed_newest_first_and_page_by_id(client: astria.Astria, mock_tune: MockTune) -> None:
    first = client.tunes.list(limit=1)

    older = client.tunes.list(before_id=first[0].id, limit=5)

    ids = [tune.id for tune in (*first, *older)]
    assert len(first) == 1
    assert ids == sorted(set(ids), reverse=True)


def test_a_tune_is_found_by_its_title_among_the_newest(client: astria.Astria, mock_tune: MockTune) -> None:
    newest = islice(client.tunes.iterate(limit=20), 100)

    found = [tune for tune in newest if tune.title == mock_tune.title]

    assert [tune.id for tune in found] == [mock_tune.id]
    assert found[0].created_at is not None


def test_a_tune_is_found_by_its_exact_title(client: astria.Astria, mock_tune: MockTune) -> None:
    found = client.tunes.find(mock_tune.title)

    assert found is not None
    assert found.id == mock_tune.id
    assert client.tunes.find(mock_tune.title[:-1]) is None


@pytest.mark.endpoint("GET /prompts")
def test_the_prompts_of_all_tunes_are_listed_newest_first(
    client: astria.Astria, pictured: tuple[astria.Prompt, ...]
) -> None:
    older = client.prompts.list(before_id=pictured[0].id + 1, limit=5)

    ids = [prompt.id for prompt in older]
    assert pictured[0].id in ids
    assert ids == sorted(set(ids), reverse=True)


@pytest.mark.endpoint("GET /gallery/tunes")
def test_the_gallery_has_tunes_of_a_branch(client: astria.Astria) -> None:
    tunes = client.tunes.gallery(branch="flux1", limit=5)

    assert 0 < len(tunes) <= 5
    assert {tune.branch for tune in tunes} == {"flux1"}


@pytest.mark.endpoint("GET /users")
def test_the_account_says_what_is_left(client: astria.Astria) -> None:
    account = client.users.get()

    assert account.usd_balance_mc is None or account.usd_balance_mc >= 0
