"""Buying credits: what Stripe says is what counts, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.buying import buy, see_to_purchase
from accounts.models import Bundle, Purchase, User
from studio.auditing import mismatches
from tests.accounts.conftest import Knock
from tests.till import Till, event_about, signature

pytestmark = pytest.mark.django_db

DONE = "checkout.session.completed"


def credits_of(user: User) -> tuple[int, int]:
    user.account.refresh_from_db()
    return user.account.balance, user.account.owed


def session_of(till: Till, purchase: Purchase) -> str:
    assert purchase.session_id in till.sessions
    return str(purchase.session_id)


def buy_form(bundle: Bundle, **more: object) -> dict[str, object]:
    return {"bundle": bundle.pk, "quantity": 1} | more


# On the way to Stripe


def test_buying_leads_to_stripes_page_with_our_price(
    till: Till, user: User, signed_in: Client, bundle: Bundle
) -> None:
    answer = signed_in.post("/account/credits/buy/", buy_form(bundle, quantity=3))

    purchase, said = Purchase.objects.get(), till.created[0]
    assert (answer.status_code, answer["Location"]) == (303, f"{till.url}/pay/{purchase.session_id}")
    assert said["line_items[0][price_data][unit_amount]"] == "2900"
    assert said["line_items[0][quantity]"] == "3"
    assert said["allow_promotion_codes"] == "true"
    assert said["customer_email"] == user.email
    assert said["success_url"].endswith(purchase.get_absolute_url())
    assert (purchase.credits, purchase.price, purchase.status) == (300, 8700, "open")
    assert credits_of(user) == (100, 0)


def test_what_the_browser_says_of_money_is_not_read(till: Till, signed_in: Client, bundle: Bundle) -> None:
    signed_in.post("/account/credits/buy/", buy_form(bundle, price=1, credits=10**6, currency="jpy"))

    purchase = Purchase.objects.get()
    assert (purchase.price, purchase.currency, purchase.credits) == (2900, "eur", 100)


@pytest.mark.parametrize("quantity", ["-3", "0", "21", "1.5", "", "many"])
def test_a_quantity_that_cannot_be_is_refused_in_words(
    till: Till, signed_in: Client, bundle: Bundle, quantity: str
) -> None:
    answer = signed_in.post("/account/credits/buy/", buy_form(bundle, quantity=quantity), follow=True)

    assert "Choose how often: 1 to 20 times. Nothing was charged." in answer.content.decode()
    assert not Purchase.objects.exists()
    assert till.asked == []


@pytest.mark.parametrize("which", ["0", "x", ""])
def test_a_bundle_that_is_not_on_offer_is_refused_in_words(
    till: Till, signed_in: Client, bundle: Bundle, which: str
) -> None:
    Bundle.objects.update(is_active=False)

    answers = [
        signed_in.post("/account/credits/buy/", {"bundle": it, "quantity": 1}, follow=True).content.decode()
        for it in (which, bundle.pk)
    ]

    assert all("othing was charged." in answer for answer in answers)
    assert not Purchase.objects.exists()


def test_when_stripe_is_down_nothing_is_charged_and_the_person_is_told(
    till: Till, user: User, signed_in: Client, bundle: Bundle
) -> None:
    till.is_down = True

    answer = signed_in.post("/account/credits/buy/", buy_form(bundle), follow=True)

    assert "does not answer. Nothing was charged." in answer.content.decode()
    assert Purchase.objects.get().status == Purchase.Status.FAILED


def test_who_begins_and_never_pays_is_stopped_after_a_while(
    till: Till, signed_in: Client, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.buying.MOST_OPEN", 2)

    for _ in range(3):
        answer = signed_in.post("/account/credits/buy/", buy_form(bundle), follow=True)

    assert "Too many purchases were begun" in answer.content.decode()
    assert len(till.created) == 2


# The money arrives


def test_a_paid_session_brings_credits_and_a_receipt(
    till: Till, user: User, purchase: Purchase, knock: Knock
) -> None:
    status = knock(DONE, till.pay(session_of(till, purchase)))

    purchase.refresh_from_db()
    assert status == 200
    assert credits_of(user) == (200, 0)
    assert (purchase.status, purchase.paid, purchase.number) == ("paid", 2900, 1)
    assert purchase.payment_intent == f"pi_{purchase.session_id}"
    assert purchase.next_check_at is None
    assert list(mismatches()) == []


def test_the_same_event_ten_times_credits_once(
    till: Till, user: User, purchase: Purchase, knock: Knock
) -> None:
    session = till.pay(session_of(till, purchase))

    answers = {knock(DONE, session) for _ in range(10)}

    assert answers == {200}
    assert credits_of(user) == (200, 0)
    assert user.account.entries.count() == 2


def test_an_event_that_lies_about_the_amount_changes_nothing(
    till: Till, user: User, purchase: Purchase, knock: Knock
) -> None:
    """Only Stripe's own answer counts, and there nobody has paid."""
    session = till.sessions[session_of(till, purchase)]

    knock(DONE, session | {"status": "complete", "payment_status": "paid", "amount_total": 10**6})

    assert credits_of(user) == (100, 0)


