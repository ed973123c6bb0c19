"""What became of packs and shots: counted by the shot, of the latest orders, by indexes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import Traveller

from packs.models import Pack, PackPrompt
from studio import clock, pack_figures
from studio.models import Image, Prompt, Shoot
from studio.pack_figures import count_packs, weakness_of
from tests.factories import ImageFactory, PackFactory, PromptFactory, ShootFactory

pytestmark = pytest.mark.django_db


def shots_of(pack: Pack, class_name: str = "woman") -> list[PackPrompt]:
    return list(PackPrompt.objects.filter(pack_class__pack=pack, pack_class__name=class_name))


def ended(pack: Pack, *, pictures: int = 2, liked: int = 0, hidden: int = 0, **shoot: Any) -> Shoot:
    """Return an order of the first shot that has ended, with so many pictures."""
    made: Shoot = ShootFactory.create(pack=pack, **{"status": "ready"} | shoot)
    prompt = PromptFactory.create(shoot=made, orig_prompt_id=shots_of(pack)[0].astria_id)
    for number in range(pictures):
        ImageFactory.create(
            shoot=made,
            prompt=prompt,
            liked_at=timezone.now() if number < liked else None,
            hidden_at=timezone.now() if number < hidden else None,
        )
    return made


def test_a_pack_and_its_shot_know_what_became_of_their_orders(pack: Pack) -> None:
    ended(pack, pictures=3, liked=2, hidden=1)
    ended(pack, pictures=1, status="partly")
    ShootFactory.create(pack=pack, status="failed")
    ShootFactory.create(pack=pack)  # under way

    [count_packs() for _ in range(2)]

    pack.refresh_from_db()
    first, second = shots_of(pack)[:2]
    assert (pack.orders, pack.ended, pack.failed) == (4, 3, 1)
    assert (pack.pictures, pack.liked, pack.hidden) == (4, 2, 1)
    assert (first.orders, first.pictures, first.like_rate, first.hide_rate) == (2, 4, 0.5, 0.25)
    assert (second.orders, second.like_rate, second.failure_rate) == (0, None, None)


def test_a_shot_that_failed_counts_as_failed_and_pictures_that_are_not_there_do_not_count(pack: Pack) -> None:
    shoot = ended(pack)
    failed = PromptFactory.create(
        shoot=shoot, orig_prompt_id=shots_of(pack)[1].astria_id, status=Prompt.Status.FAILED, error="no"
    )
    ImageFactory.create(shoot=shoot, prompt=failed, status=Image.Status.LOST, error="no")

    count_packs()

    shot = shots_of(pack)[1]
    assert (shot.ended, shot.failed, shot.failure_rate, shot.pictures) == (1, 1, 1.0, 0)


def test_what_astria_did_not_name_counts_for_the_pack_alone(pack: Pack) -> None:
    shoot = ended(pack)
    ImageFactory.create(shoot=shoot, prompt=PromptFactory.create(shoot=shoot, orig_prompt_id=None))

    count_packs()

    pack.refresh_from_db()
    assert (pack.pictures, shots_of(pack)[0].pictures) == (3, 2)


def test_shots_of_two_classes_are_told_apart(pack: Pack) -> None:
    man = shots_of(pack, "man")[0]
    PackPrompt.objects.filter(pk=man.pk).update(astria_id=shots_of(pack)[0].astria_id)
    ended(pack)

    count_packs()

    man.refresh_from_db()
    assert man.pictures == 0


def test_only_the_latest_orders_are_counted(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_figures, "LATEST", 1)
    ended(pack, pictures=3, queued_at=timezone.now() - timedelta(days=1))
    ended(pack, pictures=1)

    count_packs()

    pack.refresh_from_db()
    assert (pack.orders, pack.ended, pack.pictures) == (2, 1, 1)


@pytest.mark.parametrize(
    ("shot", "weakness"),
    [
        ({"ended": 10, "failed": 1, "pictures": 20, "liked": 10}, "fails"),
        ({"ended": 9, "failed": 9, "pictures": 18}, ""),
        ({"ended": 10, "pictures": 20, "liked": 10, "hidden": 5}, "hidden"),
        ({"ended": 10, "pictures": 20, "liked": 10, "hidden": 4}, ""),
        ({"ended": 10, "pictures": 20, "liked": 3}, "unliked"),
        ({"ended": 10, "pictures": 20, "liked": 4}, ""),
        ({"ended": 10, "pictures": 19, "liked": 0}, ""),
    ],
)
def test_a_shot_is_weak_beside_its_pack_once_there_is_enough_to_tell(
    shot: dict[str, int], weakness: str
) -> None:
    of_pack = Pack(ended=100, pictures=800, liked=320, hidden=40)

    assert weakness_of(PackPrompt(**shot), of_pack) == weakness


def test_weak_shots_are_written_down_and_forgotten_when_they_are_better(pack: Pack) -> None:
    shots = PackPrompt.objects.filter(pk=shots_of(pack)[0].pk)
    shots.update(weakness=PackPrompt.Weakness.HIDDEN)
    before = list(PackPrompt.objects.all().weak())

    count_packs()

    assert before == list(shots)
    assert not PackPrompt.objects.all().weak().exists()


@pytest.mark.parametrize("rows", [1, 30])
def test_a_pack_takes_as_many_queries_for_30_orders_as_for_1(
    pack: Pack, rows: int, django_assert_num_queries: Any
) -> None:
    for shoot in ShootFactory.create_batch(rows, pack=pack, status="ready"):
        PromptFactory.create(shoot=shoot, orig_prompt_id=shots_of(pack)[0].astria_id)

    with django_assert_num_queries(8):
        pack_figures.count_pack(pack)


def test_nothing_is_scanned_but_one_packs_orders(pack: Pack) -> None:
    ended(PackFactory.create())
    ended(pack)
    with CaptureQueriesContext(connection) as asked:
        pack_figures.count_pack(pack)

    plans = [line for query in asked.captured_queries for line in plan_of(query["sql"])]

    assert any("shoots_of_pack" in line for line in plans)
    assert [line for line in plans if "SCAN studio_" in line or "Seq Scan on studio_" in line] == []


def plan_of(sql: str) -> list[str]:
    """Return how the database reads what `sql` asks for; PostgreSQL as it would with many rows."""
    if not sql.startswith("SELECT"):
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} {sql}")
        return [str(row[-1]) for row in cursor.fetchall()]


def test_packs_are_counted_each_hour(noon: Traveller) -> None:
    first, second = clock.keep_packs_counted(), clock.keep_packs_counted()
    count_packs()
    noon.shift(timedelta(minutes=59))
    third = clock.keep_packs_counted()
    noon.shift(timedelta(minutes=2))

    assert (first, second, third, clock.keep_packs_counted()) == (True, False, False, True)
