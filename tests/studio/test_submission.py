"""Posting an order: what is sent, and what each end of the call does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import requests
import urllib3
from django.core import mail
from django.core.files.storage import default_storage
from django.utils import timezone
from responses import RequestsMock
from time_machine import Traveller

from accounts.models import User
from packs.models import Pack
from studio.files import StorageDown
from studio.generation import callback_url
from studio.mail import send_letter
from studio.models import Event, Letter, Pause, PhotoSet, Shoot, Tune
from studio.ordering import order_pack
from studio.posting import MAX_REQUEST_BYTES
from studio.submission import submit
from studio.training import advance
from tests.factories import PackFactory
from tests.studio.conftest import API, NOON, connection_refused
from tests.studio.posted import calls, form_of

pytestmark = pytest.mark.django_db


def tunes_url(shoot: Shoot) -> str:
    return f"{API}/p/{shoot.pack.astria_id}/tunes"


def advance_twice(shoot: Shoot) -> Shoot:
    """Do what is due as a queue may: the same task, started twice."""
    advance(shoot.pk)
    advance(shoot.pk)
    shoot.refresh_from_db()
    shoot.account.refresh_from_db()
    shoot.tune.refresh_from_db()
    return shoot


def test_an_order_that_is_taken_waits_for_its_model(noon: Traveller, api: RequestsMock, order: Shoot) -> None:
    eta = NOON + timedelta(minutes=10)
    api.post(tunes_url(order), status=201, json={"id": 77, "eta": eta.isoformat()})
    api.get(f"{API}/tunes/77", json={"id": 77})
    api.get(f"{API}/tunes/77/prompts", json=[])

    advance_twice(order)

    assert order.status == Shoot.Status.WAITING
    assert order.tune.status == Tune.Status.TRAINING
    assert order.tune.astria_id == 77
    assert order.next_check_at == eta + timedelta(minutes=2)
    assert len(calls(api, "POST")) == 1


def test_title_class_name_and_photos_are_sent_and_nothing_that_names_the_person(
    api: RequestsMock, order: Shoot
) -> None:
    api.post(tunes_url(order), status=201, json={"id": 77})

    advance(order.pk)

    form = form_of(api.calls[0].request)
    assert form.texts["tune[title]"] == str(order.tune.pk)
    assert form.texts["tune[name]"] == "woman"
    assert [(name, filename) for name, filename, _ in form.files] == [
        ("tune[images][]", f"{number}.jpg") for number in (1, 2, 3, 4)
    ]
    assert "IMG_" not in str(form)
    assert "Änne" not in str(form)


def test_the_same_callback_address_is_sent_everywhere_on_every_attempt(
    api: RequestsMock, order: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.pace.QUIET_AFTER_429", timedelta(0))
    api.post(tunes_url(order), status=429)
    api.post(tunes_url(order), status=201, json={"id": 77})

    advance(order.pk)
    advance(order.pk)

    names = ("tune[callback]", "tune[prompt_attributes][callback]", "tune[prompts_callback]")
    sent = [form_of(request).texts for request in calls(api, "POST")]
    assert len(sent) == 2
    assert {texts[name] for texts in sent for name in names} == {
        f"http://127.0.0.1:8000/callbacks/{order.pk}/{order.callback_token}"
    }


def test_characteristics_are_sent_without_what_does_not_apply(
    api: RequestsMock, photo_set: PhotoSet, pack: Pack
) -> None:
    chosen = {"eye_color": "blue eyes", "facial_hair": "NONE", "glasses": "", "age": "30 yo"}
    order = order_pack(photo_set, pack, number=0, characteristics=chosen)
    api.post(tunes_url(order), status=201, json={"id": 77})

    advance(order.pk)

    texts = form_of(api.calls[0].request).texts
    sent = {name: value for name, value in texts.items() if "characteristics" in name}
    assert sent == {
        "tune[characteristics][eye_color]": "blue eyes",
        "tune[characteristics][age]": "30 yo",
    }


def test_photos_beyond_ten_megabytes_step_down_together(
    api: RequestsMock, order: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def weighing(jpeg: bytes, side: int) -> bytes:
        return bytes(MAX_REQUEST_BYTES // 3 if side > 1280 else side)

    monkeypatch.setattr("studio.posting.smaller_copy", weighing)
    api.post(tunes_url(order), status=201, json={"id": 77})

    advance(order.pk)

    form = form_of(api.calls[0].request)
    assert [len(content) for _, _, content in form.files] == [1280] * 4


def test_a_connection_that_was_never_made_is_tried_later_each_time_after_twice_the_wait(
    noon: Traveller, api: RequestsMock, order: Shoot
) -> None:
    api.post(tunes_url(order), body=connection_refused())

    advance(order.pk)
    first = Shoot.objects.get()
    advance(order.pk)
    second = Shoot.objects.get()

    assert (first.status, second.status) == (Shoot.Status.QUEUED, Shoot.Status.QUEUED)
    assert first.next_check_at == NOON + timedelta(seconds=30)
    assert second.next_check_at == NOON + timedelta(seconds=60)
    assert Tune.objects.get().status == Tune.Status.QUEUED


def test_too_many_calls_wait_as_long_as_astria_asks(noon: Traveller, api: RequestsMock, order: Shoot) -> None:
    api.post(tunes_url(order), status=429, headers={"Retry-After": "240"})

    advance(order.pk)

    order.refresh_from_db()
    assert order.status == Shoot.Status.QUEUED
    assert order.next_check_at == NOON + timedelta(seconds=240)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (422, {"images": ["must contain at least one image"]}, "Images must contain at least one image"),
        (422, {"name": ["is bad \x00\ud800"]}, "Name is bad"),
        (404, {"status": 404, "error": "Not Found"}, "The pack or the model is no longer available."),
        (418, None, "The order was refused."),
    ],
)
def test_a_refused_order_fails_in_words_gives_all_back_and_writes_once(
    api: RequestsMock, order: Shoot, status: int, body: Any, words: str
) -> None:
    api.post(tunes_url(order), status=status, json=body)

    advance_twice(order)
    send_letter(Letter.objects.get(shoot=order).pk)

    assert (order.status, order.error.strip()) == (Shoot.Status.FAILED, words)
    assert (order.refunded, order.account.balance) == (order.price, 100)
    assert order.tune.status == Tune.Status.FAILED
    assert len(calls(api, "POST")) == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("status", [401, 422])
def test_a_refusal_that_repeats_what_was_sent_tells_nobody_the_token(
    api: RequestsMock, order: Shoot, caplog: pytest.LogCaptureFixture, staff: User, status: int
) -> None:
    token = order.callback_token
    api.post(tunes_url(order), status=status, json={"callback": [f"{callback_url(order)} is not reachable"]})

    advance_twice(order)
    [send_letter(letter.pk) for letter in Letter.objects.all()]

    written = [order.error, *Event.objects.values_list("text", flat=True), *(m.body for m in mail.outbox)]
    assert len(mail.outbox) == 1
    assert [
        text for text in [*written, *Pause.objects.values_list("reason", flat=True)] if token in text
    ] == []


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_leaves_the_order_unconfirmed(
    noon: Traveller, api: RequestsMock, order: Shoot, status: int
) -> None:
    api.post(tunes_url(order), status=status)

    advance(order.pk)

    order.refresh_from_db()
    assert order.status == Shoot.Status.UNCONFIRMED
    assert Tune.objects.get().status == Tune.Status.UNCONFIRMED
    assert order.next_check_at == NOON + timedelta(seconds=60)


@pytest.mark.parametrize(
    "end",
    [
        requests.ReadTimeout("read timed out"),
        requests.ConnectionError(urllib3.exceptions.ProtocolError("reset", ConnectionResetError())),
        "<html>Welcome</html>",
        "{}",
        "[1, 2]",
        "",
    ],
)
def test_an_answer_that_was_not_read_leaves_the_order_unconfirmed(
    api: RequestsMock, order: Shoot, end: Any
) -> None:
    api.post(tunes_url(order), status=201, body=end)

    advance(order.pk)

    order.refresh_from_db()
    assert order.status == Shoot.Status.UNCONFIRMED
    assert order.refunded == 0


def test_failing_storage_is_no_post_and_leaves_the_order_queued(
    api: RequestsMock, order: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(storage: object, key: str) -> None:
        raise OSError("the disk is away")

    monkeypatch.setattr(default_storage.__class__, "open", fail)
    with pytest.raises(StorageDown):
        advance(order.pk)

    order.refresh_from_db()
    assert (order.status, order.attempts) == (Shoot.Status.QUEUED, 0)
    assert len(api.calls) == 0


def test_an_accepted_order_is_written_down_although_no_mail_can_leave(
    api: RequestsMock, order: Shoot, staff: User, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"
    api.post(tunes_url(order), status=401)
    api.post(tunes_url(order), status=201, json={"id": 77})

    advance(order.pk)
    with_pause = Shoot.objects.get().status
    Pause.objects.update(next_probe_at=timezone.now())
    advance(order.pk)

    assert with_pause == Shoot.Status.QUEUED
    assert Shoot.objects.get().status == Shoot.Status.WAITING


def test_an_order_that_could_not_be_passed_on_for_a_day_is_given_back(
    noon: Traveller, api: RequestsMock, order: Shoot
) -> None:
    noon.shift(timedelta(hours=24, seconds=1))

    advance_twice(order)

    assert order.status == Shoot.Status.FAILED
    assert (order.refunded, order.account.balance) == (18, 100)
    assert len(api.calls) == 0


def test_giving_back_after_a_day_leaves_alone_what_another_worker_is_posting(
    noon: Traveller, order: Shoot
) -> None:
    noon.shift(timedelta(hours=25))
    stale = Shoot.objects.select_related("tune", "pack", "account").get()
    Shoot.objects.get().claim_for_submission(next_check_at=timezone.now(), from_=frozenset({"queued"}))

    submit(stale)

    assert Shoot.objects.get().status == Shoot.Status.SUBMITTING
    assert Shoot.objects.get().refunded == 0


def test_a_stale_task_does_not_post_what_was_put_back_meanwhile(api: RequestsMock, order: Shoot) -> None:
    api.post(tunes_url(order), status=429)
    stale = Shoot.objects.select_related("tune", "pack", "account").get()
    advance(order.pk)

    submit(stale)

    assert len(calls(api, "POST")) == 1
    assert Shoot.objects.get().status == Shoot.Status.QUEUED


def test_every_call_stands_on_the_timeline_without_key_or_token(api: RequestsMock, order: Shoot) -> None:
    api.post(tunes_url(order), status=201, json={"id": 77})

    advance(order.pk)

    event = Event.objects.get(kind=Event.Kind.CALL)
    assert event.text == f"POST /p/{order.pack.astria_id}/tunes: 201"
    assert event.data["status"] == 201
    everything = str(list(Event.objects.values()))
    assert "sd_key_of_the_tests" not in everything
    assert order.callback_token not in everything


def test_an_order_on_a_model_that_is_gone_is_given_back(order_on_tune: Any) -> None:
    order = order_on_tune()
    order.tune.mark_expired()

    advance_twice(order)

    assert order.status == Shoot.Status.FAILED
    assert order.refunded == order.price


def test_an_order_waits_until_the_model_it_is_for_is_at_astria(
    noon: Traveller, api: RequestsMock, order: Shoot, photo_set: PhotoSet
) -> None:
    second = order_pack(photo_set, PackFactory.create(), number=1)

    advance_twice(second)

    assert (second.trains, second.status) == (False, Shoot.Status.QUEUED)
    assert second.next_check_at == NOON + timedelta(seconds=30)
    assert len(api.calls) == 0
