"""Somebody with credits, photos and a browser, at a studio that runs in processes of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import requests

from tests.processes import Studio
from tests.sandbox.process import PHOTOS, eventually

EMAIL = "visitor@example.com"
_CSRF = "c" * 32
_PREPARE = """
import json
from pathlib import Path
from uuid import uuid4
from django.core.files import File
from django.test import Client
from studio.consenting import agree
from studio.uploading import add_photo
user = User.objects.filter(email={email!r}).first() or User.objects.create_verified({email!r})
user.account.grant(500, key=f"test:{{uuid4()}}", note="test")
pack = Pack.objects.get(slug="black-and-white")
photo_set = PhotoSet.objects.create(account=user.account, name="me", class_name="woman", pack=pack)
agree(photo_set)
for number in range(1, 5):
    path = Path({photos!r}) / f"person-{{number}}.jpg"
    with path.open("rb") as file:
        add_photo(photo_set, uuid4(), File(file, name=path.name))
browser = Client()
browser.force_login(user)
session = browser.cookies["sessionid"].value
from packs.pricing import price_of_class
price = price_of_class(pack.classes.get(name="woman"))
print(json.dumps({{"session": session, "photo_set": str(photo_set.pk), "price": price}}))
"""
_STATE = """
import json
shoot = Shoot.objects.get(pk={shoot!r})
print(json.dumps({{"status": shoot.status, "stored": shoot.images.stored().count(),
    "urls": list(shoot.images.values_list("source_url", flat=True)), "token": shoot.callback_token,
    "balance": shoot.account.balance, "refunded": shoot.refunded}}))
"""


@dataclass
class Visitor:
    """A signed-in browser, and a photo set that is ready to be ordered from."""

    studio: Studio
    photo_set: str
    price: int
    browser: requests.Session

    def post(self, path: str, base: str = "", **fields: str) -> requests.Response:
        """Send a form, to the studio itself or to what stands in front of it at `base`."""
        data = {"csrfmiddlewaretoken": _CSRF, **fields}
        return self.browser.post(f"{base or self.studio.url}{path}", data=data, timeout=60)

    def order(self, **traits: str) -> str:
        """Order the pack of 8 pictures through the web; return the shoot's id."""
        more = {f"trait-{key}": value for key, value in traits.items()}
        fields = {"photo_set": self.photo_set, "pack": "black-and-white", "order_key": f"0:{self.price}"}
        answer = self.post("/shoots/", **fields, **more)
        assert "/shoots/" in answer.url, answer.text
        return answer.url.rstrip("/").rpartition("/")[2]

    def has_ended(self, shoot: str) -> bool:
        """Whether the page of a shoot has stopped moving."""
        page = self.browser.get(f"{self.studio.url}/shoots/{shoot}/", timeout=60)
        return page.status_code == 200 and "hx-trigger" not in page.text

    def wait_for_end(self, shoot: str) -> Any:
        """Return what `state_of` says of a shoot once it has ended."""
        eventually(lambda: self.has_ended(shoot), seconds=120)
        return state_of(self.studio, shoot)


def visitor_at(studio: Studio, email: str = EMAIL) -> Visitor:
    """Return somebody at `studio` with four photos, signed in."""
    said = json.loads(studio.shell(_PREPARE.format(email=email, photos=str(PHOTOS))).splitlines()[-1])
    browser = requests.Session()
    browser.cookies.update({"sessionid": said["session"], "csrftoken": _CSRF})
    return Visitor(studio, said["photo_set"], said["price"], browser)


def state_of(studio: Studio, shoot: str) -> Any:
    """Return status, pictures stored and announced, token and money of a shoot."""
    return json.loads(studio.shell(_STATE.format(shoot=shoot)).splitlines()[-1])
