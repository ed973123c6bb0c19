"""Shots of a pack switched off: what is left, and what it comes to."""

from __future__ import annotations

import pytest
from django.test import Client

from packs.models import Pack
from tests.factories import PackFactory

pytestmark = pytest.mark.django_db


def address(pack: Pack, *positions: int, class_name: str = "woman") -> str:
    """Return the address of a pack's page with these shots of a class switched on."""
    prompts = pack.classes.get(name=class_name).prompts.filter(position__in=positions)
    shots = "".join(f"&shot={prompt.astria_id}" for prompt in prompts)
    return f"{pack.get_absolute_url()}?class={class_name}&chosen=1{shots}"


def test_price_and_count_follow_the_shots_that_are_on(client: Client, pack: Pack) -> None:
    page = client.get(address(pack, 0, 2)).content.decode()

    # Training 10, 2 shots of 2 pictures.
    assert "Woman: 2 of 4 shots, 4 pictures, 14 credits" in page
    assert page.count('name="shot"') == 4
    assert page.count("checked>") == 2


def test_all_shots_are_the_whole_pack_at_its_own_price(client: Client, pack: Pack) -> None:
    pack.classes.update(price=7)

    assert "4 of 4 shots, 8 pictures, 7 credits" in client.get(address(pack, 0, 1, 2, 3)).content.decode()


def test_without_any_shot_nothing_can_be_started(client: Client, pack: Pack) -> None:
    page = client.get(address(pack)).content.decode()

    assert "Choose at least one shot." in page
    assert "disabled>Start a shoot with this pack" in page


@pytest.mark.parametrize("junk", ["x", "-1", "9" * 40, "1e5", "%00", ""])
def test_shots_that_cannot_be_are_ignored(client: Client, pack: Pack, junk: str) -> None:
    page = client.get(f"{address(pack, 1)}&shot={junk}").content.decode()

    assert "1 of 4 shots" in page


def test_a_class_that_the_pack_has_not_shows_its_first(client: Client, pack: Pack) -> None:
    page = client.get(f"{pack.get_absolute_url()}?class=dragon").content.decode()

    assert "Man: 4 of 4 shots" in page


def test_a_pack_without_classes_has_a_page(client: Client) -> None:
    pack: Pack = PackFactory.create()
    pack.classes.all().delete()

    assert client.get(pack.get_absolute_url()).status_code == 200
