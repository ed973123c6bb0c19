"""Where an S3 bucket is, for the studio and for browsers. Read by config/settings.py."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def options(*, name: str, region: str, endpoint: str, addressing: str) -> dict[str, Any]:
    """Return the storage's options. Without an `endpoint` the bucket is at AWS, in `region`.

    `addressing` is virtual (the bucket's name is part of the host) or path; by default what fits.
    Raises ImproperlyConfigured, naming the variable.
    """
    if not name:
        raise ImproperlyConfigured("STORAGE=s3 needs the bucket's name: AWS_STORAGE_BUCKET_NAME=…")
    if not region and not endpoint:
        raise ImproperlyConfigured(
            "STORAGE=s3 needs AWS_S3_REGION_NAME=…, or AWS_S3_ENDPOINT_URL=… for a bucket that is not at AWS."
        )
    if addressing not in ("", "virtual", "path"):
        raise ImproperlyConfigured(f"AWS_S3_ADDRESSING_STYLE={addressing!r}: choose virtual or path.")
    # The certificate of AWS knows one name before its own: a bucket with dots is part of the path.
    fitting = "path" if endpoint or "." in name else "virtual"
    return {
        "bucket_name": name,
        "region_name": region or "us-east-1",
        "endpoint_url": (endpoint or _of_aws(region)).rstrip("/"),
        "addressing_style": addressing or fitting,
    }


def _of_aws(region: str) -> str:
    return f"https://s3.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")


def address(*, bucket_name: str, endpoint_url: str, addressing_style: str, **options: Any) -> str:
    """Return what the addresses of the bucket's files begin with, a slash at the end."""
    if addressing_style == "path":
        return f"{endpoint_url}/{bucket_name}/"
    endpoint = urlsplit(endpoint_url)
    return endpoint._replace(netloc=f"{bucket_name}.{endpoint.netloc}", path=f"{endpoint.path}/").geturl()


def origin(**options: Any) -> str:
    """Return scheme, host and port of the bucket's files: what a Content-Security-Policy names."""
    place = urlsplit(address(**options))
    return f"{place.scheme}://{place.netloc}"
