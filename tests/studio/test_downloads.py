"""Downloads: one file or a ZIP, in every size, named so that people find them again."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from PIL import Image as Picture

from accounts.models import User
from studio import serving
from studio.marking import weight
from studio.models import Image, Shoot
from studio.naming import file_stem
from tests.factories import ImageFactory, PhotoSetFactory, ShootFactory, TuneFactory, jpeg

pytestmark = pytest.mark.django_db

MARK = b"trainedAlgorithmicMedia"


@pytest.fixture
def shoot(user: User) -> Shoot:
    tune = TuneFactory.create(
        account=user.account, photo_set=PhotoSetFactory.create(account=user.account, name="Zoë 李")
    )
    return ShootFactory.create(account=user.account, tune=tune, pack__slug="corporate")


def stored(shoot: Shoot, **more: Any) -> Image:
    """Return a picture whose weights are known, as delivery writes them down."""
    web = weight(jpeg(90, 120, format="WEBP"), "webp")
    return ImageFactory.create(shoot=shoot, bare_bytes=weight(jpeg(), "jpg"), web_bytes=web, **more)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def unpacked(answer: Any) -> zipfile.ZipFile:
    file = zipfile.ZipFile(io.BytesIO(body(answer)))
    assert file.testzip() is None
    return file


def size_of(data: bytes) -> tuple[int, int]:
    with Picture.open(io.BytesIO(data)) as picture:
        return picture.size


# One


@pytest.mark.parametrize(
    ("size", "name", "kind", "pixels"),
    [
        ("original", "zoe-li-corporate-001.jpg", "image/jpeg", (600, 800)),
        ("2048", "zoe-li-corporate-001.jpg", "image/jpeg", (600, 800)),
        ("web", "zoe-li-corporate-001-web.webp", "image/webp", (90, 120)),
        ("square", "zoe-li-corporate-001-square.jpg", "image/jpeg", (800, 800)),
    ],
)
def test_one_picture_comes_as_a_file_in_each_size(
    signed_in: Client, shoot: Shoot, size: str, name: str, kind: str, pixels: tuple[int, int]
) -> None:
    image = stored(shoot)

    answer = signed_in.get("/download/", {"picture": image.pk, "size": size})

    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Cache-Control"] == "private, no-store"
    assert size_of(answer.content) == pixels
    assert int(answer["Content-Length"]) == len(answer.content)


def test_an_original_that_is_larger_is_scaled_to_2048(signed_in: Client, shoot: Shoot) -> None:
    image = stored(shoot, width=2400, height=3200)
    default_storage.delete(image.original_key)
    default_storage.save(image.original_key, io.BytesIO(jpeg(2400, 3200)))

    answer = signed_in.get("/download/", {"picture": image.pk, "size": "2048"})

    assert size_of(answer.content) == (1536, 2048)
    assert answer["Content-Disposition"] == 'attachment; filename="zoe-li-corporate-001-2048.jpg"'


@pytest.mark.parametrize("size", ["original", "2048", "web", "square"])
def test_each_says_that_a_machine_made_it_unless_the_operator_does_not_want_that(
    signed_in: Client, shoot: Shoot, settings: Any, size: str
) -> None:
    asked = {"picture": stored(shoot).pk, "size": size}

    said = signed_in.get("/download/", asked).content
    settings.MARK_AI_PICTURES = False
    silent = signed_in.get("/download/", asked).content

    assert MARK in said and MARK not in silent


# Many


def test_many_come_as_a_zip_as_long_as_was_said(signed_in: Client, shoot: Shoot) -> None:
    images = [stored(shoot) for _ in range(3)]

    answer = signed_in.post("/download/", {"picture": [image.pk for image in images], "size": "original"})

    data = body(answer)
    assert int(answer["Content-Length"]) == len(data)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="zoe-li-corporate.zip"'
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.namelist() == [f"zoe-li-corporate-00{n}.jpg" for n in (1, 2, 3)]
        assert file.testzip() is None and MARK in file.read("zoe-li-corporate-002.jpg")


def test_what_is_made_on_the_way_has_no_length_before(signed_in: Client, shoot: Shoot) -> None:
    images = [stored(shoot).pk for _ in range(2)]

    answer = signed_in.get("/download/", {"picture": images, "size": "square"})

    assert not answer.has_header("Content-Length")
    file = unpacked(answer)
    assert [size_of(file.read(name)) for name in file.namelist()] == [(800, 800)] * 2


def test_all_of_a_shoot_leaves_out_what_is_hidden(signed_in: Client, shoot: Shoot) -> None:
    stored(shoot), stored(shoot), stored(shoot, hidden_at=timezone.now())
    stored(ShootFactory.create(account=shoot.account))

    answer = signed_in.get("/download/", {"shoot": shoot.pk, "size": "web"})

    assert unpacked(answer).namelist() == [f"zoe-li-corporate-00{n}-web.webp" for n in (1, 2)]


def test_the_liked_ones_of_a_shoot_or_of_all(signed_in: Client, shoot: Shoot) -> None:
    now = timezone.now()
    for it in (shoot, shoot, ShootFactory.create(account=shoot.account, pack__slug="outdoor")):
        stored(it, liked_at=now)
    stored(shoot)

    asked = {"only": "liked", "size": "original"}

    of_shoot = unpacked(signed_in.get("/download/", asked | {"shoot": shoot.pk}))
    of_all = signed_in.get("/download/", asked)

    assert of_shoot.namelist() == ["zoe-li-corporate-001.jpg", "zoe-li-corporate-002.jpg"]
    assert unpacked(of_all).namelist()[2] == "anna-outdoor-001.jpg"
    assert 'filename="pictures.zip"' in of_all["Content-Disposition"]


def test_two_pictures_never_have_one_name(signed_in: Client, shoot: Shoot) -> None:
    twin = ShootFactory.create(account=shoot.account, tune=shoot.tune, pack=shoot.pack)
    first, second = stored(shoot), stored(twin)

    answer = signed_in.get("/download/", {"picture": [first.pk, second.pk], "size": "original"})

    assert unpacked(answer).namelist() == [
        "zoe-li-corporate-001.jpg",
        f"zoe-li-corporate-001-{str(second.pk)[:8]}.jpg",
    ]


def test_a_manifest_tells_of_words_and_seeds_if_wanted(signed_in: Client, shoot: Shoot) -> None:
    image, other = stored(shoot, liked_at=timezone.now()), stored(shoot)
    type(image.prompt).objects.filter(pk=image.prompt_id).update(text='=cmd, "sks woman"', seed=42)
    asked = {"picture": [image.pk, other.pk], "size": "original"}

    with_it = signed_in.get("/download/", asked | {"manifest": "1"})
    data = body(with_it)
    without = signed_in.get("/download/", asked)

    assert int(with_it["Content-Length"]) == len(data)
    text = zipfile.ZipFile(io.BytesIO(data)).read("manifest.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["File"] == "zoe-li-corporate-001.jpg"
    assert (rows[0]["Prompt"], rows[0]["Seed"], rows[0]["Liked"]) == ('\'=cmd, "sks woman"', "42", "yes")
    assert "manifest.csv" not in unpacked(without).namelist()


@pytest.mark.parametrize("many", [1, 3])
def test_a_head_says_what_a_get_would(signed_in: Client, shoot: Shoot, many: int) -> None:
    asked = {"picture": [stored(shoot).pk for _ in range(many)], "size": "original"}

    head, whole = signed_in.head("/download/", asked), signed_in.get("/download/", asked)

    kept = ("Content-Type", "Content-Length", "Content-Disposition", "Cache-Control")
    assert {name: head[name] for name in kept} == {name: whole[name] for name in kept}
    assert body(head) == b""


def test_a_zip_asks_the_database_as_often_for_30_pictures_as_for_two(
    signed_in: Client, shoot: Shoot, django_assert_num_queries: Any
) -> None:
    ImageFactory.create_batch(2, shoot=shoot)
    url = f"/download/?shoot={shoot.pk}&size=original"
    with django_assert_num_queries(5):
        body(signed_in.get(url))

    ImageFactory.create_batch(28, shoot=shoot)
    with django_assert_num_queries(5):
        body(signed_in.get(url))


# Whose


def test_of_somebody_elses_pictures_nothing_comes_along(
    signed_in: Client, shoot: Shoot, other_user: User
) -> None:
    mine, theirs = stored(shoot), stored(ShootFactory.create(account=other_user.account))

    mixed = signed_in.get("/download/", {"picture": [mine.pk, theirs.pk], "size": "original"})
    alone = signed_in.get("/download/", {"picture": theirs.pk, "size": "original"})
    of_shoot = signed_in.get("/download/", {"shoot": theirs.shoot_id, "size": "original"})

    assert mixed["Content-Type"] == "image/jpeg"
    assert (alone.status_code, of_shoot.status_code) == (404, 404)


@pytest.mark.parametrize("nonsense", ["none", "", "1", "\x00"])
def test_what_is_no_id_names_nothing(signed_in: Client, nonsense: str) -> None:
    assert signed_in.get("/download/", {"picture": nonsense, "size": "original"}).status_code == 404


# Without a size


def test_without_a_size_one_is_asked_for(signed_in: Client, shoot: Shoot) -> None:
    images = [stored(shoot).pk for _ in range(2)]

    page = signed_in.post("/download/", {"picture": images}).content.decode()

    assert "Download 2 pictures" in page
    assert all(f'name="picture" value="{pk}"' in page for pk in images)
    assert all(f'value="{size}"' in page for size in ("original", "2048", "web", "square"))


@pytest.mark.parametrize("asked", [{}, {"only": "liked", "size": "original"}])
def test_without_pictures_it_is_said_what_to_do(signed_in: Client, asked: dict[str, str]) -> None:
    answer = signed_in.get("/download/", asked)

    assert answer.status_code == 422
    assert "None was chosen, or none is liked yet." in answer.content.decode()


def test_a_size_that_there_is_not_is_asked_for_again(signed_in: Client, shoot: Shoot) -> None:
    answer = signed_in.get("/download/", {"picture": stored(shoot).pk, "size": "huge"})

    assert answer.status_code == 422
    assert "There is no such size." in answer.content.decode()


# When something is in the way


def test_beyond_a_quarter_of_the_threads_people_are_asked_to_come_again(
    signed_in: Client, shoot: Shoot
) -> None:
    url = f"/download/?size=original&picture={stored(shoot).pk}&picture={stored(shoot).pk}"
    first = signed_in.get(url)

    refused = signed_in.get(url)
    body(first)
    again = signed_in.get(url)

    assert (refused.status_code, refused["Retry-After"]) == (503, "15")
    assert len(unpacked(again).namelist()) == 2


def test_what_is_made_for_a_moment_has_a_bulkhead_of_its_own(signed_in: Client, shoot: Shoot) -> None:
    image = stored(shoot)

    with serving._makers.place():
        made = signed_in.get("/download/", {"picture": image.pk, "size": "square"})
        read = signed_in.get("/download/", {"picture": image.pk, "size": "original"})

    assert (made.status_code, made["Retry-After"]) == (503, "15")
    assert read.status_code == 200


def test_who_goes_away_in_the_middle_gives_the_place_back() -> None:
    underway = serving.Underway(iter([b"first", b"second"]))
    with pytest.raises(serving.Full):
        serving.Underway(iter([b"first"]))
    next(iter(underway))

    underway.close()

    assert list(serving.Underway(iter([b"first"]))) == [b"first"]


def test_a_first_file_that_is_not_there_is_said_before_anything_is_sent(
    signed_in: Client, shoot: Shoot
) -> None:
    first, second = stored(shoot), stored(shoot)
    default_storage.delete(first.original_key)

    answer = signed_in.get(f"/download/?size=original&picture={first.pk}&picture={second.pk}")

    assert answer.status_code == 404
    assert signed_in.get(f"/download/?size=web&picture={first.pk}&picture={second.pk}").status_code == 200


@pytest.mark.parametrize("size", ["original", "square"])
def test_a_storage_that_is_away_has_people_come_again(
    signed_in: Client, shoot: Shoot, monkeypatch: pytest.MonkeyPatch, size: str
) -> None:
    def away(key: str) -> bytes:
        raise serving.StorageDown

    image = stored(shoot)
    monkeypatch.setattr("studio.files.read", away)

    answer = signed_in.get("/download/", {"picture": image.pk, "size": size})

    assert (answer.status_code, answer["Retry-After"]) == (503, "15")


def test_a_file_that_is_not_what_was_written_down_breaks_the_zip_off(signed_in: Client, shoot: Shoot) -> None:
    first, second = stored(shoot), stored(shoot)
    Image.objects.filter(pk=second.pk).update(bare_bytes=1)

    answer = signed_in.get(f"/download/?size=original&picture={first.pk}&picture={second.pk}")

    with pytest.raises(serving.WrongSize):
        body(answer)


# Names


@pytest.mark.parametrize(
    ("words", "stem"),
    [
        (("Anna", "corporate"), "anna-corporate"),
        (("Анна Каренина",), "anna-karenina"),
        (("李",), "li"),
        (("../../etc/passwd",), "etc-passwd"),
        (("CON\x00\r\n",), "con"),
        (("\u202egpj.exe",), "gpj-exe"),
        (("   ", "pack"), "pack"),
        (("x" * 200,), "x" * 40),
    ],
)
def test_any_script_becomes_a_name_that_any_system_takes(words: tuple[str, ...], stem: str) -> None:
    assert file_stem(*words) == stem
