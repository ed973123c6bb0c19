"""manage.py check_ledger: a ledger in order is said to be, and each way to be out of order is named."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from accounts.models import CreditAccount, CreditEntry
from studio.auditing import mismatches
from studio.models import Shoot
from studio.ordering import cancel
from studio.settling import fail
from tests.states import put

pytestmark = pytest.mark.django_db


def check(*options: str) -> str:
    out = io.StringIO()
    call_command("check_ledger", *options, stdout=out)
    return out.getvalue()


def line(account: CreditAccount, **fields: Any) -> None:
    """Write a line past the verbs, as no code of ours does."""
    given = {"kind": "grant", "amount": 0, "balance_after": account.balance, "key": str(uuid4())}
    CreditEntry.objects.create(account=account, **(given | fields))


def test_a_ledger_in_order_is_said_to_be(order: Shoot) -> None:
    order.account.reverse(200, key="chargeback")
    order.account.buy(5, key="bought")
    figures = json.loads(check("--json"))

    assert figures == {
        "accounts": 1, "lines": 4, "shoots": 1, "balance": 0, "owed": 113,
        "spent_on_shoots": 18, "refunded": 0, "mismatches": [],
    }  # fmt: skip
    assert check().endswith("The ledger is in order.\n")


@pytest.mark.parametrize("end", [lambda shoot: fail(shoot, "no"), cancel])
def test_a_shoot_that_was_given_back_is_in_order(order: Shoot, end: Callable[[Shoot], bool]) -> None:
    assert end(order)

    assert list(mismatches()) == []


def test_a_mismatch_is_named_and_the_exit_code_says_so(order: Shoot) -> None:
    CreditAccount.objects.filter(pk=order.account_id).update(balance=90)

    with pytest.raises(CommandError) as refusal:
        check()

    assert refusal.value.returncode == 1
    [found] = mismatches()
    assert found.endswith("balance 90 and owed 0, but its lines add up to +82")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"status": "ready"}, 0),
        ({"status": "ready", "refunded": 3}, 1),
        ({"status": "failed"}, 1),
        ({"status": "cancelled"}, 1),
        ({"price": 17}, 1),
        ({"refunded": 1}, 1),
    ],
)
def test_a_shoot_that_its_lines_do_not_bear_out_is_named(
    order: Shoot, fields: dict[str, Any], named: int
) -> None:
    put(order, **({"status": order.status} | fields))

    found = list(mismatches())

    assert len(found) == named
    assert all(str(order.pk).replace("-", "") in words.replace("-", "") for words in found)


def test_a_shoot_paid_by_another_account_is_named(order: Shoot) -> None:
    other = CreditAccount.objects.create()
    Shoot.objects.update(account=other)

    assert "0 lines of spending" in next(mismatches())


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": 5},
        {"amount": 0, "balance_after": 80},
        {"amount": 0, "balance_after": 83, "owed_after": 1},
        {"kind": "spend", "amount": -83, "balance_after": 0, "owed_after": 1},
    ],
)
def test_a_line_that_does_not_follow_from_the_one_before_is_named(
    order: Shoot, fields: dict[str, Any]
) -> None:
    order.account.refresh_from_db()
    line(order.account, **fields)

    assert any(words.startswith("line ") for words in mismatches())


def test_a_refund_without_its_shoots_knowledge_is_named(order: Shoot) -> None:
    order.account.refund(3, key=f"shoot:{order.pk}:by hand")

    assert "refund lines with 3" in next(mismatches())


@pytest.mark.parametrize("lines", [1, 40])
def test_the_number_of_statements_does_not_grow_with_the_ledger(
    order: Shoot, lines: int, django_assert_num_queries: Any
) -> None:
    for number in range(lines):
        order.account.grant(1, key=f"grant {number}")

    with django_assert_num_queries(8):
        check()
