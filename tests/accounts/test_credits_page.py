"""The pages about credits: balance, price list, statement, purchases, receipts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.buying import see_to_purchase
from accounts.models import Bundle, Purchase, User
from accounts.money import amount_text
from tests.factories import PurchaseFactory
from tests.till import Till

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User], Client]


def page_of(client: Client, path: str = "/account/credits/") -> str:
    return client.get(path).content.decode()


def test_the_page_shows_balance_and_own_lines_only(
    user: User, other_user: User, client_for: ClientFor
) -> None:
    user.account.spend(18, key="shoot", note="Corporate <headshots>")
    other_user.account.grant(5, key="theirs", note="Somebody else's")

    page = page_of(client_for(user))

    assert "<b>82</b>" in page
    assert "Corporate &lt;headshots&gt;" in page
    assert "Somebody else" not in page


@pytest.mark.parametrize("path", ["/account/", "/account/credits/"])
def test_what_is_owed_is_said(user: User, signed_in: Client, path: str) -> None:
    user.account.reverse(103, key="chargeback")

    assert "3 credits are owed" in page_of(signed_in, path)


def test_a_free_order_stands_in_the_statement_as_nothing(user: User, signed_in: Client) -> None:
    user.account.spend(0, key="free")

    assert '<td class="number">0</td>' in page_of(signed_in)


def test_the_statement_goes_on_on_further_pages(user: User, signed_in: Client) -> None:
    for number in range(55):
        user.account.grant(1, key=f"grant {number}", note=f"Gift no. {number};")

    first, second = page_of(signed_in), page_of(signed_in, "/account/credits/?page=2")

    assert 'href="?page=2"' in first
    assert "Gift no. 54;" in first
    assert "Gift no. 0;" in second


@pytest.mark.parametrize("number", ["0", "-1", "999", "x"])
def test_an_odd_page_number_shows_a_page(signed_in: Client, number: str) -> None:
    assert signed_in.get("/account/credits/", {"page": number}).status_code == 200


@pytest.mark.parametrize("lines", [1, 30])
def test_the_page_asks_the_database_as_often_for_30_lines_as_for_1(
    till: Till, user: User, signed_in: Client, lines: int, django_assert_num_queries: Any
) -> None:
    for number in range(lines):
        user.account.grant(1, key=f"grant {number}")
        PurchaseFactory.create(account=user.account)
        Bundle.objects.create(title=str(number), credits=1, price=1, currency="eur")

    with django_assert_num_queries(6):
        signed_in.get("/account/credits/")


# The price list


def test_the_price_list_is_what_is_on_offer_in_staffs_order(
    till: Till, signed_in: Client, bundle: Bundle
) -> None:
    Bundle.objects.create(title="Large", credits=500, price=9900, currency="eur", position=1)
    Bundle.objects.create(title="Withdrawn", credits=500, price=9900, currency="eur", is_active=False)

    page = page_of(signed_in)

    assert page.index("Large") < page.index("29.00 EUR")
    assert "including 19 % VAT" in page
    assert "Withdrawn" not in page


def test_without_keys_nothing_is_for_sale(signed_in: Client, bundle: Bundle) -> None:
    assert "29.00 EUR" not in page_of(signed_in)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (2900, "eur", "29.00 EUR"),
        (5, "usd", "0.05 USD"),
        (2900, "jpy", "2900 JPY"),
        (2900, "kwd", "2.900 KWD"),
    ],
)
def test_amounts_are_written_with_the_places_of_their_currency(amount: int, currency: str, text: str) -> None:
    assert amount_text(amount, currency) == text


# A purchase


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("open", "The money has not arrived yet."),
        ("processing", "Your bank takes its time"),
        ("failed", "Nothing was charged"),
        ("held", "You need not pay again"),
    ],
)
def test_the_page_after_stripe_says_whether_the_money_is_there(
    user: User, signed_in: Client, status: str, words: str
) -> None:
    purchase = PurchaseFactory.create(account=user.account, pay=False)
    Purchase.objects.update(status=status, error="x" if status == "held" else "")

    page = page_of(signed_in, purchase.get_absolute_url())

    assert words in page
    assert ("hx-get" in page) == (status in {"open", "processing"})


def test_once_it_is_there_the_page_says_so_and_stops_asking(user: User, signed_in: Client) -> None:
    purchase = PurchaseFactory.create(account=user.account)

    page = signed_in.get(purchase.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()

    assert "The money has arrived. 100 credits are in your account." in page
    assert "hx-get" not in page
    assert 'id="balance"' in page


def test_who_comes_back_from_stripe_has_it_asked_at_once(till: Till, signed_in: Client, user: User) -> None:
    purchase = PurchaseFactory.create(account=user.account, pay=False)
    before = purchase.next_check_at

    signed_in.get(purchase.get_absolute_url())

    purchase.refresh_from_db()
    assert purchase.next_check_at > before


# A receipt


def test_a_receipt_says_who_sold_what_for_how_much(user: User, signed_in: Client, settings: Any) -> None:
    settings.OPERATOR_NAME, settings.OPERATOR_ADDRESS = "Light & Co", "1 Example Street|12345 Example Town"
    purchase = PurchaseFactory.create(account=user.account, quantity=2)

    page = page_of(signed_in, f"{purchase.get_absolute_url()}receipt/")

    assert f"Receipt {purchase.number_text}" in page
    assert "Light &amp; Co<br>1 Example Street<br>12345 Example Town<br>" in page
    assert "2 × 100 credits" in page
    assert "29.00 EUR" in page
    assert "including 19 % VAT" in page


def test_a_receipt_says_what_a_coupon_took_off_and_what_went_back(user: User, signed_in: Client) -> None:
    purchase = PurchaseFactory.create(account=user.account, pay=False)
    purchase.mark_paid(2000, "pi_1")
    purchase.take_back(refunded=500, disputed=0)

    page = page_of(signed_in, f"{purchase.get_absolute_url()}receipt/")

    assert "−9.00 EUR" in page
    assert "−5.00 EUR" in page


def test_there_is_no_receipt_for_what_was_not_paid(user: User, signed_in: Client) -> None:
    purchase = PurchaseFactory.create(account=user.account, pay=False)

    assert signed_in.get(f"{purchase.get_absolute_url()}receipt/").status_code == 404


# The way back to what is to be ordered

REVIEW = "/photo-sets/4a1f0d9e-5b7c-4f5e-9a53-0c5d6f1f6f7e/?part=review"


def test_whoever_comes_from_an_order_is_led_back_when_the_money_is_there(
    till: Till, signed_in: Client, bundle: Bundle
) -> None:
    page = signed_in.get("/account/credits/", {"next": REVIEW}).content.decode()
    signed_in.post("/account/credits/buy/", {"bundle": bundle.pk, "quantity": 1, "next": REVIEW})
    said, purchase = till.created[0], Purchase.objects.get()
    till.pay(str(purchase.session_id))
    back_from_stripe = said["success_url"].partition("8000")[2]
    waiting = page_of(signed_in, back_from_stripe)
    see_to_purchase(purchase.pk)

    assert f'<a class="button button-quiet" href="{REVIEW}">' in page
    assert f'name="next" value="{REVIEW}"' in page
    assert f'hx-get="{back_from_stripe}"' in waiting
    assert f'<a class="button" href="{REVIEW}">Back to your order</a>' in page_of(signed_in, back_from_stripe)


def test_whoever_does_not_pay_comes_back_to_credits_and_still_knows_the_way(
    till: Till, signed_in: Client, bundle: Bundle
) -> None:
    signed_in.post("/account/credits/buy/", {"bundle": bundle.pk, "quantity": 1, "next": REVIEW})

    page = page_of(signed_in, till.created[0]["cancel_url"].partition("8000")[2])

    assert f'href="{REVIEW}">Back to your order' in page


def test_a_refused_purchase_keeps_the_way_back(till: Till, signed_in: Client, bundle: Bundle) -> None:
    given = {"bundle": bundle.pk, "quantity": 99, "next": REVIEW}

    answer = signed_in.post("/account/credits/buy/", given, follow=True)

    assert "Choose how often" in answer.content.decode() and REVIEW in answer.content.decode()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "evil",
        "/" * 400,
    ],
)
def test_the_way_back_never_leads_elsewhere(
    till: Till, signed_in: Client, bundle: Bundle, elsewhere: str
) -> None:
    page = signed_in.get("/account/credits/", {"next": elsewhere}).content.decode()
    signed_in.post("/account/credits/buy/", {"bundle": bundle.pk, "quantity": 1, "next": elsewhere})

    assert "Back to your order" not in page and 'name="next"' not in page
    assert "next=" not in till.created[0]["success_url"] + till.created[0]["cancel_url"]
