"""A page that renews itself, left open until its session was over."""

from __future__ import annotations

import pytest
from django.test import Client

from studio.models import Shoot
from tests.factories import ShootFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shoot() -> Shoot:
    return ShootFactory.create()


def test_the_whole_page_goes_to_the_sign_in_and_back_to_where_it_was(client: Client, shoot: Shoot) -> None:
    here = f"http://testserver{shoot.get_absolute_url()}?part=x"

    answer = client.get(shoot.get_absolute_url(), headers={"HX-Request": "true", "HX-Current-URL": here})

    assert answer.status_code == 200
    assert answer.content == b""
    assert answer["HX-Redirect"].startswith("/accounts/login/?next=%2Fshoots%2F")
    assert answer["HX-Redirect"].endswith("%3Fpart%3Dx")


def test_a_page_elsewhere_is_not_gone_back_to(client: Client, shoot: Shoot) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://elsewhere.example/trap"}

    assert client.get(shoot.get_absolute_url(), headers=headers)["HX-Redirect"].endswith("?next=%2F")


def test_without_a_script_the_sign_in_is_a_redirect(client: Client, shoot: Shoot) -> None:
    answer = client.get(shoot.get_absolute_url())

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/shoots/")
