"""Where files are at S3, by environment alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import bucket

ROOT = Path(__file__).parents[2]
AWS = {"name": "faces", "region": "eu-west-1", "endpoint": "", "addressing": ""}
ELSEWHERE = {"name": "faces", "region": "", "endpoint": "https://s3.example.org/", "addressing": ""}
SHOW = (
    "from django.conf import settings; import json;"
    "sources = settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'];"
    "print(json.dumps([settings.STORAGES['default']['BACKEND'], *sources]))"
)


@pytest.mark.parametrize(
    ("place", "address"),
    [
        (AWS, "https://faces.s3.eu-west-1.amazonaws.com/"),
        (AWS | {"name": "my.faces"}, "https://s3.eu-west-1.amazonaws.com/my.faces/"),
        (AWS | {"region": "cn-north-1"}, "https://faces.s3.cn-north-1.amazonaws.com.cn/"),
        (ELSEWHERE, "https://s3.example.org/faces/"),
        (ELSEWHERE | {"addressing": "virtual"}, "https://faces.s3.example.org/"),
    ],
)
def test_the_address_of_a_bucket_follows_from_its_settings(place: dict[str, str], address: str) -> None:
    options = bucket.options(**place)

    assert bucket.address(**options) == address
    assert address.startswith(f"{bucket.origin(**options)}/")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": ""}, "AWS_STORAGE_BUCKET_NAME"),
        ({"region": ""}, "AWS_S3_REGION_NAME"),
        ({"addressing": "auto"}, "AWS_S3_ADDRESSING_STYLE"),
    ],
)
def test_what_cannot_work_is_refused_by_the_name_of_its_variable(change: dict[str, str], named: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=named):
        bucket.options(**AWS | change)


def settings_of(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    command = [sys.executable, "-c", SHOW]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=False
    )


@pytest.mark.processes
def test_files_are_on_a_disk_of_our_own_unless_said_otherwise(tmp_path: Path) -> None:
    done = settings_of(tmp_path)

    assert '"studio.disk.Disk"' in done.stdout


@pytest.mark.processes
def test_pages_may_load_pictures_from_the_bucket(tmp_path: Path) -> None:
    done = settings_of(
        tmp_path, STORAGE="s3", AWS_STORAGE_BUCKET_NAME="faces", AWS_S3_REGION_NAME="eu-west-1"
    )

    assert '"studio.bucket.Bucket"' in done.stdout
    assert '"https://faces.s3.eu-west-1.amazonaws.com"' in done.stdout


@pytest.mark.processes
def test_unless_other_places_are_named(tmp_path: Path) -> None:
    place = {"AWS_STORAGE_BUCKET_NAME": "faces", "AWS_S3_REGION_NAME": "eu-west-1"}

    done = settings_of(tmp_path, STORAGE="s3", FILE_HOSTS="https://cdn.example.org", **place)

    assert '"https://cdn.example.org"' in done.stdout
    assert "amazonaws" not in done.stdout


@pytest.mark.processes
def test_a_storage_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    done = settings_of(tmp_path, STORAGE="S3")

    assert "STORAGE='S3' is no storage: choose files or s3." in done.stderr
