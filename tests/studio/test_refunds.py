"""What is given back, whatever came: properties that hold for every price and every outcome."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import CreditEntry
from studio.models import Image, Prompt, Shoot
from studio.settling import settle
from tests.factories import ImageFactory, PromptFactory, ShootFactory

pytestmark = pytest.mark.django_db

# Per prompt: pictures stored, pictures lost; None is a prompt that Astria failed.
OUTCOMES = st.lists(
    st.one_of(st.none(), st.tuples(st.integers(0, 4), st.integers(0, 2))), min_size=1, max_size=6
)


def came(shoot: Shoot, outcome: tuple[int, int] | None, each: int) -> int:
    """Let a prompt come; return how many of its own pictures are there."""
    prompt = PromptFactory.create(shoot=shoot, expected_images=each)
    if outcome is None:
        Prompt.objects.filter(pk=prompt.pk).update(status=Prompt.Status.FAILED, error="no")
        return 0
    stored, lost = outcome
    rows: list[dict[str, Any]] = [{} for _ in range(stored)]
    rows += [{"status": Image.Status.LOST, "error": "gone", "stored_at": None} for _ in range(lost)]
    # Rows alone: files are of no matter here.
    Image.objects.bulk_create(
        ImageFactory.build(
            shoot=shoot, prompt=prompt, account=shoot.account, number=prompt.number * 100 + n, **row
        )
        for n, row in enumerate(rows)
    )
    return min(stored, each)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(price=st.integers(0, 500), each=st.integers(1, 4), unannounced=st.integers(0, 3), outcomes=OUTCOMES)
def test_each_missing_picture_is_given_back_at_its_share_and_never_more_than_the_price(
    db: None, price: int, each: int, unannounced: int, outcomes: list[tuple[int, int] | None]
) -> None:
    expected = (len(outcomes) + unannounced) * each
    shoot = ShootFactory.create(
        price=price,
        expected_images=expected,
        expected_prompts=len(outcomes) + unannounced,
        status=Shoot.Status.GENERATING,
        deadline_at=timezone.now(),
    )
    there = sum(came(shoot, outcome, each) for outcome in outcomes)

    settle(shoot, looked=True)
    settle(Shoot.objects.get(pk=shoot.pk), looked=True)

    shoot.refresh_from_db()
    lines = CreditEntry.objects.filter(kind="refund", key__startswith=f"shoot:{shoot.pk}:")
    missing = expected - there
    # In the person's favour, by less than one credit; with nothing there, everything.
    assert 0 <= shoot.refunded - price * missing / expected < 1
    assert (shoot.refunded == price) or there > 0
    assert sum(line.amount for line in lines) == shoot.refunded <= price
    assert (shoot.status == Shoot.Status.READY) == (missing == 0)
