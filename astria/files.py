"""A picture on its way to Astria."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from astria.errors import InvalidParameter

CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


@dataclass(frozen=True)
class ImageFile:
    """One file of a multipart request: its name, its bytes (at least one) and its media type.

    Mostly a picture; for the parameters of videos also a video or sound.
    Raises InvalidParameter. Source: docs/api/2-pack/2-tunes/0-create (images), docs/api/4-images/1-inspect
    """

    name: str
    content: bytes = field(repr=False)
    content_type: str = "image/jpeg"

    def __post_init__(self) -> None:
        if not isinstance(self.content, bytes) or not self.content:
            raise InvalidParameter("an image file needs its content as bytes", parameter="content")
        if not isinstance(self.name, str) or not self.name:
            raise InvalidParameter("an image file needs a name", parameter="name")
        # It is written into the request as it is.
        if not CONTENT_TYPE.fullmatch(self.content_type):
            message = "an image file needs a content type such as image/jpeg"
            raise InvalidParameter(message, parameter="content_type", value=self.content_type)
