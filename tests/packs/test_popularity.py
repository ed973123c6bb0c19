"""Likes at Astria: learnt a few at a time, and never added to ours."""

from __future__ import annotations

from typing import Any

import pytest
import responses
from django.test import Client

import astria
from packs import popularity
from packs.models import Pack, PackPrompt
from packs.popularity import learn_likes
from packs.sync import sync_packs
from tests.factories import PackFactory
from tests.sandbox.process import Sandbox

pytestmark = pytest.mark.django_db
API = "https://api.astria.example"


@pytest.fixture
def api() -> Any:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as api:
        yield api


@pytest.fixture
def client_of_astria() -> astria.Astria:
    return astria.Astria("sd_key_of_the_tests", base_url=API, retry=astria.Retry(tries=1))


def told(api: responses.RequestsMock, shot: PackPrompt, **said: Any) -> None:
    api.get(f"{API}/prompts/{shot.astria_id}", json={"id": shot.astria_id, **said})


def test_each_comparison_asks_about_the_shots_that_were_asked_about_longest_ago(
    pack: Pack, api: responses.RequestsMock, client_of_astria: astria.Astria, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(popularity, "ASKED_AT_ONCE", 3)
    shots = list(PackPrompt.objects.order_by("pk"))
    for shot in shots:
        told(api, shot, prompt_likes_count=2)

    asked = [learn_likes(client_of_astria) for _ in range(3)]

    paths = [str(call.request.url).rpartition("/")[2] for call in api.calls]
    assert asked == [3, 3, 3]
    assert paths[:8] == [str(shot.astria_id) for shot in shots]
    assert paths[8] == paths[0]
    assert Pack.objects.get().astria_likes == 16


def test_a_pack_is_as_popular_as_the_larger_of_both_never_their_sum(pack: Pack) -> None:
    Pack.objects.update(likes=3, astria_likes=5)
    theirs = Pack.objects.get().popularity
    Pack.objects.update(likes=7)

    assert (theirs, Pack.objects.get().popularity) == (5, 7)


def test_the_shop_is_in_the_order_of_either(client: Client) -> None:
    for title, likes, at_astria in (("Ours", 3, 0), ("Theirs", 0, 9), ("None", 0, 0)):
        PackFactory.create(title=title, likes=likes, astria_likes=at_astria)

    titles = [pack.title for pack in client.get("/packs/").context["packs"]]

    assert titles == ["Theirs", "Ours", "None"]
    assert [pack.title for pack in client.get("/packs/?sort=likes").context["packs"]] == titles


@pytest.mark.parametrize("status", [404, 403])
def test_what_astria_does_not_tell_is_asked_again_after_all_others(
    pack: Pack, api: responses.RequestsMock, client_of_astria: astria.Astria, status: int
) -> None:
    shot = PackPrompt.objects.all()[0]
    PackPrompt.objects.exclude(pk=shot.pk).delete()
    api.get(f"{API}/prompts/{shot.astria_id}", status=status, json={})

    asked = learn_likes(client_of_astria)

    shot.refresh_from_db()
    assert (asked, shot.astria_likes) == (0, 0)
    assert shot.likes_asked_at is not None


def test_a_number_that_no_column_holds_or_that_is_none_changes_nothing_else(
    pack: Pack, api: responses.RequestsMock, client_of_astria: astria.Astria
) -> None:
    shots = list(PackPrompt.objects.order_by("pk"))
    PackPrompt.objects.exclude(pk__in=[shot.pk for shot in shots[:3]]).delete()
    for shot, likes in zip(shots, (2**40, -1, None), strict=False):
        told(api, shot, prompt_likes_count=likes)

    learn_likes(client_of_astria)

    assert [shot.astria_likes for shot in PackPrompt.objects.order_by("pk")] == [2**31 - 1, 0, 0]


def test_when_astria_does_not_answer_the_rest_waits_for_the_next_time(
    pack: Pack, api: responses.RequestsMock, client_of_astria: astria.Astria
) -> None:
    first, second = PackPrompt.objects.order_by("pk")[:2]
    told(api, first, prompt_likes_count=1)
    api.get(f"{API}/prompts/{second.astria_id}", status=429, json={})

    assert learn_likes(client_of_astria) == 1
    assert len(api.calls) == 2


@pytest.mark.processes
def test_the_sandbox_tells_and_a_comparison_learns(
    astria_at_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("packs.sync.copy_pictures", lambda pack: None)
    sync_packs()
    shot = PackPrompt.objects.exclude(likes_asked_at=None)[0]
    before = shot.astria_likes
    astria_at_sandbox.post(f"/prompts/{shot.astria_id}/likes")
    PackPrompt.objects.update(likes_asked_at=None)

    sync_packs()

    shot.refresh_from_db()
    assert shot.astria_likes == before + 1
    assert Pack.objects.get(classes=shot.pack_class).popularity >= 1
