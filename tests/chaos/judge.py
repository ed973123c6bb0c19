"""Comparing the two books. Knows nothing of how the studio came to its own.

lost            ordered or made, and neither stored nor rightly given up and refunded
doubled         tunes, prompts, pictures, orders or mails that are there more than once
stuck           what has not come to its end
miscredited     accounts that do not have exactly what they should
forged          pictures or prompts that the sandbox never made for the shoot that has them
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil

from tests.chaos.books import Account, Image, MadePrompt, Order, Ours, Shoot, Theirs

TRAINING_KINDS = {"first"}


@dataclass
class Verdict:
    """What was counted, and a sentence for everything that is wrong."""

    shoots: int = 0
    # Stored, and those that can never be had.
    pictures: int = 0
    given_up: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    miscredited: list[str] = field(default_factory=list)
    forged_accepted: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    def wrong(self) -> dict[str, list[str]]:
        """Return the sentences by the kind of what is wrong."""
        names = ("lost", "doubled", "stuck", "miscredited", "forged_accepted", "secrets")
        return {name: found for name in names if (found := getattr(self, name))}


def judge(
    ours: Ours, theirs: Theirs, orders: list[Order], granted: Mapping[str, int], mails: Mapping[str, int]
) -> Verdict:
    """Return the verdict. `granted`: credits by e-mail address; `mails`: how many came, by shoot."""
    made = by_shoot(theirs)
    pictures = sum(image.status == "stored" and image.opens for image in ours.images)
    return Verdict(
        shoots=len(ours.shoots),
        pictures=pictures,
        given_up=sum(not picture.sha256 for prompt in theirs.prompts for picture in prompt.pictures),
        lost=[*_lost_orders(ours, made, orders), *_lost_pictures(ours, made)],
        doubled=[*_doubled_at_sandbox(ours, theirs, made, orders), *_doubled_here(ours, orders, mails)],
        stuck=[*ours.unfinished, *_stuck_at_sandbox(theirs)],
        miscredited=list(_miscredited(ours, orders, granted)),
        forged_accepted=list(_forged(ours, made)),
    )


def by_shoot(theirs: Theirs) -> dict[str, list[MadePrompt]]:
    """Return the sandbox's prompts by the shoot that ordered them."""
    made = defaultdict(list)
    for prompt in theirs.prompts:
        if prompt.shoot is not None:
            made[prompt.shoot].append(prompt)
    return made


def _lost_orders(ours: Ours, made: Mapping[str, list[MadePrompt]], orders: list[Order]) -> Iterator[str]:
    for order in orders:
        shoot = ours.shoots.get(order.shoot)
        if shoot is None:
            yield f"shoot {order.shoot}: ordered, and not there"
        elif shoot.is_final and shoot.status != "cancelled":
            pictures = sum(len(prompt.pictures) for prompt in made.get(shoot.id, []))
            if pictures < shoot.expected_images:
                yield f"shoot {shoot.id} ({shoot.status}): {pictures} of {shoot.expected_images} made"


def _lost_pictures(ours: Ours, made: Mapping[str, list[MadePrompt]]) -> Iterator[str]:
    images = {(image.shoot, image.source_url): image for image in ours.images}
    for shoot, prompts in made.items():
        for prompt in prompts:
            for picture in prompt.pictures:
                wrong = _wrong_with(images.get((shoot, picture.url)), picture.sha256)
                if wrong:
                    yield f"shoot {shoot}, prompt {prompt.id}: a picture {wrong}"


def _wrong_with(image: Image | None, digest: str) -> str:
    if image is None:
        return "was made and is not known"
    if not digest:
        return "" if image.status == "lost" else f"can never be had, and is {image.status}"
    if image.status != "stored":
        return f"can be had, and is {image.status} (image {image.id})"
    if image.sha256 != digest:
        return f"is stored with other bytes (image {image.id})"
    return "" if image.opens else f"is stored and does not open (image {image.id})"


def _doubled_at_sandbox(
    ours: Ours, theirs: Theirs, made: Mapping[str, list[MadePrompt]], orders: list[Order]
) -> Iterator[str]:
    for title, ids in theirs.tunes.items():
        if len(ids) > 1 or title not in ours.tunes:
            yield f"tune {title}: {len(ids)} at the sandbox ({ids}), here: {ours.tunes.get(title)}"
    trained = sum(order.kind in TRAINING_KINDS for order in orders)
    if len(theirs.tunes) > trained:
        yield f"{len(theirs.tunes)} tunes at the sandbox, {trained} ordered"
    for shoot in ours.shoots.values():
        prompts = made.get(shoot.id, [])
        if len(prompts) > shoot.expected_prompts:
            yield f"shoot {shoot.id}: {len(prompts)} prompts made, {shoot.expected_prompts} ordered"
    for prompt in theirs.prompts:
        if prompt.shoot not in ours.shoots:
            yield f"prompt {prompt.id}: at the sandbox for shoot {prompt.shoot}, which nobody ordered"


