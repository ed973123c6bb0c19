"""People who order through the pages, as patient as people are: what is not answered is sent again."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import BytesIO
from random import Random
from uuid import uuid4

import requests
from PIL import Image

from tests.chaos.books import Order
from tests.chaos.inside import Inside
from tests.chaos.plan import Extra, SetPlan
from tests.processes import PASSWORD
from tests.sandbox.process import PHOTOS

PHOTOS_A_SET = 4
PHOTO_PIXELS = 640
ANSWER_SECONDS = 15.0
PATIENCE_SECONDS = 120.0
AGAIN_SECONDS = 0.5
DOUBLE_SUBMITS = 0.4
ORDER_KEY = re.compile(r'name="order_key" value="(\d+:(\d+))"')
SHOOT = re.compile(r"/shoots/([0-9a-f-]{36})/$")


class Refused(Exception):
    """The studio did not take what it should have taken."""


class Tide:
    """Holds new orders back while many are open: the machine is not as much faster as the time is."""

    def __init__(self, most: int) -> None:
        """Let orders in while fewer than `most` are open."""
        self.most = most
        self.open = 0
        self.over = threading.Event()

    def wait(self) -> None:
        """Return once another order may be placed; raises Refused when the day is over before."""
        while self.open >= self.most:
            if self.over.wait(AGAIN_SECONDS):
                raise Refused("the day was over before everything was ordered")


class Person:
    """Somebody with an account, a browser, and a list of what to order; `orders` is what they got."""

    def __init__(self, url: str, email: str, inside: Inside, tide: Tide, random: Random) -> None:
        """Nothing is sent yet."""
        self.url, self.email = url, email
        self._inside, self._tide, self._random = inside, tide, random
        self._browser = requests.Session()
        self._browser.trust_env = False
        self.orders: list[Order] = []

    def live(self, sets: list[SetPlan]) -> None:
        """Sign in and order everything that is planned: by set, then what can only be had later."""
        self._sign_in()
        later = []
        for plan in sets:
            first = self._order_first(plan)
            for extra in plan.extras:
                if extra.kind == "more":
                    later.append((first, extra))
                else:
                    self._order_extra(plan, first, extra)
        for first, extra in later:
            self._order_inside(first, extra)

    def _sign_in(self) -> None:
        address = f"{self.url}/accounts/login/"
        _patiently(lambda: self._browser.get(address, timeout=ANSWER_SECONDS))
        answer = self._post("/accounts/login/", {"login": self.email, "password": PASSWORD})
        if answer.status_code != 302:
            raise Refused(f"{self.email} could not sign in: {answer.status_code}")

    # Orders

    def _order_first(self, plan: SetPlan) -> str:
        self._tide.wait()
        answer = self._post(
            "/photo-sets/new/", {"name": plan.name, "class_name": plan.class_name, "consent": "on"}
        )
        page = answer.headers["Location"]
        self._set = page.rstrip("/").rpartition("/")[2]
        for photo in self._random.sample(range(1, 7), PHOTOS_A_SET):
            self._upload(self._set, photo)
        self._post(f"{page}pack/", {"pack": plan.pack})
        return self._order_pack(page, plan, "first")

    def _order_extra(self, plan: SetPlan, first: str, extra: Extra) -> None:
        if extra.kind == "again":
            self._tide.wait()
            self._order_pack(f"/photo-sets/{self._set}/", plan, "again")
        else:
            self._order_inside(first, extra)

    def _order_pack(self, page: str, plan: SetPlan, kind: str) -> str:
        """Order from the set's page, sometimes twice at once; return the shoot."""
        html = _patiently(lambda: self._browser.get(self.url + page, timeout=ANSWER_SECONDS)).text
        found = ORDER_KEY.search(html)
        if found is None:
            raise Refused(f"{page} offers no order")
        form = {
            "photo_set": page.rstrip("/").rpartition("/")[2],
            "order_key": found[1],
            "pack": plan.pack,
            "trait-hair_style": plan.trait,
        }
        times = 2 if self._random.random() < DOUBLE_SUBMITS else 1
        with ThreadPoolExecutor(times) as tabs:
            shoots = set(tabs.map(lambda _: self._submit(form), range(times)))
        for shoot in shoots:
            self.orders.append(Order(shoot, self.email, kind, int(found[2])))
        if len(shoots) > 1:
            raise Refused(f"one form became {len(shoots)} orders: {shoots}")
        return shoots.pop()

    def _submit(self, form: dict[str, str]) -> str:
        answer = self._post("/shoots/", form)
        shoot = SHOOT.search(answer.headers.get("Location", ""))
        if shoot is None:
            raise Refused(f"an order was answered with {answer.status_code} {answer.headers.get('Location')}")
        return shoot[1]

    def _order_inside(self, first: str, extra: Extra) -> None:
        """Order by the verb itself, twice with the same key: it is one order."""
        self._tide.wait()
        key, until = str(uuid4()), time.monotonic() + PATIENCE_SECONDS
        while "refused" in (said := self._inside.order(extra.kind, first, extra.text, key)):
            if extra.kind != "more" or time.monotonic() > until:
                raise Refused(f"{extra.kind} on the model of {first}: {said['refused']}")
            time.sleep(AGAIN_SECONDS)
        if self._inside.order(extra.kind, first, extra.text, key) != said:
            raise Refused(f"{extra.kind}: the same key became another order")
        theme = extra.text if extra.kind == "theme" else ""
        self.orders.append(Order(said["shoot"], self.email, extra.kind, said["price"], theme))

    # By HTTP

    def _upload(self, photo_set: str, number: int) -> None:
        form = {"photo_set": photo_set, "id": str(uuid4())}
        files = {"photos": (f"person-{number}.jpg", _photo(number), "image/jpeg")}
        answer = self._post("/photos/", form, files=files)
        if answer.status_code != 201:
            raise Refused(f"a photo was answered with {answer.status_code}")

    def _post(self, path: str, form: dict[str, str], files: object = None) -> requests.Response:
        def send() -> requests.Response:
            fields = form | {"csrfmiddlewaretoken": self._browser.cookies["csrftoken"]}
            return self._browser.post(
                self.url + path,
                data=fields,
                files=files,  # type: ignore[arg-type]
                timeout=ANSWER_SECONDS,
                allow_redirects=False,
            )

        return _patiently(send)


def _patiently(send: Callable[[], requests.Response]) -> requests.Response:
    """Send until there is an answer that is not the server's trouble."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            answer = send()
            if answer.status_code < 500:
                return answer
            trouble = str(answer.status_code)
        except requests.RequestException as error:
            trouble = type(error).__name__
        if time.monotonic() > until:
            raise Refused(f"the studio did not answer ({trouble})")
        time.sleep(AGAIN_SECONDS)


@cache
def _photo(number: int) -> bytes:
    """Return a photo of person `number`, as small as a phone's preview: two cores do all the work here."""
    with Image.open(PHOTOS / f"person-{number}.jpg") as photo:
        photo.thumbnail((PHOTO_PIXELS, PHOTO_PIXELS * 2))
        out = BytesIO()
        photo.save(out, "JPEG", quality=85)
    return out.getvalue()
