"""The catalogue against the real sandbox process."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

import astria
from astria.packs import Packs
from packs.changes import Change, What
from packs.models import Comparison, Pack, PackClass, PackPrompt
from packs.sync import copy_pictures, sync_packs, take_in
from studio.astria_client import astria_client
from studio.models import Event, Heartbeat
from studio.ordering import order_pack, problems_with
from tests.factories import PackFactory, PhotoSetFactory
from tests.sandbox.process import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

SLUG = "corporate-headshots"


@pytest.fixture
def without_pictures(astria_at_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copying pictures is a test of its own."""
    monkeypatch.setattr("packs.sync.copy_pictures", lambda pack: None)


def ours(pack: Pack) -> dict[str, Any]:
    return {name: getattr(pack, name) for name in ("slug", "title", "description", "status", "position")}


@pytest.mark.usefixtures("without_pictures")
def test_new_packs_come_in_as_drafts_with_classes_and_shots() -> None:
    report = sync_packs()

    pack = Pack.objects.get(slug=SLUG)
    woman = pack.classes.get(name="woman")
    assert len(report.new) == Pack.objects.filter(status=Pack.Status.DRAFT).count() >= 6
    assert woman.num_images == sum(woman.prompts.values_list("num_images", flat=True))
    assert woman.cost_mc > 0
    assert woman.prompts.count() >= 8


@pytest.mark.usefixtures("without_pictures")
def test_a_second_sync_changes_nothing_of_ours() -> None:
    sync_packs()
    Pack.objects.filter(slug=SLUG).update(
        slug="office", title="At the office", description="Ties.", position=3, token="old",
        status=Pack.Status.PUBLISHED, published_at=timezone.now(),
    )  # fmt: skip
    PackClass.objects.filter(pack__slug="office", name="woman").update(price=99)
    before = ours(Pack.objects.get(slug="office"))

    report = sync_packs()

    after = Pack.objects.get(slug="office")
    assert (report.new, report.missing) == ([], [])
    assert ours(after) == before
    assert after.classes.get(name="woman").price == 99
    assert after.token != "old"


@pytest.mark.usefixtures("without_pictures")
def test_a_second_sync_keeps_every_row() -> None:
    sync_packs()
    before = list(PackPrompt.objects.order_by("pk").values_list("pk", "astria_id", "position"))

    sync_packs()

    assert list(PackPrompt.objects.order_by("pk").values_list("pk", "astria_id", "position")) == before


@pytest.mark.usefixtures("without_pictures")
def test_staff_may_edit_a_pack_while_it_is_compared() -> None:
    sync_packs()
    client = astria_client()
    listed = next(pack for pack in client.packs.list() if pack.slug == SLUG)
    detail = client.packs.get(listed.id)

    Pack.objects.filter(slug=SLUG).update(position=7)
    take_in(listed, detail)

    assert Pack.objects.get(slug=SLUG).position == 7


@pytest.mark.usefixtures("without_pictures")
def test_a_vanished_pack_is_flagged_takes_no_orders_and_comes_back() -> None:
    gone: Pack = PackFactory.create(slug="gone")

    report = sync_packs()
    gone.refresh_from_db()
    flagged_at = gone.missing_since
    again = sync_packs()

    gone.refresh_from_db()
    assert (report.missing, again.missing) == (["gone"], [])
    assert gone.missing_since == flagged_at
    assert not gone.is_orderable
    assert gone not in Pack.objects.published()


@pytest.mark.usefixtures("without_pictures")
def test_a_pack_that_is_listed_again_takes_orders_again() -> None:
    sync_packs()
    Pack.objects.update(
        status=Pack.Status.PUBLISHED, published_at=timezone.now(), missing_since=timezone.now()
    )

    sync_packs()

    assert Pack.objects.get(slug=SLUG).is_orderable


@pytest.mark.usefixtures("without_pictures")
def test_a_slug_that_is_taken_gets_the_packs_number() -> None:
    PackFactory.create(slug=SLUG)

    sync_packs()

    newest = Pack.objects.get(slug__startswith=f"{SLUG}-")
    assert newest.slug == f"{SLUG}-{newest.astria_id}"


