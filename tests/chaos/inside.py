"""What is done and read in the studio's own process: one line of JSON in, one line out.

Orders that have no page yet go through the verbs that the page will call; the books are the rows and files
as the studio reads them itself, wherever they lie.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, TextIO, cast

from tests.chaos.books import Account, Image, Ours, Prompt, Shoot

ROOT = Path(__file__).resolve().parents[2]
VARIANTS = (320, 640, 1280)


class Inside:
    """The runner's end of the pipe: each method is a command of the process at the other end."""

    def __init__(self, environment: dict[str, str], log: TextIO) -> None:
        """Start the process with the studio's environment; what it logs goes where the others' logs go."""
        command = [sys.executable, "-m", "tests.chaos.inside"]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=20)

    def person(self, email: str, password: str, amount: int) -> None:
        """Make somebody who may sign in, with so many credits and no others."""
        self._ask("person", email=email, password=password, amount=amount)

    def order(self, kind: str, shoot: str, text: str, key: str) -> dict[str, Any]:
        """Order on the model of a shoot; return the new shoot's id and price, or why it was refused."""
        return cast("dict[str, Any]", self._ask("order", kind=kind, shoot=shoot, text=text, key=key))

    def unfinished(self) -> list[str]:
        """Return what is not at its end, in words."""
        return cast("list[str]", self._ask("unfinished"))

    def open_shoots(self) -> int:
        """Return how many shoots are not at their end."""
        return cast("int", self._ask("open_shoots"))

    def at_work(self) -> set[int]:
        """Return the process ids of the workers of which both clusters have finished a task."""
        return set(cast("list[int]", self._ask("at_work")))

    def targets(self) -> list[dict[str, Any]]:
        """Return of each shoot what only Astria and the studio know: its token, its prompts, its tune."""
        return cast("list[dict[str, Any]]", self._ask("targets"))

    def timeline(self, shoot: str) -> list[str]:
        """Return what happened to a shoot and its tune."""
        return cast("list[str]", self._ask("timeline", shoot=shoot))

    def books(self) -> Ours:
        """Return everything that the studio says it has."""
        said = cast("dict[str, Any]", self._ask("books"))
        return Ours(
            shoots={row["id"]: Shoot(**row | _times(row, "ended_at")) for row in said["shoots"]},
            tunes=said["tunes"],
            prompts=[Prompt(**row) for row in said["prompts"]],
            images=[Image(**row | _times(row, "stored_at")) for row in said["images"]],
            accounts=[Account(**row) for row in said["accounts"]],
            unfinished=self.unfinished(),
        )

    def _ask(self, command: str, **arguments: Any) -> object:
        with self._lock:
            assert self._process.stdin and self._process.stdout
            self._process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the studio's own process ended at {command!r}; see inside.log")
        said = json.loads(answer)
        if "error" in said:
            raise RuntimeError(f"{command}: {said['error']}")
        return said["said"]


