"""Comparisons with Astria that staff ask for: looked at or taken over, once, and gone on with."""

from __future__ import annotations

from typing import Any

import pytest
from django_q.models import OrmQ
from responses import RequestsMock
from time_machine import Traveller

from packs.models import Comparison, Pack
from studio import pace
from studio.clock import queue_due
from studio.comparing import ask_to_compare, see_to_comparison
from tests.factories import PackFactory
from tests.sandbox.process import Sandbox
from tests.studio.conftest import API

pytestmark = pytest.mark.django_db


def listed(api: RequestsMock, *ids: int) -> None:
    api.get(f"{API}/packs", json=[{"id": pk, "title": f"Pack {pk}"} for pk in ids])
    for pk in ids:
        shots = {"man": [{"id": pk * 10, "images": []}]}
        costs = {"man": {"cost": 100, "num_images": 4}}
        detail = {"id": pk, "title": f"Pack {pk}", "costs": costs, "prompts_per_class": shots}
        api.get(f"{API}/p/{pk}", json=detail)


def again(comparison: Comparison) -> Comparison:
    see_to_comparison(comparison.pk)
    comparison.refresh_from_db()
    return comparison


@pytest.mark.parametrize("is_preview", [True, False])
def test_a_preview_changes_nothing_the_other_takes_over_and_both_say_what(
    api: RequestsMock, is_preview: bool
) -> None:
    listed(api, 1, 2)

    comparison = again(ask_to_compare(is_preview=is_preview))

    assert (comparison.status, comparison.compared) == ("done", [1, 2])
    assert [change["what"] for change in comparison.changes] == ["new", "new"]
    assert Pack.objects.count() == (0 if is_preview else 2)


def test_asked_for_twice_it_is_one_and_run_twice_it_is_done_once(api: RequestsMock) -> None:
    listed(api, 1)
    comparison = ask_to_compare(is_preview=False)
    same = ask_to_compare(is_preview=False)

    again(comparison)
    calls = len(api.calls)
    again(comparison)

    assert same == comparison
    assert OrmQ.objects.count() == 1
    assert len(api.calls) == calls
    assert len(comparison.changes) == 1


def test_only_one_worker_has_it(api: RequestsMock) -> None:
    comparison = ask_to_compare(is_preview=True)
    other = Comparison.objects.get()
    comparison.claim(comparison.created_at + pace.CLAIM)

    assert not other.claim(comparison.created_at + pace.CLAIM)
    assert not other.note(1, [])
    assert not other.end()


def test_one_whose_worker_died_is_gone_on_with_where_it_was(api: RequestsMock, noon: Traveller) -> None:
    listed(api, 1, 2)
    comparison = ask_to_compare(is_preview=True)
    comparison.claim(comparison.created_at + pace.CLAIM)
    comparison.note(1, [])
    OrmQ.objects.all().delete()

    noon.shift(pace.CLAIM)
    queued = queue_due()
    [task] = [row.task for row in OrmQ.objects.all()]
    task["func"](*task["args"])

    comparison.refresh_from_db()
    assert queued == 1
    assert (comparison.status, comparison.compared) == ("done", [1, 2])
    assert [call.request.url for call in api.calls][-1] == f"{API}/p/2"


def test_without_room_for_a_call_it_waits_and_in_the_end_says_so(api: RequestsMock, noon: Traveller) -> None:
    api.get(f"{API}/packs", status=429, json={})
    comparison = again(ask_to_compare(is_preview=True))
    waiting = comparison.status

    noon.shift(pace.GIVE_UP_COMPARING)
    again(comparison)

    assert waiting == "asked"
    assert (comparison.status, "RateLimited" in comparison.error) == ("failed", True)


def test_an_astria_that_refuses_is_said_and_what_was_compared_stays(api: RequestsMock) -> None:
    listed(api, 1)
    api.get(f"{API}/packs", status=401, json={})  # of the next call
    comparison = ask_to_compare(is_preview=True)
    api.replace("GET", f"{API}/p/1", status=500, json={})

    again(comparison)

    assert comparison.status == "failed"
    assert "ServerError" in comparison.error
    assert not Pack.objects.exists()


def test_a_pack_that_vanished_stands_in_the_preview_and_stays_in_the_shop(api: RequestsMock) -> None:
    gone: Pack = PackFactory.create()
    listed(api)

    comparison = again(ask_to_compare(is_preview=True))

    gone.refresh_from_db()
    assert [(it["pack"], it["what"]) for it in comparison.changes] == [(gone.slug, "missing")]
    assert gone.missing_since is None


@pytest.mark.processes
def test_the_sandboxs_packs_come_over(astria_at_sandbox: Sandbox, monkeypatch: Any) -> None:
    monkeypatch.setattr("packs.sync.copy_pictures", lambda pack: None)

    preview = again(ask_to_compare(is_preview=True))
    taken = again(ask_to_compare(is_preview=False))

    assert preview.changes == taken.changes
    assert Pack.objects.count() == len(taken.compared) >= 6