def test_without_any_event_the_clock_finds_the_money(till: Till, user: User, purchase: Purchase) -> None:
    till.pay(session_of(till, purchase))

    see_to_purchase(purchase.pk)
    see_to_purchase(purchase.pk)

    assert credits_of(user) == (200, 0)


def test_a_coupon_lowers_the_amount_and_not_the_credits(
    till: Till, user: User, purchase: Purchase, knock: Knock
) -> None:
    knock(DONE, till.pay(session_of(till, purchase), coupon=900))

    purchase.refresh_from_db()
    assert credits_of(user) == (200, 0)
    assert (purchase.paid_text, purchase.discount_text) == ("20.00 EUR", "9.00 EUR")


def test_a_coupon_for_all_of_it_needs_no_payment(
    till: Till, user: User, purchase: Purchase, knock: Knock
) -> None:
    knock(DONE, till.pay(session_of(till, purchase), coupon=2900))

    purchase.refresh_from_db()
    assert credits_of(user) == (200, 0)
    assert (purchase.status, purchase.paid, purchase.payment_intent) == ("paid", 0, None)


def test_a_slow_bank_brings_credits_when_the_money_is_there(
    till: Till, user: User, purchase: Purchase, knock: Knock
) -> None:
    session = till.pay(session_of(till, purchase), bank=True)
    knock(DONE, session)
    purchase.refresh_from_db()
    assert (purchase.status, credits_of(user)) == ("processing", (100, 0))

    till.arrive(session["id"])
    knock("checkout.session.async_payment_succeeded", session)

    assert credits_of(user) == (200, 0)


def test_a_bank_that_refuses_brings_nothing(till: Till, user: User, purchase: Purchase, knock: Knock) -> None:
    session = till.pay(session_of(till, purchase), bank=True)
    knock(DONE, session)
    till.bounce(session["id"])
    knock("checkout.session.async_payment_failed", session)

    purchase.refresh_from_db()
    assert (purchase.status, credits_of(user)) == ("failed", (100, 0))


def test_a_session_that_ran_out_is_not_asked_about_any_more(
    till: Till, purchase: Purchase, knock: Knock
) -> None:
    session = till.sessions[session_of(till, purchase)]
    session["status"] = "expired"

    knock("checkout.session.expired", session)

    purchase.refresh_from_db()
    assert (purchase.status, purchase.next_check_at) == ("failed", None)


@pytest.mark.parametrize(
    "lie",
    [{"currency": "jpy"}, {"amount_subtotal": 29}, {"client_reference_id": "somebody else's"}],
)
def test_what_was_paid_for_something_else_is_held_and_credits_nothing(
    till: Till, user: User, purchase: Purchase, knock: Knock, lie: dict[str, Any]
) -> None:
    session = till.pay(session_of(till, purchase))
    session |= lie

    status = knock(DONE, session)

    purchase.refresh_from_db()
    assert (status, purchase.status) == (200, "held")
    assert "expected" in purchase.error
    assert credits_of(user) == (100, 0)


def test_while_stripe_is_down_it_is_asked_again_later(
    till: Till, user: User, purchase: Purchase, knock: Knock
) -> None:
    session = till.pay(session_of(till, purchase))
    till.is_down = True
    knock(DONE, session)
    purchase.refresh_from_db()
    assert purchase.next_check_at is not None
    assert purchase.next_check_at > timezone.now()

    till.is_down = False
    see_to_purchase(purchase.pk)

    assert credits_of(user) == (200, 0)


def test_a_purchase_whose_web_died_before_stripe_answered_ends(user: User, bundle: Bundle) -> None:
    purchase = Purchase.begin(user.account, bundle, 1, next_check_at=timezone.now())
    see_to_purchase(purchase.pk)
    Purchase.objects.update(created_at=timezone.now() - timedelta(hours=2))
    see_to_purchase(purchase.pk)

    purchase.refresh_from_db()
    assert purchase.status == "failed"


