"""Copying a delivered picture to our own storage: surely, once, under the same keys each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from django_q.models import OrmQ
from time_machine import Traveller

from studio import pace
from studio.delivery import deliver
from studio.models import Event, Image, Removal, Shoot
from studio.removing import carry_out
from tests.astria.server import Server, break_off, running
from tests.factories import ImageFactory, PromptFactory, ShootFactory, jpeg
from tests.states import put
from tests.studio.conftest import NOON

pytestmark = pytest.mark.django_db

Pending = Callable[..., Image]


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A server at Astria's address."""
    with running() as server:
        settings.ASTRIA_BASE_URL = server.url
        yield server


@pytest.fixture
def pending(server: Server) -> Pending:
    """Return a maker of pictures that are to be fetched from `server`."""

    def make(**fields: Any) -> Image:
        given = {"source_url": f"{server.url}/mp/1", "next_check_at": timezone.now(), "stored_at": None}
        shape = {"extension": "", "width": 0, "height": 0}
        return ImageFactory.create(status=Image.Status.PENDING, **(given | shape | fields))

    return make


def delivered(image: Image) -> Image:
    deliver(image.pk)
    return Image.objects.get(pk=image.pk)


def test_a_picture_is_stored_with_its_variants_and_what_is_known_of_it(
    server: Server, pending: Pending
) -> None:
    data = jpeg(832, 1088)
    server.answers(200, data)

    image = delivered(pending())

    assert (image.status, image.extension, image.bytes) == (Image.Status.STORED, "jpg", len(data))
    assert (image.width, image.height, image.face_box) == (832, 1088, None)
    assert image.placeholder.startswith("data:image/webp;base64,")
    with default_storage.open(image.original_key) as file:
        assert file.read() == data


def test_keys_follow_from_account_shoot_and_picture(server: Server, pending: Pending) -> None:
    server.answers(200, jpeg())

    image = delivered(pending())

    folder = f"u/{image.account_id}/shoots/{image.shoot_id}/{image.pk}"
    _, files = default_storage.listdir(folder)
    assert sorted(files) == ["1280.webp", "320.webp", "640.webp", "original.jpg"]


def test_a_picture_delivered_twice_is_fetched_once(server: Server, pending: Pending) -> None:
    server.answers(200, jpeg())
    image = pending()

    delivered(image)
    delivered(image)

    assert len(server.received) == 1


def test_a_second_run_overwrites_what_a_first_one_left_half_done(server: Server, pending: Pending) -> None:
    server.answers(200, jpeg(colour="red"))
    server.answers(200, jpeg(colour="blue"))
    image = delivered(pending())
    put(Image.objects.get(), "pending")

    delivered(image)

    _, files = default_storage.listdir(image.folder)
    assert len(files) == 4
    with default_storage.open(image.original_key) as file:
        assert file.read() == jpeg(colour="blue")


def test_of_two_workers_that_read_the_same_row_one_fetches(pending: Pending) -> None:
    image = pending()
    stale = Image.objects.get()

    claims = [row.claim_fetch(until=timezone.now()) for row in (image, stale)]

    assert claims == [True, False]
    assert Image.objects.get().attempts == 1


def test_while_one_worker_has_a_picture_no_other_takes_it_and_after_its_death_the_next_does(
    noon: Traveller, server: Server, pending: Pending
) -> None:
    image = pending()
    image.claim_fetch(until=timezone.now() + pace.CLAIM)
    server.answers(200, jpeg())

    meanwhile = delivered(image)
    noon.shift(pace.CLAIM)

    assert (meanwhile.status, meanwhile.attempts) == (Image.Status.PENDING, 1)
    assert delivered(image).status == Image.Status.STORED


@pytest.mark.parametrize(
    "play",
    [break_off(200), lambda handler: handler.answer(200, jpeg()[:-300], {}),
     lambda handler: handler.answer(200, b"<html>sign in</html>", {}),
     lambda handler: handler.answer(200, b"", {}), lambda handler: handler.answer(404, b"", {})],
    ids=["cut short", "truncated", "a page", "empty", "not there yet"],
)  # fmt: skip
def test_what_is_no_picture_yet_is_tried_again(
    noon: Traveller, server: Server, pending: Pending, play: Any
) -> None:
    server.plays_next(play)

    image = delivered(pending())

    assert (image.status, image.attempts) == (Image.Status.PENDING, 1)
    assert image.next_check_at == NOON + timedelta(seconds=5)
    assert image.error != ""


