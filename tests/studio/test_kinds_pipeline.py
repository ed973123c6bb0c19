"""Every kind of shoot against the real sandbox, through every fault of a post: ready, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

import astria
from accounts.models import User
from packs.models import Pack
from packs.sync import take_in
from sandbox.receiver import Receiver, receiving
from studio.delivery import deliver
from studio.inbox import process
from studio.models import Callback, Image, PhotoSet, Prompt, Shoot, Tune
from studio.ordering import order_pack
from studio.ordering_more import order_more_like, order_prompt, order_theme
from studio.training import advance
from tests.factories import PhotoSetFactory, PromptFactory, ShootFactory, TrainedTuneFactory
from tests.sandbox.process import Sandbox, eventually

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

KINDS = ("first", "pack", "theme", "prompt", "more")
FAULTS = ("504-after", "dropped-after", "504", "500", "dropped", "429", "refused", "")
# On a model that exists all kinds are posted by the same code: in `make test` some stand for the others.
SOON = {("first", fault) for fault in FAULTS} | {
    (kind, fault) for kind in KINDS for fault in ("504-after", "")
}


def each(faults: tuple[str, ...]) -> list[Any]:
    """Return every kind with every fault."""
    later = pytest.mark.long
    return [
        pytest.param(kind, fault, marks=() if (kind, fault) in SOON else later)
        for kind in KINDS
        for fault in faults
    ]


PACK = 1342
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def theirs(sandbox: Sandbox) -> Any:
    """A model of a woman that the sandbox trained, with a prompt on it."""
    return sandbox.trained(pack=str(PACK))


@pytest.fixture(scope="module")
def offered(sandbox: Sandbox) -> tuple[astria.Pack, astria.PackDetail]:
    """A pack, as listed and as a whole."""
    packs = astria.Astria("sd_tests", base_url=sandbox.url).packs
    return next(pack for pack in packs.list() if pack.id == PACK), packs.get(PACK)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Our clock; the sandbox has its own."""
    with time_machine.travel(datetime.now().astimezone(), tick=True) as clock:
        yield clock


@pytest.fixture
def pack(astria_at_sandbox: Sandbox, offered: Any, settings: Any) -> Pack:
    # What was not carried out is posted again after the last look.
    settings.ASTRIA_IDEMPOTENT = True
    pack, _is_new = take_in(*offered)
    pack.publish()
    return pack


@pytest.fixture
def ours(user: User, theirs: Any, pack: Pack) -> Tune:
    """The sandbox's model as the studio knows it."""
    known = {name: theirs[name] for name in ("token", "branch", "model_type", "base_tune_id")}
    photo_set: PhotoSet = PhotoSetFactory.create(account=user.account, photos=4)
    return TrainedTuneFactory.create(
        account=user.account, photo_set=photo_set, astria_id=theirs["id"], **known
    )


@pytest.fixture
def order(user: User, ours: Tune, pack: Pack, sandbox: Sandbox) -> Callable[[str], Shoot]:
    """Order a kind; of a pack two shots."""
    shots = pack.classes.get(name="woman").prompts.values_list("astria_id", flat=True)[:2]

    def more() -> Shoot:
        source = sandbox.prompts(ours.astria_id or 0)[-1]
        first = ShootFactory.create(account=user.account, tune=ours, status=Shoot.Status.READY)
        known = PromptFactory.create(shoot=first, astria_id=source["id"], text=source["text"])
        return order_more_like(known, key="a")

    orders: dict[str, Callable[[], Shoot]] = {
        "first": lambda: order_pack(
            PhotoSetFactory.create(account=user.account, photos=4), pack, number=0, prompt_ids=shots
        ),
        "pack": lambda: order_pack(ours.photo_set, pack, number=0, prompt_ids=shots),  # type: ignore[arg-type]
        "theme": lambda: order_theme(ours, "autumn", key="a"),
        "prompt": lambda: order_prompt(ours, "by the sea", key="a", num_images=2),
        "more": more,
    }
    return lambda kind: orders[kind]()


