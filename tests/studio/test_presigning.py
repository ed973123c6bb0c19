"""Addresses in a private bucket, signed here: the same for an hour, and as botocore signs them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from botocore.config import Config
from botocore.session import Session, get_session
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from config import bucket
from studio.models import Image
from studio.presigning import LAST_SECONDS, Keys, Signer
from tests.factories import ImageFactory, ShareFactory, jpeg

HOUR = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LENT = Keys("ASIAEXAMPLE", "secret/of+the=tests", "token/with+signs==")
OWN = Keys("AKIAEXAMPLE", "secret of the tests")
AWS = {"name": "faces", "region": "eu-west-1", "endpoint": "", "addressing": ""}
PLACES = [
    AWS,
    AWS | {"name": "my.faces"},
    AWS | {"region": "cn-north-1"},
    AWS | {"endpoint": "https://s3.example.org", "region": ""},
    AWS | {"endpoint": "https://s3.example.org:9443/store", "addressing": "path"},
    AWS | {"endpoint": "https://s3.example.org:443"},
    AWS | {"endpoint": "http://127.0.0.1:9000"},
]


@cache
def botocore_session() -> Session:
    """Botocore, which takes a while to read what it knows of each service."""
    return get_session()


def signed_by_botocore(options: dict[str, Any], keys: Keys, key: str, **answer: str) -> str:
    """Return what botocore signs at HOUR."""
    client = botocore_session().create_client(
        "s3",
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        endpoint_url=options["endpoint_url"],
        region_name=options["region_name"],
        config=Config(signature_version="s3v4", s3={"addressing_style": options["addressing_style"]}),
    )
    asked = {"Bucket": options["bucket_name"], "Key": key, **answer}
    with time_machine.travel(HOUR, tick=False):
        return str(client.generate_presigned_url("get_object", Params=asked, ExpiresIn=LAST_SECONDS))


def parts(url: str) -> tuple[str, str, str, dict[str, list[str]]]:
    """Return what matters of an address: the order of its query does not."""
    split = urlsplit(url)
    return split.scheme, split.netloc.removesuffix(":443"), split.path, parse_qs(split.query)


@pytest.mark.parametrize("keys", [OWN, LENT], ids=["own keys", "lent keys"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place['name']} {place['endpoint']}")
def test_an_address_is_the_one_that_botocore_signs(place: dict[str, str], keys: Keys) -> None:
    options = bucket.options(**place)
    signer = Signer(bucket.address(**options), options["region_name"], keys, HOUR)
    key = "u/6f0e/shoots/a b+c~/ü/640.webp"

    assert parts(signer.sign(key)) == parts(signed_by_botocore(options, keys, key))


def test_so_is_one_that_names_the_download() -> None:
    options = bucket.options(**AWS)
    signer = Signer(bucket.address(**options), "eu-west-1", LENT, HOUR)
    name = "attachment; filename*=utf-8''%C3%84nne%20a%26b.jpg"

    ours = signer.sign("u/1/original.jpg", response_content_disposition=name)

    theirs = signed_by_botocore(options, LENT, "u/1/original.jpg", ResponseContentDisposition=name)
    assert parts(ours) == parts(theirs)


@pytest.fixture
def at_s3(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are at S3: addresses there are signed without a call, so that no bucket need be there."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret of the tests")
    options = bucket.options(**AWS)
    stores = settings.STORAGES
    settings.STORAGES = stores | {"default": {"BACKEND": "studio.bucket.Bucket", "OPTIONS": options}}
    settings.PRESIGNED_URLS = True


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(HOUR, tick=False) as clock:
        yield clock


def test_addresses_stay_the_same_for_an_hour_and_last_for_another(
    at_s3: None, clock: time_machine.Traveller
) -> None:
    first = default_storage.signer()("a.webp")  # type: ignore[attr-defined]
    clock.shift(timedelta(minutes=59, seconds=59))
    last = default_storage.signer()("a.webp")  # type: ignore[attr-defined]
    clock.shift(timedelta(seconds=1))
    after = default_storage.signer()("a.webp")  # type: ignore[attr-defined]

    assert first == last != after
    assert parse_qs(urlsplit(first).query)["X-Amz-Expires"] == [str(2 * 3600)]


@pytest.fixture
def image(user: User) -> Image:
    """A picture whose files were made before files were `at_s3`: addresses need no file."""
    image: Image = ImageFactory.create(shoot__account=user.account)
    return image


def bucket_url(image: Image, name: str) -> str:
    return f"https://faces.s3.eu-west-1.amazonaws.com/{image.folder}/{name}?"


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/gallery/", "/pictures/{id}/", "/shoots/{shoot_id}/gallery/"])
def test_the_owners_pages_show_addresses_of_the_bucket(
    image: Image, at_s3: None, signed_in: Client, page: str
) -> None:
    html = signed_in.get(page.format(id=image.pk, shoot_id=image.shoot_id)).content.decode()

    for name in ("320.webp", "640.webp", "1280.webp"):
        assert f"{bucket_url(image, name)}X-Amz-Algorithm=AWS4-HMAC-SHA256&amp;X-Amz-Cred" in html
    assert "&X-Amz" not in html
    assert "original.jpg?X-Amz" not in html


@pytest.mark.django_db
def test_a_visitors_page_shows_addresses_of_ours_alone(image: Image, at_s3: None, client: Client) -> None:
    share = ShareFactory.create(shoot=image.shoot, downloads=True)

    assert "amazonaws" not in client.get(share.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_downloads_go_through_the_studio_which_marks_them(
    image: Image, at_s3: None, signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.files.read", lambda key: jpeg())

    answer = signed_in.get(f"/download/?picture={image.pk}&size=original")

    assert answer.status_code == 200 and b"trainedAlgorithmicMedia" in answer.content


@pytest.mark.django_db
def test_without_presigned_addresses_the_owner_gets_all_through_the_studio(
    image: Image, at_s3: None, signed_in: Client, settings: Any
) -> None:
    settings.PRESIGNED_URLS = False

    assert "amazonaws" not in signed_in.get("/gallery/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 30])
def test_signing_asks_the_database_for_nothing(
    image: Image, rows: int, request: pytest.FixtureRequest, signed_in: Client, django_assert_num_queries: Any
) -> None:
    ImageFactory.create_batch(rows - 1, shoot=image.shoot)
    with CaptureQueriesContext(connection) as unsigned:
        signed_in.get("/gallery/")
    request.getfixturevalue("at_s3")

    with django_assert_num_queries(len(unsigned)):
        assert "amazonaws" in signed_in.get("/gallery/").content.decode()
