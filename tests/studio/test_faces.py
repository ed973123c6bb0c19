"""Where the faces in a photo are."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageOps

from studio.faces import Face, find_faces, largest_face

PHOTOS = Path(__file__).parents[1] / "photos"


def photograph(name: str) -> Image.Image:
    with Image.open(PHOTOS / name) as picture:
        return picture.convert("RGB")


def holds(face: Face, x: float, y: float) -> bool:
    return face.x < x < face.x + face.width and face.y < y < face.y + face.height


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_a_face_in_profile_is_found_where_it_is_whichever_way_it_looks(is_mirrored: bool) -> None:
    picture = photograph("profile-grey.jpg")

    (face,) = find_faces(ImageOps.mirror(picture) if is_mirrored else picture)

    eye, ear = (0.46, 0.29), (0.37, 0.27)
    assert all(holds(face, 1 - x if is_mirrored else x, y) for x, y in (eye, ear))


def test_two_people_are_two_faces_the_larger_first() -> None:
    faces = find_faces(photograph("two-people.jpg"))

    assert len(faces) == 2
    assert faces[0].width >= faces[1].width


def test_a_second_face_of_half_the_width_is_one_too() -> None:
    picture = photograph("person-1.jpg")
    (large,) = find_faces(picture)
    wide = Image.new("RGB", (picture.width * 3 // 2, picture.height), "grey")
    wide.paste(picture)
    wide.paste(picture.resize((picture.width // 2, picture.height // 2)), (picture.width, 0))

    first, second = find_faces(wide)

    assert first.width == pytest.approx(large.width / 1.5, rel=0.1)
    assert second.width == pytest.approx(first.width / 2, rel=0.2)


def test_a_small_face_is_found_where_there_is_no_larger_one() -> None:
    portrait = photograph("person-1.jpg")
    portrait.thumbnail((600, 600))
    picture = Image.new("RGB", (1500, 1200), "grey")
    picture.paste(portrait, (900, 500))

    (face,) = find_faces(picture)

    assert face.x > 900 / 1500
    assert face.width < 0.15


def test_the_largest_face_of_a_portrait_is_the_one_that_is_found() -> None:
    picture = photograph("person-2.jpg")

    face = largest_face(picture)

    assert face is not None
    assert tuple(face) == pytest.approx(find_faces(picture)[0], abs=0.05)


def test_where_there_is_no_face_none_is_found() -> None:
    picture = photograph("coffee-no-face.jpg")

    assert find_faces(picture) == []
    assert largest_face(picture) is None