class Studio:
    """What clock, inbox and workers do for one shoot, a minute after the other, by hand."""

    def __init__(self, shoot: Shoot, clock: time_machine.Traveller, receiver: Receiver | None) -> None:
        self.shoot, self.clock, self.receiver, self.handed_on = shoot, clock, receiver, 0

    def finish(self) -> Shoot:
        eventually(self._a_minute, seconds=20)
        return self.shoot

    def _a_minute(self) -> bool:
        self._take_in_callbacks()
        advance(self.shoot.pk)
        for image in Image.objects.filter(shoot=self.shoot, status=Image.Status.PENDING):
            deliver(image.pk)
        self.clock.shift(61)
        self.shoot.refresh_from_db()
        return self.shoot.is_final

    def _take_in_callbacks(self) -> None:
        arrived = self.receiver.arrived[self.handed_on :] if self.receiver else []
        for callback in arrived:
            self.handed_on += 1
            Client().post(callback.path, callback.body, content_type="application/json")
        for waiting in Callback.objects.filter(processed_at=None):
            process(waiting.pk)


def meet(sandbox: Sandbox, shoot: Shoot, fault: str, settings: Any) -> None:
    """Submit the order so that the call that costs money meets the fault."""
    if fault == "refused":
        settings.ASTRIA_BASE_URL = NOBODY
    elif fault:
        # On a model that exists its prompts are looked at first.
        sandbox.fail_next(*([fault] if shoot.trains else ["", fault]))
    advance(shoot.pk)
    settings.ASTRIA_BASE_URL = sandbox.url


def at_sandbox(sandbox: Sandbox, shoot: Shoot) -> list[Any]:
    """Return the prompts that the sandbox made for a shoot: all above its watermark."""
    tune_id = Tune.objects.get(pk=shoot.tune_id).astria_id or 0
    return [prompt for prompt in sandbox.prompts(tune_id) if prompt["id"] > shoot.prompt_watermark]


def assert_all_is_here_once(sandbox: Sandbox, shoot: Shoot) -> None:
    made = at_sandbox(sandbox, shoot)
    pictures = [url for prompt in made for url in prompt["images"]]
    kept = Image.objects.filter(shoot=shoot, status=Image.Status.STORED)

    assert (shoot.status, shoot.refunded) == (Shoot.Status.READY, 0)
    assert len(made) == shoot.expected_prompts
    assert len(pictures) == shoot.expected_images
    assert sorted(kept.values_list("source_url", flat=True)) == sorted(pictures)
    assert set(shoot.prompts.values_list("astria_id", flat=True)) == {prompt["id"] for prompt in made}


@pytest.mark.parametrize(("kind", "fault"), each(FAULTS))
def test_without_callbacks_every_kind_comes_through_every_fault(
    sandbox: Sandbox, order: Callable[[str], Shoot], clock: Any, settings: Any, kind: str, fault: str
) -> None:
    shoot = order(kind)
    meet(sandbox, shoot, fault, settings)

    Studio(shoot, clock, None).finish()

    assert_all_is_here_once(sandbox, shoot)
    assert len(sandbox.get("/tunes", params={"title": str(shoot.tune_id)}).json()) == (kind == "first")


@pytest.mark.parametrize(("kind", "fault"), each(("504-after", "dropped")))
def test_with_callbacks_every_kind_comes_through_every_fault(
    sandbox: Sandbox, order: Callable[[str], Shoot], clock: Any, settings: Any, kind: str, fault: str
) -> None:
    with receiving() as receiver, sandbox.changed(callbacks="all"):
        settings.PUBLIC_URL = receiver.url
        shoot = order(kind)
        meet(sandbox, shoot, fault, settings)

        Studio(shoot, clock, receiver).finish()

    assert_all_is_here_once(sandbox, shoot)
    assert set(Callback.objects.values_list("error", flat=True)) <= {""}


def test_all_kinds_on_one_model_at_the_same_time_are_told_apart(
    sandbox: Sandbox, order: Callable[[str], Shoot], clock: Any, settings: Any
) -> None:
    shoots = [order(kind) for kind in ("pack", "theme", "prompt", "more")]
    for shoot in shoots:
        meet(sandbox, shoot, "", settings)

    for shoot in shoots:
        Studio(shoot, clock, None).finish()

    assert {shoot.status for shoot in shoots} == {Shoot.Status.READY}
    assert [shoot.prompts.count() for shoot in shoots] == [2, 10, 1, 1]
    assert Prompt.objects.filter(astria_id__gt=shoots[0].prompt_watermark).count() == 14