def test_what_is_no_picture_seven_times_is_lost_and_stands_on_the_timeline(
    server: Server, pending: Pending
) -> None:
    server.answers(404)
    server.plays *= 7
    image = pending()

    states = [delivered(image).status for _ in range(8)]

    assert states == [Image.Status.PENDING] * 6 + [Image.Status.LOST] * 2
    assert Event.objects.get(kind=Event.Kind.TROUBLE).text == f"picture {image.pk} lost (answered 404)"
    assert len(server.received) == 7


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/1", "http://example.com/1", "file:///etc/passwd"])
def test_an_address_that_may_not_be_fetched_from_is_lost_at_once(pending: Pending, url: str) -> None:
    image = delivered(pending(source_url=url))

    assert (image.status, image.error) == (Image.Status.LOST, "not https")
    assert url not in Event.objects.get(kind=Event.Kind.TROUBLE).text


def test_a_picture_that_kills_its_workers_is_given_up(server: Server, pending: Pending) -> None:
    image = delivered(pending(attempts=pace.MAX_IMAGE_ATTEMPTS))

    assert (image.status, image.error) == (Image.Status.LOST, "given up: every attempt broke off")
    assert server.received == []


def test_a_lost_picture_can_be_had_later(server: Server, pending: Pending) -> None:
    image = pending()
    image.lose("answered 404")
    server.answers(200, jpeg())

    assert image.retry() is True
    assert delivered(image).status == Image.Status.STORED


def test_the_last_picture_ends_its_shoot_and_one_mail_is_queued(server: Server, pending: Pending) -> None:
    shoot = ShootFactory.create(status=Shoot.Status.GENERATING, expected_prompts=1, expected_images=2)
    prompt = PromptFactory.create(shoot=shoot)
    ImageFactory.create(shoot=shoot, prompt=prompt)
    server.answers(200, jpeg())
    image = pending(shoot=shoot, prompt=prompt)

    delivered(image)
    delivered(image)

    assert Shoot.objects.get().status == Shoot.Status.READY
    assert OrmQ.objects.count() == 1


def test_a_picture_that_is_lost_last_ends_its_shoot_too(pending: Pending) -> None:
    shoot = ShootFactory.create(status=Shoot.Status.GENERATING, expected_prompts=1, expected_images=2)
    prompt = PromptFactory.create(shoot=shoot)
    ImageFactory.create(shoot=shoot, prompt=prompt)

    delivered(pending(shoot=shoot, prompt=prompt, source_url="http://example.com/1"))

    shoot.refresh_from_db()
    assert (shoot.status, shoot.refunded) == (Shoot.Status.PARTLY, 9)


def test_a_late_picture_of_a_shoot_that_was_given_back_is_kept(server: Server, pending: Pending) -> None:
    shoot = ShootFactory.create()
    shoot.finish(Shoot.Status.FAILED, error="late")
    server.answers(200, jpeg())

    image = delivered(pending(shoot=shoot))

    assert image.status == Image.Status.STORED
    assert Shoot.objects.get().status == Shoot.Status.FAILED


def test_the_same_picture_under_another_address_is_there_already(server: Server, pending: Pending) -> None:
    server.answers(200, jpeg())
    server.plays *= 3
    first = delivered(pending())
    other: Image = ImageFactory.create(shoot=first.shoot)

    again = delivered(pending(shoot=first.shoot, prompt=first.prompt, source_url=f"{server.url}/mp/2"))
    elsewhere = delivered(pending(shoot=first.shoot, prompt=other.prompt, source_url=f"{server.url}/mp/3"))

    assert (again.status, again.next_check_at) == (Image.Status.DOUBLE, None)
    assert not default_storage.exists(again.folder)
    assert elsewhere.status == Image.Status.STORED


def test_a_picture_that_was_deleted_while_it_was_fetched_leaves_no_file(
    pending: Pending, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = pending()

    def delete_and_answer(_url: str) -> bytes:
        Image.objects.all().delete()
        return jpeg()

    monkeypatch.setattr("studio.delivery.fetch_picture", delete_and_answer)

    deliver(image.pk)

    carry_out(Removal.objects.get().pk)
    assert not Image.objects.exists()
    assert default_storage.listdir(image.folder)[1] == []


def test_a_picture_of_a_size_that_nobody_orders_is_lost_at_once(server: Server, pending: Pending) -> None:
    server.answers(200, jpeg(63, 900))

    assert delivered(pending()).status == Image.Status.LOST


def test_a_picture_that_is_no_longer_there_is_nothing(db: None) -> None:
    deliver("00000000-0000-0000-0000-000000000000")  # type: ignore[arg-type]

    assert not Image.objects.exists()
