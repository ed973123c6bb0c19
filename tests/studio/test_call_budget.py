"""The budget of calls to Astria: held to the call, fair to each purpose, and everything still ends.

LIVE_SHOOTS=1000 runs the test of many live shoots in its large form (about ten minutes).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import time_machine
from django.utils import timezone
from django_q.models import OrmQ
from responses import RequestsMock

from accounts.models import User
from packs.models import Pack
from packs.sync import sync_packs
from studio import pace
from studio.astria_client import astria_client
from studio.budget import MINUTE, OverBudget, Purpose, room
from studio.clock import queue_due
from studio.models import Event, Image, Shoot
from studio.ordering import order_pack
from studio.training import advance
from tests.factories import PackFactory, PhotoSetFactory, ShootFactory, UserFactory
from tests.sandbox.process import Sandbox, running
from tests.studio.conftest import API, AtOnce

LIVE = int(os.environ.get("LIVE_SHOOTS", "30"))
A_MINUTE = max(12, LIVE * 120 // 1000)
STEP = 5.0


@pytest.fixture
def slow_astria(tmp_path: Any, settings: Any) -> Iterator[Sandbox]:
    """A sandbox that trains for minutes and sends no callback; its clock moves when it is told to."""
    with running(tmp_path, "--speed", "0.02", "--pictures", "small", "--no-callbacks") as sandbox:
        settings.ASTRIA_BASE_URL = sandbox.url
        yield sandbox


@pytest.fixture
def catalogue(slow_astria: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Pack:
    monkeypatch.setattr("packs.sync.copy_pictures", lambda pack: None)
    sync_packs()
    pack = Pack.objects.get(slug="black-and-white")
    pack.publish()
    return pack


@pytest.fixture
def on_the_wire(monkeypatch: pytest.MonkeyPatch, slow_astria: Sandbox) -> list[tuple[datetime, str]]:
    """Return when each HTTP request left for Astria's API, and its method, counted below our client."""
    sent: list[tuple[datetime, str]] = []
    really = requests.adapters.HTTPAdapter.send

    def send(self: Any, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        if "/sandbox/" not in str(request.url):
            sent.append((timezone.now(), str(request.method)))
        return really(self, request, *args, **options)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    return sent


@pytest.fixture
def pictures_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are no calls of the API: here they are stored as soon as they are known."""

    def store(image: Image) -> None:
        image.mark_stored(extension="jpg", bytes=1, width=1, height=1, placeholder="", face_box=None)

    monkeypatch.setattr("studio.delivery._fetch_and_store", store)


def most_in_a_minute(times: list[datetime]) -> int:
    """Return how many of `times` (in order) lie in the fullest 60 s."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while at - times[first] >= timedelta(seconds=60):
            first += 1
        most = max(most, last - first + 1)
    return most


def work() -> None:
    """Do everything that is queued, as workers would."""
    while rows := list(OrmQ.objects.order_by("pk")):
        for row in rows:
            task = row.task
            row.delete()
            task["func"](*task["args"])


def live_on(sandbox: Sandbox, clock: time_machine.Traveller, *, for_minutes: int) -> None:
    """Let time pass here and there, with the clock's rounds and the workers' tasks, until all has ended."""
    for _ in range(int(for_minutes * 60 / STEP)):
        # Many pictures may be drawn meanwhile.
        sandbox.post("/sandbox/clock", json={"advance": STEP}, timeout=600).raise_for_status()
        clock.shift(STEP)
        queue_due()
        work()
        if not Shoot.objects.active().exists():
            return


@pytest.mark.django_db
@pytest.mark.processes
@pytest.mark.long
@pytest.mark.usefixtures("pictures_cost_nothing")
def test_with_many_live_shoots_no_minute_sees_more_calls_than_allowed_and_all_end(
    slow_astria: Sandbox, catalogue: Pack, settings: Any, on_the_wire: list[tuple[datetime, str]]
) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = A_MINUTE
    buyer = UserFactory.create(credits=100 * LIVE)
    now = slow_astria.get("/sandbox/clock").json()["now"]
    with time_machine.travel(datetime.fromisoformat(now).astimezone(UTC), tick=False) as clock:
        for _ in range(LIVE):
            order_pack(PhotoSetFactory.create(account=buyer.account, photos=4), catalogue, number=0)
        on_the_wire.clear()
        started = timezone.now()

        live_on(slow_astria, clock, for_minutes=300)

        minutes = (timezone.now() - started).total_seconds() / 60

    most = most_in_a_minute([at for at, _method in on_the_wire])
    print(f"{LIVE} shoots, {len(on_the_wire)} calls in {minutes:.0f} min, {most} of {A_MINUTE} at most")
    assert most <= A_MINUTE
    assert set(Shoot.objects.values_list("status", flat=True)) == {Shoot.Status.READY}
    assert [method for _at, method in on_the_wire].count("POST") == LIVE
    assert len(slow_astria.get("/tunes", params={"limit": 120}).json()) >= min(LIVE, 20)


# The single call


@pytest.mark.django_db
def test_a_call_beyond_the_budget_is_not_made(api: RequestsMock, settings: Any, noon: Any) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 4
    api.get(f"{API}/packs", json=[])
    client = astria_client()
    [client.packs.list() for _ in range(2)]

    with pytest.raises(OverBudget):
        client.packs.list()

    assert len(api.calls) == 2


@pytest.mark.django_db
def test_a_place_is_free_again_after_a_minute_and_a_bit(api: RequestsMock, settings: Any, noon: Any) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 1
    api.get(f"{API}/packs", json=[])
    astria_client().packs.list()

    noon.shift(MINUTE - timedelta(seconds=1))
    early = room(Purpose.LOOK)
    noon.shift(1)

    assert (early, room(Purpose.LOOK)) == (0, 1)


@pytest.mark.django_db
def test_each_purpose_keeps_its_part_whatever_the_others_want(noon: Any, settings: Any) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 80
    calls(60, Purpose.LOOK)

    assert {purpose: room(purpose) for purpose in Purpose} == {
        Purpose.LOOK: 0,
        Purpose.ORDER: 10,
        Purpose.INSPECTION: 10,
    }


@pytest.mark.django_db(transaction=True)
def test_of_many_calls_at_once_no_more_are_made_than_allowed(
    api: RequestsMock, settings: Any, at_once: AtOnce
) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 8
    api.get(f"{API}/packs", json=[])

    def call() -> bool:
        try:
            astria_client().packs.list()
        except OverBudget:
            return False
        return True

    made = at_once(*[call] * 16)

    assert made.count(True) == 6
    assert len(api.calls) == 6


@pytest.mark.django_db
def test_a_call_whose_worker_dies_is_on_the_timeline(
    order: Shoot, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def die(*_args: Any, **_options: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", die)
    monkeypatch.setattr("studio.budget.Places.complete", lambda places, call: None)

    with pytest.raises(SystemExit):
        advance(order.pk)

    (call,) = Event.objects.filter(kind=Event.Kind.CALL, shoot=order)
    assert call.text == f"POST /p/{order.pack.astria_id}/tunes"


@pytest.mark.slow
@pytest.mark.django_db
def test_orders_beyond_the_budget_wait_their_turn_and_are_posted_once(
    api: RequestsMock, settings: Any, noon: Any, user: User
) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 10
    ids = iter(range(1000, 2000))
    pack = sold(api, ids)
    UserFactory.create()
    user.account.grant(1000, key="more", note="")
    for _ in range(20):
        order_pack(PhotoSetFactory.create(account=user.account, photos=4), pack, number=0)

    for _ in range(60):
        work_orders()
        noon.shift(5)
        queue_due()

    assert set(Shoot.objects.values_list("status", "attempts")) == {(Shoot.Status.WAITING, 1)}
    assert [call.request.method for call in api.calls].count("POST") == 20


@pytest.mark.django_db
def test_a_look_without_room_is_no_look_and_due_again_soon(
    noon: Any, settings: Any, api: RequestsMock
) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 1
    calls(1, Purpose.ORDER)
    shoot = ShootFactory.create(looks=3, deadline_at=timezone.now() - timedelta(hours=1))

    advance(shoot.pk)

    shoot.refresh_from_db()
    assert (shoot.status, shoot.looks) == (Shoot.Status.WAITING, 3)
    assert shoot.next_check_at == timezone.now() + pace.NO_ROOM
    assert len(api.calls) == 0


# While Astria hangs


@pytest.mark.django_db
def test_while_astria_leaves_calls_unanswered_one_look_in_fifteen_seconds_goes_out(noon: Any) -> None:
    calls(2, Purpose.LOOK, status=None)

    at_once = room(Purpose.LOOK), room(Purpose.INSPECTION), room(Purpose.ORDER)
    noon.shift(15)

    assert at_once == (0, 0, 0)
    assert (room(Purpose.LOOK), room(Purpose.INSPECTION), room(Purpose.ORDER)) == (1, 1, 0)


@pytest.mark.django_db
def test_one_answer_ends_the_silence(noon: Any) -> None:
    calls(2, Purpose.LOOK, status=None)
    calls(1, Purpose.LOOK)

    assert room(Purpose.ORDER) > 1


@pytest.mark.django_db
def test_calls_of_before_the_time_was_set_back_take_no_place(noon: Any, settings: Any) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 4
    calls(4, Purpose.LOOK)

    noon.shift(-3600)

    assert room(Purpose.LOOK) == 2


def calls(number: int, purpose: Purpose, *, status: int | None = 200) -> None:
    """Write down calls of this moment that have ended."""
    for _ in range(number):
        data = {"for": purpose, "status": status, "ms": 1}
        Event.record(Event.Kind.CALL, "GET /", data=data)


def sold(api: RequestsMock, ids: Iterator[int]) -> Pack:
    """Return a pack of which any number can be ordered at `api`."""
    pack: Pack = PackFactory.create()

    def create(_request: Any) -> tuple[int, dict[str, str], str]:
        return 201, {}, f'{{"id": {next(ids)}}}'

    api.add_callback("POST", f"{API}/p/{pack.astria_id}/tunes", callback=create)
    return pack


def work_orders() -> None:
    for row in list(OrmQ.objects.order_by("pk")):
        task = row.task
        row.delete()
        if task["func"] is advance and Shoot.objects.filter(pk=task["args"][0], status="queued").exists():
            advance(*task["args"])
