"""What is kept from page to page is what every page would say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.template import engines
from django.test import Client
from django.urls import set_script_prefix
from django.utils import translation

from accounts.models import User
from config.constant import MOST
from tests.factories import UserFactory


@pytest.fixture
def elsewhere() -> Iterator[None]:
    """The studio lives below /studio/ for a while."""
    yield
    set_script_prefix("/")


def template(source: str) -> Callable[..., str]:
    """Return what renders `source`."""
    made = engines["django"].from_string("{% load constant i18n %}" + source)
    return lambda **context: made.render(context)


def test_it_is_made_once() -> None:
    moment = template('{% constant %}{% now "u" %}{% endconstant %}')

    assert moment() == moment()


def test_it_knows_only_the_variables_that_it_names() -> None:
    text = template("{% constant view %}{{ view }}, {{ person }}{% endconstant %}, {{ person }}")

    assert text(view="gallery", person="Anna") == "gallery, , Anna"
    assert text(view="shoots", person="Ben") == "shoots, , Ben"
    assert text(view="gallery", person="Ben") == "gallery, , Ben"


def test_each_language_has_its_own() -> None:
    text = template("{% constant %}{% get_current_language as code %}{{ code }}{% endconstant %}")
    assert text() == "en"

    with translation.override("de"):
        assert text() == "de"


def test_each_place_of_the_studio_has_its_own(elsewhere: None) -> None:
    text = template("{% constant %}{% url 'studio:gallery' %}{% endconstant %}")
    assert text() == "/gallery/"

    set_script_prefix("/studio/")

    assert text() == "/studio/gallery/"


def test_many_values_do_not_fill_the_memory_and_stay_right() -> None:
    made = engines["django"].from_string("{% load constant %}{% constant n %}{{ n }}{% endconstant %}")
    node = next(node for node in made.template.nodelist if hasattr(node, "made"))  # type: ignore[attr-defined]

    assert [made.render({"n": n}) for n in range(MOST + 5)] == [str(n) for n in range(MOST + 5)]
    assert len(node.made) <= MOST


@pytest.mark.django_db
def test_only_staff_are_offered_the_administration_whoever_came_before(
    user: User, client_for: Callable[[User], Client]
) -> None:
    person, staff = client_for(user), client_for(UserFactory.create(is_staff=True))

    offered = [
        "Administration" in browser.get("/shoots/").content.decode() for browser in (staff, person, staff)
    ]

    assert offered == [True, False, True]


@pytest.mark.django_db
def test_the_header_marks_the_page_that_is_open_whichever_came_before(
    user: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(user)
    browser.get("/shoots/")

    page = " ".join(browser.get("/gallery/").content.decode().split())

    assert '<a class="page-link" href="/gallery/" aria-current="page">' in page
    assert '<a class="page-link" href="/shoots/" >' in page


@pytest.mark.django_db
def test_who_is_signed_out_gets_the_header_of_strangers(
    user: User, client_for: Callable[[User], Client]
) -> None:
    client_for(user).get("/packs/")

    page = Client().get("/packs/").content.decode()

    assert "Sign in" in page
    assert "Gallery" not in page
