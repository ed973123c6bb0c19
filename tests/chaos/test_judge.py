"""The judge of a bad day sees each thing that can go wrong, and nothing where nothing did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.chaos.books import Account, Image, Made, MadePrompt, Order, Ours, Prompt, Shoot, Theirs
from tests.chaos.judge import Verdict, judge
from tests.chaos.run import count_mails

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SHOOT, OTHER = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
EMAIL = "person@example.com"


class Day:
    """A day that went well, but for one picture that can never be had: two pictures, price 5, 3 refunded."""

    def __init__(self) -> None:
        self.orders = [Order(SHOOT, EMAIL, "first", 5)]
        self.granted = {EMAIL: 100}
        self.mails = {SHOOT: 1}
        self.theirs = Theirs(
            tunes={"title": [1]},
            prompts=[
                MadePrompt(11, SHOOT, True, (Made("u/1", "aa"),)),
                MadePrompt(12, SHOOT, True, (Made("u/2", ""),)),
            ],
        )
        self.ours = Ours(
            shoots={SHOOT: Shoot(SHOOT, "account", "title", "partly", True, 5, 3, 2, 2, NOON)},
            tunes={"title": "trained"},
            prompts=[Prompt(11, SHOOT, "ready", 1), Prompt(12, SHOOT, "ready", 1)],
            images=[
                Image("i1", SHOOT, 11, "u/1", "stored", NOON, "aa", True),
                Image("i2", SHOOT, 12, "u/2", "lost", None),
            ],
            accounts=[Account("account", EMAIL, 98, 0, [(100, 100, 0), (-5, 95, 0), (3, 98, 0)])],
        )

    def judged(self) -> Verdict:
        return judge(self.ours, self.theirs, self.orders, self.granted, self.mails)

    def shoot(self, **changes: object) -> None:
        self.ours.shoots[SHOOT] = replace(self.ours.shoots[SHOOT], **changes)  # type: ignore[arg-type]

    def image(self, number: int, **changes: object) -> None:
        self.ours.images[number] = replace(self.ours.images[number], **changes)  # type: ignore[arg-type]

    def account(self, **changes: object) -> None:
        self.ours.accounts[0] = replace(self.ours.accounts[0], **changes)  # type: ignore[arg-type]


def doubled_tune(day: Day) -> None:
    day.theirs.tunes["title"] = [1, 2]


def unknown_tune(day: Day) -> None:
    day.theirs.tunes["another"] = [2]


def doubled_prompts(day: Day) -> None:
    day.theirs.prompts.append(MadePrompt(13, SHOOT, True, ()))


def prompt_of_nobody(day: Day) -> None:
    day.theirs.prompts.append(MadePrompt(13, None, True, ()))


def doubled_picture(day: Day) -> None:
    day.ours.images.append(replace(day.ours.images[0], id="i3"))


def doubled_order(day: Day) -> None:
    day.ours.shoots[OTHER] = replace(day.ours.shoots[SHOOT], id=OTHER, account="none", status="cancelled")


def doubled_mail(day: Day) -> None:
    day.mails[SHOOT] = 2


def vanished_order(day: Day) -> None:
    day.orders.append(Order(OTHER, EMAIL, "again", 0))


def picture_never_made(day: Day) -> None:
    day.shoot(expected_images=3, refunded=4)
    day.account(balance=99, lines=[(100, 100, 0), (-5, 95, 0), (4, 99, 0)])


def picture_not_known(day: Day) -> None:
    day.theirs.prompts[0] = MadePrompt(11, SHOOT, True, (Made("u/1", "aa"), Made("u/3", "cc")))


def picture_given_up_wrongly(day: Day) -> None:
    day.theirs.prompts[1] = MadePrompt(12, SHOOT, True, (Made("u/2", "bb"),))


def picture_with_other_bytes(day: Day) -> None:
    day.image(0, sha256="bb")


def picture_that_does_not_open(day: Day) -> None:
    day.image(0, opens=False)


def stuck_shoot(day: Day) -> None:
    day.ours.unfinished.append(f"shoot {SHOOT}: waiting")


def stuck_prompt_at_the_sandbox(day: Day) -> None:
    day.theirs.prompts[0] = replace(day.theirs.prompts[0], is_final=False)


def refund_too_small(day: Day) -> None:
    day.shoot(refunded=2)
    day.account(balance=97, lines=[(100, 100, 0), (-5, 95, 0), (2, 97, 0)])


def refund_too_large(day: Day) -> None:
    day.shoot(refunded=5)
    day.account(balance=100, lines=[(100, 100, 0), (-5, 95, 0), (5, 100, 0)])


def refund_that_is_on_no_line(day: Day) -> None:
    day.account(balance=95, lines=[(100, 100, 0), (-5, 95, 0)])


def balance_without_a_line(day: Day) -> None:
    day.account(balance=99)


def line_that_does_not_follow(day: Day) -> None:
    day.account(lines=[(100, 100, 0), (-5, 94, 0), (3, 98, 0)])


def other_price_than_shown(day: Day) -> None:
    day.orders[0] = replace(day.orders[0], price=4)


def forged_picture(day: Day) -> None:
    day.ours.images.append(Image("i3", SHOOT, 11, "forged", "stored", NOON, "ff", True))


def forged_prompt(day: Day) -> None:
    day.ours.prompts.append(Prompt(99, SHOOT, "failed", 1))


def picture_of_somebody_else(day: Day) -> None:
    day.theirs.prompts[0] = replace(day.theirs.prompts[0], shoot=OTHER)


def test_a_day_that_went_well_has_nothing_wrong() -> None:
    verdict = Day().judged()

    assert verdict.wrong() == {}
    assert (verdict.shoots, verdict.pictures, verdict.given_up) == (1, 1, 1)


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (doubled_tune, "doubled"),
        (unknown_tune, "doubled"),
        (doubled_prompts, "doubled"),
        (prompt_of_nobody, "doubled"),
        (doubled_picture, "doubled"),
        (doubled_order, "doubled"),
        (doubled_mail, "doubled"),
        (vanished_order, "lost"),
        (picture_never_made, "lost"),
        (picture_not_known, "lost"),
        (picture_given_up_wrongly, "lost"),
        (picture_with_other_bytes, "lost"),
        (picture_that_does_not_open, "lost"),
        (stuck_shoot, "stuck"),
        (stuck_prompt_at_the_sandbox, "stuck"),
        (refund_too_small, "miscredited"),
        (refund_too_large, "miscredited"),
        (refund_that_is_on_no_line, "miscredited"),
        (balance_without_a_line, "miscredited"),
        (line_that_does_not_follow, "miscredited"),
        (other_price_than_shown, "miscredited"),
        (forged_picture, "forged_accepted"),
        (forged_prompt, "forged_accepted"),
        (picture_of_somebody_else, "forged_accepted"),
    ],
)
def test_the_judge_sees(spoil: Callable[[Day], None], kind: str) -> None:
    day = Day()
    spoil(day)

    assert kind in day.judged().wrong()


def test_a_picture_that_came_after_the_end_does_not_undo_its_refund() -> None:
    day = Day()
    day.theirs.prompts[1] = MadePrompt(12, SHOOT, True, (Made("u/2", "bb"),))
    day.image(1, status="stored", stored_at=NOON + timedelta(hours=1), sha256="bb", opens=True)

    assert day.judged().wrong() == {}


def test_mails_are_counted_by_the_shoot_that_they_are_about(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail.set_content(
        f"Look: http://127.0.0.1/shoots/{SHOOT}/\nand once more: http://127.0.0.1/shoots/{SHOOT}/"
    )
    mail.add_alternative(f'<a href="http://127.0.0.1/shoots/{SHOOT}/">Look</a>', subtype="html")
    for name, times in (("a.log", 1), ("b.log", 2)):
        (tmp_path / name).write_bytes(times * (mail.as_bytes() + b"\n" + b"-" * 79 + b"\n"))

    assert count_mails(tmp_path) == {SHOOT: 3}
