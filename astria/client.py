"""The client: a key, an address, and one attribute per resource."""

from __future__ import annotations

from collections.abc import Callable

import requests

from astria.images import Images
from astria.likes import Likes
from astria.packs import Packs
from astria.prompts import Prompts
from astria.request import checked_base_url
from astria.retry import Retry
from astria.secret import Secret
from astria.themes import Themes
from astria.transport import Call, Timeout, Transport
from astria.tunes import Tunes
from astria.users import Users

BASE_URL = "https://api.astria.ai"
DEFAULT_RETRY = Retry()


class Astria:
    """The Astria API. Threads may share a client. Source: docs/api/0-overview

    `packs`, `tunes`, `prompts`, `likes`, `images`, `themes` and `users` hold the calls.

    `timeout` is in seconds: to connect, and to wait for an answer (Astria itself ends requests after 30 s).
    `before_call` is called with method and path before every HTTP try; what it raises ends the call, unmade.
    `on_call` is called with a Call after every HTTP try, in the same thread; what it raises is logged.
    `session` brings proxies, certificates and adapters; for each POST its adapter is copied, so that a POST
    never meets a stale connection, without the retries that it was told. `retry` is for GET only.
    Raises InvalidParameter for a key or an address that cannot be used.
    """

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str = BASE_URL,
        timeout: Timeout = (5.0, 35.0),
        before_call: Callable[[str, str], object] | None = None,
        on_call: Callable[[Call], object] | None = None,
        session: requests.Session | None = None,
        retry: Retry = DEFAULT_RETRY,
    ) -> None:
        self._transport = Transport(
            Secret(api_key),
            checked_base_url(base_url),
            timeout=timeout,
            before_call=before_call,
            on_call=on_call,
            session=session,
            retry=retry,
        )
        self.packs = Packs(self._transport)
        self.tunes = Tunes(self._transport)
        self.prompts = Prompts(self._transport)
        self.likes = Likes(self._transport)
        self.images = Images(self._transport)
        self.themes = Themes(self._transport)
        self.users = Users(self._transport)

    def __repr__(self) -> str:
        return f"<Astria {self._transport.base_url}>"

    def __enter__(self) -> Astria:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections kept open, unless they are of a session that was given."""
        self._transport.close()
