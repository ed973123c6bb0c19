"""Addresses in a private bucket that anybody may read until they lapse, signed here, without a call.

All addresses of an hour are signed as of its beginning and last until the end of the next: they stay the
same for an hour, so that browsers keep what they have, and each lasts for an hour at least.

Signed as AWS documents it for query strings (Signature Version 4). botocore takes sixty times as
long for each and can only sign as of now.

Reference: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from urllib.parse import quote, urlsplit

LAST_SECONDS = 2 * 60 * 60


@dataclass(frozen=True)
class Keys:
    """Who signs; `token` goes with keys that are lent for a while."""

    access_key: str
    secret_key: str
    token: str | None = None


@dataclass(frozen=True)
class Signer:
    """Signs addresses that begin with `base` (the bucket's) as of `hour`."""

    base: str
    region: str
    keys: Keys
    hour: datetime  # in UTC

    def sign(self, key: str, **response_headers: str) -> str:
        """Return the address of the file `key`; `response_headers` change how it is answered.

        Such as `response_content_disposition`, which makes it a download with a name.
        """
        path = self._path + quote(key, safe="/-_.~")
        query = self._query(response_headers) if response_headers else self._plain_query
        request = f"GET\n{path}\n{query}\nhost:{self._host}\n\nhost\nUNSIGNED-PAYLOAD"
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{self._at}\n{self._scope}\n{digest}"
        signature = hmac.digest(self._signing_key, text.encode(), "sha256").hex()
        return f"{self._origin}{path}?{query}&X-Amz-Signature={signature}"

    @cached_property
    def _plain_query(self) -> str:
        return self._query({})

    def _query(self, response_headers: dict[str, str]) -> str:
        values = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{self.keys.access_key}/{self._scope}",
            "X-Amz-Date": self._at,
            "X-Amz-Expires": str(LAST_SECONDS),
            "X-Amz-SignedHeaders": "host",
            **{name.replace("_", "-"): value for name, value in response_headers.items()},
        }
        if self.keys.token:
            values["X-Amz-Security-Token"] = self.keys.token
        return "&".join(f"{name}={quote(values[name], safe='-_.~')}" for name in sorted(values))

    @cached_property
    def _at(self) -> str:
        return self.hour.strftime("%Y%m%dT%H%M%SZ")

    @cached_property
    def _scope(self) -> str:
        return f"{self._at[:8]}/{self.region}/s3/aws4_request"

    @cached_property
    def _signing_key(self) -> bytes:
        key = f"AWS4{self.keys.secret_key}".encode()
        for part in self._scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return key

    @cached_property
    def _host(self) -> str:
        """The host as browsers send it: without the port that the scheme implies."""
        base = urlsplit(self.base)
        return base.netloc.removesuffix({"https": ":443", "http": ":80"}[base.scheme])

    @cached_property
    def _origin(self) -> str:
        return f"{urlsplit(self.base).scheme}://{self._host}"

    @cached_property
    def _path(self) -> str:
        return urlsplit(self.base).path


@lru_cache(maxsize=4)
def signer_of(base: str, region: str, keys: Keys, hour: datetime) -> Signer:
    """Return the signer of an hour: what does not depend on the file is worked out once."""
    return Signer(base, region, keys, hour)
