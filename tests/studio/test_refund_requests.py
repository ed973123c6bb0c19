"""Asking for credits back: once, decided once, told once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from studio.auditing import mismatches
from studio.mail import send_letter
from studio.models import Letter, RefundRequest, Shoot
from studio.refunding import RefundRefused, ask_for_refund, decline, grant
from tests.factories import ImageFactory, ShootFactory, UserFactory
from tests.states import put
from tests.studio.conftest import AtOnce

pytestmark = pytest.mark.django_db


@pytest.fixture
def shoot(user: User) -> Shoot:
    """A shoot of 18 credits that is over; 82 are left."""
    made: Shoot = ShootFactory.create(account=user.account, status="ready")
    user.account.spend(18, key=f"shoot:{made.pk}")
    return made


@pytest.fixture
def asked(shoot: Shoot) -> RefundRequest:
    return ask_for_refund(shoot, "None of them looks like me.")


@pytest.fixture
def boss(db: None) -> User:
    made: User = UserFactory.create(email="boss@example.com", is_staff=True, is_superuser=True)
    return made


def balance(user: User) -> int:
    user.account.refresh_from_db()
    return user.account.balance


def written() -> list[str]:
    for pk in Letter.objects.values_list("pk", flat=True):
        send_letter(pk)
    return [str(one.body) for one in mail.outbox]


# Asking


def test_a_wish_waits_for_staff_and_changes_no_credits(user: User, shoot: Shoot, signed_in: Client) -> None:
    answer = signed_in.post(f"/shoots/{shoot.pk}/refund/", {"reason": " Too dark.\0 "}, follow=True)

    asked = RefundRequest.objects.get()
    assert (asked.status, asked.reason, asked.account_id) == ("asked", "Too dark.", user.account.pk)
    assert "A person at the studio reads it" in answer.content.decode()
    assert balance(user) == 82


def test_asked_again_it_is_the_first_wish(shoot: Shoot, asked: RefundRequest) -> None:
    assert ask_for_refund(shoot, "Once more.") == asked
    assert RefundRequest.objects.get().reason == "None of them looks like me."


def test_liking_and_looking_takes_nothing_away(shoot: Shoot, signed_in: Client) -> None:
    image = ImageFactory.create(shoot=shoot)
    signed_in.get(f"/pictures/{image.pk}/")
    signed_in.post(f"/pictures/{image.pk}/like/")
    signed_in.get(f"/pictures/{image.pk}/original.jpg")

    assert ask_for_refund(shoot, "All the same.").status == "asked"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "generating"}, "once the shoot is over"),
        ({"status": "ready", "price": 0}, "cost nothing"),
        ({"status": "partly", "refunded": 18}, "back already"),
        ({"status": "ready", "ended_at": timezone.now() - timedelta(days=31)}, "is over: it is 30 days"),
    ],
)
def test_what_cannot_be_asked_for_says_why(
    shoot: Shoot, signed_in: Client, fields: dict[str, Any], words: str
) -> None:
    put(shoot, **fields)

    page = signed_in.get(f"/shoots/{shoot.pk}/put-right/").content.decode()
    answer = signed_in.post(f"/shoots/{shoot.pk}/refund/", {"reason": "Dark."}, follow=True)

    assert words in page
    assert words in answer.content.decode()
    assert not RefundRequest.objects.exists()


def test_without_a_reason_nothing_is_sent(shoot: Shoot, signed_in: Client) -> None:
    answer = signed_in.post(f"/shoots/{shoot.pk}/refund/", {"reason": " "}, follow=True)

    assert "Nothing was sent." in answer.content.decode()
    assert not RefundRequest.objects.exists()


# Deciding


def test_all_comes_back_and_the_person_is_told_once(
    user: User, boss: User, asked: RefundRequest, signed_in: Client
) -> None:
    assert grant(asked, None, answer="Sorry.", by=boss) == 18

    page = signed_in.get(f"/shoots/{asked.shoot_id}/put-right/").content.decode()
    letters = written() + written()
    assert balance(user) == 100
    assert "Granted: 18 credits came back." in page
    assert len(letters) == 2 and letters[0] == letters[1]
    assert "18 credits are back in your account" in letters[0] and "Sorry." in letters[0]
    assert AuditEntry.objects.get().action == "refund granted"
    assert list(mismatches()) == []


def test_a_part_comes_back(user: User, boss: User, asked: RefundRequest) -> None:
    grant(asked, 5, answer="", by=boss)

    asked.refresh_from_db()
    assert (balance(user), asked.granted, asked.shoot.refunded) == (87, 5, 5)
    assert list(mismatches()) == []


def test_only_what_is_left_comes_back(user: User, boss: User, asked: RefundRequest) -> None:
    put(asked.shoot, "partly")
    asked.shoot.refund(8, key="prompt:1", note="")

    assert grant(asked, None, answer="", by=boss) == 10

    assert balance(user) == 100
    assert list(mismatches()) == []


@pytest.mark.parametrize("amount", [-5, 0, 19])
def test_an_amount_that_cannot_be_changes_nothing(
    user: User, boss: User, asked: RefundRequest, amount: int
) -> None:
    with pytest.raises(RefundRefused, match="From 1 to 18 credits"):
        grant(asked, amount, answer="", by=boss)

    assert balance(user) == 82
    assert RefundRequest.objects.get().status == "asked"


def test_a_wish_that_is_declined_says_why_to_the_person(
    user: User, boss: User, asked: RefundRequest, signed_in: Client
) -> None:
    decline(asked, answer="They do look like you.", by=boss)

    page = signed_in.get(f"/shoots/{asked.shoot_id}/put-right/").content.decode()
    assert "They do look like you." in page
    assert "They do look like you." in written()[0]
    assert balance(user) == 82


def test_to_decline_takes_words(boss: User, asked: RefundRequest) -> None:
    with pytest.raises(RefundRefused, match="Say why"):
        decline(asked, answer=" ", by=boss)


def test_what_is_decided_is_decided(user: User, boss: User, asked: RefundRequest) -> None:
    grant(asked, 5, answer="", by=boss)

    for verdict in (
        lambda: grant(asked, None, answer="", by=boss),
        lambda: decline(asked, answer="x", by=boss),
    ):
        with pytest.raises(RefundRefused, match="decided already"):
            verdict()

    assert balance(user) == 87


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_give_back_once(
    user: User, boss: User, asked: RefundRequest, at_once: AtOnce
) -> None:
    def click() -> int:
        try:
            return grant(
                RefundRequest.objects.select_related("shoot").get(pk=asked.pk), 5, answer="", by=boss
            )
        except RefundRefused:
            return 0

    assert sum(at_once(*[click] * 10)) == 5
    assert balance(user) == 87
    assert Letter.objects.count() == 1
    assert list(mismatches()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "granted", "decided_at": timezone.now()},
        {"status": "declined", "decided_at": timezone.now()},
        {"status": "asked", "granted": 3},
        {"status": "lost"},
    ],
)
def test_the_database_refuses_what_no_decision_says(asked: RefundRequest, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RefundRequest.objects.update(**wrong)


def test_a_refund_that_no_wish_bears_out_is_named(shoot: Shoot) -> None:
    shoot.refund(3, key="asked", note="")

    assert str(shoot.pk).replace("-", "") in next(mismatches()).replace("-", "")


# In the admin


def address(asked: RefundRequest, page: str) -> str:
    return reverse(f"admin:studio_refundrequest_{page}", args=[asked.pk])


@pytest.fixture
def console(boss: User) -> Client:
    client = Client()
    client.force_login(boss)
    return client


@pytest.mark.pages
@pytest.mark.parametrize(
    ("verdict", "form", "status", "left"),
    [
        ("all", {}, "granted", 100),
        ("part", {"amount": "4"}, "granted", 86),
        ("nothing", {"answer": "No."}, "declined", 82),
        ("nothing", {}, "asked", 82),
        ("part", {"amount": "-4"}, "asked", 82),
        ("part", {}, "asked", 82),
    ],
)
def test_staff_decide_with_one_click(
    user: User,
    console: Client,
    asked: RefundRequest,
    verdict: str,
    form: dict[str, str],
    status: str,
    left: int,
) -> None:
    page = console.get(address(asked, "change")).content.decode()
    console.post(address(asked, verdict), form)

    asked.refresh_from_db()
    assert "None of them looks like me." in page
    assert "Give all 18 credits back" in page
    assert (asked.status, balance(user)) == (status, left)


@pytest.mark.pages
def test_the_buttons_lie_outside_the_form_of_the_columns(console: Client, asked: RefundRequest) -> None:
    """A browser drops a form that begins inside another one, and would post to that."""
    page = console.get(address(asked, "change")).content.decode()

    assert page.index(address(asked, "nothing")) < page.index('id="refundrequest_form"')


@pytest.mark.pages
def test_staff_who_only_look_decide_nothing(user: User, asked: RefundRequest) -> None:
    looker = Client()
    looker.force_login(UserFactory.create(is_staff=True))

    assert looker.post(address(asked, "all")).status_code == 403
    assert balance(user) == 82


@pytest.mark.pages
def test_a_decision_is_no_link(console: Client, asked: RefundRequest) -> None:
    assert console.get(address(asked, "all")).status_code == 405