def _times(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {name: row[name] and datetime.fromisoformat(row[name])}


# --- In the studio's process ----------------------------------------------------------------------


def person(email: str, password: str, amount: int) -> None:
    from accounts.models import User

    user = User.objects.create_verified(email, password)
    user.account.grant(amount, key=f"chaos:{user.pk}")


def order(kind: str, shoot: str, text: str, key: str) -> dict[str, Any]:
    from studio import ordering_more as ordering
    from studio.models import Prompt, Shoot

    of = Shoot.objects.select_related("tune").get(pk=shoot)
    try:
        if kind == "theme":
            ordered = ordering.order_theme(of.tune, text, key=key)
        elif kind == "prompt":
            ordered = ordering.order_prompt(of.tune, text, key=key)
        else:
            source = Prompt.objects.filter(shoot=of, status=Prompt.Status.READY).order_by("number").first()
            if source is None:
                return {"refused": "no prompt yet"}
            ordered = ordering.order_more_like(source, key=key)
    except ordering.OrderRefused as refusal:
        return {"refused": " ".join(refusal.reasons)}
    return {"shoot": str(ordered.pk), "price": ordered.price}


def open_shoots() -> int:
    from studio.models import Shoot

    return Shoot.objects.active().count()


def at_work() -> list[int]:
    from studio.models import Heartbeat

    names = set(Heartbeat.objects.filter(name__contains="@").values_list("name", flat=True))
    workers = [name.removeprefix("worker@") for name in names if name.startswith("worker@")]
    return [int(holder.rpartition(":")[2]) for holder in workers if f"caller@{holder}" in names]


def unfinished() -> list[str]:
    from studio.models import Callback, Image, Prompt, Shoot, Tune

    rested = {*Tune.FINAL, Tune.Status.TRAINED}
    found = [f"shoot {row.pk}: {row.status}" for row in Shoot.objects.exclude(status__in=Shoot.FINAL)]
    found += [f"tune {row.pk}: {row.status}" for row in Tune.objects.exclude(status__in=rested)]
    found += [
        f"prompt {row.astria_id} of shoot {row.shoot_id}: {row.status}"
        for row in Prompt.objects.exclude(status__in=Prompt.FINAL)
    ]
    found += [
        f"image {row.pk} of shoot {row.shoot_id}: {row.status} ({row.error})"
        for row in Image.objects.exclude(status__in=Image.FINAL)
    ]
    open_callbacks = Callback.objects.filter(processed_at=None)
    found += [f"callback {row.pk} of shoot {row.shoot_id}: not processed" for row in open_callbacks]
    return found


def targets() -> list[dict[str, Any]]:
    from studio.models import Shoot

    return [
        {
            "shoot": str(row.pk),
            "token": row.callback_token,
            "title": str(row.tune_id),
            "tune": row.tune.astria_id,
            "prompts": [prompt.astria_id for prompt in row.prompts.all()],
        }
        for row in Shoot.objects.select_related("tune").prefetch_related("prompts")
    ]


def timeline(shoot: str) -> list[str]:
    from django.db.models import Q

    from studio.models import Event, Shoot

    tune = Shoot.objects.get(pk=shoot).tune_id
    events = Event.objects.filter(Q(shoot=shoot) | Q(tune=tune)).order_by("id")
    return [f"{event.at:%H:%M:%S.%f} {event.text}" for event in events]


def books() -> dict[str, Any]:
    from accounts.models import CreditAccount, CreditEntry, User
    from studio.models import Image, Prompt, Shoot, Tune

    emails = {user.credit_account_id: user.email for user in User.objects.all()}
    lines: dict[Any, list[tuple[int, int, int]]] = {}
    for entry in CreditEntry.objects.order_by("id"):
        lines.setdefault(entry.account_id, []).append((entry.amount, entry.balance_after, entry.owed_after))
    return {
        "shoots": [_shoot(row) for row in Shoot.objects.all()],
        "tunes": {str(row.pk): row.status for row in Tune.objects.all()},
        "prompts": [
            {
                "id": row.astria_id,
                "shoot": str(row.shoot_id),
                "status": row.status,
                "expected_images": row.expected_images,
            }
            for row in Prompt.objects.all()
        ],
        "images": [_image(row) for row in Image.objects.select_related("prompt")],
        "accounts": [
            {
                "id": str(row.pk),
                "email": emails.get(row.pk, ""),
                "balance": row.balance,
                "owed": row.owed,
                "lines": lines.get(row.pk, []),
            }
            for row in CreditAccount.objects.all()
        ],
    }


def _shoot(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "account": str(row.account_id),
        "tune": str(row.tune_id),
        "status": row.status,
        "is_final": row.is_final,
        "price": row.price,
        "refunded": row.refunded,
        "expected_prompts": row.expected_prompts,
        "expected_images": row.expected_images,
        "ended_at": row.ended_at and row.ended_at.isoformat(),
    }


def _image(row: Any) -> dict[str, Any]:
    seen = {
        "id": str(row.pk),
        "shoot": str(row.shoot_id),
        "prompt": row.prompt.astria_id,
        "source_url": row.source_url,
        "status": row.status,
        "stored_at": row.stored_at and row.stored_at.isoformat(),
    }
    return seen | (_file(row) if row.status == "stored" else {})


def _file(row: Any) -> dict[str, Any]:
    """Return the hash of the original, and whether it and every variant can be opened."""
    from hashlib import sha256

    from studio import files

    try:
        original = files.read(row.original_key)
        opens = _opens(original)
        for width in VARIANTS:
            opens = opens and _opens(files.read(row.variant_key(width)))
    except OSError:
        return {"sha256": "", "opens": False}
    return {"sha256": sha256(original).hexdigest(), "opens": opens}


def _opens(data: bytes) -> bool:
    import PIL.Image

    try:
        with PIL.Image.open(BytesIO(data)) as picture:
            picture.load()
    except (OSError, SyntaxError, ValueError):
        return False
    return True


COMMANDS: dict[str, Callable[..., object]] = {
    verb.__name__: verb
    for verb in (person, order, open_shoots, at_work, unfinished, targets, timeline, books)
}


def main() -> None:
    """Answer line by line until there is no more."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer: dict[str, object] = {"said": COMMANDS[asked.pop("do")](**asked)}
        except Exception as error:  # the runner is told, and stops
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
