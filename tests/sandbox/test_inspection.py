"""POST /images/inspect: what is seen on real photographs, and what file names make it say."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from astria import INSPECT_VALUES, Flag
from sandbox.darkroom.inspection import MAGIC_WORDS
from tests.sandbox.process import PHOTOS, ROOT, Sandbox

WARNINGS = (
    "blurry",
    "full_body_image_or_longshot",
    "includes_multiple_people",
    "low_quality",
    "low_resolution",
)
POOR = {
    "blurry.jpg": "blurry",
    "too-dark.jpg": "low_quality",
    "too-small.jpg": "low_resolution",
    "long-shot.jpg": "full_body_image_or_longshot",
    "two-people.jpg": "includes_multiple_people",
}


def _inspect(sandbox: Sandbox, photo: str, name: str = "woman", sent_as: str = "IMG_1.jpg") -> Any:
    content = (PHOTOS / photo).read_bytes()
    answer = sandbox.post("/images/inspect", data={"name": name}, files={"file": (sent_as, content)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def _warnings(found: dict[str, object]) -> list[str]:
    return [name for name in WARNINGS if found[name]]


@pytest.mark.parametrize("number", range(1, 7))
def test_good_photos_have_no_warnings(sandbox: Sandbox, number: int) -> None:
    found = _inspect(sandbox, f"person-{number}.jpg")

    assert _warnings(found) == []
    assert found["name"] == "woman"


def test_a_phone_photo_sent_as_jpeg_has_no_warnings(sandbox: Sandbox) -> None:
    register_heif_opener()
    jpeg = io.BytesIO()
    Image.open(PHOTOS / "phone.heic").convert("RGB").save(jpeg, "JPEG")

    answer = sandbox.post("/images/inspect", data={"name": "woman"}, files={"file": jpeg.getvalue()})

    assert _warnings(answer.json()) == []
    assert answer.json()["name"] == "woman"


@pytest.mark.parametrize(("photo", "warning"), POOR.items())
def test_poor_photos_have_their_warning(sandbox: Sandbox, photo: str, warning: str) -> None:
    assert _warnings(_inspect(sandbox, photo)) == [warning]


# In such a copy the face of long-shot.jpg is ten pixels wide, too few to promise anything.
@pytest.mark.parametrize("photo", ["blurry.jpg", "too-dark.jpg", "two-people.jpg"])
def test_copies_of_512_pixels_are_judged_alike(sandbox: Sandbox, photo: str) -> None:
    copy, small = Image.open(PHOTOS / photo), io.BytesIO()
    copy.thumbnail((512, 512))
    copy.save(small, "JPEG", quality=90)

    answer = sandbox.post("/images/inspect", data={"name": "woman"}, files={"file": small.getvalue()})

    assert _warnings(answer.json()) == [POOR[photo]]


@pytest.mark.parametrize(
    ("photo", "asked", "seen"),
    [
        ("coffee-no-face.jpg", "woman", ""),
        ("cat.jpg", "cat", "cat"),
        ("cat.jpg", "man", "cat"),
        ("person-1.jpg", "cat", ""),
        ("profile-grey.jpg", "man", "man"),
    ],
)
def test_the_class_is_what_is_seen(sandbox: Sandbox, photo: str, asked: str, seen: str) -> None:
    assert _inspect(sandbox, photo, asked)["name"] == seen


def test_keys_are_sorted_and_only_what_is_known(sandbox: Sandbox) -> None:
    found = _inspect(sandbox, "person-1.jpg")

    assert list(found) == sorted([*WARNINGS, "name", "selfie"])


def test_magic_words_in_the_file_name_are_believed(sandbox: Sandbox) -> None:
    found = _inspect(sandbox, "person-1.jpg", sent_as="me_Sunglasses blue-eyes-no-beard-30-yo.JPG")

    assert found["wearing_sunglasses"] is True
    assert found["eye_color"] == "blue eyes"
    assert found["facial_hair"] == ""
    assert found["age"] == "30 yo"
    assert "glasses" not in found


def test_whatever_astria_may_say_has_a_magic_word() -> None:
    said = {(key, value) for found in MAGIC_WORDS.values() for key, value in found.items()}
    flags = {flag for found in MAGIC_WORDS.values() for flag, value in found.items() if value is True}

    # Whoever is bald wears his hair so: once is enough.
    documented = {(key, str(value)) for key, values in INSPECT_VALUES.items() for value in values}
    assert documented - said == {("hair_length", "bald")}
    assert set(map(str, Flag)) <= flags | set(WARNINGS)


def test_every_magic_word_is_in_the_readme() -> None:
    readme = (ROOT / "sandbox" / "README.md").read_text()
    ages = {f"{age}-yo" for age in range(40, 70, 10)}

    assert [word for word in MAGIC_WORDS if f"`{word}`" not in readme and word not in ages] == []


@pytest.mark.parametrize(
    ("sent_as", "key", "value"),
    [
        ("very-long-hair.jpg", "hair_length", "very long hair"),
        ("bald-head.jpg", "hair_style", "bald head"),
        ("black-hair.jpg", "hair_color", "black hair"),
        ("blonde-hair.jpg", "hair_color", "blonde hair"),
    ],
)
def test_a_longer_magic_word_hides_the_one_in_it(
    sandbox: Sandbox, sent_as: str, key: str, value: str
) -> None:
    found = _inspect(sandbox, "person-1.jpg", sent_as=sent_as)

    assert set(found) == {*WARNINGS, "name", "selfie", key}
    assert found[key] == value


@pytest.mark.parametrize(("asked", "seen"), [("man", "boy"), ("woman", "girl")])
def test_the_word_child_makes_a_child(sandbox: Sandbox, asked: str, seen: str) -> None:
    assert _inspect(sandbox, "person-1.jpg", asked, sent_as="child.jpg")["name"] == seen


def test_a_magic_word_must_stand_alone(sandbox: Sandbox) -> None:
    found = _inspect(sandbox, "person-1.jpg", sent_as="manhattan-what.jpg")

    assert "wearing_hat" not in found
    assert found["name"] == "woman"


def test_inspection_can_fail_on_request(sandbox: Sandbox) -> None:
    files = {"file": ("inspect-500.jpg", (PHOTOS / "person-1.jpg").read_bytes())}

    assert sandbox.post("/images/inspect", data={"name": "man"}, files=files).status_code == 500


def test_a_file_url_is_fetched(sandbox: Sandbox, tune: Any) -> None:
    data = {"name": "woman", "file_url": tune["orig_images"][0]}

    assert sandbox.post("/images/inspect", data=data).json()["name"] == "woman"


def test_what_is_no_picture_is_refused(sandbox: Sandbox) -> None:
    files = {"file": ("a.jpg", b"<html>")}

    assert sandbox.post("/images/inspect", data={"name": "man"}, files=files).status_code == 422
    assert sandbox.post("/images/inspect", data={"name": "man"}).status_code == 422
    assert sandbox.post("/images/inspect", files=files).status_code == 422
