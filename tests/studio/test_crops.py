"""Crops: around the face first, inside the picture always, cut by the server."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture

from accounts.models import User
from studio.cropping import RATIOS, Box, Frame, Shape
from studio.models import Image
from tests.factories import ImageFactory

FACE = (0.4, 0.2, 0.2, 0.15)


@pytest.fixture
def image(user: User) -> Image:
    """A picture of 600 × 800 with a face right of the middle."""
    face = [0.6, 0.2, 0.2, 0.15]
    return ImageFactory.create(shoot__account=user.account, width=600, height=800, face_box=face)


def opened(answer: Any) -> Picture.Image:
    with Picture.open(io.BytesIO(answer.content)) as picture:
        picture.load()
    return picture


# Where it begins


@pytest.mark.parametrize("shape", [Shape.SQUARE, Shape.CIRCLE, Shape.PORTRAIT])
def test_a_crop_begins_around_the_face(shape: Shape) -> None:
    box = Frame(2000, 3000, FACE).first_box(shape)

    face_middle = (1000, 825)
    assert abs(box.left + box.width / 2 - face_middle[0]) <= 1
    assert box.top < face_middle[1] < box.top + box.height / 2
    assert 0.35 < 0.15 * 3000 / box.height < 0.45


def test_a_banner_takes_the_whole_width_at_the_height_of_the_face() -> None:
    box = Frame(1500, 2000, FACE).first_box(Shape.BANNER)

    assert (box.left, box.width, box.height) == (0, 1500, 500)
    assert box.top < 0.275 * 2000 < box.top + box.height


def test_without_a_face_it_begins_above_the_middle() -> None:
    assert Frame(600, 800).first_box(Shape.SQUARE) == Box(0, 60, 600, 600)


def test_a_small_face_is_not_enlarged() -> None:
    box = Frame(1000, 1500, (0.5, 0.2, 0.05, 0.04)).first_box(Shape.SQUARE)

    assert box.width == 800


sides, places = st.integers(64, 5000), st.integers(-10_000, 10_000)
fractions = st.floats(0, 1)


@given(
    st.builds(Frame, sides, sides, st.none() | st.tuples(fractions, fractions, fractions, fractions)),
    st.sampled_from(Shape),
    places,
    places,
    places,
)
def test_no_crop_leaves_the_picture_and_each_keeps_its_shape(
    frame: Frame, shape: Shape, left: int, top: int, width: int
) -> None:
    for box in (frame.first_box(shape), frame.box(shape, left, top, width)):
        assert box.left >= 0 and box.left + box.width <= frame.width
        assert box.top >= 0 and box.top + box.height <= frame.height
        assert abs(box.width - box.height * RATIOS[shape]) <= max(1.0, RATIOS[shape])


# Its page and its file


@pytest.mark.django_db
@pytest.mark.parametrize("shape", ["square", "circle", "portrait", "banner"])
def test_the_editor_shows_each_shape_with_numbers_that_work_alone(
    signed_in: Client, image: Image, shape: str
) -> None:
    page = signed_in.get(f"/pictures/{image.pk}/crop/", {"shape": shape})
    box = page.context["form"].box

    answer = signed_in.get(f"/pictures/{image.pk}/crop/file/", {"shape": shape})

    assert f'name="left" value="{box.left}"' in page.content.decode()
    assert opened(answer).size == (box.width, box.height)
    assert answer["Content-Disposition"].endswith(f'-001-{shape}.jpg"')


@pytest.mark.django_db
def test_numbers_say_where_it_is_cut(signed_in: Client, image: Image) -> None:
    asked = {"shape": "portrait", "left": 100, "top": 50, "width": 400}

    answer = signed_in.get(f"/pictures/{image.pk}/crop/file/", asked)

    assert opened(answer).size == (400, 500)
    assert b"trainedAlgorithmicMedia" in answer.content
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.django_db
def test_a_crop_beyond_the_edge_is_moved_into_the_picture_and_says_so(
    signed_in: Client, image: Image
) -> None:
    asked = {"shape": "square", "left": 9000, "top": 9000, "width": 300}

    page = signed_in.get(f"/pictures/{image.pk}/crop/", asked)

    assert page.context["form"].box == Box(300, 500, 300, 300)
    assert 'name="left" value="300"' in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"left": "x"}, {"top": "-1"}, {"width": "0"}, {"shape": "star"}])
def test_nonsense_is_said_where_it_stands(signed_in: Client, image: Image, wrong: dict[str, str]) -> None:
    answer = signed_in.get(f"/pictures/{image.pk}/crop/file/", wrong)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(wrong)
    assert "errorlist" in answer.content.decode()


@pytest.mark.django_db
def test_a_crop_can_be_looked_at_before_it_is_saved(signed_in: Client, image: Image) -> None:
    answer = signed_in.get(f"/pictures/{image.pk}/crop/file/?look")

    assert answer["Content-Disposition"].startswith("inline")