def _doubled_here(ours: Ours, orders: list[Order], mails: Mapping[str, int]) -> Iterator[str]:
    known = Counter(order.shoot for order in orders)
    for shoot in ours.shoots:
        if known[shoot] != 1:
            yield f"shoot {shoot}: ordered {known[shoot]} times"
        if mails.get(shoot, 0) > 1:
            yield f"shoot {shoot}: {mails[shoot]} mails"
    for url, rows in Counter(image.source_url for image in ours.images).items():
        if rows > 1:
            yield f"{rows} pictures from one address: {[i.id for i in ours.images if i.source_url == url]}"


def _stuck_at_sandbox(theirs: Theirs) -> Iterator[str]:
    for prompt in theirs.prompts:
        if not prompt.is_final:
            yield f"prompt {prompt.id} of shoot {prompt.shoot}: the sandbox has not ended it"


def _forged(ours: Ours, made: Mapping[str, list[MadePrompt]]) -> Iterator[str]:
    prompts = {(shoot, prompt.id) for shoot, prompts in made.items() for prompt in prompts}
    urls = {(shoot, p.url) for shoot, prompts in made.items() for prompt in prompts for p in prompt.pictures}
    for prompt in ours.prompts:
        if (prompt.shoot, prompt.id) not in prompts:
            yield f"prompt {prompt.id}: not made for shoot {prompt.shoot}"
    for image in ours.images:
        if (image.shoot, image.source_url) not in urls:
            yield f"image {image.id} ({image.status}): not made for shoot {image.shoot}"


# --- Money ----------------------------------------------------------------------------------------


def _miscredited(ours: Ours, orders: list[Order], granted: Mapping[str, int]) -> Iterator[str]:
    shown = {order.shoot: order.price for order in orders}
    of_account = defaultdict(list)
    for shoot in ours.shoots.values():
        of_account[shoot.account].append(shoot)
    for account in ours.accounts:
        wrong = [*_wrong_ledger(account), *_wrong_refunds(ours, of_account[account.id], shown)]
        spent = sum(shown.get(shoot.id, 0) - due(ours, shoot) for shoot in of_account[account.id])
        right = granted.get(account.email, 0) - spent
        if account.balance - account.owed != right:
            wrong.append(f"has {account.balance}, owes {account.owed}, should have {right}")
        if wrong:
            yield f"account {account.id}: {'; '.join(wrong)}"


def _wrong_ledger(account: Account) -> Iterator[str]:
    total = 0
    for amount, balance_after, owed_after in account.lines:
        total += amount
        if balance_after - owed_after != total:
            yield f"a line says {balance_after} − {owed_after} after it, the sum is {total}"
    if total != account.balance - account.owed:
        yield f"its lines add up to {total}"


def _wrong_refunds(ours: Ours, shoots: list[Shoot], shown: Mapping[str, int]) -> Iterator[str]:
    for shoot in shoots:
        if shoot.price != shown.get(shoot.id, shoot.price):
            yield f"shoot {shoot.id} cost {shoot.price}, {shown[shoot.id]} was shown"
        if shoot.refunded != due(ours, shoot):
            yield f"shoot {shoot.id} ({shoot.status}): {shoot.refunded} refunded, {due(ours, shoot)} due"


def due(ours: Ours, shoot: Shoot) -> int:
    """Return what has to be given back: the share of what was not there at the end, rounded up."""
    if not shoot.is_final or shoot.ended_at is None:
        return 0
    if shoot.status == "cancelled":
        return shoot.price
    arrived: Counter[int] = Counter()
    for image in ours.images:
        if image.shoot == shoot.id and image.stored_at and image.stored_at <= shoot.ended_at:
            arrived[image.prompt] += 1
    expected = {prompt.id: prompt.expected_images for prompt in ours.prompts}
    there = sum(min(expected.get(prompt, 0), images) for prompt, images in arrived.items())
    return ceil(shoot.price * max(0, shoot.expected_images - there) / shoot.expected_images)