# Who may knock


def post(client: Client, body: str, header: str) -> Any:
    return client.post(
        reverse("accounts:stripe-webhook"), body, "application/json", headers={"Stripe-Signature": header}
    )


def test_a_tampered_event_is_refused(till: Till, client: Client, purchase: Purchase) -> None:
    body = event_about(DONE, till.pay(session_of(till, purchase)))

    answer = post(client, body.replace("cs_test", "cs_live"), signature(body))

    assert answer.status_code == 400
    assert "Not an event signed by Stripe" in answer.content.decode()


def test_an_event_signed_by_somebody_else_is_refused(till: Till, client: Client, purchase: Purchase) -> None:
    body = event_about(DONE, till.pay(session_of(till, purchase)))

    assert post(client, body, signature(body, secret="whsec_guessed")).status_code == 400


def test_an_event_that_is_replayed_later_is_refused(till: Till, client: Client, purchase: Purchase) -> None:
    body = event_about(DONE, till.pay(session_of(till, purchase)))

    assert post(client, body, signature(body, age=301)).status_code == 400


@pytest.mark.parametrize("header", ["", "t=x,v1=y", "v1=abc", "t=1"])
def test_what_is_not_signed_is_refused(till: Till, client: Client, header: str) -> None:
    assert post(client, "{}", header).status_code == 400


@pytest.mark.parametrize("body", ["", "[]", "not json", "x" * (1024 * 1024 + 1)])
def test_a_body_that_is_no_event_is_refused(till: Till, client: Client, body: str) -> None:
    assert post(client, body, signature(body)).status_code == 400


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("customer.created", {"id": "cus_1", "object": "customer"}),
        ("something.new", {"id": "x_1", "object": "unheard_of"}),
        ("charge.refunded", {"id": "ch_9", "object": "charge", "payment_intent": "pi_of_another_shop"}),
        (DONE, {"id": "cs_of_another_shop", "object": "checkout.session"}),
    ],
)
def test_events_about_nothing_of_ours_are_answered_200(
    purchase: Purchase, knock: Knock, kind: str, about: dict[str, Any]
) -> None:
    revision = purchase.revision

    assert knock(kind, about) == 200

    purchase.refresh_from_db()
    assert (purchase.status, purchase.revision) == ("open", revision)


def test_without_stripes_keys_there_is_no_webhook_and_no_buying(
    client: Client, signed_in: Client, bundle: Bundle
) -> None:
    assert post(client, "{}", signature("{}")).status_code == 404
    answer = signed_in.post("/account/credits/buy/", buy_form(bundle), follow=True)
    assert "sells no credits at the moment. Nothing was charged." in answer.content.decode()


def test_another_persons_session_is_of_no_use(
    till: Till, user: User, other_user: User, bundle: Bundle, signed_in: Client, purchase: Purchase
) -> None:
    """Its id in an address is not read, its page is not found, its money stays its owner's."""
    buy(other_user, bundle, 1)
    theirs = Purchase.objects.get(account=other_user.account)
    till.pay(session_of(till, theirs))

    answer = signed_in.get(purchase.get_absolute_url(), {"session_id": theirs.session_id})
    for one in (purchase, theirs):
        see_to_purchase(one.pk)

    assert signed_in.get(theirs.get_absolute_url()).status_code == 404
    assert "The money has not arrived yet." in answer.content.decode()
    assert (credits_of(user), credits_of(other_user)) == ((100, 0), (200, 0))


# In development


def test_in_development_credits_are_free_and_marked_so(
    user: User, signed_in: Client, bundle: Bundle, settings: Any
) -> None:
    settings.DEBUG = True
    form = buy_form(bundle, key=uuid4())

    page = signed_in.get("/account/credits/").content.decode()
    for _ in range(2):
        signed_in.post("/account/credits/top-up/", form)

    assert "credits cost nothing here" in page
    assert credits_of(user) == (200, 0)
    assert user.account.entries.first().note == "Free top-up (development): 100 credits"  # type: ignore[union-attr]


@pytest.mark.parametrize("has_keys", [True, False])
def test_elsewhere_nothing_is_free(
    request: pytest.FixtureRequest,
    user: User,
    signed_in: Client,
    bundle: Bundle,
    settings: Any,
    has_keys: bool,
) -> None:
    if has_keys:
        request.getfixturevalue("till")
        settings.DEBUG = True

    answer = signed_in.post("/account/credits/top-up/", buy_form(bundle, key=uuid4()))

    assert answer.status_code == 404
    assert credits_of(user) == (100, 0)
