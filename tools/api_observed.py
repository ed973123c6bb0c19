"""What client and sandbox say of every parameter, found out by sending both what is wrong.

A local sandbox is asked over HTTP, the client is called: what they check is what they refused.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from PIL import Image

import astria
from astria.endpoints import Endpoint
from sandbox.process import Sandbox

FLUX = 1504944
WRONG: tuple[object, ...] = ("?", -1, 10**12, 12345, {"a": 1}, [[]])
# Nobody listens there: what gets as far was not refused.
NOWHERE = "http://127.0.0.1:1"
# All was in order but for the balance, which is asked last.
UNPAID = 402
NO_CHECK = "sent as it is"
NO_REFUSAL = "cast as Rails does, never refused"
REFERENCE = re.compile(r":(\w+)")


@dataclass(frozen=True)
class Observer:
    """A sandbox with a tune and a prompt of its own, and a client whose calls go nowhere."""

    sandbox: Sandbox
    client: astria.Astria
    tune_id: int
    prompt_id: int
    given: dict[str, dict[str, Any]] = field(repr=False)

    @classmethod
    def at(cls, sandbox: Sandbox) -> Observer:
        """Make what calls need."""
        client = astria.Astria("sd_coverage", base_url=sandbox.url)
        unheard = astria.Astria("sd_coverage", base_url=NOWHERE, retry=astria.Retry(tries=1))
        named: dict[str, Any] = {"title": "t", "name": "woman"}
        tune = client.tunes.create(**named, images=[small_photo()], branch="fast")
        photo = tune.orig_images[0]
        new = {**named, "image_urls": [photo]}
        prompt = client.prompts.create(tune.id, text="ohwx woman", num_images=1)
        given: dict[str, dict[str, Any]] = {
            "Tunes.create": new,
            # Another one: what is wrong for the client may be right for the sandbox.
            "Tunes.update": {"tune_id": client.tunes.create(**new, branch="fast").id, "title": "t"},
            "Prompts.create": {"tune_id": FLUX, "text": "a street"},
            "Prompts.create_bare": {"tune_id": FLUX, "text": "a street"},
            "Prompts.update": {"orig_prompt_id": prompt.id},
            "Packs.create": {"title": "t", "base_tune_id": FLUX},
            "Packs.create_tune": {"pack_id": "corporate-headshots", **new},
            "Packs.create_prompts": {"pack_id": "corporate-headshots", "tune_ids": [tune.id]},
            "Packs.get": {"pack_id": "corporate-headshots"},
            "Images.inspect": {"name": "woman", "file_url": photo},
            "Themes.create": {"theme": "autumn", "tune_ids": [tune.id]},
        }
        # From here on what is in order is not carried out: writing it is what would take long.
        sandbox.change(balance_mc=0)
        return cls(sandbox, unheard, tune.id, prompt.id, given)

    def base(self, endpoint: Endpoint) -> dict[str, Any]:
        """Return arguments with which the endpoint's method would make a good call."""
        ids = {"tune_id": self.tune_id, "prompt_id": self.prompt_id}
        in_path = {name: ids[name] for name in path_arguments(endpoint) if name in ids}
        return in_path | self.given.get(endpoint.call, {})

    def client_check(self, endpoint: Endpoint, name: str, within: str = "") -> str:
        """Return in words what the client asks of an argument, or of a member of the argument `within`."""
        resource, method = endpoint.call.split(".")
        call = getattr(getattr(self.client, resource.lower()), method)
        for value in WRONG:
            try:
                call(**(self.base(endpoint) | placed(name, value, within)))
            except astria.InvalidParameter as error:
                return worded(str(error))
            except astria.AstriaError:
                continue
        return NO_CHECK

    def sandbox_check(self, endpoint: Endpoint, name: str, within: str = "") -> str:
        """Return what the sandbox answered when the argument was wrong, each refusal once."""
        refused: dict[int, list[str]] = {}
        for value in WRONG:
            status, words = self._refusal(endpoint, name, value, within)
            if status >= 400 and status != UNPAID and words not in refused.setdefault(status, []):
                refused[status].append(words)
        said = [f"{status}: {' · '.join(words)}".removesuffix(": ") for status, words in refused.items()]
        return "; ".join(said) or NO_REFUSAL

    def _refusal(self, endpoint: Endpoint, name: str, value: object, within: str) -> tuple[int, str]:
        arguments = self.base(endpoint) | placed(name, value, within)
        in_path = path_arguments(endpoint)
        path = REFERENCE.sub(lambda found: segment(arguments[argument(endpoint, found[1])]), endpoint.path)
        rest = {key: item for key, item in arguments.items() if key not in in_path}
        sent = {"params": rest} if endpoint.method == "GET" else {"json": wrapped(endpoint, rest)}
        answer = self.sandbox.session.request(endpoint.method, self.sandbox.url + path, timeout=30, **sent)
        return answer.status_code, said_of(name, answer.json() if answer.status_code == 422 else {})


def small_photo() -> astria.ImageFile:
    """Return a photo as small as may be: hundreds of calls have it fetched, decoded and looked at."""
    content = io.BytesIO()
    Image.new("RGB", (64, 64), "grey").save(content, "JPEG")
    return astria.ImageFile("grey.jpg", content.getvalue())


def segment(value: object) -> str:
    """Return a value as one segment of a path."""
    return quote(str(value), safe="")


def argument(endpoint: Endpoint, name: str) -> str:
    """Return the argument that stands for `:id` and the like in an endpoint's path."""
    return f"{endpoint.call.split('.')[0].lower().removesuffix('s')}_id" if name == "id" else name


def path_arguments(endpoint: Endpoint) -> list[str]:
    """Return the arguments in an endpoint's path."""
    return [argument(endpoint, name) for name in REFERENCE.findall(endpoint.path)]


def placed(name: str, value: object, within: str) -> dict[str, object]:
    """Return an argument, as a member of another if it is one."""
    if within == "prompts_attributes":
        return {within: [{"text": "a street", name: value}]}
    return {within: {name: value}} if within else {name: value}


def wrapped(endpoint: Endpoint, arguments: Mapping[str, object]) -> dict[str, object]:
    """Return the JSON body of a call."""
    if endpoint.path == "/images/inspect":
        return dict(arguments)
    beside = {name: arguments[name] for name in ("image_index",) if name in arguments}
    inside = {name: value for name, value in arguments.items() if name not in beside}
    kind = (
        "tune" if endpoint.path.startswith("/p/") else endpoint.call.split(".")[0].lower().removesuffix("s")
    )
    return {kind: inside, **beside}


def said_of(name: str, errors: Mapping[str, Sequence[str]]) -> str:
    """Return what an answer says of a parameter, or if nothing, what else it says; without the value sent."""
    found = [(key, text) for key, texts in errors.items() for text in texts]
    about = [text for key, text in found if key.rpartition(".")[2].startswith(name)]
    words = ", ".join(about or [f"{key} {text}" for key, text in found])
    return re.sub(r"(could not download|tune(?= \d)) \S+", r"\1 …", words)


def worded(message: str) -> str:
    """Return what a parameter must be, without its name and the value that was refused."""
    return re.sub(r"^.*? must ", "must ", message.partition(", not ")[0])
