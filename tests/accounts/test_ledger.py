"""The ledger: each line once, never changed, and in step with the balance."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from accounts.models import CreditAccount, CreditEntry, NotEnoughCredits

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(db: None) -> CreditAccount:
    account = CreditAccount.objects.create()
    account.grant(10, key="start")
    return account


def state(account: CreditAccount) -> tuple[int, int]:
    fresh = CreditAccount.objects.get(pk=account.pk)
    return fresh.balance, fresh.owed


@pytest.mark.parametrize(
    ("verb", "balance"), [("buy", 14), ("grant", 14), ("refund", 14), ("spend", 6), ("reverse", 6)]
)
def test_each_verb_counts_once_however_often_it_is_said(
    account: CreditAccount, verb: str, balance: int
) -> None:
    first = getattr(account, verb)(4, key="same")
    second = getattr(account, verb)(4, key="same")

    assert (first, second) == (True, False)
    assert state(account) == (balance, 0)
    assert account.entries.count() == 2


def test_each_line_says_the_balance_after_it(account: CreditAccount) -> None:
    account.spend(4, key="a")
    account.refund(1, key="b")

    lines = list(account.entries.order_by("id").values_list("kind", "amount", "balance_after"))
    assert lines == [("grant", 10, 10), ("spend", -4, 6), ("refund", 1, 7)]


def test_more_than_the_balance_cannot_be_spent(account: CreditAccount) -> None:
    with pytest.raises(NotEnoughCredits):
        account.spend(11, key="too-much")

    assert state(account) == (10, 0)
    assert not CreditEntry.objects.filter(key="too-much").exists()


def test_everything_can_be_spent(account: CreditAccount) -> None:
    account.spend(10, key="all")

    assert state(account) == (0, 0)


def test_what_is_free_leaves_a_line_too(account: CreditAccount) -> None:
    assert account.spend(0, key="free")

    assert account.entries.get(key="free").amount == 0


def test_a_reversal_that_the_balance_cannot_bear_becomes_owed(account: CreditAccount) -> None:
    account.reverse(25, key="chargeback")

    assert state(account) == (0, 15)
    assert account.entries.get(key="chargeback").owed_after == 15


def test_while_something_is_owed_nothing_can_be_spent(account: CreditAccount) -> None:
    account.reverse(11, key="chargeback")

    with pytest.raises(NotEnoughCredits):
        account.spend(0, key="order")


def test_what_is_owed_is_settled_before_credits_count_again(account: CreditAccount) -> None:
    account.reverse(15, key="chargeback")

    account.grant(8, key="later")

    assert state(account) == (3, 0)


def test_the_sum_of_the_lines_is_the_balance_without_what_is_owed(account: CreditAccount) -> None:
    account.spend(7, key="a")
    account.reverse(9, key="b")
    account.refund(2, key="c")

    balance, owed = state(account)
    assert account.entries.aggregate(sum=Sum("amount"))["sum"] == balance - owed


def test_the_database_refuses_a_negative_balance(account: CreditAccount) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditAccount.objects.filter(pk=account.pk).update(balance=-1)


def test_the_database_refuses_a_line_whose_sign_contradicts_its_kind(account: CreditAccount) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditEntry.objects.create(account=account, kind="spend", amount=5, balance_after=15, key="x")


def test_a_line_cannot_be_changed(account: CreditAccount) -> None:
    line = account.entries.get()
    line.amount = 1000

    with pytest.raises(TypeError):
        line.save()
    with pytest.raises(TypeError):
        CreditEntry.objects.all().update(amount=1000)
    assert account.entries.get().amount == 10


def test_a_line_cannot_be_deleted(account: CreditAccount) -> None:
    with pytest.raises(TypeError):
        account.entries.get().delete()
    with pytest.raises(TypeError):
        CreditEntry.objects.all().delete()
    assert account.entries.count() == 1


def test_the_database_itself_refuses_to_change_or_delete_a_line(account: CreditAccount) -> None:
    for statement in ("UPDATE accounts_creditentry SET note = 'x'", "DELETE FROM accounts_creditentry"):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            connection.cursor().execute(statement)

    assert account.entries.get().note == ""


@pytest.mark.parametrize("verb", ["buy", "grant", "refund", "spend", "reverse"])
def test_a_negative_amount_is_refused(account: CreditAccount, verb: str) -> None:
    with pytest.raises(IntegrityError):
        getattr(account, verb)(-5, key="wrong")

    assert state(account) == (10, 0)


def test_a_key_of_another_account_is_an_error_and_no_silence(account: CreditAccount) -> None:
    with pytest.raises(IntegrityError):
        CreditAccount.objects.create().buy(5, key="start")

    assert state(account) == (10, 0)


def test_who_cannot_pay_is_told_what_is_owed(account: CreditAccount) -> None:
    account.reverse(25, key="chargeback")

    with pytest.raises(NotEnoughCredits) as refusal:
        account.spend(1, key="order")

    assert refusal.value.owed == 15


def test_what_is_owed_can_be_waived_once(account: CreditAccount) -> None:
    account.reverse(25, key="chargeback")

    waived = [account.waive(key="waived"), account.waive(key="waived"), account.waive(key="again")]

    assert waived == [True, False, False]
    assert state(account) == (0, 0)
    assert account.entries.get(key="waived").amount == 15