def test_a_comparison_that_breaks_off_is_gone_on_with_where_it_stopped(
    without_pictures: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = Packs.get, 2

    def get(packs: Packs, pack_id: int) -> astria.PackDetail:
        nonlocal left
        left -= 1
        if left < 0:
            raise astria.RateLimited(status=429)
        return real(packs, pack_id)

    monkeypatch.setattr(Packs, "get", get)
    seen = []
    for _ in range(2):
        left = 2
        with pytest.raises(astria.RateLimited):
            sync_packs()
        seen.append(Pack.objects.count())

    assert seen == [2, 4]
    assert not Heartbeat.objects.filter(name="packs").exists()


def test_a_pack_that_is_deleted_after_it_was_listed_stops_no_other(
    without_pictures: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_packs()
    gone, real = Pack.objects.get(slug=SLUG), Packs.get

    def get(packs: Packs, pack_id: int) -> astria.PackDetail:
        if pack_id == gone.astria_id:
            raise astria.NotFound(status=404)
        return real(packs, pack_id)

    monkeypatch.setattr(Packs, "get", get)
    report = sync_packs()

    assert report.missing == [SLUG]
    assert len(report.seen) == Pack.objects.filter(missing_since=None).count() == Pack.objects.count() - 1


def test_what_no_column_holds_stops_no_comparison(db: None) -> None:
    said = {"id": 1, "title": "O" * 201 + "\0", "slug": "odd", "token": "t" * 41, "model_type": "m" * 21}
    cover = "https://pictures.example.com/" + "c" * 1000

    listed = astria.Pack.from_json(said | {"cover_url": cover, "base_tune_id": 2**70})
    pack, _ = take_in(listed, astria.PackDetail.from_json(said))

    pack.refresh_from_db()
    assert (len(pack.title), len(pack.token), len(pack.model_type)) == (200, 40, 20)
    assert (pack.cover_source, pack.base_tune_id) == ("", None)


def test_a_class_without_shots_is_left_out(db: None) -> None:
    listed = astria.Pack.from_json({"id": 1, "title": "Odd", "slug": "odd"})
    detail = astria.PackDetail.from_json(
        {
            "id": 1,
            "title": "Odd",
            "costs": {"man": {"num_images": 4, "cost": 100}, "woman": {"num_images": 0, "cost": 0}},
            "prompts_per_class": {"man": [], "woman": []},
        }
    )

    pack, created = take_in(listed, detail)

    assert created
    assert not pack.classes.exists()


def _read_odd(costs: dict[str, Any]) -> Pack:
    """Take in the pack "Odd" with a shot for each class of `costs`."""
    shots = {name: [{"id": number, "images": []}] for number, name in enumerate(costs, start=1)}
    told = {"id": 1, "title": "Odd", "costs": costs, "prompts_per_class": shots}
    listed = astria.Pack.from_json({"id": 1, "title": "Odd", "slug": "odd"})
    return take_in(listed, astria.PackDetail.from_json(told))[0]


def test_a_class_that_astria_drops_takes_no_orders_and_keeps_the_price_set_by_hand(db: None) -> None:
    cost = {"num_images": 4, "cost": 100}
    pack = _read_odd({"man": cost, "woman": cost})
    pack.classes.filter(name="woman").update(price=99)
    pack.publish()

    _read_odd({"man": cost})
    while_gone = problems_with(PhotoSetFactory.create(photos=4), pack)
    shown = [it.name for it in Pack.objects.with_shots().get().classes.all()]
    _read_odd({"man": cost, "woman": cost})

    assert (while_gone, shown) == (["“Odd” is not made for a woman. Choose another pack."], ["man"])
    assert pack.classes.offered().get(name="woman").price == 99


def test_cover_and_samples_are_copied_to_our_storage_once(
    astria_at_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = _pack_with_one_shot(monkeypatch)
    copy_pictures(pack)
    key = PackPrompt.objects.filter(pack_class__pack=pack).exclude(samples=[]).first().samples[0]  # type: ignore[union-attr]

    monkeypatch.setattr("packs.sync.fetch_picture", lambda *_: pytest.fail("fetched again"))
    copy_pictures(pack)

    assert pack.cover.startswith(f"packs/{pack.astria_id}/")
    assert Image.open(io.BytesIO(default_storage.open(key).read())).format == "WEBP"


def test_a_picture_that_cannot_be_had_leaves_the_old_one(
    astria_at_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = _pack_with_one_shot(monkeypatch)
    copy_pictures(pack)
    cover = pack.cover

    pack.cover_source = f"{astria_at_sandbox.url}/covers/nothing.jpg"
    copy_pictures(pack)

    pack.refresh_from_db()
    assert cover
    assert pack.cover == cover


def test_pictures_of_packs_come_from_the_allowed_hosts_alone(
    db: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ASTRIA_IMAGE_HOSTS = ["mp.astria.ai"]
    pack: Pack = PackFactory.create(cover_source="https://pictures.example.com/1.jpg")

    copy_pictures(pack)

    assert pack.cover == ""
    assert "host not allowed" in caplog.text


def _pack_with_one_shot(monkeypatch: pytest.MonkeyPatch) -> Pack:
    with monkeypatch.context() as quick:
        quick.setattr("packs.sync.copy_pictures", lambda pack: None)
        sync_packs()
    pack = Pack.objects.get(slug=SLUG)
    shot = PackPrompt.objects.filter(pack_class__pack=pack)[0]
    PackPrompt.objects.exclude(pk=shot.pk).delete()
    PackPrompt.objects.update(sample_sources=shot.sample_sources[:1])
    return pack


@pytest.mark.usefixtures("without_pictures")
def test_the_command_publishes_when_asked_and_only_drafts(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sync_packs", verbosity=0)
    withdrawn = Pack.objects.get(slug=SLUG)
    withdrawn.publish()
    withdrawn.withdraw()

    call_command("sync_packs", publish=True)

    withdrawn.refresh_from_db()
    assert withdrawn.status == Pack.Status.WITHDRAWN
    assert not Pack.objects.filter(status=Pack.Status.DRAFT).exists()
    assert "0 new" in capsys.readouterr().out


def rows() -> list[Any]:
    """Return all that is in the catalogue."""
    kept = [model.objects.order_by("pk").values_list() for model in (Pack, PackClass)]
    return [list(it) for it in (*kept, PackPrompt.with_missing.order_by("pk").values_list())]


def differ_from_astria() -> None:
    """Let the catalogue be as Astria's was once: what a comparison then changes is known."""
    Pack.objects.filter(slug=SLUG).update(cover_source="https://pictures.example.com/old.jpg")
    Pack.objects.filter(slug="outdoor-portraits").update(missing_since=timezone.now())
    PackClass.objects.filter(pack__slug=SLUG, name="woman").update(cost_mc=1, num_images=1)
    PackPrompt.objects.filter(pack_class__pack__slug=SLUG, pack_class__name="man", position=0).delete()
    PackPrompt.objects.filter(pack_class__pack__slug=SLUG, pack_class__name="man", position=1).update(
        astria_id=1
    )
    Pack.objects.filter(slug="studio-portraits").delete()
    PackFactory.create(slug="gone")


@pytest.mark.usefixtures("without_pictures")
def test_a_preview_says_what_a_comparison_does_and_changes_nothing() -> None:
    sync_packs()
    differ_from_astria()
    before = rows()

    preview = sync_packs(dry_run=True)
    untouched = rows()
    done = sync_packs()

    assert untouched == before
    assert preview.changes == done.changes
    assert {change.what for change in done.changes} >= {
        What.MISSING, What.BACK, What.COVER, What.COST, What.IMAGES, What.SHOTS,
    }  # fmt: skip
    assert sync_packs(dry_run=True).changes == []


@pytest.mark.usefixtures("without_pictures")
def test_what_came_over_is_written_down_and_a_preview_or_nothing_is_not() -> None:
    sync_packs(dry_run=True)
    previewed = Comparison.objects.count()

    report = sync_packs()
    sync_packs()

    written = Comparison.objects.get()
    assert previewed == 0
    assert (written.status, written.is_preview) == ("done", False)
    assert [Change(**said) for said in written.changes] == report.changes


def test_the_number_of_pictures_and_the_cost_are_flagged_until_staff_have_seen_them(db: None) -> None:
    pack = _read_odd({"man": {"num_images": 4, "cost": 100}})
    [_read_odd({"man": {"num_images": 8, "cost": cost}}) for cost in (150, 120)]
    flagged = pack.classes.get()

    pack.classes.mark_seen()

    assert (flagged.cost_mc, flagged.cost_was_mc, flagged.images_were) == (120_000, 100_000, 4)
    assert (flagged.has_changed, pack.classes.get().has_changed) == (True, False)


def test_what_changed_and_changed_back_before_anybody_saw_it_is_not_flagged(db: None) -> None:
    pack = [_read_odd({"man": {"num_images": 4, "cost": cost}}) for cost in (100, 150, 100)][-1]

    assert not pack.classes.get().has_changed


def test_an_order_in_flight_keeps_price_pictures_and_shots_whatever_happens_to_its_pack(db: None) -> None:
    pack = _read_odd({"woman": {"num_images": 4, "cost": 100}})
    pack.publish()
    shoot = order_pack(PhotoSetFactory.create(photos=4), pack, number=0)
    before = (shoot.price, shoot.cost_mc, shoot.expected_images, [it.astria_id for it in shoot.shots()])

    told = {"id": 1, "title": "Odd", "costs": {"woman": {"num_images": 9, "cost": 900}}}
    shots = {"woman": [{"id": 77, "images": []}]}
    take_in(
        astria.Pack.from_json({"id": 1, "title": "Odd", "slug": "odd"}),
        astria.PackDetail.from_json(told | {"prompts_per_class": shots}),
    )

    shoot.refresh_from_db()
    assert [it.astria_id for it in pack.classes.get().prompts.all()] == [77]
    assert (shoot.price, shoot.cost_mc, shoot.expected_images) == before[:3]
    assert before[3][0] in {it.astria_id for it in shoot.shots()}


def test_a_shot_that_comes_back_is_the_same_row(db: None) -> None:
    cost = {"num_images": 4, "cost": 100}
    pack = _read_odd({"man": cost})
    shot = PackPrompt.objects.get(pack_class__pack=pack)
    PackPrompt.objects.filter(pk=shot.pk).update(likes=5)
    PackPrompt.objects.all().mark_missing()

    _read_odd({"man": cost})

    back = PackPrompt.objects.get(pack_class__pack=pack)
    assert (back.pk, back.likes) == (shot.pk, 5)


@pytest.mark.usefixtures("without_pictures")
def test_the_command_says_as_json_what_would_change(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sync_packs", "--dry-run", "--json")

    said = json.loads(capsys.readouterr().out)
    assert said["dry_run"] is True
    assert SLUG in said["new"]
    assert (SLUG, "new") in {(change["pack"], change["what"]) for change in said["changes"]}
    assert not Pack.objects.exists()


@pytest.mark.usefixtures("without_pictures")
def test_the_command_says_as_json_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sync_packs", "--json", "--publish")

    said = json.loads(capsys.readouterr().out)
    assert said["dry_run"] is False
    assert sorted(said["published"]) == sorted(said["new"])
    assert Pack.objects.published().count() == len(said["new"]) > 0


def test_a_dry_run_publishes_nothing(db: None) -> None:
    with pytest.raises(CommandError, match="--publish"):
        call_command("sync_packs", "--dry-run", "--publish")


def test_astria_down_is_an_error_that_says_so(db: None, settings: Any) -> None:
    settings.ASTRIA_BASE_URL = "http://127.0.0.1:9"

    with pytest.raises(CommandError, match="Astria could not be asked"):
        call_command("sync_packs")
    assert Event.objects.filter(text__startswith="GET /packs").exists()
