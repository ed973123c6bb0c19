"""Inspecting photos before they are used."""

from __future__ import annotations

from astria.endpoints import endpoint
from astria.errors import InvalidParameter
from astria.files import ImageFile
from astria.parameters import checked_class_name, checked_urls
from astria.rules import FILE
from astria.transport import Transport
from astria.types import Inspection


class Images:
    """Photos to be looked at."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @endpoint("POST", "/images/inspect", source="docs/api/4-images/1-inspect")
    def inspect(self, *, name: str, file: ImageFile | None = None, file_url: str | None = None) -> Inspection:
        """Return what is seen in a photo, given as a file or by its address, of someone of this class name.

        Of large photos 512 pixels on the longer side are enough. `aggregate` sums up several.
        Raises InvalidParameter, and AstriaError as the call ends. Source: docs/api/4-images/1-inspect
        """
        body: dict[str, object] = {"name": checked_class_name(name)}
        if file is not None and file_url is None:
            FILE.check("file", file)
            body["file"] = file
        elif file_url is not None and file is None:
            body["file_url"] = checked_urls([file_url], "file_url")[0]
        else:
            raise InvalidParameter("inspect needs either file or file_url", parameter="file")
        return self._transport.post("/images/inspect", Inspection.from_json, body)
